"""Documents that state facts of the code are compared with the code."""

import ast
import re
from pathlib import Path

import pytest
import yaml

from authorities.enums import Role, Scope
from authorities.permissions import PERMISSIONS_BY_ROLE, SCOPES_BY_ROLE, Permission
from diagnostics import findings, scoring
from inventory import simulation
from inventory.footprint import factors, lines
from roadmap import completeness
from roadmap.models import Roadmap
from roadmap.schedule import items, solver

DOCS = Path(__file__).resolve().parent.parent / "docs"


def _table_rows(text: str, heading: str) -> list[list[str]]:
    """Return the rows of the first Markdown table under a heading, header included, separator left out."""
    section = text.split(f"## {heading}", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]


def test_architecture_prints_the_permissions_of_each_role():
    header, *rows = _table_rows((DOCS / "architecture.md").read_text(), "Who may do what")
    roles = [Role(cell.strip("`")) for cell in header[1:]]
    printed = {
        Permission(row[0].strip("`")): {role for role, cell in zip(roles, row[1:], strict=True) if cell == "yes"}
        for row in rows
    }
    assert printed == {
        permission: {role for role in Role if permission in PERMISSIONS_BY_ROLE[role]} for permission in Permission
    }


def test_architecture_prints_the_scopes_of_personal_links():
    header, *rows = _table_rows((DOCS / "architecture.md").read_text(), "What a personal link opens")
    roles = [Role(cell.strip("`")) for cell in header[1:]]
    printed = {
        Scope(row[0].strip("`")): {role for role, cell in zip(roles, row[1:], strict=True) if cell == "yes"}
        for row in rows
    }
    assert printed == {scope: {role for role in Role if scope in SCOPES_BY_ROLE[role]} for scope in Scope}


def test_documents_do_not_link_to_missing_files():
    broken = []
    root = DOCS.parent
    for path in [root / "README.md", root / "CHANGELOG.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text()):
            if not target.startswith(("http", "mailto:")) and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(root)} → {target}")
    assert broken == []


def test_contents_link_to_headings():
    broken = []
    for path in DOCS.rglob("*.md"):
        text = path.read_text()
        headings = {_anchor(line.lstrip("# ")) for line in text.splitlines() if line.startswith("#")}
        broken += [
            f"{path.name} → #{target}" for target in re.findall(r"\]\(#([^)]+)\)", text) if target not in headings
        ]
    assert broken == []


def _anchor(heading: str) -> str:
    """Return the anchor of a heading, as forges make it: lower case, no punctuation, a hyphen for each space."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower().replace("\u00a0", " ")).replace(" ", "-")


def test_each_identifier_of_the_glossary_is_defined_in_the_code():
    """A class, a function, a field, a module: a word that only a comment holds does not count."""
    named = re.findall(r"`([^`]+)`", (DOCS / "glossaire.md").read_text())
    # « C-22 » is a row of a fixture, « level is None » a condition.
    words = {word for name in named for word in re.findall(r"[A-Za-z_]\w+", name)} - {"is", "None"}
    assert len(words) > 80
    assert words - _defined_names() == set()


def _defined_names() -> set[str]:
    """Return the names of modules, classes, functions, constants and fields of the applications."""
    names: set[str] = set()
    for app in ("accounts", "authorities", "common", "diagnostics", "inventory", "levers", "reference", "roadmap"):
        for path in (DOCS.parent / app).rglob("*.py"):
            names.add(path.stem)
            names |= _names_of(ast.parse(path.read_text()).body)
    return names


def _names_of(body: list[ast.stmt]) -> set[str]:
    names: set[str] = set()
    for node in body:
        if isinstance(node, ast.ClassDef):
            names |= {node.name} | _names_of(node.body)
        elif isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {item.id for target in targets for item in ast.walk(target) if isinstance(item, ast.Name)}
    return names


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _french(value: float) -> str:
    return f"{value:,.12g}".replace(",", " ").replace(".", ",")


CALCULATIONS = _plain((DOCS / "calculs.md").read_text())
WEIGHTS = yaml.safe_load((DOCS.parent / "fixtures" / "relevance_weights.yaml").read_text())
POINTS = {
    "question_gap": "Réponses au diagnostic",
    "dimension_gap": "Niveau de la dimension",
    "duty": "Obligation",
    "incentive": "Incitation, ou obligation à vérifier",
    "saving": "Gain sur l’inventaire",
    "effort": "Effort",
    "quick_win": "Gain rapide",
    "small_authority": "Petite équipe",
    "perimeter": "Périmètre",
}


@pytest.mark.parametrize(
    "sentence",
    [
        f"**Avis dispersés** : écart de {scoring.DISPERSED_FROM} ou plus",
        f"niveau retenu de {scoring.STRENGTH_FROM} ou 4. À renforcer : 0 ou {scoring.WEAKNESS_TO}",
        f"« pratique installée » à partir de {findings.INSTALLED_FROM}, ",
        f"« base solide » à partir de {findings.SOLID_FROM}, ",
        f"« démarche engagée » à partir de {findings.STARTED_FROM},",
        f"« un retard » sous {_french(float(findings.LATE_UNDER))}",
        *(
            f"| quantité, {word} | N × {_french(1 - lines.QUANTITY_ERROR[code])}"
            for code, word in (("measured", "mesurée"), ("estimated", "estimée"), ("unknown", "de confiance inconnue"))
        ),
        f"1 hors d’une salle serveurs, {_french(factors.DEFAULT_PUE)} par défaut dedans",
        f"({_french(simulation.DEFAULT_FIRST_LIFE_YEARS)} par défaut, à confirmer par la preuve du fournisseur)",
        *(f"| {label} | {WEIGHTS['points'][code]} |" for code, label in POINTS.items()),
        f"part de l’empreinte évitée / {WEIGHTS['full_saving_percent']} %",
        f"moins de {_french(WEIGHTS['small_population_under'])} habitants",
        f"(niveau sous {WEIGHTS['weak_dimension_under']})",
        f"jusqu’à {WEIGHTS['sizes']['standard']['target']} ({WEIGHTS['sizes']['light']['target']} en parcours allégé)",
        f"| Jours au-dessus de la capacité d’un pilote | {_french(solver.OVERLOAD_WEIGHT)} | jour |",
        f"| Milliers d’euros au-dessus du plafond d’une année | {_french(solver.OVERSPEND_WEIGHT)} | millier d’euros |",
        f"| Finir après la période, quand sa fin n’est pas ferme | {_french(solver.BEYOND_WEIGHT)} | semestre |",
        f"| Commencer avant la fin d’une action conseillée avant | {_french(solver.ORDER_WEIGHT)} | semestre |",
        f"| Retard d’un gain rapide | {_french(solver.QUICK_WIN_WEIGHT)} | semestre |",
        f"| Semestre le plus chargé d’un pilote | {_french(solver.LEAD_PEAK_WEIGHT)} | jour |",
        f"| Semestre le plus chargé de tous ensemble | {_french(solver.TOTAL_PEAK_WEIGHT)} | jour |",
        f"| Retard d’une autre action | {_french(solver.LATENESS_WEIGHT)} × (impact + 6 − effort) | semestre |",
        f"({_french(solver.TIE_BREAK)} × rang × semestre)",
        f"arrêtée après {solver.MAX_NODES} nœuds",
        f"jusqu’à {items.BEYOND} semestres après la période",
        f"celle par défaut ({Roadmap._meta.get_field('default_capacity_days').default} jours par semestre [P])",
        f"{completeness.MAX_REASONABLE_SHEETS} actions au plus (C-14)",
        f"{_french(completeness.MAX_PDF_BYTES / 1e6)} Mo pour le document (C-27)",
    ],
)
def test_constants_of_the_calculations_are_those_of_the_code(sentence: str):
    assert _plain(sentence) in CALCULATIONS
