"""The fields of a dimension, a question and a lever, as the reference files have them, in parts that fit on a page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from authorities.enums import Perimeter
from authorities.forms.fields import capitalised
from common.forms import FrenchDecimalField, FrenchIntegerField
from diagnostics.enums import LEVELS
from inventory.simulation import KINDS
from levers.enums import Cost
from roadmap.enums import EntryKind

Choices = Sequence[tuple[str, str]]
CODES_LENGTH = 2_000
TEXT_LENGTH = 8_000


@dataclass(frozen=True)
class EntryChoices:
    """What the lists of the forms offer: codes of the other reference data, with their names."""

    themes: Choices = ()
    dimensions: Choices = ()
    services: Choices = ()
    duties: Choices = ()
    questions: Choices = ()
    groups: Choices = ()


Builder = Callable[[EntryChoices], forms.Field]


@dataclass(frozen=True)
class EntryField:
    """A field of an entry. `path`: where the file has it (« means.human », « levels.0 »).

    `read` gives what the control shows of the stored value, `write` what is stored of the cleaned one.
    """

    path: str
    build: Builder
    read: Callable[[Any], Any] = lambda value: value
    write: Callable[[Any], Any] = lambda value: value

    @property
    def name(self) -> str:
        return self.path.replace(".", "_")


@dataclass(frozen=True)
class EntryRows:
    """A list of groups of fields (indicators, sources): one group of controls for each, and a blank one."""

    path: str
    legend: str
    blank_legend: str
    columns: tuple[EntryField, ...]


@dataclass(frozen=True)
class EntryPart:
    """A part of an entry: its word in the address, its title, its fields in groups (legend, fields)."""

    slug: str
    title: str
    groups: tuple[tuple[str, tuple[EntryField, ...]], ...] = ()
    rows: tuple[EntryRows, ...] = ()
    hint: str = ""

    @property
    def fields(self) -> tuple[EntryField, ...]:
        return tuple(item for _legend, items in self.groups for item in items)


# Builders -------------------------------------------------------------------------------------------------------------


def _line(path: str, label: str, length: int, *, help_text: str = "", required: bool = True) -> EntryField:
    note = f"{help_text} {length} caractères au plus.".strip()
    return EntryField(
        path,
        lambda _choices: forms.CharField(label=label, max_length=length, required=required, help_text=note),
        read=lambda value: value or "",
        write=lambda value: value if required else value or None,
    )


def _text(path: str, label: str, *, rows: int = 3, length: int = 0, required: bool = True) -> EntryField:
    def build(_choices: EntryChoices) -> forms.Field:
        note = f"{length} caractères au plus." if length else ""
        area = forms.Textarea(attrs={"rows": rows})
        limit = length or TEXT_LENGTH
        return forms.CharField(label=label, max_length=limit, required=required, widget=area, help_text=note)

    return EntryField(
        path, build, read=lambda value: value or "", write=lambda value: value if required else value or None
    )


def _lines(path: str, label: str, help_text: str = "Une par ligne.", *, required: bool = False) -> EntryField:
    def build(_choices: EntryChoices) -> forms.Field:
        area = forms.Textarea(attrs={"rows": 4})
        return forms.CharField(label=label, max_length=TEXT_LENGTH, required=required, widget=area, help_text=help_text)

    return EntryField(path, build, read=lambda value: "\n".join(map(str, value or [])), write=_split)


def _split(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _codes(path: str, label: str) -> EntryField:
    def build(_choices: EntryChoices) -> forms.Field:
        area = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
        return forms.CharField(
            label=label,
            max_length=CODES_LENGTH,
            required=False,
            widget=area,
            help_text="Un code de levier par ligne, par exemple LEV-GOV-02.",
        )

    return EntryField(path, build, read=lambda value: "\n".join(map(str, value or [])), write=_split)


def _one(path: str, label: str, source: Callable[[EntryChoices], Choices], **options: Any) -> EntryField:
    empty = options.pop("empty", "À choisir")

    def build(choices: EntryChoices) -> forms.Field:
        return forms.ChoiceField(label=label, choices=[("", empty), *source(choices)], **options)

    return EntryField(path, build, read=lambda value: "" if value is None else value)


def _several(path: str, label: str, source: Callable[[EntryChoices], Choices], **options: Any) -> EntryField:
    options = {"required": False, "widget": forms.CheckboxSelectMultiple, **options}
    return EntryField(
        path,
        lambda choices: forms.MultipleChoiceField(label=label, choices=source(choices), **options),
        read=lambda value: list(value or []),
    )


def _box(path: str, label: str) -> EntryField:
    return EntryField(path, lambda _choices: forms.BooleanField(label=label, required=False), read=bool)


def _number(path: str, label: str, least: int, most: int, *, help_text: str = "") -> EntryField:
    note = help_text or f"Entre {least} et {most}."
    return EntryField(
        path,
        lambda _choices: FrenchIntegerField(label=label, min_value=least, max_value=most, help_text=note),
    )


def _decimal(path: str, label: str, least: int, most: int) -> EntryField:
    return EntryField(
        path,
        lambda _choices: FrenchDecimalField(
            label=label, min_value=least, max_value=most, decimal_places=3, required=False
        ),
        read=lambda value: None if value is None else Decimal(str(value)),
        write=_plain_number,
    )


def _plain_number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _in_words(values: Any) -> list[str]:
    return [str(value) for value in values or []]


THEMES = EntryField(
    "themes",
    lambda choices: forms.MultipleChoiceField(
        label="Thèmes du décret", choices=choices.themes, required=False, widget=forms.CheckboxSelectMultiple
    ),
    read=_in_words,
    write=lambda values: [int(value) for value in values],
)
PERIMETER = _one("perimeter", "Périmètre", lambda _choices: capitalised(Perimeter.choices))
DUTIES = _several("duty_codes", "Obligations liées", lambda choices: choices.duties)

DIMENSION_PARTS = (
    EntryPart(
        "dimension",
        "La dimension",
        (
            (
                "",
                (
                    _line("name", "Nom", 120),
                    _line("short_name", "Nom court", 40, help_text="Pour le radar et les listes."),
                    _line("phrase", "Dans une phrase", 60, help_text="Avec son article : « les achats »."),
                    _text("definition", "Définition", length=300),
                    THEMES,
                ),
            ),
        ),
    ),
)

QUESTION_PARTS = (
    EntryPart(
        "question",
        "La question et ses niveaux",
        (
            (
                "La question",
                (
                    _line("title", "Titre", 80),
                    _text("text", "Question", rows=2, length=250),
                    _box("flash", "Posée aussi dans le parcours allégé"),
                    PERIMETER,
                ),
            ),
            (
                "Les cinq niveaux",
                tuple(_text(f"levels.{value}", f"Niveau {value}", rows=2, length=250) for value in LEVELS),
            ),
        ),
    ),
    EntryPart(
        "rattachement",
        "Les services, la loi et les sources",
        (
            (
                "",
                (
                    _several(
                        "services",
                        "Services qui connaissent la réponse",
                        lambda choices: choices.services,
                        required=True,
                    ),
                    THEMES,
                ),
            ),
            (
                "La loi",
                (
                    DUTIES,
                    EntryField(
                        "duty_level",
                        lambda _choices: forms.ChoiceField(
                            label="Niveau attendu par l’obligation",
                            choices=[("", "Aucun"), *((str(value), str(value)) for value in LEVELS)],
                            required=False,
                        ),
                        read=lambda value: "" if value is None else str(value),
                        write=lambda value: int(value) if value else None,
                    ),
                    _line("reference", "Ce que dit la loi", 250, required=False),
                ),
            ),
            ("Les sources", (_lines("sources", "Sources"),)),
        ),
    ),
)

LEVER_PARTS = (
    EntryPart(
        "presentation",
        "La présentation",
        (
            (
                "",
                (
                    _line("title", "Titre", 120),
                    _text("summary", "Résumé", rows=4, length=400),
                    _text("description", "Description", rows=10),
                    _text("impact_rationale", "Ce qui fonde l’impact", length=300),
                ),
            ),
        ),
    ),
    EntryPart(
        "classement",
        "Le classement et le diagnostic",
        (
            (
                "Où il se range",
                (
                    EntryField(
                        "theme",
                        lambda choices: forms.ChoiceField(
                            label="Thème du décret", choices=[("", "À choisir"), *choices.themes]
                        ),
                        read=lambda value: "" if value is None else str(value),
                        write=lambda value: int(value) if value else None,
                    ),
                    _one("dimension", "Dimension", lambda choices: choices.dimensions),
                    _several("secondary_dimensions", "Autres dimensions", lambda choices: choices.dimensions),
                    PERIMETER,
                ),
            ),
            (
                "Ce qui le recommande",
                (_several("questions", "Questions du diagnostic", lambda choices: choices.questions), DUTIES),
            ),
        ),
    ),
    EntryPart(
        "mise-en-oeuvre",
        "La mise en œuvre",
        (
            (
                "Qui",
                (
                    _one("lead_service", "Service pressenti", lambda choices: choices.services),
                    _several("audience", "Services concernés", lambda choices: choices.services),
                ),
            ),
            (
                "L’effort et l’effet",
                (
                    _number("effort", "Effort", 1, 5, help_text="De 1, facile, à 5, difficile."),
                    _number("impact", "Impact", 1, 5, help_text="De 1, faible, à 5, fort."),
                    _one("cost", "Coût", lambda _choices: capitalised(Cost.choices)),
                    _number("delay_months", "Délai en mois", 1, 72),
                    _box("quick_win", "Gain rapide"),
                    _box("small_authority", "Adapté aux petites équipes"),
                ),
            ),
            (
                "Les autres leviers",
                (_codes("prerequisites", "Leviers conseillés avant"), _codes("synergies", "Leviers qui se renforcent")),
            ),
        ),
    ),
    EntryPart(
        "etapes",
        "Les étapes et les moyens",
        (
            ("", (_lines("steps", "Étapes", required=True),)),
            (
                "Les moyens",
                (
                    _text("means.human", "Temps des agents", rows=2),
                    _text("means.budget", "Budget", rows=2),
                    _text("means.caveat", "Réserve", rows=2),
                ),
            ),
            (
                "La vigilance",
                (
                    _lines("risks", "Risques", "Un par ligne."),
                    _lines("legal", "Textes", "Un par ligne."),
                ),
            ),
        ),
    ),
    EntryPart(
        "indicateurs",
        "Les indicateurs et les sources",
        rows=(
            EntryRows(
                "indicators",
                "Indicateur",
                "Un indicateur de plus",
                (
                    _line("name", "Nom", 250, required=False),
                    _line("unit", "Unité", 100, required=False),
                    _one(
                        "direction",
                        "Sens",
                        lambda _choices: (("up", "À augmenter"), ("down", "À réduire")),
                        required=False,
                    ),
                    _line("formula", "Calcul", 500, required=False),
                    _line("baseline_hint", "Repère de départ", 500, required=False),
                ),
            ),
            EntryRows(
                "sources",
                "Source",
                "Une source de plus",
                (
                    _line("label", "Nom", 500, required=False),
                    _line("ref", "Référence ou adresse", 500, required=False),
                ),
            ),
        ),
        hint="Une ligne vidée est retirée. Un levier a au moins un indicateur, rempli en entier.",
    ),
    EntryPart(
        "effet",
        "L’effet sur l’inventaire",
        (
            (
                "",
                (
                    _one(
                        "simulation.type",
                        "Effet simulé",
                        lambda _choices: EFFECTS,
                        required=False,
                        empty="Aucun effet simulé",
                    ),
                    _several("simulation.categories", "Groupes d’appareils", lambda choices: choices.groups),
                ),
            ),
            (
                "Les paramètres de l’effet",
                (
                    _decimal("simulation.percent", "Part réduite, en pour cent", 0, 100),
                    _decimal("simulation.years", "Années d’usage en plus", 0, 20),
                    _decimal("simulation.fleet_share_percent", "Part du parc, en pour cent", 0, 100),
                    _decimal("simulation.first_life_years", "Années de première vie", 0, 20),
                    _decimal("simulation.servers_share_percent", "Part des serveurs, en pour cent", 0, 100),
                    _decimal("simulation.pue_from", "PUE de départ", 1, 5),
                    _decimal("simulation.pue_to", "PUE d’arrivée", 1, 5),
                    _line("simulation.from", "D’où", 60, required=False),
                    _line("simulation.to", "Vers où", 60, required=False),
                ),
            ),
        ),
        hint="Sans effet simulé, les paramètres ne comptent pas. Laissez vides ceux qui ne servent pas.",
    ),
)
EFFECT_LABELS = {
    "reduce_count": "Moins d’appareils",
    "extend_lifetime": "Une durée d’usage plus longue",
    "refurbished_share": "Une part de reconditionné",
    "reduce_energy": "Moins d’électricité",
    "hosting_move": "Des serveurs déplacés",
}
EFFECTS: Choices = tuple((kind, EFFECT_LABELS.get(kind, kind)) for kind in KINDS)

ENTRY_PARTS: Mapping[str, tuple[EntryPart, ...]] = {
    EntryKind.DIMENSION: DIMENSION_PARTS,
    EntryKind.QUESTION: QUESTION_PARTS,
    EntryKind.LEVER: LEVER_PARTS,
}
# What an entry holds before somebody fills it: what may stay empty is then written as the file has it.
BLANKS: Mapping[str, Mapping[str, Any]] = {
    EntryKind.DIMENSION: {"themes": []},
    EntryKind.QUESTION: {"themes": [], "duty_codes": [], "duty_level": None, "reference": None, "sources": []},
    EntryKind.LEVER: {
        "secondary_dimensions": [], "questions": [], "audience": [], "quick_win": False, "small_authority": False,
        "prerequisites": [], "synergies": [], "simulation": None, "risks": [], "duty_codes": [], "legal": [],
        "sources": [],
    },
}  # fmt: skip


def find_part(kind: str, slug: str) -> EntryPart | None:
    """Return a part of this kind of entry by its word in the address."""
    return next((part for part in ENTRY_PARTS[kind] if part.slug == slug), None)


def part_of_field(kind: str, path: str) -> EntryPart:
    """Return the part in which a field named by an error of the loader is edited; the first one when none has it."""
    root = path.split(".")[0].split("[")[0]
    for part in ENTRY_PARTS[kind]:
        roots = {item.path.split(".")[0] for item in part.fields} | {rows.path for rows in part.rows}
        if root in roots:
            return part
    return ENTRY_PARTS[kind][0]


def field_label(kind: str, path: str) -> str:
    """Return what the pages call a field named by an error of the loader; its path when they have no name for it."""
    for part in ENTRY_PARTS[kind]:
        for item in part.fields:
            if item.path == path:
                return str(item.build(EntryChoices()).label)
        for rows in part.rows:
            if path.startswith(rows.path):
                return rows.legend
    return {"levels": "Niveaux", "simulation": "Effet simulé", "means": "Moyens"}.get(path, path)


def value_at(content: Mapping[str, Any], path: str) -> Any:
    """Return what an entry holds at a path, None when it holds nothing there."""
    value: Any = content
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
