"""What the public page shows, from the snapshot of the published version only."""

from dataclasses import dataclass
from typing import Any

from common.colours import read_colour
from roadmap.documents.office.open_data_fields import service_of
from roadmap.documents.presentation.inventory import present_inventory
from roadmap.documents.presentation.overview import present_identity, present_summary
from roadmap.documents.presentation.plan import present_objectives, span_label
from roadmap.models import Publication, RoadmapVersion

SHOWN_ACTIONS = 60


@dataclass(frozen=True)
class PublicAction:
    """An action, as everybody reads it. `service`: the one that leads it, empty when it is a person."""

    number: int
    title: str
    service: str
    span: str


@dataclass(frozen=True)
class PublicPage:
    """The public page of an authority."""

    version: RoadmapVersion
    name: str
    identity: str
    period: str
    color: str
    summary: dict[str, Any]
    objectives: list[dict[str, Any]]
    actions: tuple[PublicAction, ...]
    action_count: int
    is_demonstration: bool

    @property
    def more_actions(self) -> int:
        return self.action_count - len(self.actions)


def published_version_of(slug: str) -> RoadmapVersion | None:
    """Return the version that an authority shows to everybody, read anew each time; None when it shows none."""
    publication = (
        Publication.objects.filter(version__roadmap__initiative__authority__slug=slug)
        .select_related("version__resolution", "version__roadmap__initiative__authority")
        .first()
    )
    return publication.version if publication else None


def public_page(version: RoadmapVersion) -> PublicPage:
    """Return what the page prints. No query: everything is in the snapshot."""
    content = version.content
    sheets = content["sheets"]
    return PublicPage(
        version=version,
        name=content["authority"]["name"],
        identity=present_identity(content["authority"]),
        period=content["initiative"]["period_label"],
        color=read_colour(content["authority"].get("color", "")) or "#0b4f4a",
        summary=present_summary(content, inventory=present_inventory(content["inventory"])),
        objectives=present_objectives(content),
        actions=tuple(
            PublicAction(sheet["number"], sheet["title"], service_of(content, sheet), span_label(sheet))
            for sheet in sheets[:SHOWN_ACTIONS]
        ),
        action_count=len(sheets),
        is_demonstration=content["is_demonstration"],
    )
