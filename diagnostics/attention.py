"""Legal attention points: which question is under the level that a duty in force expects. Words, never blame.

The level texts are not the law: « point d’attention », never « infraction ».
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

from common.numbers import format_number
from reference.models import Duty
from reference.selectors import DutyState


@dataclass(frozen=True)
class DutyText:
    """A duty as the reader sees it: title, threshold in force with the next one, reference, note on who is bound."""

    code: str
    title: str
    threshold: str
    reference: str
    note: str


@dataclass(frozen=True)
class DutyCheck:
    """What the duties linked to a question ask of this authority. `binding` surely bind it, `to_check` may."""

    binding: list[DutyText]
    to_check: list[DutyText]


def check_duties(codes: Sequence[str], states: Mapping[str, DutyState]) -> DutyCheck:
    """Sort the duties of a question by what they are for this authority; those not in force are left out."""
    known = [states[code] for code in codes if code in states]
    duties = [state for state in known if state.is_in_force and state.duty.nature == Duty.Nature.OBLIGATION]
    return DutyCheck(
        binding=[_written(state) for state in duties if state.is_bound],
        to_check=[_written(state) for state in duties if state.is_to_check],
    )


def describe_threshold(state: DutyState) -> str:
    """Write the threshold in force and the next one.

    « Au moins 20 % de la dépense depuis le 1er juillet 2024, 25 % à partir du 1er janvier 2027. »
    """
    if state.value is None:
        return f"En vigueur depuis le {french_date(state.since_on)}." if state.since_on else ""
    limit = "Au plus" if state.duty.direction == Duty.Direction.MAXIMUM else "Au moins"
    is_share = state.duty.unit.startswith("%")
    # A percentage keeps the thin space of its sign, any other unit the wide one.
    unit = f"\u202f{state.duty.unit}" if is_share else f"\u00a0{state.duty.unit}".rstrip()
    sentence = f"{limit} {format_number(state.value.normalize())}{unit}"
    if state.since_on:
        sentence += f" depuis le {french_date(state.since_on)}"
    if state.next_value is not None and state.next_on:
        sign = "\u202f%" if is_share else ""
        sentence += f", {format_number(state.next_value.normalize())}{sign} à partir du {french_date(state.next_on)}"
    return f"{sentence}."


def french_date(day: date) -> str:
    """Write a date in full: « 1er janvier 2027 », « 23 septembre 2019 »."""
    written = date_format(day, "j F Y")
    return written.replace("1 ", "1er ", 1) if day.day == 1 else written


def _written(state: DutyState) -> DutyText:
    return DutyText(
        code=state.duty.code,
        title=state.duty.title,
        threshold=describe_threshold(state),
        reference=state.duty.legal_reference,
        note=state.duty.note,
    )
