"""Writes about shared actions: proposed, accepted, declined, withdrawn, left. Each is in the trail of both sides.

A side is reached through its démarche, as everything; the other side through the key of the pair, here alone.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from authorities.enums import EventKind
from authorities.events import record_event
from authorities.models import Initiative
from common.errors import DomainError
from common.text import one_line, typography
from levers.models import Lever
from reference.models import Dimension, Theme
from roadmap.enums import EquipmentOwner, ShareSide, ShareState
from roadmap.mails import send_share_news
from roadmap.models import ActionSheet, ActionStep, Indicator, Roadmap, SheetShare
from roadmap.prefill import catalogue_snapshot
from roadmap.selectors.shares import find_partner
from roadmap.services.roadmaps import ensure_roadmap, require_valid
from roadmap.services.savings import settle_savings
from roadmap.services.trail import record_on_sheet
from roadmap.sheet_proposal import TEXT_FIELDS, Proposal, describe_proposal, read_proposal

# Proposals of one authority that wait for an answer: more would be a mailing.
MAX_WAITING = 20
KEY_BYTES = 16


@dataclass(frozen=True)
class ShareValues:
    """What the host says of a shared action: the part of each, in a sentence, and whose equipment it saves."""

    host_part: str
    guest_part: str
    equipment: str


@transaction.atomic
def propose_share(
    *, sheet: ActionSheet, other_slug: str, values: ShareValues, actor: User, now: datetime
) -> SheetShare:
    """Propose an action to another authority of the site, and return the side of the host.

    Raises `DomainError` when the other one is not here, already has this action, or when the sheet was received itself.
    """
    initiative = sheet.roadmap.initiative
    # Two proposals at the same time wait for each other here.
    Roadmap.objects.select_for_update().get(pk=sheet.roadmap_id)
    other = find_partner(initiative, other_slug)
    if other is None:
        raise DomainError(typography("Choisissez une collectivité qui a un espace ici, autre que la vôtre."))
    guest_initiative = Initiative.objects.for_authority(other).current().first()
    if guest_initiative is None:
        raise DomainError(typography(f"{other.name} n’a pas de démarche en cours : rien ne peut lui être proposé."))
    _require_shareable(sheet, guest_initiative, values.equipment)
    common = {
        "pair": secrets.token_hex(KEY_BYTES),
        "host_part": one_line(values.host_part),
        "guest_part": one_line(values.guest_part),
        "equipment": values.equipment,
        "proposal": describe_proposal(sheet),
        "proposed_at": now,
    }
    host = SheetShare(initiative=initiative, sheet=sheet, side=ShareSide.HOST, other_name=other.name, **common)
    guest = SheetShare(
        initiative=guest_initiative, side=ShareSide.GUEST, other_name=initiative.authority.name, **common
    )
    for share in (host, guest):
        require_valid(share)
        share.save()
    record_on_sheet(sheet, f"a proposé à {other.name} de partager la fiche {_named(sheet)}", actor=actor, now=now)
    _tell(guest, f"a proposé de partager l’action « {sheet.title} »", now)
    return host


def _named(sheet: ActionSheet) -> str:
    return f"{sheet.number}, « {sheet.title} »"


def _require_shareable(sheet: ActionSheet, guest_initiative: Initiative, equipment: str) -> None:
    """Refuse what would be said twice, or otherwise to somebody else."""
    shares = list(SheetShare.objects.filter(sheet=sheet).live())
    received = next((share for share in shares if not share.is_host), None)
    if received is not None:
        message = f"Cette action vient de {received.other_name} : c’est à elle de la proposer à d’autres."
        raise DomainError(typography(message))
    pairs = [share.pair for share in shares]
    if SheetShare.objects.live().for_initiative(guest_initiative).filter(pair__in=pairs).exists():
        raise DomainError(typography("Cette fiche est déjà partagée avec cette collectivité, ou lui est proposée."))
    differing = next((share for share in shares if share.equipment != equipment), None)
    if differing is not None:
        message = (
            f"Cette fiche est partagée avec {differing.other_name} avec un autre propriétaire du matériel : "
            "reprenez le même, pour que le gain ne soit compté qu’une fois."
        )
        raise DomainError(typography(message))
    own = SheetShare.objects.for_initiative(sheet.roadmap.initiative)
    if own.filter(side=ShareSide.HOST, state=ShareState.PROPOSED).count() >= MAX_WAITING:
        message = f"{MAX_WAITING} propositions attendent déjà une réponse : retirez-en une avant d’en faire une autre."
        raise DomainError(typography(message))


# The answer of the guest ----------------------------------------------------------------------------------------------
@transaction.atomic
def accept_share(*, share: SheetShare, sheet: ActionSheet | None, actor: User, now: datetime) -> ActionSheet:
    """Accept a proposal: tie it to a sheet of the guest, or to a new one copied from it, and return that sheet.

    Raises `DomainError` when it no longer waits, or when the sheet is of another démarche or already shared.
    """
    guest, host = _locked_pair(share)
    _require_waiting(guest)
    if host is None or host.sheet is None or not host.initiative.is_current:
        message = f"{guest.other_name} ne mène plus cette action ici : demandez-lui de la proposer de nouveau."
        raise DomainError(typography(message))
    if sheet is None:
        sheet = _copy_proposal(guest, now)
    elif sheet.roadmap.initiative_id != guest.initiative_id or sheet.shares.live().exists():
        raise DomainError(typography("Choisissez une de vos fiches qui n’est pas encore partagée."))
    guest.sheet = sheet
    _move(guest, host, ShareState.ACCEPTED, answered_at=now)
    _settle(guest, host)
    record_on_sheet(
        sheet, f"a accepté de partager la fiche {_named(sheet)} avec {guest.other_name}", actor=actor, now=now
    )
    _tell(host, f"a accepté de partager la fiche {_named(host.sheet)}", now)
    return sheet


@transaction.atomic
def decline_share(*, share: SheetShare, reason: str, actor: User, now: datetime) -> None:
    """Decline a proposal, with a reason that the host reads. Raises `DomainError` when it no longer waits."""
    guest, host = _locked_pair(share)
    _require_waiting(guest)
    if not reason.strip():
        raise DomainError(typography("Dites en une phrase pourquoi : l’autre collectivité le lira."))
    title = read_proposal(guest.proposal).title
    _move(guest, host, ShareState.DECLINED, answered_at=now, reason=reason.strip())
    _record(guest, f"a refusé de partager l’action « {title} », proposée par {guest.other_name}", actor, now)
    if host is not None:
        _tell(host, f"a refusé de partager l’action « {title} »", now)


# The end --------------------------------------------------------------------------------------------------------------
@transaction.atomic
def end_share(*, share: SheetShare, reason: str, actor: User, now: datetime) -> None:
    """Withdraw a shared action (the host, at any time) or leave it (the guest, once accepted); the sheets stay.

    Raises `DomainError` when it is over already, or when the guest has not answered yet.
    """
    own, other = _locked_pair(share)
    if not own.is_live:
        raise DomainError(typography("Ce partage est déjà terminé."))
    if not own.is_host and own.is_waiting:
        raise DomainError(typography("Acceptez ou refusez d’abord cette proposition."))
    title = read_proposal(own.proposal).title
    state = ShareState.WITHDRAWN if own.is_host else ShareState.LEFT
    was_accepted = own.is_accepted
    _move(own, other, state, ended_at=now, reason=reason.strip())
    if was_accepted:
        _settle(own, other)
    verb = "a mis fin au partage de" if own.is_host else "a quitté le partage de"
    _record(own, f"{verb} l’action « {title} » avec {own.other_name}", actor, now)
    if other is not None:
        _tell(other, f"{verb} l’action « {title} »", now)


def end_shares_of(sheet: ActionSheet, *, actor: User, now: datetime) -> None:
    """End the live shares of a sheet that is about to go: the others keep theirs, and the name."""
    for share in SheetShare.objects.filter(sheet=sheet).live():
        end_share(share=share, reason="La fiche a été retirée.", actor=actor, now=now)


# Both sides -----------------------------------------------------------------------------------------------------------
def _locked_pair(share: SheetShare) -> tuple[SheetShare, SheetShare | None]:
    """Return this side and the other one (None once its space was erased), as they are now and until the end."""
    related = ("initiative__authority", "sheet__roadmap__initiative__authority", "sheet__lever")
    rows = SheetShare.objects.select_for_update(of=("self",)).filter(pair=share.pair).order_by("pk")
    found = {row.pk: row for row in rows.select_related(*related)}
    own = found.pop(share.pk, None)
    if own is None:
        raise DomainError(typography("Ce partage n’existe plus."))
    return own, next(iter(found.values()), None)


def _require_waiting(share: SheetShare) -> None:
    if share.is_host:
        raise DomainError(typography("Cette proposition est la vôtre : c’est à l’autre collectivité d’y répondre."))
    if not share.is_waiting:
        raise DomainError(
            typography(f"Cette proposition n’attend plus de réponse : elle est {share.get_state_display()}.")
        )


def _move(own: SheetShare, other: SheetShare | None, state: ShareState, **fields: Any) -> None:
    """Write the same state on both sides."""
    for share in (own, other):
        if share is None:
            continue
        share.state = state
        for name, value in fields.items():
            setattr(share, name, value)
        require_valid(share)
        share.save(update_fields=["state", "sheet", *fields])


def _settle(own: SheetShare, other: SheetShare | None) -> None:
    """Count the saving on the side of the owner of the equipment, and there alone."""
    for share in (own, other):
        if share is not None and share.sheet is not None and share.equipment != EquipmentOwner.EACH:
            settle_savings([share.sheet])


def _record(share: SheetShare, verb: str, actor: User | None, now: datetime, label: str = "") -> None:
    record_event(
        authority=share.initiative.authority,
        initiative=share.initiative,
        kind=EventKind.SHEET if share.sheet is not None else EventKind.ROADMAP,
        subject_key=str(share.sheet.number) if share.sheet is not None else "",
        verb=typography(verb),
        label=label,
        actor=actor,
        now=now,
    )


def _tell(share: SheetShare, verb: str, now: datetime) -> None:
    """Write to the other side, in its trail and by mail, what was done: by the authority, none of its people named."""
    _record(share, verb, None, now, label=share.other_name)
    send_share_news(share, typography(f"{share.other_name} {verb}"))


# The copy of a proposal -----------------------------------------------------------------------------------------------
def _copy_proposal(share: SheetShare, now: datetime) -> ActionSheet:
    """Make the sheet of the guest from the proposal; its lead, its means and its calendar are its own to write."""
    roadmap = ensure_roadmap(initiative=share.initiative)
    Roadmap.objects.select_for_update().get(pk=roadmap.pk)
    proposal = read_proposal(share.proposal)
    lever = _find(Lever.objects.select_related("lead_service"), "catalogue__code", proposal.lever)
    twin = ActionSheet.objects.filter(roadmap=roadmap, lever=lever).first() if lever else None
    if twin is not None:
        message = (
            f"Votre fiche {twin.number} vient du même levier : reliez-la à cette action plutôt que d’en créer une."
        )
        raise DomainError(typography(message))
    sheet = ActionSheet(
        roadmap=roadmap,
        lever=lever,
        prefill=catalogue_snapshot(lever) if lever else {},
        identified_on=timezone.localdate(now),
        number=(ActionSheet.objects.filter(roadmap=roadmap).aggregate(last=Max("number"))["last"] or 0) + 1,
        dimension=_find(Dimension.objects.all(), "framework", proposal.dimension),
        theme=Theme.objects.filter(number=proposal.theme).first() if proposal.theme else None,
        **{name: proposal.texts[name] for name in TEXT_FIELDS},
    )
    require_valid(sheet)
    sheet.save()
    _copy_rows(sheet, proposal)
    settle_savings([sheet])
    return sheet


def _find(rows: Any, family: str, key: tuple[str, ...]) -> Any:
    """Return the row of reference data that its family and its code name, None when it is not here."""
    return rows.filter(**{family: key[0], "code": key[1]}).first() if len(key) == 2 else None


def _copy_rows(sheet: ActionSheet, proposal: Proposal) -> None:
    steps = [ActionStep(sheet=sheet, position=rank, text=text) for rank, text in enumerate(proposal.steps, start=1)]
    indicators = [Indicator(sheet=sheet, position=rank, **row) for rank, row in enumerate(proposal.indicators, start=1)]
    for row in (*steps, *indicators):
        require_valid(row)
    ActionStep.objects.bulk_create(steps)
    Indicator.objects.bulk_create(indicators)
