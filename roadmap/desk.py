"""The desk of an action sheet: who stands at it, and what they may do there.

A member of the authority and the person who leads the action, come by a personal link, do the same things with a sheet:
the pages are the same, and ask the desk where they lead.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from authorities.access import AuthorityAccess, ParticipantAccess
from authorities.models import Participant
from authorities.permissions import Permission
from roadmap.models import ActionSheet

# What the lead of an action writes. Its name, its place and who leads it are decided together, by the référent.
LEAD_PARTS = frozenset({"avancement", "constat", "etapes", "indicateurs", "moyens", "budget", "vigilance"})


@dataclass(frozen=True)
class SheetDesk:
    """`owner`: slug of the authority, or key of the participant, as in the addresses. `parts`: those one may write."""

    sheet: ActionSheet
    actor: User | Participant
    owner: str | int
    parts: Collection[str]
    may_comment: bool
    may_manage: bool

    @property
    def is_participant(self) -> bool:
        return isinstance(self.actor, Participant)

    @property
    def may_write(self) -> bool:
        return bool(self.parts)

    @property
    def layout(self) -> str:
        return "layouts/participant.html" if self.is_participant else "roadmap/_base.html"

    def url(self, action: str, *arguments: int | str) -> str:
        """Return the address of an action on this sheet: « detail », « update », « notes », « files »…"""
        prefix = "roadmap:participant_sheet" if self.is_participant else "roadmap:sheet"
        return reverse(f"{prefix}_{action}", args=[self.owner, self.sheet.pk, *arguments])

    @property
    def list_url(self) -> str:
        name = "roadmap:participant_home" if self.is_participant else "roadmap:roadmap_detail"
        return reverse(name, args=[self.owner])

    @property
    def list_label(self) -> str:
        return "Votre participation" if self.is_participant else "Feuille de route"


def member_desk(access: AuthorityAccess, sheet: ActionSheet, parts: Collection[str]) -> SheetDesk:
    """Return the desk of a member: whoever edits the roadmap writes every part."""
    may_edit = Permission.EDIT_ROADMAP in access.permissions
    return SheetDesk(
        sheet=sheet,
        actor=access.user,
        owner=access.authority.slug,
        parts=parts if may_edit else (),
        may_comment=Permission.COMMENT_ROADMAP in access.permissions,
        may_manage=may_edit,
    )


def lead_desk(access: ParticipantAccess, sheet: ActionSheet) -> SheetDesk:
    """Return the desk of the person who leads an action."""
    return SheetDesk(
        sheet=sheet,
        actor=access.participant,
        owner=access.participant.pk,
        parts=LEAD_PARTS,
        may_comment=True,
        may_manage=False,
    )
