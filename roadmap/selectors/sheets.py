"""Reads of action sheets: the list with what each misses, one sheet with what it takes from the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from authorities.models import Initiative
from common.numbers import pluralise
from common.text import typography
from levers.enums import Verdict
from levers.models import Decision
from reference.models import Service
from roadmap.completeness import SheetFacts, is_complete, is_still_catalogue, sheet_gaps
from roadmap.enums import ActionStatus, SheetReview
from roadmap.models import ActionSheet, ActionStep, Indicator, Objective, Roadmap
from roadmap.prefill import COMPARED_FIELDS, fields_to_confirm, own_fields_count, sheet_snapshot

STATUS_BADGES = {
    ActionStatus.PLANNED: "off",
    ActionStatus.ONGOING: "now",
    ActionStatus.BLOCKED: "block",
    ActionStatus.DONE: "done",
    ActionStatus.ABANDONED: "off",
}

REVIEW_BADGES = {
    SheetReview.DRAFT: "off",
    SheetReview.SUBMITTED: "wait",
    SheetReview.VALIDATED: "done",
    SheetReview.REVISED: "wait",
}
MAX_LISTED_GAPS = 3

# What is missing, or still the catalogue's → the part of the sheet where it is written.
PART_OF_GAP = {
    "le pilote": "equipe",
    "l’objectif de l’action": "constat",
    "l’objectif servi": "identite",
    "les étapes": "etapes",
    "la date de chaque étape": "etapes",
    "un indicateur": "indicateurs",
    "le départ et la cible d’un indicateur": "indicateurs",
    "les jours d’agents": "moyens",
    "le budget, même nul": "budget",
    "les services associés ou partenaires": "equipe",
}
PART_OF_FIELD = {
    "title": "identite",
    "context": "constat",
    "aim": "constat",
    "steps": "etapes",
    "indicators": "indicateurs",
    "lead": "equipe",
    "human": "moyens",
    "budget": "budget",
    "risks": "vigilance",
    "effect": "vigilance",
}


@dataclass(frozen=True)
class SheetRow:
    """A sheet in the list. `gaps`: what it misses; `unchanged`: names of the fields that are the catalogue's."""

    sheet: ActionSheet
    gaps: tuple[str, ...]
    unchanged: tuple[str, ...]
    is_still_catalogue: bool
    is_complete: bool
    is_retained: bool

    @property
    def gaps_label(self) -> str:
        """« Il manque le pilote, le budget, même nul. », or nothing."""
        return typography(f"Il manque {', '.join(self.gaps)}.") if self.gaps else ""

    @property
    def gaps_short_label(self) -> str:
        """The same, cut after three gaps: « Il manque le pilote, les étapes, un indicateur et 2 autres points. »"""
        others = len(self.gaps) - MAX_LISTED_GAPS
        if others < 2:
            return self.gaps_label
        listed = ", ".join(self.gaps[:MAX_LISTED_GAPS])
        return typography(f"Il manque {listed} et {others} autres points.")

    @property
    def unchanged_fields(self) -> list[tuple[str, str]]:
        """Name and words of each text to read over."""
        return [(name, COMPARED_FIELDS[name]) for name in self.unchanged]

    @property
    def unchanged_label(self) -> str:
        """« les étapes, les indicateurs »: what still says what the catalogue says."""
        return ", ".join(COMPARED_FIELDS[name] for name in self.unchanged)

    @property
    def unchanged_count(self) -> str:
        """« 9 textes du catalogue à relire »."""
        count = len(self.unchanged)
        return f"{count} {pluralise(count, 'texte du catalogue', 'textes du catalogue')} à relire"

    @property
    def next_part(self) -> str:
        """Part to complete first; empty when the sheet is complete, or only waits for its place in the schedule."""
        if self.gaps:
            return next((PART_OF_GAP[gap] for gap in self.gaps if gap in PART_OF_GAP), "")
        return PART_OF_FIELD[self.unchanged[0]] if self.is_still_catalogue else ""

    @property
    def review_badge(self) -> str:
        return REVIEW_BADGES[SheetReview(self.sheet.review_state)]

    @property
    def badge_kind(self) -> str:
        return STATUS_BADGES[ActionStatus(self.sheet.status)]


def roadmap_of(initiative: Initiative) -> Roadmap | None:
    """Return the roadmap of a démarche, None before somebody writes in it. One query."""
    roadmap: Roadmap | None = Roadmap.objects.for_initiative(initiative).first()
    if roadmap is not None:
        roadmap.initiative = initiative
    return roadmap


def detailed_sheets(roadmap: Roadmap) -> QuerySet[ActionSheet]:
    """Return the sheets with their rows, their objectives, and `has_services`. Six queries when read."""
    through = ActionSheet.associated_services.through
    sheets: QuerySet[ActionSheet] = (
        ActionSheet.objects.filter(roadmap=roadmap)
        .select_related("lever", "lead_service", "lead_participant__service", "theme", "dimension")
        .defer("lever__description", "lever__sources", "lever__search_text")
        .prefetch_related(
            Prefetch("steps", ActionStep.objects.order_by("position", "pk")),
            Prefetch("indicators", Indicator.objects.order_by("position", "pk")),
            Prefetch("objectives", Objective.objects.order_by("number")),
            "human_means",
            "budget_lines",
        )
        .annotate(has_services=Exists(through.objects.filter(actionsheet=OuterRef("pk"))))
        .order_by("number")
    )
    return sheets


def sheet_facts(sheet: ActionSheet) -> SheetFacts:
    """Return what the checks need to know of a sheet read by `detailed_sheets`. No query."""
    steps, indicators = list(sheet.steps.all()), list(sheet.indicators.all())
    has_services = getattr(sheet, "has_services", False)
    current = sheet_snapshot(sheet, steps, indicators)
    return SheetFacts(
        key=sheet.pk,
        number=sheet.number,
        title=sheet.title,
        theme_number=sheet.theme.number if sheet.theme else None,
        has_lead=bool(sheet.lead_label),
        has_aim=bool(sheet.aim.strip()),
        has_objective=bool(sheet.objectives.all()),
        is_placed=sheet.is_placed,
        steps_count=len(steps),
        dated_steps_count=sum(step.is_dated for step in steps),
        indicators_count=len(indicators),
        measured_indicators_count=sum(
            indicator.baseline is not None and indicator.target is not None for indicator in indicators
        ),
        has_human_days=sheet.human_days is not None,
        has_budget=sheet.budget_eur is not None,
        has_partners=bool(has_services or sheet.associated_note.strip() or sheet.partners.strip()),
        has_saving=sheet.saving_kgco2e is not None,
        has_rebound=bool(sheet.rebound.strip()) or "rebond" in sheet.risks.casefold(),
        changed_fields_count=own_fields_count(sheet.prefill, current, sheet.confirmed_fields),
        is_from_catalogue=bool(sheet.prefill),
    )


def _unchanged(sheet: ActionSheet) -> tuple[str, ...]:
    current = sheet_snapshot(sheet, list(sheet.steps.all()), list(sheet.indicators.all()))
    return tuple(fields_to_confirm(sheet.prefill, current, sheet.confirmed_fields))


def sheet_row(sheet: ActionSheet, *, is_retained: bool = True) -> SheetRow:
    """Return the line of a sheet read by `detailed_sheets`. No query."""
    facts = sheet_facts(sheet)
    return SheetRow(
        sheet=sheet,
        gaps=tuple(sheet_gaps(facts)),
        unchanged=_unchanged(sheet),
        is_still_catalogue=is_still_catalogue(facts),
        is_complete=is_complete(facts),
        is_retained=is_retained,
    )


@dataclass(frozen=True)
class Nudge:
    """What several sheets miss: its word in the address, and « 6 fiches sans pilote »."""

    slug: str
    text: str
    count: int


# Word in the address → what is missing (see `sheet_gaps`), the end of « 6 fiches… » for one and for several.
NUDGES = {
    "pilote": ("le pilote", "sans pilote"),
    "objectif": ("l’objectif servi", "sans objectif servi"),
    "date": ("la place au calendrier", "sans place au calendrier"),
    "etapes": ("la date de chaque étape", "avec des étapes à dater"),
    "indicateur": ("le départ et la cible d’un indicateur", "sans départ ni cible"),
    "jours": ("les jours d’agents", "sans jours d’agents"),
    "budget": ("le budget, même nul", "sans budget"),
}
TO_READ, TO_VALIDATE = "relecture", "validation"


@dataclass(frozen=True)
class SheetBoard:
    """The list of sheets, and how many retained levers have none yet. `shown`: those that miss `gap_slug`, or all."""

    roadmap: Roadmap | None
    rows: tuple[SheetRow, ...]
    waiting_levers_count: int
    gap_slug: str = ""

    @property
    def shown(self) -> list[SheetRow]:
        return [row for row in self.rows if not self.gap_slug or _misses(row, self.gap_slug)]

    @property
    def nudges(self) -> list[Nudge]:
        """What to complete, the most frequent first."""
        found = [Nudge(slug, words, self._count(slug)) for slug, (_gap, words) in NUDGES.items()]
        found.append(Nudge(TO_READ, "avec un texte du catalogue à relire", self._count(TO_READ)))
        return sorted((nudge for nudge in found if nudge.count), key=lambda nudge: -nudge.count)

    @property
    def submitted_count(self) -> int:
        return self._count(TO_VALIDATE)

    def _count(self, slug: str) -> int:
        return sum(_misses(row, slug) for row in self.rows)

    @property
    def complete_count(self) -> int:
        return sum(row.is_complete for row in self.rows)


def _misses(row: SheetRow, slug: str) -> bool:
    if slug == TO_READ:
        return bool(row.unchanged)
    if slug == TO_VALIDATE:
        return row.sheet.review_state == SheetReview.SUBMITTED
    return NUDGES[slug][0] in row.gaps


def sheet_board(initiative: Initiative, *, gap_slug: str = "") -> SheetBoard:
    """Return the sheets of a démarche with what each misses. Eight queries, whatever their number.

    `gap_slug`: keep those that miss this (a key of `NUDGES`, or one of the two others); anything else keeps them all.
    """
    if gap_slug not in {*NUDGES, TO_READ, TO_VALIDATE}:
        gap_slug = ""
    roadmap = roadmap_of(initiative)
    retained = set(
        Decision.objects.for_initiative(initiative).filter(verdict=Verdict.RETAINED).values_list("lever_id", flat=True)
    )
    if roadmap is None:
        return SheetBoard(None, (), len(retained))
    sheets = list(detailed_sheets(roadmap))
    rows = tuple(sheet_row(sheet, is_retained=sheet.lever_id is None or sheet.lever_id in retained) for sheet in sheets)
    known = {sheet.lever_id for sheet in sheets}
    return SheetBoard(roadmap, rows, len(retained - known), gap_slug)


@dataclass(frozen=True)
class SheetPage:
    """One sheet, read by a person."""

    sheet: ActionSheet
    row: SheetRow
    services: tuple[Service, ...]
    notes_count: int
    files_count: int
    advised_before: tuple[ActionSheet, ...]


def sheet_page(sheet_pk: int, roadmap: Roadmap) -> SheetPage | None:
    """Return one sheet with everything its page shows, None when it is not of this roadmap. Ten queries."""
    sheet = detailed_sheets(roadmap).filter(pk=sheet_pk).first()
    if sheet is None:
        return None
    codes: Sequence[str] = sheet.lever.prerequisite_codes if sheet.lever else ()
    before = ActionSheet.objects.filter(roadmap=roadmap, lever__code__in=codes).order_by("number") if codes else ()
    return SheetPage(
        sheet=sheet,
        row=sheet_row(sheet),
        services=tuple(sheet.associated_services.all()),
        notes_count=sheet.notes.count(),
        files_count=sheet.attachments.count(),
        advised_before=tuple(before),
    )
