"""Rules that the writes of the workshop share. Each one raises `DomainError` with what to do."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from authorities.enums import EventKind
from authorities.events import Change, record_event
from common.errors import DomainError
from common.text import typography
from levers.models import Lever, Workshop
from levers.services.decisions import deciding_ballot

NOT_ON_BALLOT = "Ce levier n’est pas de ce scrutin : choisissez-en un de l’ordre du jour."
IS_OVER = "L’atelier est terminé : reprenez-le pour continuer, ou décidez depuis la page des décisions."


def lock_workshop(workshop: Workshop) -> Workshop:
    """Read the workshop again and hold it until the end of the transaction."""
    held = Workshop.objects.select_for_update(of=("self",)).select_related("ballot__initiative__authority")
    return held.get(pk=workshop.pk)


def held_workshop(workshop: Workshop, now: datetime) -> Workshop:
    """Return the workshop locked; raise `DomainError` when it is over, or when another ballot came after its own."""
    workshop = lock_workshop(workshop)
    if workshop.is_over:
        raise DomainError(typography(IS_OVER))
    check_last(workshop, now)
    return workshop


def check_on_ballot(workshop: Workshop, lever: Lever) -> None:
    if not workshop.ballot.shortlist.items.filter(lever=lever, is_set_aside=False).exists():
        raise DomainError(typography(NOT_ON_BALLOT))


def record_workshop(
    workshop: Workshop,
    verb: str,
    actor: User,
    now: datetime,
    *,
    lever: Lever | None = None,
    changes: Sequence[Change] = (),
) -> None:
    """Write an event of the workshop in the trail."""
    initiative = workshop.ballot.initiative
    record_event(
        authority=initiative.authority,
        initiative=initiative,
        kind=EventKind.DECISION,
        subject_key=lever.code if lever else "",
        verb=typography(verb),
        changes=changes,
        actor=actor,
        now=now,
    )


def check_last(workshop: Workshop, now: datetime) -> None:
    """Refuse a workshop that another ballot came after."""
    if deciding_ballot(workshop.ballot.initiative, [], now) != workshop.ballot:
        raise DomainError(typography("Un autre scrutin a eu lieu depuis : tenez son atelier."))
