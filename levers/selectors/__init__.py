"""Composed reads of the levers application, by noun."""

from levers.selectors.ballots import (
    VotingProgress,
    ballot_follow_up,
    current_ballot,
    voter_sheet,
    voting_progress,
)
from levers.selectors.catalogue import Recommendation, catalogue_of, recommendations
from levers.selectors.decisions import choice_summary, decision_board, retained_decisions
from levers.selectors.results import ballot_results, lever_comments, lever_services
from levers.selectors.second_votes import AskedSecondVote, asked_second_vote
from levers.selectors.shortlists import current_shortlist, shortlist_board
from levers.selectors.state import prioritisation_state, prioritisation_states

__all__ = [
    "AskedSecondVote",
    "Recommendation",
    "VotingProgress",
    "asked_second_vote",
    "ballot_follow_up",
    "ballot_results",
    "catalogue_of",
    "choice_summary",
    "current_ballot",
    "current_shortlist",
    "decision_board",
    "lever_comments",
    "lever_services",
    "prioritisation_state",
    "prioritisation_states",
    "recommendations",
    "retained_decisions",
    "shortlist_board",
    "voter_sheet",
    "voting_progress",
]
