"""Writes of the levers application, by noun."""

from levers.services.ballots import add_voter, close_ballot, extend_ballot, open_ballot
from levers.services.decisions import confirm_consensus, record_decision
from levers.services.local_levers import (
    restore_local_lever,
    revise_local_lever,
    share_local_lever,
    withdraw_local_lever,
    write_local_lever,
)
from levers.services.reminders import announce_ballot, remind_silent
from levers.services.second_votes import answer_second_vote, close_phones, open_phones, record_hands
from levers.services.shortlists import (
    reopen_shortlist,
    shortlist_lever,
    shortlist_levers,
    submit_shortlist,
    unshortlist_lever,
    validate_shortlist,
    withdraw_shortlist,
)
from levers.services.votes import VotePaper, cast_vote, cast_votes
from levers.services.workshop import (
    confirm_in_workshop,
    decide_in_workshop,
    end_workshop,
    park_lever,
    resume_workshop,
    show_lever,
    start_workshop,
    undo_decision,
)
from levers.services.workshop_minutes import WorkshopMinutesValues, save_workshop_minutes

__all__ = [
    "VotePaper",
    "add_voter",
    "announce_ballot",
    "cast_vote",
    "cast_votes",
    "close_ballot",
    "confirm_consensus",
    "extend_ballot",
    "open_ballot",
    "record_decision",
    "remind_silent",
    "reopen_shortlist",
    "restore_local_lever",
    "revise_local_lever",
    "share_local_lever",
    "shortlist_lever",
    "shortlist_levers",
    "submit_shortlist",
    "unshortlist_lever",
    "validate_shortlist",
    "withdraw_local_lever",
    "withdraw_shortlist",
    "write_local_lever",
    "answer_second_vote",
    "close_phones",
    "open_phones",
    "record_hands",
    "confirm_in_workshop",
    "decide_in_workshop",
    "end_workshop",
    "park_lever",
    "resume_workshop",
    "show_lever",
    "start_workshop",
    "undo_decision",
    "WorkshopMinutesValues",
    "save_workshop_minutes",
]
