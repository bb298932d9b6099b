"""Agreed levels: recorded by a person, with a reason when the ratings alone do not explain them."""

import pytest

from authorities.enums import EventKind
from authorities.models import Event
from common.errors import DomainError
from common.versioning import StaleVersionError
from diagnostics import services
from diagnostics.enums import DiagnosisState
from diagnostics.models import AgreedLevel, Diagnosis
from diagnostics.scoring import score_question
from diagnostics.services.meeting import CONSENSUS_REASON, LEFT_OPEN_REASON
from tests.factories_diagnostics import (
    AFTER_CLOSING,
    BEFORE_CLOSING,
    get_question,
    make_agreed_level,
    make_diagnosis,
    make_rating,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def rated(diagnosis, people) -> Diagnosis:
    """ACH-1 consensual at 2, ACH-2 dispersed, PAR-1 consensual at 1, PAR-2 with one rating, TER-2 without any."""
    ratings = {"ACH-1": (2, 2, 3), "ACH-2": (0, 2, 4), "PAR-1": (1, 1, None), "PAR-2": (None, 3, None)}
    for code, levels in ratings.items():
        for person, level in zip(people, levels, strict=True):
            make_rating(diagnosis, person, code, level)
    return diagnosis


def agree(diagnosis, code, level, reason="", **fields):
    return services.record_agreed_level(
        diagnosis=diagnosis,
        question=get_question(code),
        level=level,
        reason=reason,
        **{"now": AFTER_CLOSING, **fields},
    )


REASONS = [
    # ratings, level, needs a reason
    ((2, 2, 3), 2, False),
    ((2, 2, 3), 3, True),
    ((0, 2, 4), 2, True),
    ((3,), 3, False),
    ((3,), 2, True),
    ((), 1, True),
]


@pytest.mark.parametrize(("levels", "level", "is_needed"), REASONS)
def test_needs_reason(levels, level, is_needed):
    assert services.needs_reason(score_question(levels), level) is is_needed


def test_agreed_level_keeps_its_author_and_its_reason(rated, referent):
    agreed = agree(rated, "ACH-2", 2, "Les marchés récents.", actor=referent)

    assert (agreed.level, agreed.reason, agreed.author) == (2, "Les marchés récents.", referent)
    assert agreed.decided_at == AFTER_CLOSING


def test_a_reason_is_asked_for_when_the_ratings_do_not_explain(rated, referent):
    for code, level in (("ACH-1", 4), ("ACH-2", 2), ("TER-2", 1)):
        with pytest.raises(DomainError, match="Écrivez le motif"):
            agree(rated, code, level, "   ", actor=referent)
    assert not AgreedLevel.objects.exists()


def test_a_question_may_be_left_open(rated, referent):
    assert agree(rated, "ACH-2", None, actor=referent).level is None


def test_levels_are_agreed_after_the_closing_only(rated, referent):
    with pytest.raises(DomainError, match="après la clôture"):
        agree(rated, "ACH-1", 2, actor=referent, now=BEFORE_CLOSING)
    with pytest.raises(DomainError, match="après la clôture"):
        services.accept_consensual_levels(diagnosis=rated, actor=referent, now=BEFORE_CLOSING)
    with pytest.raises(DomainError, match="après la clôture"):
        services.agree_diagnosis(diagnosis=rated, actor=referent, now=BEFORE_CLOSING)


def test_only_the_questions_of_the_round_are_agreed(initiative, referent):
    light = make_diagnosis(initiative, track="light")

    with pytest.raises(DomainError, match="pas dans ce diagnostic"):
        agree(light, "ACH-2", 1, "motif", actor=referent)


@pytest.mark.parametrize("level", [-1, 5])
def test_an_agreed_level_goes_from_0_to_4(rated, referent, level):
    with pytest.raises(DomainError, match="de 0 à 4"):
        agree(rated, "ACH-1", level, "motif", actor=referent)


def test_a_stale_agreed_level_is_refused_with_the_stored_one(rated, referent):
    agree(rated, "ACH-2", 2, "premier", actor=referent, expected_version=0)

    with pytest.raises(StaleVersionError) as error:
        agree(rated, "ACH-2", 3, "second", actor=referent, expected_version=0)

    assert (error.value.current.level, error.value.current.reason) == (2, "premier")


def test_consensual_levels_are_accepted_in_one_gesture(rated, referent):
    make_agreed_level(rated, "PAR-1", 2, reason="Corrigé avant.")

    accepted = services.accept_consensual_levels(diagnosis=rated, actor=referent, now=AFTER_CLOSING)

    # ACH-1 only: ACH-2 is dispersed, PAR-1 is already decided, PAR-2 has one rating, TER-2 has none.
    assert [(item.question.code, item.level, item.reason) for item in accepted] == [("ACH-1", 2, CONSENSUS_REASON)]
    assert AgreedLevel.objects.get(question__code="PAR-1").level == 2
    with pytest.raises(DomainError, match="plus de proposition"):
        services.accept_consensual_levels(diagnosis=rated, actor=referent, now=AFTER_CLOSING)


def test_the_end_waits_for_every_rated_question(rated, referent):
    services.accept_consensual_levels(diagnosis=rated, actor=referent, now=AFTER_CLOSING)

    with pytest.raises(DomainError, match="2\u00a0questions à trancher"):
        services.agree_diagnosis(diagnosis=rated, actor=referent, now=AFTER_CLOSING)


def test_the_rest_may_be_left_open_at_the_end(rated, referent):
    services.accept_consensual_levels(diagnosis=rated, actor=referent, now=AFTER_CLOSING)

    done = services.agree_diagnosis(diagnosis=rated, actor=referent, now=AFTER_CLOSING, leaves_rest_open=True)

    assert done.state_at(AFTER_CLOSING) == DiagnosisState.AGREED
    left = AgreedLevel.objects.filter(level=None).order_by("pk")
    assert [(item.question.code, item.reason) for item in left] == [
        ("ACH-2", LEFT_OPEN_REASON),
        ("PAR-2", LEFT_OPEN_REASON),
    ]
    assert Event.objects.order_by("pk").last().verb == "a terminé le diagnostic n°\u00a01"


def test_the_end_needs_one_level(rated, referent):
    with pytest.raises(DomainError, match="au moins un niveau"):
        services.agree_diagnosis(diagnosis=rated, actor=referent, now=AFTER_CLOSING, leaves_rest_open=True)


def test_a_finished_diagnosis_is_corrected_after_coming_back_to_the_meeting(rated, referent):
    services.accept_consensual_levels(diagnosis=rated, actor=referent, now=AFTER_CLOSING)
    services.agree_diagnosis(diagnosis=rated, actor=referent, now=AFTER_CLOSING, leaves_rest_open=True)
    with pytest.raises(DomainError, match="reprenez les niveaux"):
        agree(rated, "ACH-1", 3, "motif", actor=referent)

    reopened = services.reopen_meeting(diagnosis=rated, actor=referent, now=AFTER_CLOSING)

    assert reopened.state_at(AFTER_CLOSING) == DiagnosisState.CLOSED
    assert agree(rated, "ACH-1", 3, "motif", actor=referent).level == 3


def test_only_the_latest_finished_diagnosis_is_corrected(initiative, referent):
    first = make_diagnosis(initiative, agreed_at=AFTER_CLOSING)
    with pytest.raises(DomainError, match="n’est pas terminé"):
        services.reopen_meeting(diagnosis=make_diagnosis(initiative, opened_at=None), actor=referent, now=AFTER_CLOSING)
    with pytest.raises(DomainError, match="plus récent"):
        services.reopen_meeting(diagnosis=first, actor=referent, now=AFTER_CLOSING)


def test_trail_keeps_an_agreed_level_before_and_after(rated, referent):
    agree(rated, "ACH-2", 1, "Deux services sur trois", actor=referent)
    agree(rated, "ACH-2", 1, "Deux services sur trois", actor=referent)
    agree(rated, "ACH-2", None, "", actor=referent)

    last, first = Event.objects.order_by("-pk")
    assert (first.kind, first.subject_key) == (EventKind.LEVEL, f"{rated.number}/ACH-2")
    assert [(item["label"], item["before"], item["after"]) for item in first.changes] == [
        ("niveau retenu", "", "niveau 1"),
        ("motif", "", "Deux services sur trois"),
    ]
    assert [(item["label"], item["before"], item["after"]) for item in last.changes] == [
        ("niveau retenu", "niveau 1", "question laissée ouverte"),
        ("motif", "Deux services sur trois", ""),
    ]


def test_trail_names_each_level_accepted_at_once(rated, referent):
    services.accept_consensual_levels(diagnosis=rated, actor=referent, now=AFTER_CLOSING)
    assert [(item["label"], item["after"]) for item in Event.objects.get().changes] == [
        ("ACH-1, niveau retenu", "niveau 2"),
        ("PAR-1, niveau retenu", "niveau 1"),
    ]
