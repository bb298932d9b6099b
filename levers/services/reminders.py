"""Messages of a ballot: nobody who has not accepted gets one, and nobody gets two reminders a day."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from authorities.enums import ActivityKind, EventKind, ReminderMoment
from authorities.events import record_event
from authorities.models import Participant
from authorities.services.activity import queue_news
from common.errors import DomainError
from common.numbers import pluralise
from common.text import typography
from common.versioning import save_versioned
from levers.models import Ballot
from levers.services.ballots import lock_open_ballot

REMINDER_DELAY = timedelta(days=1)


def reachable_voters(ballot: Ballot) -> list[Participant]:
    """Return the active voters who have accepted and have an address."""
    voters = ballot.voters.filter(is_active=True, accepted_at__isnull=False).exclude(email="")
    return list(voters.select_related("initiative__authority").order_by("name", "pk"))


@transaction.atomic
def announce_ballot(*, ballot: Ballot, actor: User, now: datetime) -> list[Participant]:
    """Tell the voters who have accepted that the ballot is open; return them. The others get their invitation."""
    ballot = lock_open_ballot(ballot, now)
    voters = reachable_voters(ballot)
    queue_news(participants=voters, kind=ActivityKind.BALLOT_OPENED, object_pk=ballot.pk, actor=actor, now=now)
    return voters


def acknowledge_votes(*, ballot: Ballot, participant: Participant, now: datetime) -> None:
    """Tell a voter, once, that every answer is kept; inside the transaction of the vote that completed them.

    It is news: it waits for the grouped message of the next morning. Never called for detached papers, whose hour
    would be tied to a name.
    """
    if participant.accepted_at is not None and participant.email:
        queue_news(participants=[participant], kind=ActivityKind.BALLOT_RECEIPT, object_pk=ballot.pk, now=now)


@transaction.atomic
def remind_silent(*, ballot: Ballot, actor: User, now: datetime) -> list[Participant]:
    """Remind the voters who have accepted and have not voted at all, at most once a day; return them."""
    ballot = lock_open_ballot(ballot, now)
    if ballot.reminded_at is not None and now < ballot.reminded_at + REMINDER_DELAY:
        raise DomainError(typography("Un rappel est déjà parti depuis moins d’un jour : attendez demain."))
    voted = ballot.voted_pks()
    silent = [voter for voter in reachable_voters(ballot) if voter.pk not in voted]
    if not silent:
        raise DomainError(
            typography("Personne n’est à relancer : les autres n’ont pas encore confirmé, ou ont commencé.")
        )
    ballot.reminded_at = now
    save_versioned(ballot, expected_version=ballot.version, update_fields=["reminded_at"])
    queue_news(
        participants=silent,
        kind=ActivityKind.BALLOT_REMINDER,
        object_pk=ballot.pk,
        moment=f"{ReminderMoment.BY_HAND}-{timezone.localdate(now)}",
        actor=actor,
        now=now,
    )
    counted = f"{len(silent)} {pluralise(len(silent), 'personne silencieuse', 'personnes silencieuses')}"
    record_event(
        authority=ballot.initiative.authority,
        kind=EventKind.BALLOT,
        initiative=ballot.initiative,
        verb=f"a relancé {counted} pour le scrutin",
        actor=actor,
        now=now,
    )
    return silent
