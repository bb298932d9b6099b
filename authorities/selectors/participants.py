"""People of the committee, with what each has received and confirmed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from authorities.enums import Scope
from authorities.extensions import proposed_framework
from authorities.models import MAX_INVITATIONS, Initiative, Participant, PersonalLink
from authorities.permissions import scopes_of
from common.dates import format_short_day
from common.numbers import pluralise
from reference.models import Dimension

# Tabs of the committee page, and what the invitation ticks: who has confirmed, who has not, who was sent nothing.
ACCEPTED, WAITING, NEW = STATES = ("confirmees", "attente", "nouvelles")

# Whom the sheet of links ticks at once, when its reader asks for it.
EVERYBODY, NOBODY = "tous", "personne"


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

    @property
    def can_be_reminded(self) -> bool:
        """Tell whether the invitation was sent once, and may be repeated without being read again."""
        return self.can_be_invited and self.participant.invitation_count > 0

    @property
    def can_be_sent_a_link(self) -> bool:
        return self.participant.accepted_at is not None and bool(self.participant.email)

    @property
    def state(self) -> str:
        """Code of the tab that lists this person: « confirmees », « attente » or « nouvelles »."""
        if self.participant.accepted_at:
            return ACCEPTED
        return WAITING if self.participant.invited_at else NEW


@dataclass(frozen=True)
class ParticipantsView:
    """The committee page: present people, those who left, and the counts of its headline and of its tabs."""

    active: list[ParticipantRow]
    inactive: list[ParticipantRow]
    service_count: int

    @property
    def accepted_count(self) -> int:
        return len(self.listed(ACCEPTED))

    @property
    def waiting_count(self) -> int:
        return len(self.listed(WAITING))

    @property
    def new_count(self) -> int:
        """People to whom nothing was ever sent, with or without address."""
        return len(self.listed(NEW))

    @property
    def invitable_count(self) -> int:
        """People whose first invitation may leave."""
        return sum(row.can_be_invited and not row.can_be_reminded for row in self.active)

    @property
    def remindable_count(self) -> int:
        return sum(row.can_be_reminded for row in self.active)

    def listed(self, state: str) -> list[ParticipantRow]:
        """Return the present people of a tab; everybody for another word."""
        return [row for row in self.active if row.state == state] if state in STATES else self.active


def current_dimensions() -> QuerySet[Dimension]:
    """Return the dimensions of the questionnaire proposed to new diagnoses, else of the one loaded last."""
    latest = Dimension.objects.order_by("-pk").values("framework")[:1]
    proposed = proposed_framework()
    return Dimension.objects.filter(framework=latest if proposed is None else Coalesce(proposed, Subquery(latest)))


def participants_view(initiative: Initiative, *, now: datetime) -> ParticipantsView:
    """Return the committee. Three queries, whatever the number of people."""
    people = list(
        Participant.objects.for_initiative(initiative)
        .filter(erased_at=None)
        .select_related("service")
        .prefetch_related("dimensions")
    )
    links = PersonalLink.objects.filter(participant__initiative=initiative).alive(now).order_by("expires_at")
    expiries = dict(links.values_list("participant_id", "expires_at"))
    rows = [_row(person, expiries.get(person.pk)) for person in people]
    active = [row for row in rows if row.participant.is_active]
    return ParticipantsView(
        active=active,
        inactive=[row for row in rows if not row.participant.is_active],
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


def people_of_a_sheet(initiative: Initiative) -> QuerySet[Participant]:
    """Return the present people of the committee whose link opens something to do in a meeting: rate or vote."""
    people: QuerySet[Participant] = (
        Participant.objects.for_initiative(initiative).filter(is_active=True).select_related("service")
    )
    asked = [person.pk for person in people if {Scope.RATE, Scope.VOTE} & scopes_of(person.role_set)]
    return people.filter(pk__in=asked)


def people_of_paper(people: Iterable[Participant], choice: str) -> list[int]:
    """Return whom the sheet ticks at first: those without any e-mail address, whom only paper reaches.

    `choice`: « tous » or « personne » when the reader asks for it.
    """
    if choice == EVERYBODY:
        return [person.pk for person in people]
    return [] if choice == NOBODY else [person.pk for person in people if not person.email]


def people_to_tick(people: Sequence[Participant], *, person: str, state: str) -> list[Participant]:
    """Return the people that the invitation ticks at first: the one asked for, those of a tab, else the new ones."""
    if person.isascii() and person.isdigit() and len(person) < 19:
        return [item for item in people if item.pk == int(person)]
    new = [item for item in people if not item.invitation_count]
    if state == WAITING:
        return [item for item in people if item.invitation_count]
    return new if state == NEW or new else list(people)


def last_note(initiative: Initiative, person: str = "") -> str:
    """Return the word that went with the last invitation, to one person or to anybody of the committee. One query."""
    invited = Participant.objects.for_initiative(initiative).filter(invited_at__isnull=False)
    if person.isascii() and person.isdigit() and len(person) < 19:
        invited = invited.filter(pk=int(person))
    return invited.order_by("-invited_at").values_list("invitation_note", flat=True).first() or ""


def _row(person: Participant, link_until: datetime | None) -> ParticipantRow:
    badge, status = _status(person, link_until)
    return ParticipantRow(
        participant=person,
        role_labels=", ".join(role.label for role in person.ordered_roles),
        dimension_names=", ".join(dimension.short_name for dimension in person.dimensions.all()),
        badge=badge,
        status=status,
        link_until=link_until,
        can_be_invited=person.is_active and bool(person.email) and person.remaining_invitations > 0,
    )


def _status(person: Participant, link_until: datetime | None) -> tuple[str, str]:
    if not person.is_active:
        return "off", "Ne participe plus"
    if person.accepted_at:
        return "done", f"A confirmé le {_day(person.accepted_at)}"
    if person.invited_at:
        repeats = person.invitation_count - 1
        detail = f", {repeats}\u00a0{pluralise(repeats, 'rappel', 'rappels')}" if repeats > 0 else ""
        end = "lien pas encore confirmé" if link_until else "lien expiré ou révoqué"
        return "wait" if link_until else "block", f"Invitation du {_day(person.invited_at)}{detail}\u00a0: {end}"
    return "off", "Pas encore d’invitation" if person.email else "Sans adresse : copiez son lien"


def _day(moment: datetime) -> str:
    return format_short_day(timezone.localdate(moment))
