"""Forms of the roadmap application, by noun."""

from roadmap.forms.erasures import EraseAuthorityForm
from roadmap.forms.history import CompareForm
from roadmap.forms.initiatives import NextInitiativeForm
from roadmap.forms.objectives import ObjectiveForm
from roadmap.forms.schedule import CapacityForm, PlacementForm
from roadmap.forms.sheet_life import NoteForm, ReturnForm, SheetsUpdateForm, SheetsValidationForm
from roadmap.forms.sheets import SHEET_PARTS, SheetPart
from roadmap.forms.texts import RoadmapTextsForm, ThemesForm
from roadmap.forms.versions import AdoptionForm, FreezeForm, SteeringValidationForm

__all__ = [
    "SHEET_PARTS",
    "AdoptionForm",
    "CapacityForm",
    "CompareForm",
    "EraseAuthorityForm",
    "FreezeForm",
    "NextInitiativeForm",
    "NoteForm",
    "ObjectiveForm",
    "PlacementForm",
    "ReturnForm",
    "RoadmapTextsForm",
    "SheetPart",
    "SheetsUpdateForm",
    "SheetsValidationForm",
    "SteeringValidationForm",
    "ThemesForm",
]
