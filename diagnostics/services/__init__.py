"""Writes of the diagnosis. Each function takes the moment and the person; each rule broken raises `DomainError`."""

from diagnostics.services.evidence import join_to_agreed_level, join_to_rating, remove_evidence
from diagnostics.services.grids import confirm_grid, discard_grid, prepare_grid
from diagnostics.services.meeting import (
    accept_consensual_levels,
    agree_diagnosis,
    needs_reason,
    record_agreed_level,
    reopen_meeting,
)
from diagnostics.services.minutes import MinutesValues, save_minutes
from diagnostics.services.ratings import Answer, record_interview, record_rating
from diagnostics.services.reminders import announce_opening, reachable_raters, remind_silent
from diagnostics.services.rounds import (
    RoundValues,
    add_rater,
    close_diagnosis,
    create_diagnosis,
    extend_diagnosis,
    open_diagnosis,
    save_diagnosis,
)
from diagnostics.services.rules import may_rate

__all__ = [
    "Answer",
    "MinutesValues",
    "RoundValues",
    "accept_consensual_levels",
    "add_rater",
    "agree_diagnosis",
    "announce_opening",
    "close_diagnosis",
    "confirm_grid",
    "discard_grid",
    "prepare_grid",
    "create_diagnosis",
    "extend_diagnosis",
    "join_to_agreed_level",
    "join_to_rating",
    "may_rate",
    "needs_reason",
    "open_diagnosis",
    "reachable_raters",
    "record_agreed_level",
    "record_interview",
    "record_rating",
    "remind_silent",
    "remove_evidence",
    "reopen_meeting",
    "save_diagnosis",
    "save_minutes",
]
