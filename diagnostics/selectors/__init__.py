"""Composed reads of the diagnosis, one module for each page or pair of pages."""

from diagnostics.selectors.comparison import QuestionChange, RoundComparison, compare_with_previous
from diagnostics.selectors.consistency import ConsistencyQuestion, consistency_questions
from diagnostics.selectors.coverage import (
    CommitteeCoverage,
    committee_coverage,
    coverage_facts,
    dimensions_of_service,
    proposed_framework,
    rater_candidates,
)
from diagnostics.selectors.dimensions import DimensionPage, dimension_page
from diagnostics.selectors.interviews import InterviewPage, interview_page
from diagnostics.selectors.meeting import Meeting, MeetingItem, MeetingPage, meeting, meeting_page
from diagnostics.selectors.minutes import minutes_facts, minutes_people, proposed_minutes, stored_minutes
from diagnostics.selectors.moves import (
    QuestionnaireMove,
    VersionChoice,
    carried_level,
    questionnaire_move,
    version_choice,
)
from diagnostics.selectors.peers import PeerComparison, PeerSpread, compare_with_peers
from diagnostics.selectors.projection import (
    ProjectedAgenda,
    ProjectedQuestion,
    next_to_settle,
    projected_agenda,
    projected_question,
    proposed_reason,
)
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
    Margin,
    QuestionResult,
    diagnosis_results,
)
from diagnostics.selectors.rounds import (
    FollowUp,
    RaterProgress,
    addable_raters,
    current_diagnosis,
    follow_up,
    list_rounds,
    open_closing,
    planned_closing,
    previous_diagnosis,
    working_diagnosis,
)
from diagnostics.selectors.state import diagnosis_state, maturity_state

__all__ = [
    "AttentionPoint",
    "CommitteeCoverage",
    "ConsistencyQuestion",
    "DiagnosisResults",
    "DimensionPage",
    "DimensionResult",
    "FollowUp",
    "InterviewPage",
    "Margin",
    "Meeting",
    "MeetingItem",
    "MeetingPage",
    "ProjectedAgenda",
    "ProjectedQuestion",
    "PeerComparison",
    "PeerSpread",
    "QuestionChange",
    "QuestionResult",
    "RaterProgress",
    "QuestionnaireMove",
    "RatingOverview",
    "RatingPage",
    "RatingProgress",
    "VersionChoice",
    "RoundComparison",
    "addable_raters",
    "carried_level",
    "committee_coverage",
    "compare_with_peers",
    "compare_with_previous",
    "consistency_questions",
    "coverage_facts",
    "current_diagnosis",
    "diagnosis_results",
    "diagnosis_state",
    "dimension_page",
    "dimensions_of_service",
    "follow_up",
    "interview_page",
    "list_rounds",
    "maturity_state",
    "meeting",
    "meeting_page",
    "minutes_facts",
    "minutes_people",
    "next_to_settle",
    "open_closing",
    "participant_diagnosis",
    "planned_closing",
    "previous_diagnosis",
    "proposed_framework",
    "projected_agenda",
    "projected_question",
    "proposed_minutes",
    "proposed_reason",
    "questionnaire_move",
    "rater_candidates",
    "rating_overview",
    "rating_page",
    "rating_progress",
    "stored_minutes",
    "version_choice",
    "working_diagnosis",
]
