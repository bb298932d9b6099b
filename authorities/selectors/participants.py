"""People of the committee, with what each has received and confirmed."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from authorities.models import MAX_INVITATIONS, Initiative, Participant, PersonalLink
from authorities.wording import format_short_day
from common.numbers import pluralise
from reference.models import Dimension


@dataclass(frozen=True)
class ParticipantRow:
    """A person of the committee. `badge` is a kind of the state component; `link_until` ends the living link."""

    participant: Participant
    role_labels: str
    dimension_names: str
    badge: str
    status: str
    link_until: datetime | None
    can_be_invited: bool


@dataclass(frozen=True)
class ParticipantsView:
    """The committee page: present people, those who left, and the counts of its headline."""

    active: list[ParticipantRow]
    inactive: list[ParticipantRow]
    accepted_count: int
    invitable_count: int
    service_count: int


def current_dimensions() -> QuerySet[Dimension]:
    """Return the dimensions of the framework that was loaded last."""
    latest = Dimension.objects.order_by("-pk").values("framework")[:1]
    return Dimension.objects.filter(framework=latest)


def participants_view(initiative: Initiative, *, now: datetime) -> ParticipantsView:
    """Return the committee. Three queries, whatever the number of people."""
    people = list(
        Participant.objects.for_initiative(initiative).select_related("service").prefetch_related("dimensions")
    )
    links = PersonalLink.objects.filter(participant__initiative=initiative).alive(now).order_by("expires_at")
    expiries = dict(links.values_list("participant_id", "expires_at"))
    rows = [_row(person, expiries.get(person.pk)) for person in people]
    active = [row for row in rows if row.participant.is_active]
    return ParticipantsView(
        active=active,
        inactive=[row for row in rows if not row.participant.is_active],
        accepted_count=sum(row.participant.accepted_at is not None for row in active),
        invitable_count=sum(row.can_be_invited for row in active),
        service_count=len({row.participant.service_id for row in active}),
    )


def participant_row(participant: Participant, *, now: datetime) -> ParticipantRow:
    """Return one person as the committee shows them. Two queries."""
    link = PersonalLink.objects.filter(participant=participant).alive(now).order_by("-expires_at").first()
    return _row(participant, link.expires_at if link else None)


def invitable_participants(initiative: Initiative) -> QuerySet[Participant]:
    """Return the people to whom an invitation or a repeat may still be sent."""
    people: QuerySet[Participant] = (
        Participant.objects.for_initiative(initiative)
        .filter(is_active=True, accepted_at=None, invitation_count__lt=MAX_INVITATIONS)
        .exclude(email="")
        .select_related("service")
    )
    return people


def _row(person: Participant, link_until: datetime | None) -> ParticipantRow:
    badge, status = _status(person)
    return ParticipantRow(
        participant=person,
        role_labels=", ".join(role.label for role in person.ordered_roles),
        dimension_names=", ".join(dimension.short_name for dimension in person.dimensions.all()),
        badge=badge,
        status=status,
        link_until=link_until,
        can_be_invited=person.is_active and bool(person.email) and person.remaining_invitations > 0,
    )


def _status(person: Participant) -> tuple[str, str]:
    if not person.is_active:
        return "off", "Ne participe plus"
    if person.accepted_at:
        return "done", f"A confirmé le {_day(person.accepted_at)}"
    if person.invited_at:
        repeats = person.invitation_count - 1
        detail = f", {repeats}\u00a0{pluralise(repeats, 'rappel', 'rappels')}" if repeats > 0 else ""
        return "wait", f"Invitation du {_day(person.invited_at)}{detail}"
    return "off", "Pas encore d’invitation" if person.email else "Sans adresse : copiez son lien"


def _day(moment: datetime) -> str:
    return format_short_day(timezone.localdate(moment))
