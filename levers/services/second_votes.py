"""Writes of a second vote in the workshop: hands that were counted, or phones that answer until it closes."""

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from authorities.models import Participant
from common.errors import DomainError
from common.text import typography
from common.versioning import StaleVersionError, save_versioned
from levers.enums import Grade, SecondVoteMeans
from levers.models import Lever, SecondVote, SecondVoteAnswer, Workshop
from levers.models_workshop import MOST_HANDS
from levers.services.workshop_rules import check_on_ballot, held_workshop, record_workshop
from levers.tally import Counts

# Column of each grade, from essentiel to inapproprié: the order of `Counts.grades`.
GRADE_COLUMNS = {
    Grade.ESSENTIAL: "essential",
    Grade.PRIORITY: "priority",
    Grade.INTERESTING: "interesting",
    Grade.COMPLEX: "complex",
    Grade.UNSUITABLE: "unsuitable",
}
NO_PHONES = (
    "Les bulletins de ce scrutin sont détachés : un vote par téléphone garderait un lien avec son auteur. Comptez les "
    "mains levées."
)
IS_CLOSED = "Ce second vote est fermé : il ne change plus."


@transaction.atomic
def record_hands(
    *, workshop: Workshop, lever: Lever, number: int, counts: Counts, actor: User, now: datetime
) -> SecondVote:
    """Keep the hands that were counted as the second vote `number` on a lever; sent again, it is left as it is.

    Raises `DomainError` when nobody raised a hand, when the number is no more the next one, or when phones are voting.
    """
    workshop = _held(workshop, lever, now)
    values = _columns(counts)
    stored = SecondVote.objects.filter(workshop=workshop, lever=lever, number=number).first()
    if stored is not None and all(getattr(stored, name) == value for name, value in values.items()):
        return stored
    _check_next(workshop, lever, number)
    if any(not 0 <= value <= MOST_HANDS for value in values.values()):
        raise DomainError(f"Indiquez des nombres de 0 à {MOST_HANDS}.")
    if not any(values.values()):
        raise DomainError(typography("Comptez au moins une main levée : toutes les cases sont à zéro."))
    vote = SecondVote.objects.create(
        workshop=workshop, lever=lever, number=number, means=SecondVoteMeans.HANDS, opened_at=now, closed_at=now,
        **values,
    )  # fmt: skip
    record_workshop(
        workshop, f"a compté un second vote à mains levées\u00a0: «\u00a0{lever.title}\u00a0»", actor, now, lever=lever
    )
    return vote


@transaction.atomic
def open_phones(*, workshop: Workshop, lever: Lever, actor: User, now: datetime) -> SecondVote:
    """Let the phones of the voters answer about a lever; already open on it, it is returned as it is.

    Raises `DomainError` with a detached ballot, whose promise it would break, and while another lever is voted on.
    """
    workshop = _held(workshop, lever, now)
    if workshop.ballot.is_detached:
        raise DomainError(typography(NO_PHONES))
    opened = SecondVote.objects.filter(workshop=workshop, closed_at=None).select_related("lever").first()
    if opened is not None and opened.lever_id == lever.pk:
        return opened
    if opened is not None:
        raise DomainError(
            typography(f"Le second vote sur « {opened.lever.title} » est encore ouvert : fermez-le d’abord.")
        )
    vote = SecondVote.objects.create(
        workshop=workshop, lever=lever, number=next_number(workshop, lever), means=SecondVoteMeans.PHONES, opened_at=now
    )
    record_workshop(
        workshop,
        f"a ouvert un second vote sur les téléphones\u00a0: «\u00a0{lever.title}\u00a0»",
        actor,
        now,
        lever=lever,
    )
    return vote


@transaction.atomic
def close_phones(*, second_vote: SecondVote, actor: User, now: datetime) -> SecondVote:
    """Close a second vote and count it; without any answer it goes away. Closed already: nothing is done."""
    stored = _locked(second_vote)
    if stored is None or not stored.is_open:
        return second_vote
    finish_phones(stored, now)
    verb = f"a fermé le second vote\u00a0: «\u00a0{stored.lever.title}\u00a0»"
    record_workshop(stored.workshop, verb, actor, now, lever=stored.lever)
    return stored


@transaction.atomic
def answer_second_vote(
    *, second_vote: SecondVote, participant: Participant, grade: Grade | None, expected_version: int, now: datetime
) -> SecondVoteAnswer:
    """Record or change what a voter answers, while it is open. No event: the hour of one would tell who answered what.

    Raises `DomainError` when it is closed or when this person does not vote; `StaleVersionError` when they answered
    otherwise in another window since.
    """
    stored = _locked(second_vote)
    if stored is None or not stored.is_open:
        raise DomainError(typography(IS_CLOSED))
    ballot = stored.workshop.ballot
    if ballot.is_detached:
        raise DomainError(typography(NO_PHONES))
    if not ballot.voters.filter(pk=participant.pk, is_active=True).exists():
        raise DomainError(typography("Cette personne ne fait pas partie des votants de ce scrutin."))
    answer = SecondVoteAnswer.objects.filter(second_vote=stored, participant=participant).first()
    if answer is None:
        return SecondVoteAnswer.objects.create(second_vote=stored, participant=participant, grade=grade)
    if answer.grade == grade:
        return answer
    if answer.version != expected_version:
        raise StaleVersionError(answer)
    answer.grade = grade
    return save_versioned(answer, expected_version=expected_version, update_fields=["grade"])


def finish_phones(second_vote: SecondVote, now: datetime) -> None:
    """Count the answers of an open second vote and close it; without any, delete it. Call it in a transaction."""
    grades = Counter(SecondVoteAnswer.objects.filter(second_vote=second_vote).values_list("grade", flat=True))
    if not grades:
        second_vote.delete()
        return
    for grade, column in GRADE_COLUMNS.items():
        setattr(second_vote, column, grades[grade.value])
    second_vote.abstentions = grades[None]
    second_vote.closed_at = now
    second_vote.save(update_fields=[*GRADE_COLUMNS.values(), "abstentions", "closed_at"])


def next_number(workshop: Workshop, lever: Lever) -> int:
    """Return the number of the next second vote on a lever."""
    last = SecondVote.objects.filter(workshop=workshop, lever=lever).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _held(workshop: Workshop, lever: Lever, now: datetime) -> Workshop:
    workshop = held_workshop(workshop, now)
    check_on_ballot(workshop, lever)
    return workshop


def _locked(second_vote: SecondVote) -> SecondVote | None:
    votes = SecondVote.objects.select_for_update(of=("self",))
    return votes.select_related("lever", "workshop__ballot__initiative__authority").filter(pk=second_vote.pk).first()


def _check_next(workshop: Workshop, lever: Lever, number: int) -> None:
    if SecondVote.objects.filter(workshop=workshop, lever=lever, closed_at=None).exists():
        raise DomainError(
            typography("Les téléphones votent encore sur ce levier : fermez ce vote avant de compter les mains.")
        )
    if number != next_number(workshop, lever):
        raise DomainError(typography("Un autre second vote vient d’être enregistré : rechargez la page."))


def _columns(counts: Counts) -> dict[str, int]:
    values = dict(zip(GRADE_COLUMNS.values(), counts.grades, strict=True))
    return {**values, "abstentions": counts.abstentions}
