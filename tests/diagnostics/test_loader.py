"""Loading of the questionnaire: the real file, then files that hold an error."""

import shutil
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from diagnostics.loader import load_all, load_content
from diagnostics.models import Diagnosis, Level, Question, Questionnaire
from diagnostics.selectors import committee_coverage
from reference.fixtures import FixtureError, Outcome
from reference.models import Dimension, Duty, Service, Theme
from tests import factories

FIXTURES = settings.BASE_DIR / "fixtures"


@pytest.fixture
def shared_data(db) -> None:
    """The codes that the questionnaire refers to, from the real files of the shared reference data."""
    for position, row in enumerate(yaml.safe_load((FIXTURES / "services.yaml").read_text())):
        Service.objects.create(code=row["code"], name=row["name"], position=position)
    for row in yaml.safe_load((FIXTURES / "duties.yaml").read_text()):
        Duty.objects.create(code=row["code"], title=row["title"], nature=row["nature"], legal_reference="…")
    for number in range(1, 7):
        Theme.objects.create(number=number, name=f"thème {number}", short_name=str(number))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(FIXTURES / "questionnaire.yaml", tmp_path)
    return tmp_path


def rewrite(folder: Path, change) -> None:
    """Change the content of the file in place."""
    path = folder / "questionnaire.yaml"
    content = yaml.safe_load(path.read_text())
    change(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True))


def first_question(content) -> dict:
    return content["dimensions"][0]["questions"][0]


def test_real_questionnaire(shared_data):
    report = load_all(FIXTURES)

    questionnaire = Questionnaire.objects.get()
    assert (questionnaire.code, questionnaire.is_current) == ("proposition-1", True)
    assert questionnaire.scale[0] == "Rien n’est engagé"
    assert questionnaire.dimension_phrases["SER"] == "les services numériques"
    assert Question.objects.count() == 36
    assert Level.objects.count() == 180
    flash = Question.objects.for_track("light").values_list("code", flat=True)
    assert sorted(flash) == [
        "ACH-1", "ACH-2", "GOV-1", "GOV-2", "INF-2", "INF-3", "PAR-1", "PAR-2", "PAR-4", "SEN-1", "SEN-4", "SER-1",
        "SER-3", "TER-2",
    ]  # fmt: skip
    assert list(Dimension.objects.values_list("code", "short_name")) == [
        ("GOV", "Stratégie"),
        ("SEN", "Sensibilisation"),
        ("ACH", "Achats"),
        ("PAR", "Parc"),
        ("INF", "Infrastructures"),
        ("SER", "Services"),
        ("TER", "Territoire"),
    ]
    assert report.counts["questions"][Outcome.CREATED] == 36


def test_real_question_has_its_services_its_duty_and_its_typography(shared_data):
    load_all(FIXTURES)

    question = Question.objects.get(code="ACH-1")
    assert set(question.services.values_list("code", flat=True)) == {"achats", "dsi"}
    assert (question.duty_codes, question.duty_level) == (["achats-reemploi"], 3)
    assert (
        question.text
        == "Quelle part des achats d’informatique et de téléphonie vient du réemploi ou de la réutilisation\u202f?"
    )
    assert question.levels.get(value=3).text == (
        "Taux légal atteint (20\u202f% à partir de 2024, 25\u202f% en 2027, 30\u202f% en 2030)."
    )
    assert list(question.themes.values_list("number", flat=True)) == [1]


def test_loading_twice_changes_nothing(shared_data):
    load_all(FIXTURES)
    keys = set(Question.objects.values_list("pk", flat=True))

    report = load_all(FIXTURES)

    assert not report.has_changed
    assert set(Question.objects.values_list("pk", flat=True)) == keys


def test_unused_version_is_corrected(shared_data, folder):
    load_all(folder)
    rewrite(folder, lambda content: first_question(content).update(title="Portage politique"))

    report = load_all(folder)

    assert report.counts["questionnaire"][Outcome.UPDATED] == 1
    assert Question.objects.get(code="GOV-1").title == "Portage politique"
    assert Question.objects.count() == 36


def test_used_version_is_never_altered(shared_data, folder, initiative):
    load_all(folder)
    questionnaire = Questionnaire.objects.get(code="proposition-1")
    Diagnosis.objects.create(initiative=initiative, number=1, questionnaire=questionnaire, track="standard")
    rewrite(folder, lambda content: first_question(content).update(title="Autre titre"))

    with pytest.raises(FixtureError, match="publiez une nouvelle version"):
        load_all(folder)

    assert Question.objects.get(code="GOV-1").title == "Portage"


def test_new_version_becomes_current_and_leaves_the_former_one_alone(shared_data, folder):
    load_all(folder)
    rewrite(folder, lambda content: content.update(code="proposition-2"))

    load_all(folder)

    assert Questionnaire.objects.get(is_current=True).code == "proposition-2"
    assert Question.objects.filter(questionnaire__code="proposition-1").count() == 36
    assert Question.objects.filter(questionnaire__code="proposition-2").count() == 36


def test_thonon_committee_lacks_somebody_for_ter_2(shared_data, initiative):
    """The six profiles of the first authority: cohésion territoriale is missing, and the check says so."""
    load_all(FIXTURES)
    for service in ("dechets", "dsi", "transition", "elus", "economie", "communication"):
        factories.make_participant(initiative, service=service)

    committee = committee_coverage(initiative)

    territory = next(group for group in committee.uncovered if group.dimension.code == "TER")
    assert [(gap.code, [service.code for service in gap.services]) for gap in territory.gaps] == [
        ("TER-2", ["cohesion", "action-sociale", "culture"])
    ]
    assert "cohesion" in [invitation.service.code for invitation in committee.invitations]


ERRORS = [
    (lambda c: first_question(c).pop("text"), "GOV-1", "text"),
    (lambda c: first_question(c).update(flash="oui"), "GOV-1", "flash"),
    (lambda c: first_question(c).update(services=["inconnu"]), "GOV-1", "services"),
    (lambda c: first_question(c).update(services=[]), "GOV-1", "services"),
    (lambda c: first_question(c).update(duty_codes=["inconnue"]), "GOV-1", "duty_codes"),
    (lambda c: first_question(c).update(duty_level=5), "GOV-1", "duty_level"),
    (lambda c: first_question(c).update(themes=[9]), "GOV-1", "themes"),
    (lambda c: first_question(c).update(perimeter="lune"), "GOV-1", "perimeter"),
    (lambda c: first_question(c).update(extra=1), "GOV-1", "extra"),
    (lambda c: first_question(c)["levels"].pop(4), "GOV-1", "levels"),
    (lambda c: first_question(c)["levels"].update({4: ""}), "GOV-1", "levels.4"),
    (lambda c: first_question(c).update(title="x" * 81), "GOV-1", "title"),
    (lambda c: c["scale"].pop(), "proposition-1", "scale"),
    (lambda c: c["scale"].reverse(), "proposition-1", "scale[1].value"),
    (lambda c: c["dimensions"][0].pop("phrase"), "GOV", "phrase"),
    (lambda c: c["dimensions"][1]["questions"].append(first_question(c)), "proposition-1", "dimensions"),
]


@pytest.mark.parametrize(("change", "entry", "field"), ERRORS)
def test_errors_name_the_file_the_entry_and_the_field(shared_data, folder, change, entry, field):
    rewrite(folder, change)

    with pytest.raises(FixtureError) as error:
        load_all(folder)

    assert (error.value.file, error.value.entry, error.value.field) == ("questionnaire.yaml", entry, field)
    assert not Questionnaire.objects.exists()


def test_removed_dimension_is_refused(shared_data, folder):
    load_all(folder)
    rewrite(folder, lambda content: content["dimensions"].pop())

    with pytest.raises(FixtureError, match="la dimension .* manque"):
        load_all(folder)

    assert Question.objects.count() == 36


def rows_of(questionnaire: Questionnaire) -> list[tuple]:
    """Return all that a version says, without the keys of the base nor the code of the version."""
    questions = Question.objects.filter(questionnaire=questionnaire).select_related("dimension")
    return [
        (
            question.dimension.code, question.dimension.name, question.code, question.title, question.text,
            question.is_flash, question.perimeter, question.duty_codes, question.duty_level, question.legal_reference,
            question.sources, question.position,
            [theme.number for theme in question.themes.all()],
            sorted(service.code for service in question.services.all()),
            [level.text for level in question.levels.all()],
        )
        for question in questions
    ]  # fmt: skip


def test_what_was_published_is_read_back_and_gives_the_same_rows_under_another_code(shared_data):
    load_all(FIXTURES)
    first = Questionnaire.objects.get()

    load_content({**first.source, "code": "proposition-2"})

    second = Questionnaire.objects.get(code="proposition-2")
    assert rows_of(second) == rows_of(first)
    assert (second.title, second.note, second.scale) == (first.title, first.note, first.scale)
    assert (second.abstention, second.dimension_phrases) == (first.abstention, first.dimension_phrases)


def test_a_version_loaded_before_its_content_was_kept_gets_it(shared_data, initiative):
    load_all(FIXTURES)
    questionnaire = Questionnaire.objects.get()
    Diagnosis.objects.create(initiative=initiative, number=1, questionnaire=questionnaire, track="standard")
    content = questionnaire.source
    Questionnaire.objects.update(source={})

    load_all(FIXTURES)

    assert Questionnaire.objects.get().source == content
    assert content["dimensions"][0]["code"] == "GOV"


def test_loading_again_does_not_take_back_the_place_of_another_version(shared_data):
    load_all(FIXTURES)
    load_content({**Questionnaire.objects.get().source, "code": "du-site"})

    load_all(FIXTURES)

    assert Questionnaire.objects.get(is_current=True).code == "du-site"


def test_the_errors_of_all_entries_are_told_at_once(shared_data, folder):
    def spoil(content) -> None:
        first_question(content).update(title="")
        content["dimensions"][1]["questions"][0].pop("services")
        content["dimensions"][2].update(code="À CHANGER")
        content.update(abstention="")

    rewrite(folder, spoil)

    with pytest.raises(FixtureError) as error:
        load_all(folder)

    assert [(item.entry, item.field) for item in error.value.errors] == [
        ("proposition-1", "abstention"),
        ("GOV-1", "title"),
        ("SEN-1", "services"),
        ("À CHANGER", "code"),
    ]
