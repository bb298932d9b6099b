"""Messages of a round: nobody who has not accepted gets one, and nobody gets two reminders a day."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from authorities.enums import ActivityKind, ReminderMoment
from authorities.models import Participant
from authorities.services.activity import queue_news
from common.errors import DomainError
from common.versioning import save_versioned
from diagnostics.enums import DiagnosisState
from diagnostics.models import Diagnosis
from diagnostics.services.rules import locked, record, require

REMINDER_DELAY = timedelta(days=1)


def reachable_raters(diagnosis: Diagnosis) -> list[Participant]:
    """Return the active people of a round who have accepted and have an address."""
    people = diagnosis.raters.filter(is_active=True, accepted_at__isnull=False).exclude(email="")
    return list(people.order_by("name", "pk"))


@transaction.atomic
def announce_opening(*, diagnosis: Diagnosis, actor: User, now: datetime) -> list[Participant]:
    """Tell the people who have accepted that the round is open; return them. The others get their invitation."""
    require(diagnosis, now, DiagnosisState.OPEN, "Ouvrez le diagnostic avant de l’annoncer.")
    people = reachable_raters(diagnosis)
    queue_news(participants=people, kind=ActivityKind.ROUND_OPENED, object_pk=diagnosis.pk, actor=actor, now=now)
    return people


@transaction.atomic
def remind_silent(*, diagnosis: Diagnosis, actor: User, now: datetime) -> list[Participant]:
    """Remind the people who have accepted and have not answered at all, at most once a day; return them."""
    diagnosis = locked(diagnosis)
    require(diagnosis, now, DiagnosisState.OPEN, "Les avis ne sont pas ouverts\u00a0: il n’y a personne à relancer.")
    if diagnosis.reminded_at is not None and now < diagnosis.reminded_at + REMINDER_DELAY:
        raise DomainError("Un rappel est déjà parti depuis moins d’un jour\u00a0: attendez demain.")
    answered = set(diagnosis.ratings.values_list("participant_id", flat=True))
    people = [person for person in reachable_raters(diagnosis) if person.pk not in answered]
    if not people:
        raise DomainError("Personne n’est à relancer\u00a0: les autres n’ont pas encore confirmé, ou ont commencé.")
    diagnosis.reminded_at = now
    save_versioned(diagnosis, expected_version=diagnosis.version, update_fields=["reminded_at"])
    queue_news(
        participants=people,
        kind=ActivityKind.ROUND_REMINDER,
        object_pk=diagnosis.pk,
        moment=f"{ReminderMoment.BY_HAND}-{timezone.localdate(now)}",
        actor=actor,
        now=now,
    )
    words = "une personne silencieuse" if len(people) == 1 else f"{len(people)}\u00a0personnes silencieuses"
    record(diagnosis, f"a relancé {words}", actor, now)
    return people
