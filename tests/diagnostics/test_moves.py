"""From one version of the questionnaire to another: what changes, what carries, the choice; v1 never changes."""

import re

import pytest
from django.utils import timezone

from authorities.models import Event
from common.errors import DomainError
from diagnostics.models import AgreedLevel, Diagnosis, Level, Question, Questionnaire
from diagnostics.moves import MoveKind, VersionQuestion, compare_dimensions, compare_versions
from diagnostics.selectors import carried_level, questionnaire_move, version_choice
from diagnostics.services import RoundValues, create_diagnosis, save_diagnosis
from reference.models import Dimension
from tests.diagnostics.test_secrecy import CHANGING
from tests.factories_diagnostics import (
    SCALE,
    get_question,
    make_diagnosis,
    make_finished_diagnosis,
    make_questionnaire,
    relative_round,
)

pytestmark = pytest.mark.django_db

HUB = "/collectivites/pays-dexemple/diagnostics/"
COMPARE = f"{HUB}nouveau/ce-qui-change/"
LEVELS = ("a", "b", "c", "d", "e")


def written(code: str, levels: tuple[str, ...] = LEVELS, text: str = "Question ?") -> VersionQuestion:
    return VersionQuestion(code, code[:3], code[:3].title(), f"Titre {code}", text, levels)


# What changes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "kind", "carries"),
    [
        (written("ACH-1"), written("ACH-1"), MoveKind.SAME, True),
        (written("ACH-1"), written("ACH-1", text="Autre ?"), MoveKind.REWORDED, True),
        (written("ACH-1"), written("ACH-1", (*LEVELS[:4], "f")), MoveKind.LEVELS, False),
        # The same sentences in another order do not mean the same level.
        (written("ACH-1"), written("ACH-1", ("b", "a", *LEVELS[2:])), MoveKind.LEVELS, False),
        (None, written("ACH-1"), MoveKind.ADDED, False),
        (written("ACH-1"), None, MoveKind.REMOVED, False),
    ],
)
def test_a_question_carries_with_the_same_code_and_levels(before, after, kind, carries):
    (move,) = compare_versions([before] if before else [], [after] if after else [], {"ACH-1": 3})

    assert (move.kind, move.carries) == (kind, carries)
    assert move.level == (3 if before else None)


def test_nothing_agreed_nothing_carried():
    (move,) = compare_versions([written("ACH-1")], [written("ACH-1")], {"ACH-1": None})

    assert not move.carries


def test_changed_levels_are_told_one_by_one():
    (move,) = compare_versions([written("ACH-1")], [written("ACH-1", ("a", "b", "C", "d", "E"))], {})

    assert move.changed_levels == [(2, "c", "C"), (4, "e", "E")]


def test_scores_on_carried_questions_only():
    before = [written("ACH-1"), written("ACH-2"), written("PAR-1"), written("TER-1")]
    after = [
        written("ACH-1"),
        written("ACH-2", ("x", *LEVELS[1:])),
        written("ACH-3"),
        written("PAR-1"),
        written("NEW-1"),
    ]
    moves = compare_versions(before, after, {"ACH-1": 1, "ACH-2": 4, "PAR-1": 2, "TER-1": 3})

    scores = [
        (
            item.name,
            item.before_label,
            item.before and item.before.answered,
            item.after_label,
            item.after and item.after.total,
        )
        for item in compare_dimensions(moves)
    ]

    # Achats: (1 + 4) / 2 = 2,5 before; 1 alone carries, of three questions. Territoire is not in the new version.
    assert scores == [
        ("Ach", "2,5", 2, "1,0", 3),
        ("Par", "2,0", 1, "2,0", 1),
        ("New", "–", None, "non évaluée", 1),
        ("Ter", "3,0", 1, "–", None),
    ]


# In the base ----------------------------------------------------------------------------------------------------------


def publish_second_version() -> Questionnaire:
    """ACH-1 same; ACH-2 with other levels; PAR-1 reworded; PAR-2 removed; PAR-3 added; TER-2 same."""
    make_questionnaire()
    Questionnaire.objects.update(is_current=False)
    second = Questionnaire.objects.create(
        code="essai-2", title="Questionnaire révisé", scale=SCALE, abstention="…", is_current=True,
        content_hash="1" * 64, dimension_phrases={},
    )  # fmt: skip
    for former in Question.objects.filter(questionnaire__code="essai").exclude(code="PAR-2").in_order():
        dimension, _ = Dimension.objects.get_or_create(
            framework="essai-2", code=former.dimension.code,
            defaults={"name": former.dimension.name, "short_name": former.dimension.short_name, "definition": "…",
                      "position": former.dimension.position},
        )  # fmt: skip
        _copy(former, second, dimension, former.code, "Inventaire revu ?" if former.code == "PAR-1" else former.text)
    _copy(get_question("PAR-1"), second, Dimension.objects.get(framework="essai-2", code="PAR"), "PAR-3", "Nouvelle ?")
    Level.objects.filter(question__questionnaire=second, question__code="ACH-2", value=4).update(text="Plus exigeant.")
    return second


def _copy(former: Question, second: Questionnaire, dimension: Dimension, code: str, text: str) -> None:
    question = Question.objects.create(
        questionnaire=second, dimension=dimension, code=code, title=former.title, text=text, is_flash=former.is_flash,
        perimeter=former.perimeter, position=former.position + (10 if code != former.code else 0),
    )  # fmt: skip
    question.services.set(former.services.all())
    Level.objects.bulk_create(
        Level(question=question, value=level.value, text=level.text) for level in former.levels.all()
    )


@pytest.fixture
def finished(initiative, people):
    return make_finished_diagnosis(
        initiative, {"ACH-1": 1, "ACH-2": 4, "PAR-1": 2, "PAR-2": 3, "TER-2": None}, raters=people
    )


@pytest.fixture
def second(finished) -> Questionnaire:
    return publish_second_version()


def test_no_choice_without_a_newer_version(finished, initiative, referent_client):
    assert version_choice(initiative, now=timezone.now()) is None
    assert "Rien ne change dans le questionnaire" in referent_client.get(COMPARE).content.decode()
    assert "Version du questionnaire" not in referent_client.get(f"{HUB}nouveau/").content.decode()


def test_page_says_what_changes_and_writes_nothing(second, finished, initiative, referent_client):
    events = Event.objects.count()

    page = referent_client.get(COMPARE).content.decode()

    assert "<h1>2&nbsp;niveaux seraient repris, 3&nbsp;questions seraient à noter sans repère</h1>" in page
    assert "<del>ACH-2 au niveau 4.</del><br><ins>Plus exigeant.</ins>" in page
    assert "<ins>Inventaire revu ?</ins>" in page
    for title in ("Questions ajoutées", "Questions retirées", "Questions reformulées, mêmes niveaux"):
        assert title in page
    move = questionnaire_move(initiative, now=timezone.now())
    assert [item.shown.code for item in move.carried] == ["ACH-1", "PAR-1"]
    # Achats (1 + 4) / 2, then 1 alone; parc (2 + 3) / 2, then 2 alone.
    assert [(item.before_label, item.after_label) for item in move.dimensions[:2]] == [("2,5", "1,0"), ("2,5", "2,0")]
    assert (Diagnosis.objects.count(), Event.objects.count()) == (1, events)


def test_the_referent_chooses(second, finished, people, referent_client):
    page = referent_client.get(f"{HUB}nouveau/").content.decode()
    assert f'href="{COMPARE}"' in page
    assert "Garder la version actuelle\u00a0: Questionnaire d’essai" in page
    data = {
        "raters": [person.pk for person in people], "are_names_shown": "oui", "version": "1",
        "closes_at": timezone.localtime(relative_round(timezone.now())["closes_at"]).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip

    refused = referent_client.post(f"{HUB}nouveau/", data)
    assert refused.status_code == 422
    assert "Choisissez la version du questionnaire." in refused.content.decode()
    referent_client.post(f"{HUB}nouveau/", {**data, "questionnaire": "essai"})

    draft = Diagnosis.objects.get(opened_at=None)
    assert draft.questionnaire.code == "essai"
    corrected = referent_client.get(f"{HUB}{draft.pk}/preparer/").content.decode()
    assert re.search(r'value="essai"[^>]* checked', corrected)
    referent_client.post(f"{HUB}{draft.pk}/preparer/", {**data, "questionnaire": "essai-2"})
    draft.refresh_from_db()
    assert draft.questionnaire == second


def test_a_version_that_nobody_uses_is_refused(finished, people, initiative, referent):
    old = Questionnaire.objects.create(code="vieux", title="Vieux", abstention="…", content_hash="2" * 64)
    values = RoundValues(relative_round(timezone.now())["closes_at"], people, questionnaire=old)

    with pytest.raises(DomainError, match="celle qui est proposée"):
        create_diagnosis(initiative=initiative, values=values, actor=referent, now=timezone.now())


def test_a_draft_keeps_its_version_when_another_is_published(initiative, people, referent, referent_client):
    draft = make_diagnosis(initiative, people, **{**relative_round(timezone.now()), "opened_at": None})
    publish_second_version()
    values = RoundValues(relative_round(timezone.now())["closes_at"], people)

    save_diagnosis(diagnosis=draft, expected_version=1, values=values, actor=referent, now=timezone.now())

    draft.refresh_from_db()
    assert draft.questionnaire.code == "essai"
    choice = version_choice(initiative, now=timezone.now(), draft=draft)
    assert [item.code for item in choice.versions] == ["essai", "essai-2"]
    assert "Aucun diagnostic n’a encore été noté" in referent_client.get(COMPARE).content.decode()


def test_carried_level_is_the_starting_proposal_of_the_meeting(second, finished, initiative, people, referent_client):
    following = make_diagnosis(initiative, people, **relative_round(timezone.now(), days_left=-1))
    Diagnosis.objects.filter(pk=following.pk).update(questionnaire=second)
    following.refresh_from_db()
    carried = {
        question.code: carried_level(following, question)
        for question in following.asked_questions().prefetch_related("levels")
    }

    assert {code: level.level for code, level in carried.items() if level} == {"ACH-1": 1, "PAR-1": 2}
    page = referent_client.get(f"{HUB}{following.pk}/reunion/projection/ACH-1/").content.decode()
    assert "diagnostic précédent : niveau 1" in page
    assert 'value="1" checked' in page
    assert not AgreedLevel.objects.filter(diagnosis=following).exists()


def test_pages_of_the_first_version_do_not_change(finished, referent_client):
    paths = [f"{HUB}{finished.pk}/{path}" for path in ("resultats/", "resultats/questions/", "reunion/")]
    paths += [f"{HUB}{finished.pk}/reunion/{path}/ACH-2/" for path in ("questions", "projection")]
    before = [text_of(referent_client, path) for path in paths]

    publish_second_version()

    assert [text_of(referent_client, path) for path in paths] == before


def text_of(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return CHANGING.sub("", response.content.decode())


@pytest.mark.parametrize("count", [1, 3])
def test_query_count(second, finished, initiative, referent_client, django_assert_num_queries, count):
    for rank in range(count - 1):
        question = Question.objects.get(questionnaire=second, code="PAR-3")
        _copy(question, second, question.dimension, f"PAR-{10 + rank}", "Encore ?")

    with django_assert_num_queries(12):
        assert referent_client.get(COMPARE).status_code == 200
