"""The roadmap of a démarche: its texts, objectives, action sheets, and frozen versions."""

from roadmap.models.dossier import DossierOrder, Publication
from roadmap.models.drafts import DraftEntry, ReferenceDraft
from roadmap.models.erasures import Erasure
from roadmap.models.exchange import SheetImport
from roadmap.models.roadmap import (
    BudgetCeiling,
    LeadCapacity,
    Objective,
    OfRoadmapQuerySet,
    Roadmap,
    ThemeExplanation,
)
from roadmap.models.shares import LIVE_STATES, MAX_PART_CHARACTERS, SheetShare
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
    "LIVE_STATES",
    "MAX_PART_CHARACTERS",
    "ActionSheet",
    "ActionStep",
    "BudgetCeiling",
    "CouncilResolution",
    "DossierOrder",
    "DraftEntry",
    "Erasure",
    "Indicator",
    "LeadCapacity",
    "Objective",
    "OfRoadmapQuerySet",
    "Publication",
    "ReferenceDraft",
    "Roadmap",
    "RoadmapVersion",
    "SheetAttachment",
    "SheetBudgetLine",
    "SheetHumanMeans",
    "SheetImport",
    "SheetNote",
    "SheetShare",
    "SteeringValidation",
    "ThemeExplanation",
    "split_lines",
]
