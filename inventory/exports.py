"""Files of a footprint: spreadsheet of every criterion, physical equipment of NumEcoEval, lines of a BEGES."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.conf import settings

from common.csv_files import build_csv
from common.ods import build_ods
from common.xlsx import Column, Kind, Sheet, build_workbook
from inventory.enums import Room
from inventory.footprint import STEPS, Footprint, FootprintLine, Range, compute_footprint
from inventory.footprint.factors import EMBODIED, USE
from inventory.labels import CRITERION_LABELS, STEP_LABELS
from inventory.models import InventoryLine
from inventory.selectors import footprint_of
from inventory.selectors.data import InventoryData
from inventory.selectors.hosting import hosting_sentence
from reference.fixtures import read_mapping

FILE = "footprint_exports.yaml"
NOT_EVALUATED, NOT_FILLED = "non évalué", "non renseigné"
CLIMATE = "GWP"
KG_PER_T = 1000
DIGITS = 3
_ALL_STEPS = (*STEPS, EMBODIED)


@dataclass(frozen=True)
class BegesPost:
    """A post of the greenhouse gas assessment, and the part of the footprint that goes there."""

    code: str
    name: str
    what: str


@dataclass(frozen=True)
class BegesLine:
    """What a post receives, in tonnes of CO2e a year; None with the reason, `absence`, when there is no figure."""

    post: BegesPost
    total_t: Range | None
    absence: str = ""


@dataclass(frozen=True)
class _ImpactRow:
    """One family for one criterion; `total` is None when it is not evaluated."""

    family: str
    criterion: str
    total: Range | None
    steps: dict[str, Range]


@cache
def _texts() -> tuple[tuple[BegesPost, ...], str, tuple[str, ...]]:
    """Return the posts of the BEGES, their source, and the columns of NumEcoEval; the file is read once."""
    texts = read_mapping(settings.BASE_DIR / "fixtures", FILE)
    texts.only("beges", "numecoeval")
    beges = texts.entry("beges")
    posts = tuple(
        BegesPost(item.code("code"), item.text("name"), item.code("what", known={"use", "embodied", "hosted"}))
        for item in beges.entries("posts")
    )
    return posts, beges.text("source"), tuple(texts.entry("numecoeval").codes("columns"))


def beges_source() -> str:
    """Return the text that defines the posts."""
    return _texts()[1]


# Spreadsheet ----------------------------------------------------------------------------------------------------------


def build_footprint_workbook(data: InventoryData, *, now: datetime, is_ods: bool) -> bytes:
    """Return every figure of the footprint, with its range and its stages, three significant digits."""
    build = build_ods if is_ods else build_workbook
    sheets = [_impact_sheet(data), _line_sheet(data), _source_sheet(data)]
    return build(sheets, title=f"Empreinte du parc, lot {data.inventory.number}", created_at=now)


def _impact_sheet(data: InventoryData) -> Sheet:
    def figure(read: str) -> Column:
        labels = {"low": "Borne basse", "central": "Valeur", "high": "Borne haute"}
        return Column(
            labels[read],
            lambda row: NOT_EVALUATED if row.total is None else _digits(getattr(row.total, read)),
            Kind.SCIENTIFIC,
            width=14,
        )

    def step(code: str) -> Column:
        return Column(
            STEP_LABELS[code],
            lambda row: _digits(row.steps[code].central) if code in row.steps else None,
            Kind.SCIENTIFIC,
            width=16,
        )

    columns = [
        Column("Famille", lambda row: row.family, width=38),
        Column("Critère", lambda row: CRITERION_LABELS[row.criterion].name, width=34),
        Column("Unité par an", lambda row: CRITERION_LABELS[row.criterion].unit, width=16),
        *(figure(read) for read in ("central", "low", "high")),
        *(step(code) for code in _ALL_STEPS),
    ]
    return Sheet("Empreinte", columns, list(_impact_rows(data)), intro=_intro(data))


def _impact_rows(data: InventoryData) -> Iterator[_ImpactRow]:
    footprint = footprint_of(data)
    for line in data.filled_lines:
        for code in CRITERION_LABELS:
            found = footprint[code].by_category.get(line.category.code)
            yield _ImpactRow(line.category.name, code, found.total if found else None, found.steps if found else {})


def _line_sheet(data: InventoryData) -> Sheet:
    columns = [
        Column("Famille", lambda line: line.category.name, width=38),
        Column("En service", lambda line: line.quantity, Kind.INTEGER),
        Column("Durée d’usage visée, années", lambda line: line.lifetime_years, Kind.DECIMAL, width=18),
        Column("Durée observée, années", lambda line: line.observed_lifetime_years, Kind.DECIMAL, width=18),
        Column("Part reconditionnée, %", lambda line: line.refurbished_percent, Kind.PERCENT, width=16),
        Column("Part d’usage professionnel, %", lambda line: line.use_share_percent, Kind.PERCENT, width=18),
        Column("Confiance", lambda line: line.get_confidence_display()),
        Column("Source", lambda line: line.source, width=40),
        Column("Serveurs qui portent ces machines", _hosts, width=60),
    ]
    return Sheet("Parc", columns, data.filled_lines)


def _hosts(line: InventoryLine) -> str:
    """Say what carries virtual machines; nothing for the other families."""
    return hosting_sentence(line) if line.category.vcpu is not None else ""


def _source_sheet(data: InventoryData) -> Sheet:
    rows = [
        ("Jeu de facteurs", f"{data.factor_set.name}, version {data.factor_set.version}"),
        ("Bornes", "cas extrêmes de chaque famille, additionnés : le pire des cas"),
        ("Chiffres", "trois chiffres significatifs au plus ; aucun critère ne s’ajoute à un autre"),
        ("Non évalué", "aucun facteur pour cette famille et ce critère : ce n’est pas zéro"),
    ]
    return Sheet("Sources", [Column("Sujet", lambda row: row[0]), Column("Dit", lambda row: row[1], width=80)], rows)


def _intro(data: InventoryData) -> list[str]:
    inventory = data.inventory
    return [f"{inventory.initiative.authority.name}, lot {inventory.number} du {inventory.dated_on:%d/%m/%Y}"]


# NumEcoEval -----------------------------------------------------------------------------------------------------------


def build_numecoeval_csv(data: InventoryData) -> bytes:
    """Return the physical equipment in the input shape of NumEcoEval: no byte order mark, dates as year-month-day.

    Virtual machines are no physical equipment and stay out. The purchase is dated so that the tool finds the lifetime
    declared here; what it does not need to know is left empty, and it then takes its own references.
    """
    columns = _texts()[2]
    rows = [_numecoeval_row(line, data) for line in data.filled_lines if line.category.room != Room.HOSTED]
    return build_csv(columns, [[row.get(name) for name in columns] for row in rows]).removeprefix(b"\xef\xbb\xbf")


def _numecoeval_row(line: InventoryLine, data: InventoryData) -> dict[str, object]:
    on = data.inventory.dated_on
    defaults = data.table.defaults.get(line.category.code)
    years = line.lifetime_years or (defaults.lifetime_years.central if defaults and defaults.lifetime_years else None)
    return {
        "nomEquipementPhysique": line.category.name,
        "modele": line.category.code,
        "quantite": line.quantity,
        "dateAchat": _years_before(on, float(years)).isoformat() if years else None,
        "dateRetrait": on.isoformat() if years else None,
        "type": line.category.group.name,
        "paysDUtilisation": _zone_name(data),
        "nomSourceDonnee": "Jalons",
        "nomEntite": data.inventory.initiative.authority.name,
        "tauxUtilisation": line.use_share_percent / 100,
    }


def _years_before(day: date, years: float) -> date:
    return date.fromordinal(day.toordinal() - round(years * 365.25))


def _zone_name(data: InventoryData) -> str:
    zone = data.inventory.zone or data.factor_set.zone
    mix = data.factor_set.mixes.filter(zone=zone).first()
    return mix.zone_label if mix else zone


# BEGES ----------------------------------------------------------------------------------------------------------------


def beges_lines(data: InventoryData) -> list[BegesLine]:
    """Return what each post receives. A line is in one part only: what runs at a host is a service bought."""
    hosted = {line.category.code for line in data.lines if line.category.room == Room.HOSTED}
    own = _climate([line for line in data.engine_lines if line.category not in hosted], data)
    bought = _climate([line for line in data.engine_lines if line.category in hosted], data)
    parts: dict[str, Range | None] = {
        "use": _sum([own[CLIMATE].by_step[USE]] if USE in own[CLIMATE].by_step else []),
        "embodied": _sum([found for step, found in own[CLIMATE].by_step.items() if step != USE]),
        "hosted": bought[CLIMATE].total,
    }
    filled = {line.category.code for line in data.filled_lines}
    absent = dict.fromkeys(("use", "embodied"), NOT_EVALUATED if filled - hosted else NOT_FILLED)
    absent["hosted"] = NOT_EVALUATED if filled & hosted else NOT_FILLED
    return [BegesLine(post, _tonnes(parts[post.what]), absent[post.what]) for post in _texts()[0]]


def build_beges_csv(data: InventoryData) -> bytes:
    """Return the lines of the assessment: post, tonnes of CO2e a year with their range, source of the factors."""
    headers = ("Poste", "Intitulé", "t CO₂e par an", "Borne basse", "Borne haute", "Facteurs", "Méthode")
    factors = f"{data.factor_set.name}, version {data.factor_set.version}"
    rows = []
    for line in beges_lines(data):
        found = line.total_t
        figures = [line.absence, None, None] if found is None else [found.central, found.low, found.high]
        rows.append([line.post.code, line.post.name, *map(_french, figures), factors, beges_source()])
    return build_csv(headers, rows)


def _climate(lines: Sequence[FootprintLine], data: InventoryData) -> Footprint:
    return compute_footprint(lines, data.table)


def _sum(ranges: list[Range]) -> Range | None:
    if not ranges:
        return None
    return Range(sum(r.low for r in ranges), sum(r.central for r in ranges), sum(r.high for r in ranges))


def _tonnes(found: Range | None) -> Range | None:
    return found.scaled(1 / KG_PER_T) if found else None


def _digits(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _french(value: float | str | None) -> str | None:
    """Write a figure as a French spreadsheet reads it."""
    return f"{_digits(value)}".replace(".", ",") if isinstance(value, float) else value
