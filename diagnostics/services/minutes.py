"""Minutes of the meeting: their heading and the free texts. The levels are read from the base when they are written."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from accounts.models import User
from authorities.models import Participant
from common.errors import DomainError
from common.versioning import StaleVersionError, save_versioned
from diagnostics.models import Diagnosis, MeetingMinutes
from diagnostics.services.rules import locked, record


@dataclass(frozen=True)
class MinutesValues:
    """What the référent says of the meeting. `present`: people of the démarche; `other_people`: names typed."""

    held_on: date | None
    starts_at: time | None
    ends_at: time | None
    place: str
    present: Collection[Participant]
    other_people: str
    decisions: str
    notes: str
    are_names_written: bool = False


@transaction.atomic
def save_minutes(
    *, diagnosis: Diagnosis, expected_version: int, values: MinutesValues, actor: User, now: datetime
) -> MeetingMinutes:
    """Keep the heading and the texts of the minutes, after closing; they may be corrected when all is finished too.

    `expected_version`: 0 when nothing was kept yet. Raises `StaleVersionError` when it changed since it was read.
    """
    diagnosis = locked(diagnosis)
    if not diagnosis.is_revealed(now):
        raise DomainError("Les avis ne sont pas clos\u00a0: le compte rendu s’écrit après la clôture.")
    if any(person.initiative_id != diagnosis.initiative_id for person in values.present):
        raise DomainError("Cette personne n’est pas de cette démarche.")
    if values.are_names_written and not diagnosis.are_names_shown:
        raise DomainError("La règle de ce diagnostic cache les noms\u00a0: le compte rendu ne les écrit pas non plus.")
    if values.starts_at and values.ends_at and values.ends_at <= values.starts_at:
        raise DomainError("Indiquez une fin qui vient après le début.")
    fields = {name: value for name, value in vars(values).items() if name != "present"}
    minutes = MeetingMinutes.objects.filter(diagnosis=diagnosis).first()
    if minutes is None:
        minutes = MeetingMinutes.objects.create(diagnosis=diagnosis, **fields)
    elif minutes.version != expected_version:
        raise StaleVersionError(minutes)
    else:
        for name, value in fields.items():
            setattr(minutes, name, value)
        save_versioned(minutes, expected_version=expected_version, update_fields=list(fields))
    minutes.present.set(values.present)
    record(
        diagnosis, f"a enregistré le compte rendu de la réunion du diagnostic n°\u00a0{diagnosis.number}", actor, now
    )
    return minutes
