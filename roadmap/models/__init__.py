"""The roadmap of a démarche: its texts, objectives, action sheets, and frozen versions."""

from roadmap.models.drafts import DraftEntry, ReferenceDraft
from roadmap.models.erasures import Erasure
from roadmap.models.exchange import SheetImport
from roadmap.models.roadmap import LeadCapacity, Objective, OfRoadmapQuerySet, Roadmap, ThemeExplanation
from roadmap.models.sheet_life import SheetAttachment, SheetNote
from roadmap.models.sheets import (
    ActionSheet,
    ActionStep,
    Indicator,
    SheetBudgetLine,
    SheetHumanMeans,
    split_lines,
)
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
    "SheetAttachment",
    "SheetBudgetLine",
    "SheetHumanMeans",
    "SheetImport",
    "SheetNote",
    "SteeringValidation",
    "ThemeExplanation",
    "split_lines",
]
