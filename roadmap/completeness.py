"""The checklist C-01 … C-29 and what an action sheet still misses. Pure: dataclasses in and out.

A check tells what is missing in French sentences; each gap names the screen that fills it by a symbolic `Screen`,
which `roadmap.selectors.validation` turns into an address. The level of each check (blocking, recommended, yearly) is
reference data, not code. Source of the list: method, section 5, after article 35 of the loi REEN and article
D. 2311-15-1 of the CGCT.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

MAX_REASONABLE_SHEETS = 20
MIN_CHANGED_FIELDS = 5
MIN_STEERING_MEETINGS_PER_YEAR = 2
MAX_PDF_BYTES = 2_000_000


class Screen(StrEnum):
    """Where a gap is filled."""

    AUTHORITY = "authority"
    INITIATIVE = "initiative"
    STATE_OF_PLAY = "state_of_play"
    ACTORS = "actors"
    DOCUMENTS = "documents"
    INVENTORY = "inventory"
    DIAGNOSIS = "diagnosis"
    LEVERS = "levers"
    OBJECTIVES = "objectives"
    SHEETS = "sheets"
    SHEET = "sheet"
    SCHEDULE = "schedule"
    TEXTS = "texts"
    THEMES = "themes"
    VERSIONS = "versions"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True)
class Gap:
    """Something missing: a sentence, the screen that fills it, and the sheet or objective when it is about one."""

    text: str
    screen: Screen
    key: int | None = None


@dataclass(frozen=True)
class SheetFacts:
    """What the checks need to know of an action sheet."""

    key: int
    number: int
    title: str
    theme_number: int | None = None
    has_lead: bool = False
    has_aim: bool = False
    has_objective: bool = False
    is_placed: bool = False
    steps_count: int = 0
    dated_steps_count: int = 0
    indicators_count: int = 0
    measured_indicators_count: int = 0
    has_human_days: bool = False
    has_budget: bool = False
    has_partners: bool = False
    has_saving: bool = False
    has_rebound: bool = False
    changed_fields_count: int = MIN_CHANGED_FIELDS
    is_from_catalogue: bool = False


@dataclass(frozen=True)
class ObjectiveFacts:
    """What the checks need to know of an objective."""

    key: int
    number: int
    title: str
    is_reduction: bool = False
    has_baseline: bool = False
    has_target: bool = False
    has_date: bool = False
    has_indicator: bool = False
    has_unit: bool = False
    has_source: bool = False
    has_frequency: bool = False


@dataclass(frozen=True)
class YearlyInsert:
    """The insert for the rapport développement durable of one year."""

    year: int
    deadline_on: date
    ready_on: date | None = None
    has_internal_block: bool = False
    has_territory_block: bool = False
    has_values_of_both_years: bool = False
    has_adjustments: bool = False
    has_analysis: bool = False
    has_finalities: bool = False


@dataclass(frozen=True)
class DocumentFacts:
    """What the document promises by construction, and the weight of the last one made (None before the first)."""

    is_tagged: bool = True
    has_title_and_language: bool = True
    has_text_alternatives: bool = True
    marks_drafts: bool = True
    shows_only_counts: bool = True
    size_bytes: int | None = None


@dataclass(frozen=True)
class RoadmapFacts:
    """Everything that the checklist looks at."""

    authority_name: str = ""
    authority_kind: str = ""
    population: int | None = None
    period_label: str = ""
    legal_texts_count: int = 0
    perimeter: str = ""
    is_internal_only: bool = False
    territory_follow_up: str = ""
    public_actors_count: int = 0
    private_actors_count: int = 0
    actors_without_involvement_count: int = 0
    actors_involvement: str = ""
    has_inventory: bool = False
    is_inventory_frozen: bool = False
    has_footprint: bool = False
    uses_summary: str = ""
    engaged_actions: str = ""
    has_agreed_diagnosis: bool = False
    scored_dimensions_count: int = 0
    dimensions_count: int = 0
    objectives: Sequence[ObjectiveFacts] = ()
    sheets: Sequence[SheetFacts] = ()
    retained_levers_count: int = 0
    undecided_levers_count: int = 0
    governance: str = ""
    committee_meetings_per_year: int | None = None
    steering_meetings_per_year: int | None = None
    council_reports_per_year: int | None = None
    theme_numbers: Sequence[int] = ()
    explained_theme_numbers: Sequence[int] = ()
    related_duties_count: int = 0
    documents_count: int = 0
    documents_without_implication_count: int = 0
    adopted_on: date | None = None
    resolution_reference: str = ""
    document: DocumentFacts = field(default_factory=DocumentFacts)
    yearly_insert: YearlyInsert | None = None


Check = Callable[[RoadmapFacts], list[Gap]]


# Action sheets --------------------------------------------------------------------------------------------------------


def sheet_gaps(sheet: SheetFacts) -> list[str]:
    """Return what an action sheet misses, each as the end of « Il manque… »."""
    indicator_missing = sheet.measured_indicators_count == 0
    table = [
        (not sheet.has_lead, "le pilote"),
        (not sheet.has_aim, "l’objectif de l’action"),
        (not sheet.has_objective, "l’objectif servi"),
        (not sheet.is_placed, "la place au calendrier"),
        (sheet.steps_count == 0, "les étapes"),
        (sheet.dated_steps_count < sheet.steps_count, "la date de chaque étape"),
        (sheet.indicators_count == 0, "un indicateur"),
        (sheet.indicators_count > 0 and indicator_missing, "le départ et la cible d’un indicateur"),
        (not sheet.has_human_days, "les jours d’agents"),
        (not sheet.has_budget, "le budget, même nul"),
        (not sheet.has_partners, "les services associés ou partenaires"),
    ]
    return [text for is_missing, text in table if is_missing]


def is_still_catalogue(sheet: SheetFacts) -> bool:
    """Tell whether the sheet says too little that is the authority's own: fewer than five fields differ."""
    return sheet.is_from_catalogue and sheet.changed_fields_count < MIN_CHANGED_FIELDS


def is_complete(sheet: SheetFacts) -> bool:
    return not sheet_gaps(sheet) and not is_still_catalogue(sheet)


# Checks ---------------------------------------------------------------------------------------------------------------


def _gaps(*table: tuple[bool, str, Screen]) -> list[Gap]:
    return [Gap(text, screen) for is_missing, text, screen in table if is_missing]


def _each_sheet(facts: RoadmapFacts, is_missing: Callable[[SheetFacts], bool], what: str, screen: Screen) -> list[Gap]:
    if not facts.sheets:
        return [Gap("Créez les fiches actions des leviers retenus.", Screen.SHEETS)]
    return [Gap(f"Fiche {sheet.number} : {what}.", screen, sheet.key) for sheet in facts.sheets if is_missing(sheet)]


def _c01(facts: RoadmapFacts) -> list[Gap]:
    return _gaps(
        (not facts.authority_name, "Indiquez le nom de la collectivité.", Screen.AUTHORITY),
        (not facts.authority_kind, "Indiquez la nature de la collectivité.", Screen.AUTHORITY),
        (not facts.population, "Indiquez la population.", Screen.AUTHORITY),
        (not facts.period_label, "Indiquez la période couverte.", Screen.INITIATIVE),
    )


def _c02(facts: RoadmapFacts) -> list[Gap]:
    missing = facts.legal_texts_count == 0
    return _gaps((missing, "Les textes de référence ne sont pas chargés : prévenez l’administration.", Screen.VERSIONS))


def _c03(facts: RoadmapFacts) -> list[Gap]:
    follow_up_missing = facts.is_internal_only and not facts.territory_follow_up
    return _gaps(
        (not facts.perimeter, "Choisissez le périmètre de la démarche.", Screen.INITIATIVE),
        (follow_up_missing, "Dites quand le territoire suivra le fonctionnement interne.", Screen.INITIATIVE),
    )


def _c04(facts: RoadmapFacts) -> list[Gap]:
    return _gaps(
        (facts.public_actors_count == 0, "Ajoutez un acteur public du territoire.", Screen.ACTORS),
        (facts.private_actors_count == 0, "Ajoutez une entreprise ou une association du territoire.", Screen.ACTORS),
        (
            facts.actors_without_involvement_count > 0 and not facts.actors_involvement,
            "Dites comment les acteurs ont été associés.",
            Screen.STATE_OF_PLAY,
        ),
    )


def _c05(facts: RoadmapFacts) -> list[Gap]:
    return _gaps(
        (not facts.has_inventory, "Remplissez l’inventaire, même avec des estimations.", Screen.INVENTORY),
        (
            facts.has_inventory and not facts.has_footprint,
            "Complétez l’inventaire : aucune ligne ne permet encore d’estimer l’empreinte.",
            Screen.INVENTORY,
        ),
        (
            facts.has_footprint and not facts.is_inventory_frozen,
            "Figez l’inventaire : ses chiffres seront datés.",
            Screen.INVENTORY,
        ),
    )


def _c06(facts: RoadmapFacts) -> list[Gap]:
    missing = not facts.uses_summary
    return _gaps((missing, "Écrivez le bilan des usages du numérique sur le territoire.", Screen.STATE_OF_PLAY))


def _c07(facts: RoadmapFacts) -> list[Gap]:
    return _gaps((not facts.engaged_actions, "Résumez les actions déjà engagées.", Screen.STATE_OF_PLAY))


def _c08(facts: RoadmapFacts) -> list[Gap]:
    unscored = facts.dimensions_count - facts.scored_dimensions_count
    plural = "dimension n’a" if unscored == 1 else "dimensions n’ont"
    return _gaps(
        (not facts.has_agreed_diagnosis, "Arrêtez les niveaux du diagnostic.", Screen.DIAGNOSIS),
        (
            facts.has_agreed_diagnosis and unscored > 0,
            f"{unscored} {plural} aucune question répondue.",
            Screen.DIAGNOSIS,
        ),
    )


def _c09(facts: RoadmapFacts) -> list[Gap]:
    if not any(objective.is_reduction for objective in facts.objectives):
        return [Gap("Ajoutez un objectif de réduction de l’empreinte.", Screen.OBJECTIVES)]
    return [
        Gap(f"Objectif {objective.number} : indiquez {what}.", Screen.OBJECTIVES, objective.key)
        for objective in facts.objectives
        for is_present, what in (
            (objective.has_baseline, "la valeur de départ"),
            (objective.has_target, "la cible"),
            (objective.has_date, "l’échéance"),
        )
        if not is_present
    ]


def _c10(facts: RoadmapFacts) -> list[Gap]:
    if not facts.objectives:
        return [Gap("Ajoutez un objectif et son indicateur.", Screen.OBJECTIVES)]
    return [
        Gap(f"Objectif {objective.number} : indiquez {what}.", Screen.OBJECTIVES, objective.key)
        for objective in facts.objectives
        for is_present, what in (
            (objective.has_indicator, "l’indicateur"),
            (objective.has_unit, "son unité"),
            (objective.has_source, "sa source"),
            (objective.has_frequency, "sa fréquence"),
        )
        if not is_present
    ]


def _c11(facts: RoadmapFacts) -> list[Gap]:
    return _each_sheet(facts, lambda sheet: not sheet.has_objective, "choisissez l’objectif qu’elle sert", Screen.SHEET)


def _c12(facts: RoadmapFacts) -> list[Gap]:
    return [
        *_each_sheet(facts, lambda sheet: not sheet.has_human_days, "indiquez les jours d’agents", Screen.SHEET),
        *(
            Gap(f"Fiche {sheet.number} : {what}.", Screen.SHEET, sheet.key)
            for sheet in facts.sheets
            for is_present, what in (
                (sheet.has_budget, "indiquez le budget, même nul"),
                (sheet.has_partners, "indiquez les services associés ou les partenaires"),
            )
            if not is_present
        ),
    ]


def _c13(facts: RoadmapFacts) -> list[Gap]:
    undecided = facts.undecided_levers_count
    levers = "levier attend" if undecided == 1 else "leviers attendent"
    return _gaps(
        (facts.retained_levers_count == 0, "Retenez des leviers, avec le motif de chacun.", Screen.LEVERS),
        (undecided > 0, f"{undecided} {levers} une décision motivée.", Screen.LEVERS),
    )


def _c14(facts: RoadmapFacts) -> list[Gap]:
    count = len(facts.sheets)
    return _gaps(
        (count == 0, "Créez les fiches actions des leviers retenus.", Screen.SHEETS),
        (
            count > MAX_REASONABLE_SHEETS,
            f"{count} actions, c’est beaucoup : une vingtaine au plus se tient. Reportez les moins utiles.",
            Screen.SHEETS,
        ),
    )


def _c15(facts: RoadmapFacts) -> list[Gap]:
    unplaced = _each_sheet(facts, lambda sheet: not sheet.is_placed, "placez-la au calendrier", Screen.SCHEDULE)
    unled = [
        Gap(f"Fiche {sheet.number} : désignez le pilote.", Screen.SHEET, sheet.key)
        for sheet in facts.sheets
        if not sheet.has_lead
    ]
    return [*unplaced, *unled]


def _c16(facts: RoadmapFacts) -> list[Gap]:
    if not facts.sheets:
        return [Gap("Créez les fiches actions des leviers retenus.", Screen.SHEETS)]
    gaps = []
    for sheet in facts.sheets:
        missing = sheet_gaps(sheet)
        if missing:
            gaps.append(Gap(f"Fiche {sheet.number} : il manque {', '.join(missing)}.", Screen.SHEET, sheet.key))
        elif is_still_catalogue(sheet):
            gaps.append(Gap(f"Fiche {sheet.number} : encore identique au catalogue.", Screen.SHEET, sheet.key))
    return gaps


def _c17(facts: RoadmapFacts) -> list[Gap]:
    steering = facts.steering_meetings_per_year or 0
    return _gaps(
        (not facts.governance, "Décrivez la gouvernance.", Screen.TEXTS),
        (not facts.committee_meetings_per_year, "Indiquez le rythme du comité technique.", Screen.TEXTS),
        (
            steering < MIN_STEERING_MEETINGS_PER_YEAR,
            "Prévoyez au moins deux comités de pilotage par an.",
            Screen.TEXTS,
        ),
        (not facts.council_reports_per_year, "Prévoyez un passage en assemblée chaque année.", Screen.TEXTS),
    )


def uncovered_themes(facts: RoadmapFacts) -> list[int]:
    """Return the numbers of the themes of the decree that no sheet covers and nothing explains."""
    covered = {sheet.theme_number for sheet in facts.sheets} | set(facts.explained_theme_numbers)
    return [number for number in facts.theme_numbers if number not in covered]


def _c18(facts: RoadmapFacts) -> list[Gap]:
    if not facts.theme_numbers:
        return [Gap("Les thèmes du décret ne sont pas chargés : prévenez l’administration.", Screen.THEMES)]
    return [
        Gap(f"Thème {number}° : ajoutez une action, ou dites pourquoi il n’est pas retenu.", Screen.THEMES)
        for number in uncovered_themes(facts)
    ]


def _c19(facts: RoadmapFacts) -> list[Gap]:
    missing = facts.related_duties_count == 0
    return _gaps((missing, "Les obligations liées ne sont pas chargées : prévenez l’administration.", Screen.VERSIONS))


def _c20(facts: RoadmapFacts) -> list[Gap]:
    count = facts.documents_without_implication_count
    documents = "document" if count == 1 else "documents"
    return _gaps(
        (facts.documents_count == 0, "Listez les documents existants : SDSI, PCAET, SPASER…", Screen.DOCUMENTS),
        (count > 0, f"Dites ce qu’implique chaque document ({count} {documents} sans précision).", Screen.DOCUMENTS),
    )


def _c21(facts: RoadmapFacts) -> list[Gap]:
    missing = facts.adopted_on is None or not facts.resolution_reference
    return _gaps((missing, "Enregistrez la délibération une fois prise : date et référence.", Screen.VERSIONS))


def _c22(facts: RoadmapFacts) -> list[Gap]:
    insert = facts.yearly_insert
    if insert is None:
        return [Gap("L’encart se remplit au premier bilan annuel.", Screen.FOLLOW_UP)]
    return _gaps(
        (not insert.has_internal_block, "Remplissez le bloc « fonctionnement interne ».", Screen.FOLLOW_UP),
        (not insert.has_territory_block, "Remplissez le bloc « politiques sur le territoire ».", Screen.FOLLOW_UP),
        (not insert.has_values_of_both_years, "Indiquez les valeurs de l’année et de la précédente.", Screen.FOLLOW_UP),
        (not insert.has_adjustments, "Dites les écarts et les ajustements.", Screen.FOLLOW_UP),
    )


def _c23(facts: RoadmapFacts) -> list[Gap]:
    missing = facts.yearly_insert is None or not facts.yearly_insert.has_analysis
    text = "Au premier bilan, dites comment la stratégie a été élaborée, menée et évaluée."
    return _gaps((missing, text, Screen.FOLLOW_UP))


def _c24(facts: RoadmapFacts) -> list[Gap]:
    missing = facts.yearly_insert is None or not facts.yearly_insert.has_finalities
    return _gaps((missing, "Au premier bilan, rattachez l’encart aux cinq finalités.", Screen.FOLLOW_UP))


def _c25(facts: RoadmapFacts) -> list[Gap]:
    insert = facts.yearly_insert
    if insert is None:
        return [Gap("L’échéance se fixe avec le premier bilan annuel.", Screen.FOLLOW_UP)]
    late = insert.ready_on is None or insert.ready_on > insert.deadline_on
    text = f"Terminez l’encart {insert.year} avant les débats sur le projet de budget."
    return _gaps((late, text, Screen.FOLLOW_UP))


def _c26(facts: RoadmapFacts) -> list[Gap]:
    return _each_sheet(
        facts,
        lambda sheet: sheet.has_saving and not sheet.has_rebound,
        "un gain est chiffré, dites l’effet rebond possible",
        Screen.SHEET,
    )


def _c27(facts: RoadmapFacts) -> list[Gap]:
    document = facts.document
    is_accessible = document.is_tagged and document.has_title_and_language and document.has_text_alternatives
    too_heavy = document.size_bytes is not None and document.size_bytes > MAX_PDF_BYTES
    return _gaps(
        (not is_accessible, "Le document n’est pas balisé : prévenez l’administration.", Screen.VERSIONS),
        (too_heavy, "Le document dépasse 2 Mo : raccourcissez les textes.", Screen.VERSIONS),
    )


def _c28(facts: RoadmapFacts) -> list[Gap]:
    missing = not facts.document.marks_drafts
    return _gaps(
        (missing, "Le document ne porte pas la mention « projet » : prévenez l’administration.", Screen.VERSIONS)
    )


def _c29(facts: RoadmapFacts) -> list[Gap]:
    missing = not facts.document.shows_only_counts
    return _gaps((missing, "Le document montre des votes personnels : prévenez l’administration.", Screen.VERSIONS))


CHECKS: dict[str, Check] = {
    "C-01": _c01, "C-02": _c02, "C-03": _c03, "C-04": _c04, "C-05": _c05, "C-06": _c06, "C-07": _c07, "C-08": _c08,
    "C-09": _c09, "C-10": _c10, "C-11": _c11, "C-12": _c12, "C-13": _c13, "C-14": _c14, "C-15": _c15, "C-16": _c16,
    "C-17": _c17, "C-18": _c18, "C-19": _c19, "C-20": _c20, "C-21": _c21, "C-22": _c22, "C-23": _c23, "C-24": _c24,
    "C-25": _c25, "C-26": _c26, "C-27": _c27, "C-28": _c28, "C-29": _c29,
}  # fmt: skip


def run_checks(facts: RoadmapFacts) -> dict[str, list[Gap]]:
    """Return the gaps of each check, code → gaps; an empty list means that the document holds what is asked."""
    return {code: check(facts) for code, check in CHECKS.items()}
