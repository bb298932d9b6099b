"""What changes between two frozen versions, or since the last one."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from roadmap.documents.content import build_content
from roadmap.documents.differences import Comparison, compare
from roadmap.models import Roadmap, RoadmapVersion


@dataclass(frozen=True)
class VersionDifferences:
    """Two versions and what changes from the first to the second."""

    former: RoadmapVersion
    current: RoadmapVersion
    comparison: Comparison


def differences_of(version: RoadmapVersion) -> VersionDifferences | None:
    """Compare a version with the one before it; None for the first. One query."""
    earlier = RoadmapVersion.objects.filter(roadmap=version.roadmap_id, number__lt=version.number)
    former = earlier.order_by("-number").first()
    if former is None:
        return None
    return VersionDifferences(former, version, compare(former.content, version.content))


def changes_since_last_version(roadmap: Roadmap, *, now: datetime) -> tuple[RoadmapVersion, Comparison] | None:
    """Compare the roadmap as it is with its last version; None before the first one. The queries of a snapshot."""
    last = RoadmapVersion.objects.filter(roadmap=roadmap).order_by("-number").first()
    if last is None:
        return None
    return last, compare(last.content, build_content(roadmap, on=timezone.localdate(now), now=now))
