"""Import of a list of people: it waits in its preview until the référent confirms it. Nothing is ever mailed here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from authorities.committee_list import ListLine, service_word
from authorities.enums import EventKind
from authorities.events import record_event
from authorities.models import CommitteeImport, Initiative
from authorities.selectors.committee_import import checked_lines, lines_of
from authorities.services.participants import ParticipantValues, add_participant
from common.errors import DomainError
from common.versioning import save_versioned
from reference.models import Service


@transaction.atomic
def prepare_committee_import(
    *, initiative: Initiative, source: str, lines: Sequence[ListLine], actor: User, now: datetime
) -> CommitteeImport:
    """Keep a list until it is confirmed; nobody is added. What the same person had left waiting is dropped."""
    CommitteeImport.objects.filter(read_at__lt=now - timedelta(days=settings.IMPORT_RETENTION_DAYS)).delete()
    CommitteeImport.objects.for_initiative(initiative).filter(created_by=actor).delete()
    return CommitteeImport.objects.create(
        initiative=initiative,
        source=source[:150],
        lines=[asdict(line) for line in lines],
        read_at=now,
        created_by=actor,
    )


@transaction.atomic
def choose_services(
    *, waiting: CommitteeImport, expected_version: int, services: Mapping[str, Service]
) -> CommitteeImport:
    """Keep the service meant by each word of the list; the words are those of `service_word`."""
    _check_pending(waiting)
    words = {service_word(line) for line in lines_of(waiting)}
    chosen = {word: service.code for word, service in services.items() if word in words}
    waiting.services = {**waiting.services, **chosen}
    return save_versioned(waiting, expected_version=expected_version, update_fields=["services"])


@transaction.atomic
def correct_line(*, waiting: CommitteeImport, expected_version: int, line: ListLine) -> CommitteeImport:
    """Replace a line of the list, found by its place. What was wrong with its former text is forgotten."""
    _check_pending(waiting)
    lines = lines_of(waiting)
    if not any(item.place == line.place for item in lines):
        raise DomainError("Cette ligne n’est plus dans la liste.")
    waiting.lines = [asdict(line if item.place == line.place else item) for item in lines]
    return save_versioned(waiting, expected_version=expected_version, update_fields=["lines"])


@transaction.atomic
def confirm_committee_import(*, waiting: CommitteeImport, expected_version: int, actor: User, now: datetime) -> int:
    """Add the people of the lines that are ready, and forget the list; return how many.

    The committee is read again: who came in between is not added twice. The others of the list are left out.
    """
    _check_pending(waiting)
    ready = [item for item in checked_lines(waiting) if item.is_ready]
    if not ready:
        raise DomainError("Aucune ligne n’est à ajouter\u00a0: corrigez la liste, ou abandonnez-la.")
    services = {service.code: service for service in Service.objects.all()}
    _forget(waiting, expected_version)
    for item in ready:
        values = ParticipantValues(
            name=item.line.name,
            service=services[item.service_code],
            roles=[item.role],
            email=item.line.email,
            function=item.line.function,
        )
        try:
            add_participant(initiative=waiting.initiative, values=values, actor=actor, now=now)
        except DomainError as error:
            raise DomainError(f"Ligne {item.line.number}, {item.line.name}\u00a0: {error.message}") from error
    record_event(
        authority=waiting.initiative.authority,
        kind=EventKind.COMMITTEE,
        initiative=waiting.initiative,
        verb=f"a importé une liste de personnes ({_count(ready)})",
        now=now,
        actor=actor,
    )
    return len(ready)


@transaction.atomic
def discard_committee_import(*, waiting: CommitteeImport) -> None:
    """Forget a list that was not confirmed."""
    waiting.delete()


def _forget(waiting: CommitteeImport, expected_version: int) -> None:
    waiting.state = CommitteeImport.State.APPLIED
    waiting.lines, waiting.services = [], {}
    save_versioned(waiting, expected_version=expected_version, update_fields=["state", "lines", "services"])


def _check_pending(waiting: CommitteeImport) -> None:
    if waiting.state != CommitteeImport.State.PENDING:
        raise DomainError("Cette liste est déjà enregistrée\u00a0: rien n’est ajouté une seconde fois.")


def _count(items: Collection[object]) -> str:
    return f"{len(items)} personnes" if len(items) > 1 else "une personne"
