"""Writes about shortlists: from the catalogue to the validation by the steering committee."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from authorities.enums import EventKind
from authorities.events import record_event
from authorities.models import Initiative
from common.errors import DomainError
from common.numbers import pluralise
from common.text import typography
from common.versioning import save_versioned
from levers.enums import ShortlistState
from levers.models import Lever, LeverCatalogue, Shortlist, ShortlistedLever

REASON_MAXIMUM_LENGTH = 500


@transaction.atomic
def shortlist_lever(*, initiative: Initiative, lever: Lever, actor: User | None, now: datetime) -> ShortlistedLever:
    """Add a lever to the shortlist of the démarche, which is created if need be. Adding it twice changes nothing."""
    shortlist = _draft(initiative, [lever])
    item, _ = ShortlistedLever.objects.get_or_create(
        shortlist=shortlist, lever=lever, defaults={"added_by": actor, "added_at": now}
    )
    return item


@transaction.atomic
def shortlist_levers(
    *, initiative: Initiative, levers: Sequence[Lever], actor: User | None, now: datetime
) -> Shortlist | None:
    """Add several levers at once; those that are already there stay. None when there is none to add.

    Raises `DomainError` when the shortlist is no longer a draft, when a lever is of another catalogue or of another
    authority, or when a local one is no longer proposed.
    """
    if not levers:
        return None
    shortlist = _draft(initiative, levers)
    known = set(shortlist.items.values_list("lever_id", flat=True))
    added = [
        ShortlistedLever(shortlist=shortlist, lever=lever, added_by=actor, added_at=now)
        for lever in levers
        if lever.pk not in known
    ]
    ShortlistedLever.objects.bulk_create(added)
    if added:
        count = f"{len(added)} {pluralise(len(added), 'levier', 'leviers')}"
        _record(shortlist, f"a présélectionné {count} d’un coup", actor, now)
    return shortlist


@transaction.atomic
def unshortlist_lever(*, initiative: Initiative, lever: Lever) -> None:
    """Take a lever out of the shortlist. Taking it out twice changes nothing."""
    shortlist = _current(initiative)
    if shortlist is not None:
        _require_draft(shortlist)
        shortlist.items.filter(lever=lever).delete()


@transaction.atomic
def submit_shortlist(*, shortlist: Shortlist, expected_version: int, actor: User, now: datetime) -> Shortlist:
    """Send the shortlist to the steering committee: it no longer changes until it is validated or taken back."""
    _require_draft(shortlist)
    count = shortlist.items.count()
    if count == 0:
        raise DomainError(typography("Choisissez au moins un levier avant de soumettre la présélection."))
    shortlist.state = ShortlistState.SUBMITTED
    shortlist.submitted_at = now
    save_versioned(shortlist, expected_version=expected_version, update_fields=["state", "submitted_at"])
    counted = f"{count} {pluralise(count, 'levier', 'leviers')}"
    _record(shortlist, f"a soumis la présélection de {counted} au comité de pilotage", actor, now)
    return shortlist


@transaction.atomic
def withdraw_shortlist(*, shortlist: Shortlist, expected_version: int, actor: User, now: datetime) -> Shortlist:
    """Take a submitted shortlist back, to change it."""
    if not shortlist.is_submitted:
        raise DomainError(typography("Seule une présélection soumise se reprend ; rouvrez plutôt l’étape."))
    shortlist.state = ShortlistState.DRAFT
    shortlist.submitted_at = None
    save_versioned(shortlist, expected_version=expected_version, update_fields=["state", "submitted_at"])
    _record(shortlist, "a repris la présélection pour la modifier", actor, now)
    return shortlist


@transaction.atomic
def validate_shortlist(
    *,
    shortlist: Shortlist,
    expected_version: int,
    validated_on: date,
    body: str,
    note: str = "",
    set_aside: Mapping[int, str],
    actor: User,
    now: datetime,
) -> Shortlist:
    """Record that the steering committee validated the shortlist on a day.

    `set_aside`: pk of each lever that it set aside → the reason. Raises `DomainError` when a reason is missing, when a
    lever is not of this shortlist, when all are set aside, or when the day is to come.
    """
    if not shortlist.is_submitted:
        raise DomainError(typography("Soumettez la présélection au comité de pilotage avant d’enregistrer son avis."))
    if validated_on > timezone.localdate(now):
        raise DomainError(typography("Indiquez la date de la réunion : aujourd’hui ou avant."))
    if not body.strip():
        raise DomainError(typography("Indiquez l’instance qui valide, par exemple « comité de pilotage »."))
    items = {item.lever_id: item for item in shortlist.items.all()}
    if not set(set_aside) <= set(items):
        raise DomainError(
            typography("Un des leviers écartés ne figure pas dans cette présélection : rechargez la page.")
        )
    if len(set_aside) == len(items):
        raise DomainError(typography("Gardez au moins un levier, ou reprenez la présélection pour la modifier."))
    for lever_pk, reason in set_aside.items():
        items[lever_pk].is_set_aside = True
        items[lever_pk].set_aside_reason = _reason(reason)
    ShortlistedLever.objects.bulk_update(
        [items[lever_pk] for lever_pk in set_aside], ["is_set_aside", "set_aside_reason"]
    )
    shortlist.state = ShortlistState.VALIDATED
    shortlist.validated_on = validated_on
    shortlist.validation_body = body.strip()
    shortlist.validation_note = note.strip()
    shortlist.validated_by = actor
    fields = ["state", "validated_on", "validation_body", "validation_note", "validated_by"]
    save_versioned(shortlist, expected_version=expected_version, update_fields=fields)
    kept = len(items) - len(set_aside)
    _record(shortlist, f"a enregistré la validation de la présélection\u00a0: {kept} sur {len(items)}", actor, now)
    return shortlist


@transaction.atomic
def reopen_shortlist(*, shortlist: Shortlist, actor: User, now: datetime) -> Shortlist:
    """Open a new draft from a validated shortlist, which stays readable with its votes.

    The levers set aside are not taken over. Raises `DomainError` while a ballot is open.
    """
    if not shortlist.is_validated or shortlist != _current(shortlist.initiative):
        raise DomainError(typography("Seule la dernière présélection validée se rouvre."))
    if shortlist.initiative.ballots.filter(closes_at__gt=now).exists():
        raise DomainError(typography("Un scrutin est ouvert : fermez-le avant de rouvrir la présélection."))
    draft = Shortlist.objects.create(
        initiative=shortlist.initiative, number=shortlist.number + 1, catalogue=shortlist.catalogue
    )
    ShortlistedLever.objects.bulk_create(
        ShortlistedLever(shortlist=draft, lever_id=item.lever_id, added_by_id=item.added_by_id, added_at=item.added_at)
        for item in shortlist.items.filter(is_set_aside=False)
    )
    _record(draft, "a rouvert la présélection", actor, now)
    return draft


def _current(initiative: Initiative) -> Shortlist | None:
    return Shortlist.objects.for_initiative(initiative).order_by("-number").first()


def _draft(initiative: Initiative, levers: Sequence[Lever]) -> Shortlist:
    """Return the shortlist that may take these levers, created if need be."""
    shortlist = _current(initiative)
    published = next((lever.catalogue for lever in levers if lever.catalogue is not None), None)
    if shortlist is None:
        # With local levers alone, the last published catalogue is the one that the démarche is offered.
        catalogue = published or LeverCatalogue.objects.first()
        if catalogue is None:
            raise DomainError(
                typography("Le catalogue de leviers n’est pas chargé : prévenez l’administration du site.")
            )
        shortlist, _ = Shortlist.objects.get_or_create(
            initiative=initiative, number=1, defaults={"catalogue": catalogue}
        )
    _require_draft(shortlist)
    for lever in levers:
        _require_choosable(lever, shortlist)
    return shortlist


def _require_choosable(lever: Lever, shortlist: Shortlist) -> None:
    """Refuse a lever of another catalogue or authority, and a local one that is no longer proposed."""
    if not lever.is_local:
        if lever.catalogue_id != shortlist.catalogue_id:
            raise DomainError(typography("Ce levier est d’une autre version du catalogue que votre démarche."))
    elif lever.authority_id != shortlist.initiative.authority_id:
        raise DomainError(typography("Choisissez des leviers du catalogue de votre démarche."))
    elif not lever.is_proposed and not shortlist.items.filter(lever=lever).exists():
        raise DomainError(
            typography("Ce levier local n’est plus proposé : choisissez sa version récente, ou un autre levier.")
        )


def _require_draft(shortlist: Shortlist) -> None:
    if shortlist.is_submitted:
        raise DomainError(
            typography("La présélection est soumise au comité de pilotage : reprenez-la avant de la modifier.")
        )
    if shortlist.is_validated:
        raise DomainError(typography("La présélection est validée : rouvrez-la avant de la modifier."))


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise DomainError(typography("Dites pourquoi chaque levier écarté l’est, en quelques mots."))
    if len(reason) > REASON_MAXIMUM_LENGTH:
        raise DomainError(typography(f"Une raison tient en {REASON_MAXIMUM_LENGTH} caractères : raccourcissez-la."))
    return reason


def _record(shortlist: Shortlist, verb: str, actor: User | None, now: datetime) -> None:
    record_event(
        authority=shortlist.initiative.authority,
        kind=EventKind.BALLOT,
        initiative=shortlist.initiative,
        verb=verb,
        actor=actor,
        now=now,
    )
