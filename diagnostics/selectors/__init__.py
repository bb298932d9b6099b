"""Composed reads of the diagnosis, one module for each page or pair of pages."""

from diagnostics.selectors.coverage import CommitteeCoverage, committee_coverage, coverage_facts, dimensions_of_service
from diagnostics.selectors.meeting import Meeting, MeetingItem, MeetingPage, meeting, meeting_page
from diagnostics.selectors.ratings import (
    RatingOverview,
    RatingPage,
    RatingProgress,
    participant_diagnosis,
    rating_overview,
    rating_page,
    rating_progress,
)
from diagnostics.selectors.results import (
    AttentionPoint,
    DiagnosisResults,
    DimensionResult,
    QuestionResult,
    diagnosis_results,
)
from diagnostics.selectors.rounds import (
    FollowUp,
    RaterProgress,
    current_diagnosis,
    follow_up,
    previous_diagnosis,
    working_diagnosis,
)
from diagnostics.selectors.state import diagnosis_state, maturity_state

__all__ = [
    "AttentionPoint",
    "CommitteeCoverage",
    "DiagnosisResults",
    "DimensionResult",
    "FollowUp",
    "Meeting",
    "MeetingItem",
    "MeetingPage",
    "QuestionResult",
    "RaterProgress",
    "RatingOverview",
    "RatingPage",
    "RatingProgress",
    "committee_coverage",
    "coverage_facts",
    "current_diagnosis",
    "diagnosis_results",
    "diagnosis_state",
    "dimensions_of_service",
    "follow_up",
    "maturity_state",
    "meeting",
    "meeting_page",
    "participant_diagnosis",
    "previous_diagnosis",
    "rating_overview",
    "rating_page",
    "rating_progress",
    "working_diagnosis",
]
