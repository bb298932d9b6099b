"""The roadmap of a démarche: its texts, objectives, action sheets, and frozen versions."""

from roadmap.models.drafts import DraftEntry, ReferenceDraft
from roadmap.models.erasures import Erasure
from roadmap.models.roadmap import LeadCapacity, Objective, OfRoadmapQuerySet, Roadmap, ThemeExplanation
from roadmap.models.sheets import ActionSheet, ActionStep, Indicator, split_lines
from roadmap.models.versions import CouncilResolution, RoadmapVersion, SteeringValidation

__all__ = [
    "ActionSheet",
    "ActionStep",
    "CouncilResolution",
    "DraftEntry",
    "Erasure",
    "Indicator",
    "LeadCapacity",
    "Objective",
    "OfRoadmapQuerySet",
    "ReferenceDraft",
    "Roadmap",
    "RoadmapVersion",
    "SteeringValidation",
    "ThemeExplanation",
    "split_lines",
]
