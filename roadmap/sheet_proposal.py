"""What an authority lets another one read when it proposes a shared action, and the sheet that comes of it.

Nothing here tells of its people, its votes, its inventory, its money or its finding: the proposal is a plain mapping
that both keep, written once and read back whatever was written by hand in an archive.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from roadmap.models import ActionSheet

# Fields of a sheet that are proposed as they stand; they become those of the sheet of the guest.
TEXT_FIELDS = (
    "title", "short_title", "perimeter", "aim", "description", "target_public", "rebound", "risks", "mitigation",
    "legal_references",
)  # fmt: skip
INDICATOR_FIELDS = ("name", "unit", "direction")


def describe_proposal(sheet: ActionSheet) -> dict[str, Any]:
    """Return what is proposed of a sheet. Five queries when its rows are not read yet."""
    lever, dimension = sheet.lever, sheet.dimension
    return {
        **{name: str(getattr(sheet, name)) for name in TEXT_FIELDS},
        # A local lever is its authority's own: the other one does not have it.
        "lever": [lever.catalogue.code, lever.code] if lever and lever.catalogue else [],
        "dimension": [dimension.framework, dimension.code] if dimension else [],
        "theme": sheet.theme.number if sheet.theme else None,
        "lead": sheet.lead_service.name if sheet.lead_service else "",
        "span": sheet.span_label if sheet.is_placed else "",
        "steps": [step.text for step in sheet.steps.all()],
        "indicators": [{name: getattr(row, name) for name in INDICATOR_FIELDS} for row in sheet.indicators.all()],
    }


@dataclass(frozen=True)
class Proposal:
    """A proposed action, read back. `lead`: the service that leads it at the host; `span`: its half-years there."""

    texts: Mapping[str, str]
    lever: tuple[str, ...]
    dimension: tuple[str, ...]
    theme: int | None
    lead: str
    span: str
    steps: tuple[str, ...]
    indicators: tuple[Mapping[str, str], ...]

    def lines(self, name: str) -> list[str]:
        """Return the lines of a text that holds one item per line."""
        return [line.strip() for line in self.texts[name].splitlines() if line.strip()]

    @property
    def title(self) -> str:
        return self.texts["title"]

    @property
    def cautions(self) -> list[str]:
        return [*self.lines("rebound"), *self.lines("risks")]


def read_proposal(stored: Mapping[str, Any]) -> Proposal:
    """Read a stored proposal; what is not there is empty."""
    theme = stored.get("theme")
    return Proposal(
        texts={name: str(stored.get(name) or "") for name in TEXT_FIELDS},
        lever=tuple(str(part) for part in stored.get("lever") or ()),
        dimension=tuple(str(part) for part in stored.get("dimension") or ()),
        theme=theme if isinstance(theme, int) else None,
        lead=str(stored.get("lead") or ""),
        span=str(stored.get("span") or ""),
        steps=tuple(str(step) for step in stored.get("steps") or ()),
        indicators=tuple(
            {name: str(row.get(name) or "") for name in INDICATOR_FIELDS}
            for row in stored.get("indicators") or ()
            if isinstance(row, dict)
        ),
    )
