"""Writes of the levers application, by noun."""

from levers.services.ballots import add_voter, close_ballot, extend_ballot, open_ballot
from levers.services.decisions import confirm_consensus, record_decision
from levers.services.reminders import announce_ballot, remind_silent
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
    "shortlist_lever",
    "shortlist_levers",
    "submit_shortlist",
    "unshortlist_lever",
    "validate_shortlist",
    "withdraw_shortlist",
]
