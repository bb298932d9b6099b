"""What a document is made from: a snapshot, and what became of it. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from roadmap.documents.presentation import Adoption
from roadmap.enums import PublicationStatus


@dataclass(frozen=True)
class Edition:
    """The project, or a frozen version, adopted or not. Every document of an edition is made from it alone.

    `version_number` and `adoption` are None for a project. `created_at` is the date written in the files.
    """

    content: dict[str, Any]
    status: PublicationStatus
    created_at: datetime
    version_number: int | None = None
    adoption: Adoption | None = None

    @property
    def is_draft(self) -> bool:
        return self.status == PublicationStatus.DRAFT

    @property
    def suffix(self) -> str:
        """« v2 », or « projet »: what tells the files of two editions apart."""
        return "projet" if self.version_number is None else f"v{self.version_number}"


def draft_edition(content: dict[str, Any]) -> Edition:
    """Return the project of the day of a snapshot: the same snapshot always gives the same edition."""
    created_at = datetime.combine(date.fromisoformat(content["on"]), time.min, tzinfo=UTC)
    return Edition(content=content, status=PublicationStatus.DRAFT, created_at=created_at)
