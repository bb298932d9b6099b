"""Reads of the authorities application, one module for each page or pair of pages."""

from authorities.selectors.authorities import (
    DutySummary,
    LegalFrame,
    OwnParticipation,
    OwnSpaces,
    legal_frame,
    legal_frame_of,
    own_spaces,
    search_authorities,
)
from authorities.selectors.calendar import CalendarView, MeetingRow, calendar_view, meetings_of
from authorities.selectors.members import MembersView, members_view
from authorities.selectors.participants import (
    ParticipantRow,
    ParticipantsView,
    current_dimensions,
    invitable_participants,
    participants_view,
)
from authorities.selectors.preparation import (
    PrerequisiteRow,
    SubStep,
    active_people,
    preparation_state,
    preparation_states,
    prerequisite_rows,
    sub_steps,
)

__all__ = [
    "CalendarView",
    "DutySummary",
    "LegalFrame",
    "MeetingRow",
    "MembersView",
    "OwnParticipation",
    "OwnSpaces",
    "ParticipantRow",
    "ParticipantsView",
    "PrerequisiteRow",
    "SubStep",
    "calendar_view",
    "meetings_of",
    "current_dimensions",
    "invitable_participants",
    "legal_frame",
    "legal_frame_of",
    "members_view",
    "own_spaces",
    "participants_view",
    "active_people",
    "preparation_state",
    "preparation_states",
    "prerequisite_rows",
    "search_authorities",
    "sub_steps",
]
