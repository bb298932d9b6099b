"""Prerequisites, existing documents and actors of the territory."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from authorities.enums import ActorNature, EventKind
from authorities.events import record_event
from authorities.models import ChecklistItem, Initiative, SourceDocument, TerritoryActor
from authorities.prerequisites import DERIVED_CODES
from common.errors import DomainError
from common.versioning import StaleVersionError, save_versioned
from reference.models import DocumentKind, Prerequisite


@transaction.atomic
def save_checklist_item(
    *,
    initiative: Initiative,
    prerequisite: Prerequisite,
    expected_version: int,
    is_done: bool,
    note: str,
    actor: User,
    now: datetime,
) -> ChecklistItem:
    """Tick or untick a prerequisite, with a note. Version 0 means that nobody had written about it yet.

    Raises `DomainError` for a prerequisite that the base derives: it ticks itself.
    """
    if prerequisite.code in DERIVED_CODES:
        raise DomainError("Ce prérequis se remplit seul, d’après ce que vous enregistrez sur sa page.")
    item, is_new = ChecklistItem.objects.get_or_create(
        initiative=initiative, prerequisite=prerequisite, defaults={"is_done": is_done, "note": note}
    )
    if is_new:
        has_changed = is_done or bool(note)
    else:
        if expected_version == 0 and (item.is_done, item.note) != (is_done, note):
            raise StaleVersionError(item)
        has_changed = (item.is_done, item.note) != (is_done, note)
        if has_changed:
            item.is_done, item.note = is_done, note
            save_versioned(item, expected_version=expected_version, update_fields=["is_done", "note"])
    if has_changed:
        verb = f"a {'coché' if is_done else 'laissé à faire'} le prérequis « {prerequisite.text} »"
        record_event(
            authority=initiative.authority,
            kind=EventKind.PREPARATION,
            initiative=initiative,
            verb=verb,
            now=now,
            actor=actor,
        )
    return item


@transaction.atomic
def add_document(
    *,
    initiative: Initiative,
    kind: DocumentKind | None,
    title: str,
    year: int | None,
    implication: str,
    actor: User,
    now: datetime,
) -> SourceDocument:
    """List a document that the authority already has."""
    document = SourceDocument.objects.create(
        initiative=initiative, kind=kind, title=title, year=year, implication=implication
    )
    _record(initiative, f"a ajouté le document « {title} »", actor, now)
    return document


@transaction.atomic
def save_document(
    *,
    document: SourceDocument,
    expected_version: int,
    kind: DocumentKind | None,
    title: str,
    year: int | None,
    implication: str,
    actor: User,
    now: datetime,
) -> SourceDocument:
    """Correct a listed document."""
    document.kind, document.title, document.year, document.implication = kind, title, year, implication
    save_versioned(document, expected_version=expected_version, update_fields=["kind", "title", "year", "implication"])
    _record(document.initiative, f"a modifié le document « {title} »", actor, now)
    return document


@transaction.atomic
def delete_document(*, document: SourceDocument, actor: User, now: datetime) -> None:
    """Remove a document from the list."""
    _record(document.initiative, f"a retiré le document « {document.title} »", actor, now)
    document.delete()


@transaction.atomic
def add_actor(
    *, initiative: Initiative, name: str, nature: ActorNature, involvement: str, actor: User, now: datetime
) -> TerritoryActor:
    """List an actor of the territory."""
    territory_actor = TerritoryActor.objects.create(
        initiative=initiative, name=name, nature=nature, involvement=involvement
    )
    _record(initiative, f"a ajouté l’acteur « {name} »", actor, now)
    return territory_actor


@transaction.atomic
def save_actor(
    *,
    territory_actor: TerritoryActor,
    expected_version: int,
    name: str,
    nature: ActorNature,
    involvement: str,
    actor: User,
    now: datetime,
) -> TerritoryActor:
    """Correct an actor of the territory."""
    territory_actor.name, territory_actor.nature, territory_actor.involvement = name, nature, involvement
    save_versioned(territory_actor, expected_version=expected_version, update_fields=["name", "nature", "involvement"])
    _record(territory_actor.initiative, f"a modifié l’acteur « {name} »", actor, now)
    return territory_actor


@transaction.atomic
def delete_actor(*, territory_actor: TerritoryActor, actor: User, now: datetime) -> None:
    """Remove an actor of the territory from the list."""
    _record(territory_actor.initiative, f"a retiré l’acteur « {territory_actor.name} »", actor, now)
    territory_actor.delete()


def _record(initiative: Initiative, verb: str, actor: User, now: datetime) -> None:
    record_event(
        authority=initiative.authority,
        kind=EventKind.PREPARATION,
        initiative=initiative,
        verb=verb,
        now=now,
        actor=actor,
    )
