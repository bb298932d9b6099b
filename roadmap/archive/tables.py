"""What an archive holds: the tables of an authority in the order in which they are written back.

`tests/demonstration/test_archive.py` walks every model of the site: one that is neither here, nor in `LEFT_OUT` with
its reason, nor reference data, makes it fail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Count, Q

from accounts.models import User
from authorities.models import (
    Authority,
    ChecklistItem,
    Event,
    Initiative,
    Meeting,
    Membership,
    MembershipRequest,
    Participant,
    SourceDocument,
    TerritoryActor,
)
from diagnostics.models import AgreedLevel, Diagnosis, Evidence, MeetingMinutes, Question, Questionnaire, Rating
from inventory.models import (
    ColumnMemory,
    DeviceChoice,
    EquipmentCategory,
    FactorSet,
    FigureKind,
    Inventory,
    InventoryFigure,
    InventoryLine,
    MachineHosting,
    Recalculation,
    Scenario,
    ScenarioChange,
)
from levers.electorate import DETACHED_MINIMUM
from levers.enums import NamesVisibility
from levers.models import (
    Ballot,
    BallotPaper,
    Decision,
    Lever,
    LeverCatalogue,
    ParkedLever,
    SecondVote,
    SecondVoteAnswer,
    Shortlist,
    ShortlistedLever,
    Turnout,
    Vote,
    Workshop,
    WorkshopDecision,
)
from levers.papers import unlinked
from levers.tally import MINIMUM_EXPRESSED
from reference.models import CalendarPreset, Dimension, DocumentKind, Prerequisite, Service, Territory, Theme
from roadmap.models import (
    ActionSheet,
    ActionStep,
    BudgetCeiling,
    CouncilResolution,
    Indicator,
    LeadCapacity,
    Objective,
    Roadmap,
    RoadmapVersion,
    SheetAttachment,
    SheetBudgetLine,
    SheetHumanMeans,
    SheetNote,
    SheetShare,
    SteeringValidation,
    ThemeExplanation,
)


@dataclass(frozen=True)
class Secret:
    """Rows that nobody may take away while what they answer is open: their parent, and when it is open."""

    field_name: str
    is_open: Callable[[datetime], Q]


@dataclass(frozen=True)
class Table:
    """A table of the archive: its model, how it leads to the authority, and what keeps its rows secret."""

    model: type[models.Model]
    authority_lookup: str
    secret: Secret | None = None
    # What makes rows leave without telling whose they are.
    unlink: Callable[[list[Any]], list[Any]] | None = None

    @property
    def name(self) -> str:
        return str(self.model._meta.model_name)

    @property
    def columns(self) -> list[Any]:
        """The fields of a row, in their order; many-to-many ones come last. The key becomes the rank in the table."""
        meta = self.model._meta
        return [field for field in (*meta.concrete_fields, *meta.many_to_many) if not field.primary_key]


def _is_withheld(now: datetime) -> Q:
    """Ballots whose detached papers are shown to nobody: open ones, and those with too few to hide one another."""
    counted = Ballot.objects.order_by().annotate(count=Count("papers"))
    few = counted.filter(count__gt=0, count__lt=DETACHED_MINIMUM)
    return Q(names_visibility=NamesVisibility.DETACHED) & (Q(closes_at__gt=now) | Q(pk__in=few.values("pk")))


def _unlink_papers(papers: list[BallotPaper]) -> list[BallotPaper]:
    """Deal the answers of each ballot anew; the keys, which the voters' browsers know, do not leave at all."""
    dealt: list[BallotPaper] = []
    for ballot_pk in sorted({paper.ballot_id for paper in papers}):
        own = [paper for paper in papers if paper.ballot_id == ballot_pk]
        answers = unlinked([paper.answers for paper in own])
        dealt += [BallotPaper(ballot_id=ballot_pk, answers=item) for item in answers]
    return dealt


def _is_second_vote_withheld(_now: datetime) -> Q:
    """Second votes whose answers nobody reads: open ones, those without names, those with too few answers."""
    counted = SecondVote.objects.order_by().annotate(count=Count("answers"))
    few = counted.filter(count__gt=0, count__lt=MINIMUM_EXPRESSED).exclude(
        workshop__ballot__names_visibility=NamesVisibility.EVERYONE
    )
    is_nameless = Q(workshop__ballot__names_visibility=NamesVisibility.NOBODY)
    return Q(closed_at=None) | is_nameless | Q(pk__in=few.values("pk"))


def _hide_few_answers(votes: list[SecondVote]) -> list[SecondVote]:
    """Empty the counts that no page shows."""
    for vote in votes:
        if not vote.is_shown:
            vote.essential = vote.priority = vote.interesting = vote.complex = vote.unsuitable = vote.abstentions = 0
    return votes


TABLES: tuple[Table, ...] = (
    Table(Authority, "pk"),
    Table(Membership, "authority"),
    Table(MembershipRequest, "authority"),
    Table(Initiative, "authority"),
    Table(Participant, "initiative__authority"),
    Table(Meeting, "initiative__authority"),
    Table(ChecklistItem, "initiative__authority"),
    Table(SourceDocument, "initiative__authority"),
    Table(TerritoryActor, "initiative__authority"),
    Table(Event, "authority"),
    Table(Inventory, "initiative__authority"),
    Table(InventoryLine, "inventory__initiative__authority"),
    Table(MachineHosting, "line__inventory__initiative__authority"),
    Table(InventoryFigure, "inventory__initiative__authority"),
    Table(Scenario, "inventory__initiative__authority"),
    Table(ScenarioChange, "scenario__inventory__initiative__authority"),
    Table(Recalculation, "inventory__initiative__authority"),
    Table(Diagnosis, "initiative__authority"),
    # An answer is nobody else's before the closing: not even by taking the data away.
    Table(
        Rating,
        "diagnosis__initiative__authority",
        Secret("diagnosis", lambda now: Q(agreed_at=None, closes_at__gt=now)),
    ),
    Table(AgreedLevel, "diagnosis__initiative__authority"),
    Table(MeetingMinutes, "diagnosis__initiative__authority"),
    # What supports an answer is as secret as the answer.
    Table(
        Evidence,
        "diagnosis__initiative__authority",
        Secret("diagnosis", lambda now: Q(agreed_at=None, closes_at__gt=now)),
    ),
    # The local levers of the authority; the published ones are named, not copied.
    Table(Lever, "authority"),
    Table(Shortlist, "initiative__authority"),
    Table(ShortlistedLever, "shortlist__initiative__authority"),
    Table(Ballot, "initiative__authority"),
    Table(
        Vote,
        "ballot__initiative__authority",
        # When the names were promised to nobody: a vote bears its voter, and does not leave.
        Secret("ballot", lambda now: Q(closes_at__gt=now) | Q(names_visibility=NamesVisibility.NOBODY)),
    ),
    Table(Turnout, "ballot__initiative__authority"),
    Table(BallotPaper, "ballot__initiative__authority", Secret("ballot", _is_withheld), _unlink_papers),
    Table(Decision, "initiative__authority"),
    Table(Workshop, "ballot__initiative__authority"),
    Table(ParkedLever, "workshop__ballot__initiative__authority"),
    Table(WorkshopDecision, "workshop__ballot__initiative__authority"),
    Table(SecondVote, "workshop__ballot__initiative__authority", unlink=_hide_few_answers),
    # What a phone answers is as secret as a vote while it is open, and for ever when few answered.
    Table(
        SecondVoteAnswer,
        "second_vote__workshop__ballot__initiative__authority",
        Secret("second_vote", _is_second_vote_withheld),
    ),
    Table(Roadmap, "initiative__authority"),
    Table(ThemeExplanation, "roadmap__initiative__authority"),
    Table(LeadCapacity, "roadmap__initiative__authority"),
    Table(BudgetCeiling, "roadmap__initiative__authority"),
    Table(Objective, "roadmap__initiative__authority"),
    Table(ActionSheet, "roadmap__initiative__authority"),
    Table(ActionStep, "sheet__roadmap__initiative__authority"),
    Table(Indicator, "sheet__roadmap__initiative__authority"),
    Table(SheetHumanMeans, "sheet__roadmap__initiative__authority"),
    Table(SheetBudgetLine, "sheet__roadmap__initiative__authority"),
    Table(SheetNote, "sheet__roadmap__initiative__authority"),
    Table(SheetAttachment, "sheet__roadmap__initiative__authority"),
    Table(SheetShare, "initiative__authority"),
    Table(RoadmapVersion, "roadmap__initiative__authority"),
    Table(SteeringValidation, "version__roadmap__initiative__authority"),
    Table(CouncilResolution, "version__roadmap__initiative__authority"),
    Table(ColumnMemory, "authority"),
    Table(DeviceChoice, "authority"),
)

# Reference data and accounts are named, not copied: the words that find them again on another instance.
NATURAL_KEYS: dict[type[models.Model], tuple[str, ...]] = {
    User: ("email",),
    Service: ("code",),
    Theme: ("number",),
    Dimension: ("framework", "code"),
    Territory: ("code",),
    CalendarPreset: ("code",),
    DocumentKind: ("code",),
    Prerequisite: ("code",),
    EquipmentCategory: ("code",),
    FigureKind: ("code",),
    FactorSet: ("version",),
    Questionnaire: ("code",),
    Question: ("questionnaire__code", "code"),
    LeverCatalogue: ("code",),
    Lever: ("catalogue__code", "code"),
}

# Their content is compared before anything is written back: the same version must say the same thing.
VERSIONED_REFERENCE: tuple[type[models.Model], ...] = (FactorSet, Questionnaire, LeverCatalogue)

# Label of the model → why it is not in the archive.
LEFT_OUT: dict[str, str] = {
    "authorities.ActivityItem": "News that wait for the mail of one site.",
    "authorities.AuthorityMessage": "What one site sent by mail: the other has its own outbox.",
    "authorities.CommitteeImport": "A list of people that waits for a confirmation; those confirmed are participants.",
    "authorities.Draft": "A text that its author has not saved yet.",
    "authorities.PersonalLink": "A link opens one site only: new ones are sent from the other instance.",
    "accounts.OutboxMessage": "Messages that this site sent; they hold its own links.",
    "accounts.MailPreference": "What the owner of an address asked of this site.",
    "roadmap.DossierOrder": "How far one site is with its files; they are made again elsewhere.",
    "roadmap.Publication": "A page opened to everybody on one site; it is opened again, knowingly, on the other.",
    "roadmap.ReferenceDraft": "A version of the common reference content: it belongs to no authority.",
    "roadmap.DraftEntry": "An entry of such a version.",
    "roadmap.Erasure": "The end of a space on one site; its receipt stays there.",
    "roadmap.SheetImport": "A workbook that waits for a confirmation; what was confirmed is in the action sheets.",
    "diagnostics.GridImport": "A grid that waits for a confirmation; what was confirmed is among the ratings.",
    "inventory.InventoryImport": "A spreadsheet that waits for a confirmation; what was confirmed is in the inventory.",
    "inventory.ImportFile": "The bytes of such a file, for a day.",
}
