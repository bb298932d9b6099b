"""Consistency checks: each kind of condition, the real file, faulty files, the pages that ask."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from authorities.models import SourceDocument, TerritoryActor
from common.errors import DomainError
from diagnostics.consistency import Bound, Check, Condition, Known, Subject, fired, holds, read_conditions
from diagnostics.facts import FACT_CODES, known_facts
from diagnostics.loader_checks import load_checks
from diagnostics.models import ConsistencyCheck, Diagnosis, Question, Questionnaire
from diagnostics.selectors import consistency_questions
from reference.fixtures import FixtureError, Outcome
from tests.factories import make_member
from tests.factories_diagnostics import (
    AFTER_CLOSING,
    BEFORE_CLOSING,
    CLOSING,
    make_agreed_level,
    make_check,
    make_diagnosis,
    make_finished_diagnosis,
    make_questionnaire,
)
from tests.factories_inventory import fill_figures, make_frozen, make_inventory
from tests.inventory.conftest import factor_files, reference  # noqa: F401 (fixtures of the inventory)

FIXTURES = settings.BASE_DIR / "fixtures"
FILE = "consistency_checks.yaml"
HUB = "/collectivites/pays-dexemple/diagnostics/"

# One line per kind of condition and side of its limit.
KINDS = [
    (Bound.AT_LEAST, 3, 2, False),
    (Bound.AT_LEAST, 3, 3, True),
    (Bound.AT_MOST, 1, 1, True),
    (Bound.AT_MOST, 1, 2, False),
    (Bound.BELOW, 20, 19.9, True),
    (Bound.BELOW, 20, 20, False),
]


@pytest.mark.parametrize("subject", list(Subject))
@pytest.mark.parametrize(("bound", "limit", "value", "expected"), KINDS)
def test_each_kind_of_condition_on_each_side_of_its_limit(subject, bound, limit, value, expected):
    known = Known(levels={"X": value} if subject is Subject.QUESTION else {}, facts={"X": value})

    assert holds(Condition(subject, "X", bound, limit), known) is expected


@pytest.mark.parametrize("bound", list(Bound))
def test_what_is_unknown_holds_nothing(bound):
    condition = Condition(Subject.QUESTION, "GOV-2", bound, 0 if bound is Bound.AT_LEAST else 4)

    assert not holds(condition, Known(levels={"GOV-2": None}, facts={}))
    assert not holds(condition, Known(levels={}, facts={"GOV-2": 0}))


def test_every_condition_is_needed():
    check = Check("suivi", read_conditions([{"question": "GOV-2", "at_least": 3}, {"question": "GOV-3", "at_most": 1}]))

    assert fired([check], Known({"GOV-2": 3, "GOV-3": 1}, {})) == [check]
    assert fired([check], Known({"GOV-2": 3, "GOV-3": 2}, {})) == []
    assert fired([check], Known({"GOV-2": 2, "GOV-3": 1}, {})) == []


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8))
def test_the_order_of_the_checks_is_kept(limits):
    checks = [
        Check(str(rank), read_conditions([{"question": "A", "at_least": low}, {"question": "B", "at_most": high}]))
        for rank, (low, high) in enumerate(limits)
    ]
    found = fired(checks, Known({"A": 2, "B": 2}, {}))

    assert [int(check.code) for check in found] == [rank for rank, (low, high) in enumerate(limits) if low <= 2 <= high]


def test_a_limit_is_a_number():
    with pytest.raises(TypeError):
        read_conditions([{"question": "A", "at_least": "3"}])


# The files -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def real_codes(db) -> Questionnaire:
    """The questions of the real questionnaire, with their codes only."""
    content = yaml.safe_load((FIXTURES / "questionnaire.yaml").read_text())
    questionnaire = make_questionnaire()
    dimension = questionnaire.questions.first().dimension
    questionnaire.questions.all().delete()
    Questionnaire.objects.update(code=content["code"])
    Question.objects.bulk_create(
        Question(questionnaire=questionnaire, dimension=dimension, code=row["code"], title=row["title"], position=rank)
        for group in content["dimensions"]
        for rank, row in enumerate(group["questions"])
    )
    return questionnaire


def test_real_file(real_codes):
    report = load_checks(FIXTURES)

    checks = list(ConsistencyCheck.objects.all())
    assert len(checks) == 20
    assert report.counts["questions de cohérence"][Outcome.CREATED] == 20
    # A sentence that asks: it ends with a question, and accuses nobody.
    assert [check.code for check in checks if not check.ask.endswith("\u202f?")] == []
    words = ("erreur", "faux", "infraction", "incohéren", "contradict")
    assert [check.code for check in checks if any(word in f"{check.ask}{check.title}".lower() for word in words)] == []
    # Each can fire alone: no condition of it excludes another one.
    for check in checks:
        conditions = read_conditions(check.conditions)
        value = {item.code: item.limit - (item.bound is Bound.BELOW) for item in conditions}
        assert len(value) == len(conditions)
        assert fired([Check(check.code, conditions)], Known(value, value)), check.code
    assert load_checks(FIXTURES).has_changed is False


def test_a_check_that_left_the_file_leaves_the_base_and_another_is_corrected_in_place(real_codes, tmp_path):
    load_checks(FIXTURES)
    content = yaml.safe_load((FIXTURES / FILE).read_text())
    content["checks"] = content["checks"][:2]
    content["checks"][0]["ask"] = "Qui suit la stratégie ?"
    (tmp_path / FILE).write_text(yaml.safe_dump(content, allow_unicode=True))

    report = load_checks(tmp_path)

    assert report.counts["questions de cohérence"][Outcome.UPDATED] == 1
    assert ConsistencyCheck.objects.get(position=1).ask == "Qui suit la stratégie\u202f?"
    assert ConsistencyCheck.objects.count() == 2


FAULTS = [
    (lambda c: c["checks"][0]["when"][0].update(question="GOV-9"), "strategie-sans-suivi", "when[1].question"),
    (lambda c: c["checks"][0]["when"][0].update(at_least=5), "strategie-sans-suivi", "when[1].at_least"),
    (lambda c: c["checks"][0]["when"][0].update(below=2), "strategie-sans-suivi", "when[1].at_least"),
    (lambda c: c["checks"][0]["when"][0].pop("question"), "strategie-sans-suivi", "when[1].question"),
    (lambda c: c["checks"][0]["when"][0].update(level=2), "strategie-sans-suivi", "when[1].level"),
    (lambda c: c["checks"][0]["when"].pop(), "strategie-sans-suivi", "when"),
    (lambda c: c["checks"][14]["when"][1].update(fact="lune"), "cadrage-sans-documents", "when[2].fact"),
    (lambda c: c["checks"].append(c["checks"][0]), "strategie-sans-suivi", "code"),
    (lambda c: c.update(questionnaire="proposition-9"), "", "questionnaire"),
]


@pytest.mark.parametrize(("change", "entry", "field"), FAULTS)
def test_a_faulty_file_is_refused_with_its_entry_and_its_field(real_codes, tmp_path, change, entry, field):
    shutil.copy(FIXTURES / FILE, tmp_path)
    path = Path(tmp_path / FILE)
    content = yaml.safe_load(path.read_text())
    change(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True))

    with pytest.raises(FixtureError) as error:
        load_checks(tmp_path)

    assert (error.value.file, error.value.entry, error.value.field) == (FILE, entry, field)
    assert not ConsistencyCheck.objects.exists()


# What is asked -------------------------------------------------------------------------------------------------------


@pytest.fixture
def checks(questionnaire) -> None:
    make_check("achats", {"question": "ACH-1", "at_least": 3}, {"question": "ACH-2", "at_most": 1})
    make_check("parc", {"question": "PAR-1", "at_least": 3}, {"fact": "frozen_inventory", "at_most": 0})


def _codes(diagnosis: Diagnosis) -> list[str]:
    return [question.code for question in consistency_questions(diagnosis, now=AFTER_CLOSING)]


@pytest.mark.django_db
def test_the_levels_of_the_meeting_ask_before_its_end(initiative, checks):
    diagnosis = make_diagnosis(initiative)
    make_agreed_level(diagnosis, "ACH-1", 3)
    make_agreed_level(diagnosis, "ACH-2", 1)

    (question,) = consistency_questions(diagnosis, now=AFTER_CLOSING)

    assert (question.title, question.ask, question.review) == ("Titre achats", "Pourquoi achats ?", "Relire achats.")
    assert [(term.label, term.value) for term in question.terms] == [
        ("ACH-1 Part issue du réemploi", "niveau 3"),
        ("ACH-2 Juste besoin", "niveau 1"),
    ]
    assert question.terms[0].url.endswith("/reunion/questions/ACH-1/")


@pytest.mark.django_db
def test_a_question_without_level_asks_nothing(initiative, checks):
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": 3, "ACH-2": None})

    assert _codes(diagnosis) == []


@pytest.mark.django_db
def test_facts_are_those_of_now_and_of_the_round_that_counts(initiative, checks):
    first = make_finished_diagnosis(initiative, {"PAR-1": 3})
    assert _codes(first) == ["parc"]
    (question,) = consistency_questions(first, now=AFTER_CLOSING)
    assert [(term.label, term.value) for term in question.terms][1] == ("Inventaire flash", "non figé")

    later = {"opened_at": CLOSING + timedelta(days=300), "closes_at": CLOSING + timedelta(days=310)}
    make_finished_diagnosis(initiative, {"PAR-1": 0}, agreed_at=CLOSING + timedelta(days=311), **later)

    assert _codes(first) == []


@pytest.mark.django_db
def test_nothing_is_read_before_the_closing(initiative, people, checks):
    diagnosis = make_diagnosis(initiative, people)

    with pytest.raises(DomainError):
        consistency_questions(diagnosis, now=BEFORE_CLOSING)


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_known_facts(initiative, referent):
    assert {code: fact.value for code, fact in known_facts(initiative).items()} == {
        "frozen_inventory": 0, "territory_actors": 0, "source_documents": 0,
    }  # fmt: skip

    TerritoryActor.objects.create(initiative=initiative, name="Ressourcerie", nature="public")
    SourceDocument.objects.create(initiative=initiative, title="PCAET")
    initiative.authority.agent_count = 100
    initiative.authority.save()
    make_frozen(initiative, referent)
    inventory = make_inventory(initiative)
    fill_figures(inventory, reused_purchase_percent=12)

    facts = known_facts(initiative)

    # The figure of the lot in preparation does not count: only the frozen one does.
    assert {code: fact.value for code, fact in facts.items()} == {
        "frozen_inventory": 1, "reused_purchase_percent": None, "reuse_rate_percent": None,
        "territory_actors": 1, "source_documents": 1,
    }  # fmt: skip
    assert set(facts) == FACT_CODES
    assert facts["frozen_inventory"].written == "figé, daté du 1er mars 2026"
    assert facts["reuse_rate_percent"].written == "inconnu"


# Pages ---------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_before_the_end_asks_and_blocks_nothing(closed_round, checks, referent_client):
    make_agreed_level(closed_round, "ACH-1", 4)
    make_agreed_level(closed_round, "ACH-2", 0)
    url = f"{HUB}{closed_round.pk}/reunion/"
    assert f"{url}coherence/" in referent_client.get(url).content.decode()

    page = referent_client.get(f"{url}coherence/").content.decode()
    assert "1 question à se poser avant de terminer" in page
    assert "Pourquoi achats ?" in page and "Relire achats." in page

    referent_client.post(f"{url}terminer/", {"leaves_rest_open": "on"})
    closed_round.refresh_from_db()
    assert closed_round.agreed_at is not None


@pytest.mark.django_db
def test_the_page_beside_the_results(initiative, checks, authority, client):
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": 4, "ACH-2": 0, "PAR-1": 2})
    client.force_login(make_member(authority, "elected"))

    page = client.get(f"{HUB}{diagnosis.pk}/resultats/coherence/").content.decode()

    assert "1 question à se poser avant de conclure" in page
    assert f"/diagnostics/{diagnosis.pk}/resultats/questions/#ACH-1" in page
    assert client.get(f"{HUB}{diagnosis.pk}/reunion/coherence/").status_code == 403


@pytest.mark.django_db
def test_no_question_at_all(initiative, checks, referent_client):
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": 2})

    page = referent_client.get(f"{HUB}{diagnosis.pk}/resultats/coherence/").content.decode()

    assert "Aucune question de cohérence" in page
    assert "ce que le site sait par ailleurs s’accordent" in page


@pytest.mark.django_db
def test_no_question_because_nothing_is_agreed_yet(closed_round, checks, referent_client):
    page = referent_client.get(f"{HUB}{closed_round.pk}/reunion/coherence/").content.decode()

    assert "Aucun niveau n’est encore retenu" in page
    assert "s’accordent" not in page


@pytest.mark.django_db
def test_a_former_round_is_not_said_to_agree_with_what_is_known_today(initiative, checks, referent_client):
    first = make_finished_diagnosis(initiative, {"PAR-1": 3})
    later = {"opened_at": CLOSING + timedelta(days=300), "closes_at": CLOSING + timedelta(days=310)}
    make_finished_diagnosis(initiative, {"PAR-1": 0}, agreed_at=CLOSING + timedelta(days=311), **later)

    page = referent_client.get(f"{HUB}{first.pk}/resultats/coherence/").content.decode()

    assert "Un autre diagnostic a suivi" in page
    assert "ce que le site sait par ailleurs" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_page_query_count(initiative, referent_client, django_assert_num_queries, count):
    for rank in range(count):
        make_check(f"c{rank}", {"question": "ACH-1", "at_least": 3}, {"fact": "territory_actors", "at_most": 0})
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": 4})

    with django_assert_num_queries(11):
        referent_client.get(f"{HUB}{diagnosis.pk}/resultats/coherence/")
