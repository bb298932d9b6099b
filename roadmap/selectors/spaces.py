"""The cockpit: what each authority of an account is at, what it asks of this person, in the order of urgency."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from authorities.models import Authority
from authorities.selectors.authorities import OwnSpace
from common.dates import format_day
from common.numbers import format_number, pluralise
from common.steps import NextAction, StepState, StepStatus
from common.text import typography
from roadmap.selectors.path import Path, action_for, awaited_seat, may_see_awaited, read_paths


class SpaceOrder(StrEnum):
    """Order of the list."""

    URGENCY = "urgence"
    NAME = "nom"


ASKED = "moi"


@dataclass(frozen=True)
class SpaceFilters:
    """What the reader looks for: words of the name, a step of the path or `ASKED`, and the order."""

    words: str = ""
    shown: str = ""
    order: SpaceOrder = SpaceOrder.URGENCY


@dataclass(frozen=True)
class SpaceRow:
    """An authority in the list. `rank`: place of the current step, from 1.

    `action`: what is asked of the reader, or None; `is_seat_awaited`: their answer as a member of the committee is.
    `is_adopted`: the council voted a version; `is_settled`: it voted the last one, nothing is left to adopt.
    """

    space: OwnSpace
    current: StepState
    rank: int
    step_count: int
    action: NextAction | None
    is_seat_awaited: bool
    awaited_count: int
    council_on: date | None
    is_adopted: bool
    is_settled: bool
    today: date

    @property
    def authority(self) -> Authority:
        return self.space.authority

    @property
    def is_asked(self) -> bool:
        """Tell whether something is asked of the reader here."""
        return self.action is not None or self.is_seat_awaited

    @property
    def done_count(self) -> int:
        """Number of bands of the rod behind the current one; all of them once the démarche is done."""
        return self.step_count if self.current.status is StepStatus.DONE else self.rank - 1

    @property
    def step_label(self) -> str:
        """« Étape 2 sur 6 : Diagnostiquer, 3 sur 8 ont tout répondu »."""
        told = self.current.summary or self.current.status.label.lower()
        return typography(f"Étape {self.rank} sur {self.step_count} : {self.current.title}, {told}")

    @property
    def is_late(self) -> bool:
        """Tell whether the council is past without an adoption."""
        return not self.is_adopted and self.council_on is not None and self.council_on < self.today

    @property
    def awaits_council(self) -> bool:
        """Tell whether the date of the council is to come."""
        return self.council_on is not None and self.council_on >= self.today

    @property
    def council_label(self) -> str:
        """« Conseil dans 45 jours, le 12 mars 2027 »."""
        if self.is_settled or (self.is_adopted and not self.awaits_council):
            return "Feuille de route adoptée"
        if self.council_on is None:
            return "Date du conseil à fixer"
        written = format_day(self.council_on)
        days = (self.council_on - self.today).days
        if days < 0:
            return f"Le conseil du {written} est passé, sans vote enregistré"
        if days == 0:
            return "Conseil aujourd’hui"
        return f"Conseil dans {format_number(days)} {pluralise(days, 'jour', 'jours')}, le {written}"

    @property
    def awaited_label(self) -> str:
        """« 3 personnes attendues », empty when nobody is."""
        count = self.awaited_count
        return f"{count} {pluralise(count, 'personne attendue', 'personnes attendues')}" if count else ""


def space_rows(spaces: Sequence[OwnSpace], *, user: User, now: datetime) -> list[SpaceRow]:
    """Return one row for each space, the most urgent first. Nine queries at most, whatever their number.

    Urgent: a roadmap to be adopted where something is asked of the reader, the nearest council first (one that is past
    before all); then those where the others are awaited; then the adopted ones.
    """
    paths = read_paths([space.initiative for space in spaces], user=user, now=now) if spaces else {}
    rows = [_row(space, paths[space.initiative.pk], timezone.localdate(now)) for space in spaces]
    return sorted(rows, key=_urgency)


def choose_rows(rows: Sequence[SpaceRow], filters: SpaceFilters) -> list[SpaceRow]:
    """Return the rows that the filters keep, in their order. `rows` come by urgency."""
    words = slugify(filters.words)
    kept = [
        row
        for row in rows
        if words in slugify(row.authority.name)
        and (not filters.shown or (row.is_asked if filters.shown == ASKED else row.current.code == filters.shown))
    ]
    return sorted(kept, key=_name) if filters.order is SpaceOrder.NAME else kept


def _row(space: OwnSpace, path: Path, today: date) -> SpaceRow:
    seat = awaited_seat(space.roles, path)
    return SpaceRow(
        space=space,
        current=path.current,
        rank=path.steps.index(path.current) + 1,
        step_count=len(path.steps),
        action=action_for(space.roles, path) if seat is None else None,
        is_seat_awaited=seat is not None,
        awaited_count=sum(len(step.awaited) for step in path.steps) if may_see_awaited(space.roles) else 0,
        council_on=space.initiative.council_on,
        is_adopted=path.counts.adopted_number is not None,
        is_settled=path.counts.adopted_on is not None,
        today=today,
    )


def _urgency(row: SpaceRow) -> tuple[bool, bool, date, str]:
    council_on = row.council_on
    if council_on is None or (row.is_adopted and not row.awaits_council):
        council_on = date.max
    return row.is_settled, not row.is_asked, council_on, _name(row)


def _name(row: SpaceRow) -> str:
    return slugify(row.authority.name)
