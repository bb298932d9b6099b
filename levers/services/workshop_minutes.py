"""Minutes of the workshop: who was there, where, notes. The decisions are read from the base when they are written."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from authorities.models import Participant
from common.errors import DomainError
from common.versioning import save_versioned
from levers.models import Workshop
from levers.services.workshop_rules import lock_workshop, record_workshop


@dataclass(frozen=True)
class WorkshopMinutesValues:
    """What the référent says of the workshop. `present`: people of the démarche; `other_people`: names typed."""

    place: str
    present: Collection[Participant]
    other_people: str
    notes: str


@transaction.atomic
def save_workshop_minutes(
    *, workshop: Workshop, expected_version: int, values: WorkshopMinutesValues, actor: User, now: datetime
) -> Workshop:
    """Keep the texts of the minutes, while the workshop is held and after it.

    Raises `StaleVersionError` when they changed since they were read, `DomainError` for people of another démarche.
    """
    workshop = lock_workshop(workshop)
    if any(person.initiative_id != workshop.ballot.initiative_id for person in values.present):
        raise DomainError("Cette personne n’est pas de cette démarche.")
    fields = {name: value for name, value in vars(values).items() if name != "present"}
    for name, value in fields.items():
        setattr(workshop, name, value)
    save_versioned(workshop, expected_version=expected_version, update_fields=list(fields))
    workshop.present.set(values.present)
    verb = f"a enregistré le compte rendu de l’atelier du scrutin n°\u00a0{workshop.ballot.number}"
    record_workshop(workshop, verb, actor, now)
    return workshop
