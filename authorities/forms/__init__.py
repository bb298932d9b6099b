"""Forms of the authorities application, one module for each group of screens."""

from authorities.forms.authorities import (
    AuthorityForm,
    ColourForm,
    LogoForm,
    ManualAuthorityForm,
    MembershipRequestForm,
    RolesForm,
    TerritoryAuthorityForm,
)
from authorities.forms.calendar import MeetingForm, PlanForm
from authorities.forms.initiatives import InitiativeForm, StateOfPlayForm
from authorities.forms.participants import InvitationForm, LinkSheetForm, LostLinkForm, ParticipantForm
from authorities.forms.preparation import ActorForm, ChecklistItemForm, DocumentForm

__all__ = [
    "ActorForm",
    "AuthorityForm",
    "ChecklistItemForm",
    "ColourForm",
    "DocumentForm",
    "InitiativeForm",
    "InvitationForm",
    "LinkSheetForm",
    "LogoForm",
    "LostLinkForm",
    "ManualAuthorityForm",
    "MeetingForm",
    "MembershipRequestForm",
    "ParticipantForm",
    "PlanForm",
    "RolesForm",
    "StateOfPlayForm",
    "TerritoryAuthorityForm",
]
