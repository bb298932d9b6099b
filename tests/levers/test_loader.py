"""Loading of the catalogue: the real files, and the sentence of each refusal."""

import copy
import re
from datetime import date
from pathlib import Path

import pytest
import yaml

import diagnostics.loader
import reference.loader
from levers.loader import load_all, load_content
from levers.models import Lever, LeverCatalogue
from levers.relevance import Criterion
from levers.services import write_local_lever
from reference.fixtures import FixtureError
from reference.models import Duty
from tests.factories import PARIS_NOON, make_authority, make_member, make_service
from tests.factories_levers import local_values, make_dimension, make_shortlist, make_theme

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

LEVER = {
    "code": "LEV-A",
    "title": "Garder les écrans jusqu'à la panne",
    "summary": "Ne remplacer qu'un écran hors d'usage : c'est l'essentiel.",
    "description": "Vérifier ce qui dort en réserve.",
    "theme": 1,
    "dimension": "PAR",
    "secondary_dimensions": [],
    "questions": [],
    "perimeter": "interne",
    "audience": ["dsi"],
    "lead_service": "dsi",
    "effort": 2,
    "cost": "nul",
    "delay_months": 3,
    "quick_win": True,
    "impact": 5,
    "impact_rationale": "Premier poste du parc.",
    "small_authority": True,
    "prerequisites": [],
    "synergies": ["LEV-B"],
    "simulation": {"type": "extend_lifetime", "categories": ["screen"], "years": 2},
    "steps": ["Écrire la règle"],
    "indicators": [{"name": "Âge", "unit": "années", "direction": "up", "formula": "moyenne", "baseline_hint": "5"}],
    "means": {"human": "2 jours", "budget": "aucun", "caveat": "indicatif"},
    "risks": ["Lassitude"],
    "duty_codes": ["deee"],
    "legal": ["Code de l'environnement"],
    "sources": [{"label": "Guide", "ref": "https://exemple.fr/l'adresse"}],
}


@pytest.fixture
def folder(db, tmp_path) -> Path:
    """Two levers, and the reference objects that they name."""
    make_theme(1)
    make_dimension("PAR")
    make_service("dsi")
    Duty.objects.create(code="deee", title="Déchets", nature="obligation", legal_reference="…")
    second = {**copy.deepcopy(LEVER), "code": "LEV-B", "synergies": [], "simulation": None}
    write(tmp_path, "levers.yaml", [LEVER, second])
    write(
        tmp_path,
        "lever_catalogue.yaml",
        {"code": "essai-1", "title": "Essai", "framework": "essai", "published_on": date(2026, 1, 1)},
    )
    weights = yaml.safe_load((FIXTURES / "relevance_weights.yaml").read_text())
    weights["group_labels"] = {"screen": "écrans"}
    write(tmp_path, "relevance_weights.yaml", weights)
    simulation = {"groups": {"screen": ["monitor_24"]}, "effects": {"extend_lifetime": {}}, "exclusive": []}
    write(tmp_path, "simulation.yaml", simulation)
    return tmp_path


def write(folder: Path, name: str, content: object) -> None:
    (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def change_lever(folder: Path, **fields) -> None:
    levers = yaml.safe_load((folder / "levers.yaml").read_text())
    levers[0] = {**levers[0], **fields}
    write(folder, "levers.yaml", levers)


def test_real_catalogue_loads_whole_and_twice(db, monkeypatch):
    monkeypatch.setattr(reference.loader, "_load_territories", lambda folder, report: None)
    reference.loader.load_all(FIXTURES)
    diagnostics.loader.load_all(FIXTURES)

    assert load_all(FIXTURES).has_changed
    assert not load_all(FIXTURES).has_changed

    catalogue = LeverCatalogue.objects.get()
    levers = list(Lever.objects.filter(catalogue=catalogue).select_related("theme", "dimension", "lead_service"))
    assert len(levers) == 81
    assert {lever.theme.number for lever in levers} == {1, 2, 3, 4, 5, 6}
    assert {lever.dimension.code for lever in levers} == {"GOV", "SEN", "ACH", "PAR", "INF", "SER", "TER"}
    assert set(catalogue.weights["points"]) == {criterion.value for criterion in Criterion}
    assert catalogue.exclusive_groups == [["LEV-EQP-01", "LEV-EQP-07", "LEV-ACH-04", "LEV-LOG-01", "LEV-LOG-02"]]
    # Typography is applied to what people read, never to codes and addresses.
    texts = " ".join(lever.description + lever.summary + " ".join(lever.steps) for lever in levers)
    assert "'" not in texts and not re.search(r"[ ][:;?!]", texts)
    assert all(source["ref"] for lever in levers for source in lever.sources)


def test_texts_get_their_typography_and_codes_do_not(folder):
    load_all(folder)

    lever = Lever.objects.get(code="LEV-A")
    assert lever.title == "Garder les écrans jusqu’à la panne"
    assert lever.summary == "Ne remplacer qu’un écran hors d’usage\u00a0: c’est l’essentiel."
    assert lever.legal_references == ["Code de l’environnement"]
    assert lever.sources == [{"label": "Guide", "ref": "https://exemple.fr/l'adresse"}]
    assert lever.simulation == {"type": "extend_lifetime", "categories": ["screen"], "years": 2}
    assert "garder les ecrans jusqu a la panne" in lever.search_text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"titre": "x"}, "levers.yaml, entrée « LEV-A », champ « titre » : champ inconnu"),
        ({"title": ""}, "champ « title » : écrivez un texte"),
        ({"title": "x" * 121}, "champ « title » : texte de 121 caractères ; 120 au plus"),
        ({"theme": 7}, "champ « theme » : écrivez un nombre entier entre 1 et 1"),
        ({"dimension": "XXX"}, "champ « dimension » : le code « XXX » est inconnu"),
        ({"questions": ["PAR-9"]}, "champ « questions » : le code « PAR-9 » est inconnu"),
        ({"perimeter": "dehors"}, "champ « perimeter » : le code « dehors » est inconnu"),
        ({"audience": ["lune"]}, "champ « audience » : le code « lune » est inconnu"),
        ({"effort": 6}, "champ « effort » : écrivez un nombre entier entre 1 et 5"),
        ({"quick_win": "oui"}, "champ « quick_win » : écrivez true ou false"),
        ({"prerequisites": ["LEV-A"]}, "champ « prerequisites » : le code « LEV-A » est inconnu"),
        ({"synergies": ["LEV-Z"]}, "champ « synergies » : le code « LEV-Z » est inconnu"),
        ({"simulation": {"type": "magie"}}, "champ « simulation.type » : le code « magie » est inconnu"),
        (
            {"simulation": {"type": "extend_lifetime", "categories": ["fusée"], "years": 2}},
            "champ « simulation.categories » : le code « fusée » est inconnu",
        ),
        (
            {"simulation": {"type": "extend_lifetime", "categories": ["screen"], "years": 90}},
            "champ « simulation.years » : écrivez un nombre entre 0 et 20",
        ),
        ({"steps": []}, "champ « steps » : écrivez au moins une étape"),
        ({"indicators": []}, "champ « indicators » : écrivez au moins un indicateur"),
        ({"indicators": [{"name": "x"}]}, "champ « indicators[1].unit » : champ manquant"),
        ({"means": {"human": "x", "budget": "y"}}, "champ « means.caveat » : champ manquant"),
        ({"duty_codes": ["inconnue"]}, "champ « duty_codes » : le code « inconnue » est inconnu"),
        ({"sources": [{"label": "x"}]}, "champ « sources[1].ref » : champ manquant"),
    ],
)
def test_refusal_names_the_file_the_entry_and_the_field(folder, fields, message):
    change_lever(folder, **fields)

    with pytest.raises(FixtureError) as caught:
        load_all(folder)

    plain = str(caught.value).replace("\u00a0", " ").replace("\u202f", " ")
    assert message in plain
    assert not LeverCatalogue.objects.exists()


def test_weights_and_groups_are_checked_too(folder):
    weights = yaml.safe_load((folder / "relevance_weights.yaml").read_text())
    write(folder, "relevance_weights.yaml", {**weights, "points": {"duty": 3}})
    with pytest.raises(FixtureError, match="question_gap"):
        load_all(folder)
    write(folder, "relevance_weights.yaml", weights)
    simulation = yaml.safe_load((folder / "simulation.yaml").read_text())
    write(folder, "simulation.yaml", {**simulation, "exclusive": [["LEV-Z"]]})
    with pytest.raises(FixtureError, match="LEV-Z"):
        load_all(folder)


def test_framework_must_be_loaded_first(folder):
    write(
        folder,
        "lever_catalogue.yaml",
        {"code": "essai-1", "title": "Essai", "framework": "autre", "published_on": date(2026, 1, 1)},
    )

    with pytest.raises(FixtureError, match="n’est pas chargé"):
        load_all(folder)


def test_unused_version_is_corrected_in_place_and_a_used_one_is_refused(folder):
    load_all(folder)
    change_lever(folder, effort=4)

    load_all(folder)
    assert Lever.objects.get(code="LEV-A").effort == 4

    make_shortlist(make_authority().initiatives.get(), [Lever.objects.get(code="LEV-A")])
    change_lever(folder, effort=5)
    with pytest.raises(FixtureError, match="publiez une nouvelle version"):
        load_all(folder)
    assert Lever.objects.get(code="LEV-A").effort == 4


def test_new_version_stands_beside_the_one_in_use(folder):
    load_all(folder)
    first = LeverCatalogue.objects.get()
    make_shortlist(make_authority().initiatives.get(), list(first.levers.all()))
    change_lever(folder, effort=5)
    write(
        folder,
        "lever_catalogue.yaml",
        {"code": "essai-2", "title": "Essai 2", "framework": "essai", "published_on": date(2027, 1, 1)},
    )

    load_all(folder)

    assert LeverCatalogue.objects.first().code == "essai-2"
    assert first.levers.get(code="LEV-A").effort == 2
    assert Lever.objects.count() == 4


def test_codes_of_local_levers_are_kept_for_them(folder):
    load_all(folder)
    content = copy.deepcopy(LeverCatalogue.objects.get().source)
    content["catalogue"]["code"] = "essai-2"
    content["levers"][0]["code"] = "LOC-1"
    with pytest.raises(FixtureError, match="ceux des leviers locaux"):
        load_content(content)
    assert LeverCatalogue.objects.count() == 1


def test_publishing_a_version_leaves_local_levers_and_their_shortlist_alone(folder):
    load_all(folder)
    authority = make_authority()
    content = copy.deepcopy(LeverCatalogue.objects.get().source)
    theme, dimension = (getattr(LeverCatalogue.objects.get().levers.first(), name) for name in ("theme", "dimension"))
    local = write_local_lever(
        authority=authority,
        values=local_values(theme=theme, dimension=dimension),
        actor=make_member(authority, "referent"),
        now=PARIS_NOON,
    )
    shortlist = make_shortlist(authority.initiatives.get(), [LeverCatalogue.objects.get().levers.first(), local])
    before = Lever.objects.filter(pk__in=shortlist.items.values("lever")).order_by("pk").values()
    told = list(before)
    content["catalogue"]["code"] = "essai-2"
    content["levers"][0]["title"] = "Récrit"

    load_content(content)

    assert LeverCatalogue.objects.first().code == "essai-2"
    assert list(before.all()) == told
    assert not LeverCatalogue.objects.get(code="essai-2").levers.filter(title=local.title).exists()


def plain_rows(catalogue: LeverCatalogue) -> list[dict]:
    return list(catalogue.levers.order_by("position").values(*FIELDS))


NOT_CONTENT = {"id", "catalogue", "created_at", "updated_at"}
FIELDS = [field.attname for field in Lever._meta.concrete_fields if field.name not in NOT_CONTENT]


def test_what_was_published_is_read_back_and_gives_the_same_rows_under_another_code(folder):
    load_all(folder)
    first = LeverCatalogue.objects.get()
    content = copy.deepcopy(first.source)
    content["catalogue"]["code"] = "essai-2"

    load_content(content)

    second = LeverCatalogue.objects.get(code="essai-2")
    assert plain_rows(second) == plain_rows(first)
    assert (second.weights, second.exclusive_groups) == (first.weights, first.exclusive_groups)
    assert (second.published_on, second.framework) == (first.published_on, first.framework)
    assert LeverCatalogue.objects.get(is_current=True) == second


def test_loading_again_keeps_the_proposed_version_and_fills_an_empty_source(folder):
    load_all(folder)
    first = LeverCatalogue.objects.get()
    load_content({**first.source, "catalogue": {**first.source["catalogue"], "code": "du-site"}})
    LeverCatalogue.objects.update(source={})

    load_all(folder)

    assert LeverCatalogue.objects.first().code == "du-site"
    assert LeverCatalogue.objects.get(code="essai-1").source == first.source
