"""The checklist: a failing and a passing state for each point, and what an action sheet misses."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from roadmap.completeness import (
    CHECKS,
    MAX_PDF_BYTES,
    DocumentFacts,
    Gap,
    ObjectiveFacts,
    RoadmapFacts,
    Screen,
    SheetFacts,
    YearlyInsert,
    is_complete,
    is_still_catalogue,
    run_checks,
    sheet_gaps,
    uncovered_themes,
)
from roadmap.forms import SHEET_PARTS
from roadmap.selectors.validation import PART_OF_SHEET_GAP, gap_url

SHEET = SheetFacts(
    key=7,
    number=1,
    title="Garder les écrans",
    theme_number=2,
    has_lead=True,
    has_aim=True,
    has_objective=True,
    is_placed=True,
    steps_count=3,
    dated_steps_count=3,
    indicators_count=2,
    measured_indicators_count=1,
    has_human_days=True,
    has_budget=True,
    has_partners=True,
    has_saving=True,
    has_rebound=True,
    changed_fields_count=5,
    is_from_catalogue=True,
)
OBJECTIVE = ObjectiveFacts(
    key=3,
    number=1,
    title="Réduire l’empreinte",
    is_reduction=True,
    has_baseline=True,
    has_target=True,
    has_date=True,
    has_indicator=True,
    has_unit=True,
    has_source=True,
    has_frequency=True,
)
INSERT = YearlyInsert(
    year=2027,
    deadline_on=date(2027, 11, 15),
    ready_on=date(2027, 11, 15),
    has_internal_block=True,
    has_territory_block=True,
    has_values_of_both_years=True,
    has_adjustments=True,
    has_analysis=True,
    has_finalities=True,
)
FULL = RoadmapFacts(
    authority_name="Pays d’Exemple",
    authority_kind="EPCI à fiscalité propre",
    population=60_000,
    period_label="2026–2028",
    legal_texts_count=3,
    perimeter="interne",
    is_internal_only=True,
    territory_follow_up="À partir de 2029.",
    public_actors_count=1,
    private_actors_count=1,
    actors_without_involvement_count=1,
    actors_involvement="Réunis en octobre.",
    has_inventory=True,
    is_inventory_frozen=True,
    has_footprint=True,
    uses_summary="Fibre partout.",
    engaged_actions="Serveurs virtualisés.",
    has_agreed_diagnosis=True,
    scored_dimensions_count=7,
    dimensions_count=7,
    objectives=(OBJECTIVE,),
    sheets=(SHEET,),
    retained_levers_count=1,
    undecided_levers_count=0,
    governance="Le comité technique se réunit chaque trimestre.",
    committee_meetings_per_year=4,
    steering_meetings_per_year=2,
    council_reports_per_year=1,
    theme_numbers=(1, 2),
    explained_theme_numbers=(1,),
    related_duties_count=9,
    documents_count=2,
    documents_without_implication_count=0,
    adopted_on=date(2026, 9, 15),
    resolution_reference="CC-2026-42",
    document=DocumentFacts(size_bytes=300_000),
    yearly_insert=INSERT,
)


def facts(**changes):
    return replace(FULL, **changes)


def sheet(**changes):
    return {"sheets": (replace(SHEET, **changes),)}


def objective(**changes):
    return {"objectives": (replace(OBJECTIVE, **changes),)}


def insert(**changes):
    return {"yearly_insert": replace(INSERT, **changes)}


def document(**changes):
    return {"document": replace(FULL.document, **changes)}


def test_a_full_document_passes_every_point():
    assert {code: gaps for code, gaps in run_checks(FULL).items() if gaps} == {}


def test_the_checks_are_those_of_the_reference_data():
    fixture = Path(__file__).parents[2] / "fixtures" / "compliance_checks.yaml"
    assert list(CHECKS) == [entry["code"] for entry in yaml.safe_load(fixture.read_text())]
    assert len(CHECKS) == 29


# One line per way of failing: code, what differs from the full document, the beginning of the sentence, the screen.
FAILING = [
    ("C-01", {"authority_name": ""}, "Indiquez le nom", Screen.AUTHORITY),
    ("C-01", {"authority_kind": ""}, "Indiquez la nature", Screen.AUTHORITY),
    ("C-01", {"population": None}, "Indiquez la population", Screen.AUTHORITY),
    ("C-01", {"period_label": ""}, "Indiquez la période", Screen.INITIATIVE),
    ("C-02", {"legal_texts_count": 0}, "Les textes de référence", Screen.VERSIONS),
    ("C-03", {"perimeter": ""}, "Choisissez le périmètre", Screen.INITIATIVE),
    ("C-03", {"territory_follow_up": ""}, "Dites quand le territoire", Screen.INITIATIVE),
    ("C-04", {"public_actors_count": 0}, "Ajoutez un acteur public", Screen.ACTORS),
    ("C-04", {"private_actors_count": 0}, "Ajoutez une entreprise", Screen.ACTORS),
    ("C-04", {"actors_involvement": ""}, "Dites comment les acteurs", Screen.STATE_OF_PLAY),
    ("C-05", {"has_inventory": False, "has_footprint": False}, "Remplissez l’inventaire", Screen.INVENTORY),
    ("C-05", {"has_footprint": False}, "Complétez l’inventaire", Screen.INVENTORY),
    ("C-05", {"is_inventory_frozen": False}, "Figez l’inventaire", Screen.INVENTORY),
    ("C-06", {"uses_summary": ""}, "Écrivez le bilan des usages", Screen.STATE_OF_PLAY),
    ("C-07", {"engaged_actions": ""}, "Résumez les actions", Screen.STATE_OF_PLAY),
    ("C-08", {"has_agreed_diagnosis": False}, "Arrêtez les niveaux", Screen.DIAGNOSIS),
    ("C-08", {"scored_dimensions_count": 6}, "1 dimension n’a aucune question", Screen.DIAGNOSIS),
    ("C-09", {"objectives": ()}, "Ajoutez un objectif de réduction", Screen.OBJECTIVES),
    ("C-09", objective(is_reduction=False), "Ajoutez un objectif de réduction", Screen.OBJECTIVES),
    ("C-09", objective(has_baseline=False), "Objectif 1 : indiquez la valeur de départ", Screen.OBJECTIVES),
    ("C-09", objective(has_target=False), "Objectif 1 : indiquez la cible", Screen.OBJECTIVES),
    ("C-09", objective(has_date=False), "Objectif 1 : indiquez l’échéance", Screen.OBJECTIVES),
    ("C-10", {"objectives": ()}, "Ajoutez un objectif et son indicateur", Screen.OBJECTIVES),
    ("C-10", objective(has_indicator=False), "Objectif 1 : indiquez l’indicateur", Screen.OBJECTIVES),
    ("C-10", objective(has_unit=False), "Objectif 1 : indiquez son unité", Screen.OBJECTIVES),
    ("C-10", objective(has_source=False), "Objectif 1 : indiquez sa source", Screen.OBJECTIVES),
    ("C-10", objective(has_frequency=False), "Objectif 1 : indiquez sa fréquence", Screen.OBJECTIVES),
    ("C-11", {"sheets": ()}, "Créez les fiches", Screen.SHEETS),
    ("C-11", sheet(has_objective=False), "Fiche 1 : choisissez l’objectif", Screen.SHEET),
    ("C-12", {"sheets": ()}, "Créez les fiches", Screen.SHEETS),
    ("C-12", sheet(has_human_days=False), "Fiche 1 : indiquez les jours", Screen.SHEET),
    ("C-12", sheet(has_budget=False), "Fiche 1 : indiquez le budget", Screen.SHEET),
    ("C-12", sheet(has_partners=False), "Fiche 1 : indiquez les services", Screen.SHEET),
    ("C-13", {"retained_levers_count": 0}, "Retenez des leviers", Screen.LEVERS),
    ("C-13", {"undecided_levers_count": 2}, "2 leviers attendent une décision", Screen.LEVERS),
    ("C-14", {"sheets": ()}, "Créez les fiches", Screen.SHEETS),
    ("C-14", {"sheets": (SHEET,) * 21}, "21 actions, c’est beaucoup", Screen.SHEETS),
    ("C-15", {"sheets": ()}, "Créez les fiches", Screen.SHEETS),
    ("C-15", sheet(is_placed=False), "Fiche 1 : placez-la", Screen.SCHEDULE),
    ("C-15", sheet(has_lead=False), "Fiche 1 : désignez le pilote", Screen.SHEET),
    ("C-16", {"sheets": ()}, "Créez les fiches", Screen.SHEETS),
    ("C-16", sheet(has_aim=False), "Fiche 1 : il manque l’objectif de l’action.", Screen.SHEET),
    ("C-16", sheet(changed_fields_count=4), "Fiche 1 : encore identique au catalogue", Screen.SHEET),
    ("C-17", {"governance": ""}, "Décrivez la gouvernance", Screen.TEXTS),
    ("C-17", {"committee_meetings_per_year": None}, "Indiquez le rythme", Screen.TEXTS),
    ("C-17", {"steering_meetings_per_year": 1}, "Prévoyez au moins deux comités", Screen.TEXTS),
    ("C-17", {"council_reports_per_year": 0}, "Prévoyez un passage en assemblée", Screen.TEXTS),
    ("C-18", {"theme_numbers": ()}, "Les thèmes du décret", Screen.THEMES),
    ("C-18", {"explained_theme_numbers": ()}, "Thème 1° : ajoutez une action", Screen.THEMES),
    ("C-19", {"related_duties_count": 0}, "Les obligations liées", Screen.VERSIONS),
    ("C-20", {"documents_count": 0}, "Listez les documents", Screen.DOCUMENTS),
    ("C-20", {"documents_without_implication_count": 1}, "Dites ce qu’implique", Screen.DOCUMENTS),
    ("C-21", {"adopted_on": None}, "Enregistrez la délibération", Screen.VERSIONS),
    ("C-21", {"resolution_reference": ""}, "Enregistrez la délibération", Screen.VERSIONS),
    ("C-22", {"yearly_insert": None}, "L’encart se remplit", Screen.FOLLOW_UP),
    ("C-22", insert(has_internal_block=False), "Remplissez le bloc « fonctionnement", Screen.FOLLOW_UP),
    ("C-22", insert(has_territory_block=False), "Remplissez le bloc « politiques", Screen.FOLLOW_UP),
    ("C-22", insert(has_values_of_both_years=False), "Indiquez les valeurs", Screen.FOLLOW_UP),
    ("C-22", insert(has_adjustments=False), "Dites les écarts", Screen.FOLLOW_UP),
    ("C-23", {"yearly_insert": None}, "Au premier bilan, dites comment", Screen.FOLLOW_UP),
    ("C-23", insert(has_analysis=False), "Au premier bilan, dites comment", Screen.FOLLOW_UP),
    ("C-24", {"yearly_insert": None}, "Au premier bilan, rattachez", Screen.FOLLOW_UP),
    ("C-24", insert(has_finalities=False), "Au premier bilan, rattachez", Screen.FOLLOW_UP),
    ("C-25", {"yearly_insert": None}, "L’échéance se fixe", Screen.FOLLOW_UP),
    ("C-25", insert(ready_on=None), "Terminez l’encart 2027", Screen.FOLLOW_UP),
    ("C-25", insert(ready_on=date(2027, 11, 16)), "Terminez l’encart 2027", Screen.FOLLOW_UP),
    ("C-26", {"sheets": ()}, "Créez les fiches", Screen.SHEETS),
    ("C-26", sheet(has_rebound=False), "Fiche 1 : un gain est chiffré", Screen.SHEET),
    ("C-27", document(is_tagged=False), "Le document n’est pas balisé", Screen.VERSIONS),
    ("C-27", document(has_title_and_language=False), "Le document n’est pas balisé", Screen.VERSIONS),
    ("C-27", document(has_text_alternatives=False), "Le document n’est pas balisé", Screen.VERSIONS),
    ("C-27", document(size_bytes=MAX_PDF_BYTES + 1), "Le document dépasse 2 Mo", Screen.VERSIONS),
    ("C-28", document(marks_drafts=False), "Le document ne porte pas", Screen.VERSIONS),
    ("C-29", document(shows_only_counts=False), "Le document montre des votes", Screen.VERSIONS),
]


@pytest.mark.parametrize(("code", "changes", "sentence", "screen"), FAILING)
def test_a_missing_thing_fails_its_point(code, changes, sentence, screen):
    gaps = CHECKS[code](facts(**changes))
    assert [gap.screen for gap in gaps] == [screen]
    assert gaps[0].text.startswith(sentence)
    assert gaps[0].text.endswith((".", "…"))


def test_every_point_has_a_failing_state():
    assert {code for code, *_ in FAILING} == set(CHECKS)


# States that look like failures and are not: code, what differs.
PASSING = [
    ("C-03", {"is_internal_only": False, "territory_follow_up": ""}),
    ("C-04", {"actors_involvement": "", "actors_without_involvement_count": 0}),
    ("C-14", {"sheets": (SHEET,) * 20}),
    ("C-16", sheet(changed_fields_count=0, is_from_catalogue=False)),
    ("C-18", {"explained_theme_numbers": (), "theme_numbers": (2,)}),
    ("C-26", sheet(has_rebound=False, has_saving=False)),
    ("C-27", document(size_bytes=None)),
    ("C-27", document(size_bytes=MAX_PDF_BYTES)),
    ("C-08", {"dimensions_count": 0, "scored_dimensions_count": 0}),
]


@pytest.mark.parametrize(("code", "changes"), PASSING)
def test_a_limit_is_on_the_right_side(code, changes):
    assert CHECKS[code](facts(**changes)) == []


def test_an_empty_roadmap_fails_without_breaking():
    gaps = run_checks(RoadmapFacts())
    passing = {code for code, found in gaps.items() if not found}
    # By construction the document is tagged, marked as a draft, and shows counts only; no dimension is asked yet.
    assert passing == {"C-27", "C-28", "C-29"}


def test_a_gap_names_the_sheet_or_the_objective_it_is_about():
    assert CHECKS["C-11"](facts(**sheet(has_objective=False)))[0].key == SHEET.key
    assert CHECKS["C-09"](facts(**objective(has_target=False)))[0].key == OBJECTIVE.key
    assert CHECKS["C-06"](facts(uses_summary=""))[0].key is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"has_lead": False}, ["le pilote"]),
        ({"has_aim": False}, ["l’objectif de l’action"]),
        ({"has_objective": False}, ["l’objectif servi"]),
        ({"is_placed": False}, ["la place au calendrier"]),
        ({"steps_count": 0, "dated_steps_count": 0}, ["les étapes"]),
        ({"dated_steps_count": 2}, ["la date de chaque étape"]),
        ({"indicators_count": 0, "measured_indicators_count": 0}, ["un indicateur"]),
        ({"measured_indicators_count": 0}, ["le départ et la cible d’un indicateur"]),
        ({"has_human_days": False}, ["les jours d’agents"]),
        ({"has_budget": False}, ["le budget, même nul"]),
        ({"has_partners": False}, ["les services associés ou partenaires"]),
    ],
)
def test_sheet_gaps_say_what_is_missing(changes, expected):
    changed = replace(SHEET, **changes)
    assert sheet_gaps(changed) == expected
    assert is_complete(changed) == (expected == [])


def test_a_sheet_close_to_the_catalogue_is_not_complete():
    assert not is_complete(replace(SHEET, changed_fields_count=4))
    assert is_still_catalogue(replace(SHEET, changed_fields_count=4))
    assert not is_still_catalogue(replace(SHEET, changed_fields_count=0, is_from_catalogue=False))


def test_uncovered_themes_lists_neither_the_covered_nor_the_explained():
    assert uncovered_themes(facts(theme_numbers=(1, 2, 3, 4), explained_theme_numbers=(4,))) == [1, 3]


def test_gaps_are_plain_data():
    assert Gap("Texte.", Screen.SHEETS) == Gap("Texte.", Screen.SHEETS, None)


# Where a gap is filled ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "changes", "path"),
    [
        ("C-11", sheet(has_objective=False), "fiches/7/identite/"),
        ("C-12", sheet(has_human_days=False), "fiches/7/moyens/"),
        ("C-12", sheet(has_budget=False), "fiches/7/budget/"),
        ("C-12", sheet(has_partners=False), "fiches/7/equipe/"),
        ("C-15", sheet(has_lead=False), "fiches/7/equipe/"),
        ("C-15", sheet(is_placed=False), "calendrier/"),
        ("C-16", sheet(has_aim=False), "fiches/7/"),
        ("C-26", sheet(has_rebound=False), "fiches/7/vigilance/"),
        ("C-10", objective(has_frequency=False), "objectifs/3/"),
        ("C-11", {"sheets": ()}, ""),
    ],
)
def test_gap_leads_to_the_screen_that_fills_it(code, changes, path):
    gap = run_checks(facts(**changes))[code][0]

    assert gap_url(gap, "pays") == f"/collectivites/pays/feuille-de-route/{path}"


def test_every_part_of_a_sheet_named_by_a_gap_exists():
    assert set(PART_OF_SHEET_GAP.values()) <= set(SHEET_PARTS)
