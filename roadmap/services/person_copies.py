"""Hand over to a person what is held of them."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from authorities.enums import EventKind
from authorities.events import record_event
from authorities.models import Participant
from roadmap.selectors.person_copy import build_person_copy
from roadmap.services.person_erasure import require_not_erased


@transaction.atomic
def take_person_copy(*, participant: Participant, actor: User, now: datetime) -> bytes:
    """Return the file that a référent hands over; the trail says so. Raises `DomainError` once erased."""
    require_not_erased(participant)
    record_event(
        authority=participant.initiative.authority,
        initiative=participant.initiative,
        verb=f"a téléchargé ce qui concerne {participant.name}",
        kind=EventKind.COMMITTEE,
        now=now,
        actor=actor,
    )
    return build_person_copy(participant, is_self=False, now=now)
