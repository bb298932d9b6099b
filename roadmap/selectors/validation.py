"""The checklist as the page « Valider » shows it, and the versions of the roadmap."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from authorities.models import Initiative
from common.text import typography
from reference.models import ComplianceCheck
from roadmap.completeness import Gap, Screen, run_checks
from roadmap.models import ActionSheet, Roadmap, RoadmapVersion
from roadmap.selectors.facts import gather_facts
from roadmap.selectors.sheets import roadmap_of

# Screen of a gap → route of the page that fills it; a sheet and an objective have their own page when they are known.
ROUTES: dict[Screen, str] = {
    Screen.AUTHORITY: "authorities:authority_update",
    Screen.INITIATIVE: "authorities:initiative_update",
    Screen.STATE_OF_PLAY: "authorities:state_of_play_update",
    Screen.ACTORS: "authorities:actor_list",
    Screen.DOCUMENTS: "authorities:document_list",
    Screen.INVENTORY: "inventory:inventory_detail",
    Screen.DIAGNOSIS: "diagnostics:diagnosis_detail",
    Screen.LEVERS: "levers:decision_list",
    Screen.OBJECTIVES: "roadmap:objective_list",
    Screen.SHEETS: "roadmap:roadmap_detail",
    Screen.SHEET: "roadmap:sheet_detail",
    Screen.SCHEDULE: "roadmap:schedule_detail",
    Screen.TEXTS: "roadmap:texts_update",
    Screen.THEMES: "roadmap:theme_list",
    Screen.VERSIONS: "roadmap:validation_detail",
    Screen.FOLLOW_UP: "roadmap:follow_up_detail",
}
DETAIL_ROUTES = {Screen.SHEET: "roadmap:sheet_detail", Screen.OBJECTIVES: "roadmap:objective_update"}
# What a sheet misses → the part of it where it is written; the rest leads to the sheet.
PART_OF_SHEET_GAP = {
    "choisissez l’objectif qu’elle sert": "identite",
    "indiquez les jours d’agents": "moyens",
    "indiquez le budget, même nul": "budget",
    "indiquez les services associés ou les partenaires": "equipe",
    "désignez le pilote": "equipe",
    "un gain est chiffré, dites l’effet rebond possible": "vigilance",
}
MAX_SHOWN_GAPS = 3


@dataclass(frozen=True)
class ShownGap:
    """A gap with the address of the screen that fills it."""

    text: str
    url: str


@dataclass(frozen=True)
class CheckRow:
    """A point of the checklist: passed, or what is missing. `hidden_count`: gaps that are not listed."""

    check: ComplianceCheck
    gaps: tuple[ShownGap, ...]
    hidden_count: int

    @property
    def is_passed(self) -> bool:
        return not self.gaps

    @property
    def is_blocking(self) -> bool:
        return self.check.level == ComplianceCheck.Level.BLOCKING


@dataclass(frozen=True)
class CheckBoard:
    """The whole checklist. Yearly points are kept apart: they belong to the follow-up."""

    rows: tuple[CheckRow, ...]
    yearly: tuple[CheckRow, ...]

    @property
    def passed_count(self) -> int:
        return sum(row.is_passed for row in self.rows)

    @property
    def blocking_gaps(self) -> list[CheckRow]:
        return [row for row in self.rows if row.is_blocking and not row.is_passed]

    @property
    def recommended_gaps(self) -> list[CheckRow]:
        return [row for row in self.rows if not row.is_blocking and not row.is_passed]

    @property
    def passed(self) -> list[CheckRow]:
        return [row for row in self.rows if row.is_passed]

    @property
    def is_reen_usable(self) -> bool:
        """Tell whether the document deserves « utilisable comme stratégie REEN »: no blocking point is missing."""
        return bool(self.rows) and not self.blocking_gaps


def gap_url(gap: Gap, slug: str) -> str:
    """Return the address of the screen that fills a gap."""
    part = PART_OF_SHEET_GAP.get(gap.text.partition(" : ")[2].rstrip("."))
    if gap.screen is Screen.SHEET and gap.key is not None and part:
        return reverse("roadmap:sheet_update", args=[slug, gap.key, part])
    if gap.key is not None and gap.screen in DETAIL_ROUTES:
        return reverse(DETAIL_ROUTES[gap.screen], args=[slug, gap.key])
    if gap.screen is Screen.SHEET:
        return reverse(ROUTES[Screen.SHEETS], args=[slug])
    return reverse(ROUTES[gap.screen], args=[slug])


def _row(check: ComplianceCheck, gaps: Sequence[Gap], slug: str) -> CheckRow:
    shown = tuple(ShownGap(typography(gap.text), gap_url(gap, slug)) for gap in gaps[:MAX_SHOWN_GAPS])
    return CheckRow(check, shown, max(0, len(gaps) - MAX_SHOWN_GAPS))


def check_board(
    initiative: Initiative,
    roadmap: Roadmap | None,
    *,
    sheets: Sequence[ActionSheet] | None = None,
    version: RoadmapVersion | None = None,
) -> CheckBoard:
    """Return the checklist of a démarche. Eight queries, three less when the sheets are given."""
    gaps = run_checks(gather_facts(initiative, roadmap, sheets=sheets, version=version))
    slug = initiative.authority.slug
    rows = [_row(check, gaps.get(check.code, []), slug) for check in ComplianceCheck.objects.all()]
    return CheckBoard(
        rows=tuple(row for row in rows if not row.check.is_yearly),
        yearly=tuple(row for row in rows if row.check.is_yearly),
    )


@dataclass(frozen=True)
class ValidationBoard:
    """The page « Valider »: the checklist, the last version and what happened to it.

    `document_gaps`: what the document misses and the law does not ask; it may be frozen so, knowingly.
    """

    roadmap: Roadmap | None
    checks: CheckBoard
    version: RoadmapVersion | None
    former_versions: tuple[RoadmapVersion, ...]
    document_gaps: tuple[ShownGap, ...] = ()


def validation_board(initiative: Initiative, roadmap: Roadmap | None = None) -> ValidationBoard:
    """Return what the page « Valider » shows. Eleven queries at most; one less when its roadmap is already read."""
    roadmap = roadmap or roadmap_of(initiative)
    versions = list(versions_of(roadmap)) if roadmap else []
    latest = versions[0] if versions else None
    return ValidationBoard(
        roadmap=roadmap,
        checks=check_board(initiative, roadmap, version=latest),
        version=latest,
        former_versions=tuple(versions[1:]),
        document_gaps=_document_gaps(roadmap, initiative.authority.slug) if roadmap else (),
    )


def _document_gaps(roadmap: Roadmap, slug: str) -> tuple[ShownGap, ...]:
    """Return what the document misses besides the law: nothing asks for a foreword, and readers expect one."""
    if roadmap.has_foreword:
        return ()
    text = typography("Le mot de l’élu est vide : sans lui, une version figée n’a pas d’avant-propos.")
    return (ShownGap(text, reverse(ROUTES[Screen.TEXTS], args=[slug])),)


def versions_of(roadmap: Roadmap) -> Sequence[RoadmapVersion]:
    """Return the frozen versions, the last first, without their content. One query."""
    return list(
        RoadmapVersion.objects.filter(roadmap=roadmap)
        .select_related("validation", "resolution")
        .defer("content")
        .order_by("-number")
    )
