"""From one démarche to the next: the former one stays readable, and can be taken up again."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from authorities.events import record_event
from authorities.models import Authority, Initiative, Participant
from common.errors import DomainError
from diagnostics.models import Diagnosis
from levers.models import Ballot


@transaction.atomic
def open_initiative(
    *, current: Initiative, period_start_year: int, period_years: int, actor: User, now: datetime
) -> Initiative:
    """Open the next démarche of an authority and return it; `current` becomes a former one, read only.

    It begins with what stays true: settings, committee, documents, actors and state of play. Nobody is invited by it:
    people without account confirm again through a new invitation. Raises `DomainError` while a round or a ballot of
    `current` is open, or when `current` no longer is the current démarche.
    """
    _leave(current, now)
    latest = Initiative.objects.for_authority(current.authority).order_by("-number").values_list("number", flat=True)
    opened = Initiative.objects.create(
        authority=current.authority,
        number=latest[0] + 1,
        track=current.track,
        perimeter=current.perimeter,
        territory_follow_up=current.territory_follow_up,
        period_start_year=period_start_year,
        period_years=period_years,
        uses_summary=current.uses_summary,
        engaged_actions=current.engaged_actions,
        actors_involvement=current.actors_involvement,
    )
    _copy_committee(current, opened)
    _copy(current.source_documents.all(), opened)
    _copy(current.territory_actors.all(), opened)
    _record(opened, f"a ouvert la démarche {opened.number}", actor, now)
    return opened


@transaction.atomic
def resume_initiative(*, current: Initiative, former: Initiative, actor: User, now: datetime) -> Initiative:
    """Make a former démarche the current one again. Same refusals as `open_initiative`; nothing is copied or lost."""
    if former.authority_id != current.authority_id:
        raise ValueError("the two démarches belong to different authorities")
    if former.pk == current.pk:
        raise DomainError("Cette démarche est déjà en cours.")
    _leave(current, now)
    former.is_current = True
    former.save(update_fields=["is_current"])
    _record(former, f"a repris la démarche {former.number}", actor, now)
    return former


def _leave(initiative: Initiative, now: datetime) -> None:
    """Make the current démarche a former one, unless people are rating or voting in it."""
    # One authority, one change at a time: a second request waits here, then finds that there is nothing to leave.
    Authority.objects.select_for_update().get(pk=initiative.authority_id)
    if not Initiative.objects.filter(pk=initiative.pk, is_current=True).exists():
        raise DomainError("Une autre démarche vient d’être ouverte : rechargez la page.")
    if any(diagnosis.is_open(now) for diagnosis in Diagnosis.objects.for_initiative(initiative)):
        raise DomainError("Des personnes donnent encore leur avis : clôturez d’abord le diagnostic.")
    if any(not ballot.is_closed(now) for ballot in Ballot.objects.for_initiative(initiative)):
        raise DomainError("Des personnes votent encore : attendez la fermeture du scrutin, ou fermez-le d’abord.")
    Initiative.objects.filter(pk=initiative.pk).update(is_current=False)
    initiative.is_current = False


def _copy(rows: Iterable, opened: Initiative) -> None:
    """Write the same rows in the new démarche."""
    for row in rows:
        row.pk, row._state.adding, row.version = None, True, 1
        row.initiative = opened
        row.save()


def _copy_committee(current: Initiative, opened: Initiative) -> None:
    """Take the active participants along. An account has already accepted; the others get a new invitation."""
    for former in Participant.objects.for_initiative(current).filter(is_active=True).prefetch_related("dimensions"):
        participant = Participant.objects.create(
            initiative=opened,
            name=former.name,
            email=former.email,
            function=former.function,
            service_id=former.service_id,
            roles=former.roles,
            user_id=former.user_id,
            accepted_at=former.accepted_at if former.user_id else None,
        )
        participant.dimensions.set(former.dimensions.all())


def _record(initiative: Initiative, verb: str, actor: User, now: datetime) -> None:
    record_event(authority=initiative.authority, initiative=initiative, verb=verb, now=now, actor=actor)
