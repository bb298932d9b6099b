"""Where the name, the address or the account of a person stands, besides their own row.

`tests/roadmap/test_person_erasure.py` walks every text column of an authority: one that is neither here, nor in the
list of free texts of that test, makes it fail.
"""

from dataclasses import dataclass

from django.db import models

from authorities.models import (
    ActivityItem,
    AuthorityMessage,
    CommitteeImport,
    Draft,
    Event,
    PersonalLink,
)
from diagnostics.models import Evidence, GridImport, MeetingMinutes, Rating
from inventory.models import ImportFile, InventoryImport
from levers.models import Workshop
from roadmap.archive.tables import TABLES
from roadmap.models import (
    ActionSheet,
    ActionStep,
    DossierOrder,
    Erasure,
    Publication,
    Roadmap,
    RoadmapVersion,
    SheetAttachment,
    SheetImport,
    SheetNote,
)


@dataclass(frozen=True)
class NamedColumns:
    """Columns of a table whose job is to name somebody; `lookup` leads from a row to its authority."""

    model: type[models.Model]
    lookup: str
    fields: tuple[str, ...]


# Besides the participants and the messages, which the erasure treats apart.
NAMED_COLUMNS: tuple[NamedColumns, ...] = (
    NamedColumns(Event, "authority", ("actor_label", "verb", "changes")),
    NamedColumns(AuthorityMessage, "authority", ("recipient", "subject", "part")),
    NamedColumns(Rating, "diagnosis__initiative__authority", ("entered_by_label",)),
    NamedColumns(MeetingMinutes, "diagnosis__initiative__authority", ("other_people",)),
    NamedColumns(Evidence, "diagnosis__initiative__authority", ("added_by_label",)),
    NamedColumns(Workshop, "ballot__initiative__authority", ("other_people",)),
    NamedColumns(Roadmap, "initiative__authority", ("foreword_author",)),
    NamedColumns(ActionSheet, "roadmap__initiative__authority", ("lead_name", "elected_lead", "submitted_by_label")),
    NamedColumns(ActionStep, "sheet__roadmap__initiative__authority", ("who",)),
    NamedColumns(SheetNote, "sheet__roadmap__initiative__authority", ("author_label",)),
    NamedColumns(SheetAttachment, "sheet__roadmap__initiative__authority", ("added_by_label",)),
    NamedColumns(RoadmapVersion, "roadmap__initiative__authority", ("frozen_by_label",)),
)

# The tables of an authority that no archive holds, and how each leads to it.
PRIVATE_TABLES: dict[type[models.Model], str] = {
    ActivityItem: "participant__initiative__authority",
    AuthorityMessage: "authority",
    CommitteeImport: "initiative__authority",
    DossierOrder: "roadmap__initiative__authority",
    Draft: "authority",
    Erasure: "authority",
    GridImport: "diagnosis__initiative__authority",
    ImportFile: "waiting__inventory__initiative__authority",
    InventoryImport: "inventory__initiative__authority",
    PersonalLink: "participant__initiative__authority",
    Publication: "version__roadmap__initiative__authority",
    SheetImport: "initiative__authority",
}

# Every table of an authority → how a row leads to it.
AUTHORITY_LOOKUPS: dict[type[models.Model], str] = {
    **{table.model: table.authority_lookup for table in TABLES},
    **PRIVATE_TABLES,
}
