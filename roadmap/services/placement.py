"""Writes about the schedule: a proposal applied, an action placed by hand, the capacity of the leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import cast

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from common.numbers import pluralise
from common.text import typography
from common.versioning import StaleVersionError, save_versioned
from reference.models import Service
from roadmap.half_years import HalfYear
from roadmap.models import ActionSheet, ActionStep, BudgetCeiling, LeadCapacity, Roadmap, SheetBudgetLine
from roadmap.selectors.history import SheetVersion, sheet_history
from roadmap.selectors.proposals import ScheduleProposal, build_proposal, read_token
from roadmap.selectors.schedule import allowed_half_years
from roadmap.services.roadmaps import record, require_valid
from roadmap.services.trail import record_sheets, stored_texts
from roadmap.sheet_rows import BUDGET_LINES, STEPS, BudgetLineValues, StepValues
from roadmap.sheet_texts import DAYS_BY_HALF_YEAR, SEPARATOR, column_label, read_sheet, sheet_changes

PLACEMENT_FIELDS = ["start_half", "end_half", "is_placed_by_hand", "placement_reason", "human_days_by_half_year"]
LIMIT_FIELDS = ["default_capacity_days", "has_firm_capacities", "has_firm_ceilings", "has_firm_end"]
MAX_CAPACITY_DAYS = 1000
MAX_CEILING_EUR = 1_000_000_000
BY_HAND = "Placée à la main."


@dataclass(frozen=True)
class LimitValues:
    """What a référent says of the limits: days per half-year, euros by year, and what must hold.

    None brings a service back to the default, and takes the ceiling of a year away.
    """

    default_days: int
    days_by_service: Mapping[Service, int | None] = field(default_factory=dict)
    euros_by_year: Mapping[int, Decimal | None] = field(default_factory=dict)
    has_firm_capacities: bool = False
    has_firm_ceilings: bool = False
    has_firm_end: bool = True


def propose_schedule(*, roadmap: Roadmap) -> ScheduleProposal:
    """Work out a balanced schedule; nothing is written before `apply_schedule`."""
    return build_proposal(roadmap)


@transaction.atomic
def apply_schedule(*, roadmap: Roadmap, token: str, actor: User, now: datetime) -> int:
    """Write a proposal as it was shown, and return how many actions moved.

    Raises `DomainError` when a sheet changed, came or went since the proposal: nothing is written then.
    """
    moved = []
    sheets = {sheet.pk: sheet for sheet in ActionSheet.objects.select_for_update().filter(roadmap=roadmap)}
    before = stored_texts(sheets)
    for pk, version, start_code, end_code, reason in read_token(token):
        sheet = sheets.get(pk)
        if sheet is None or sheet.version != version:
            raise DomainError(
                typography("Une fiche a changé depuis cette proposition : demandez un nouveau calendrier.")
            )
        if (sheet.start_half, sheet.end_half) == (start_code, end_code):
            continue
        _place(sheet, HalfYear.from_code(start_code), HalfYear.from_code(end_code), reason, is_by_hand=False)
        moved.append(pk)
    if moved:
        counted = f"{len(moved)} {pluralise(len(moved), 'action placée', 'actions placées')}"
        record(roadmap, f"a appliqué le calendrier proposé : {counted}", actor, now)
        record_sheets({pk: before[pk] for pk in moved}, _placed, actor=actor, now=now)
    return len(moved)


@transaction.atomic
def place_sheet(
    *, sheet: ActionSheet, expected_version: int, start: HalfYear, end: HalfYear, actor: User, now: datetime
) -> ActionSheet:
    """Place an action by hand; the next proposals keep it there. Its steps, its days and its budget move with it.

    Raises `DomainError` outside the half-years allowed or when the end comes first, `StaleVersionError` when stale.
    """
    half_years = allowed_half_years(sheet.roadmap)
    is_same = (sheet.start, sheet.end) == (start, end)
    if not is_same and (start not in half_years or end not in half_years):
        first, last = half_years[0].label, half_years[-1].label
        raise DomainError(typography(f"Choisissez des semestres du {first} au {last}."))
    if end < start:
        raise DomainError(typography("Choisissez un semestre de fin égal ou postérieur au semestre de début."))
    if sheet.version != expected_version:
        raise StaleVersionError(ActionSheet.objects.get(pk=sheet.pk))
    before = stored_texts([sheet.pk])
    _place(sheet, start, end, BY_HAND, is_by_hand=True)
    record_sheets(before, _placed, actor=actor, now=now)
    return sheet


@transaction.atomic
def release_sheet(*, sheet: ActionSheet, expected_version: int, actor: User, now: datetime) -> ActionSheet:
    """Let the next proposal move an action that was placed by hand."""
    before = stored_texts([sheet.pk])
    sheet.is_placed_by_hand = False
    save_versioned(sheet, expected_version=expected_version, update_fields=["is_placed_by_hand"])
    record_sheets(before, _released, actor=actor, now=now)
    return sheet


@transaction.atomic
def release_all(*, roadmap: Roadmap, actor: User, now: datetime) -> int:
    """Let the next proposal move every action placed by hand; return how many. None moves before it is applied."""
    sheets = list(ActionSheet.objects.select_for_update().filter(roadmap=roadmap, is_placed_by_hand=True))
    before = stored_texts([sheet.pk for sheet in sheets])
    for sheet in sheets:
        sheet.is_placed_by_hand = False
        save_versioned(sheet, expected_version=sheet.version, update_fields=["is_placed_by_hand"])
    if sheets:
        counted = f"{len(sheets)} {pluralise(len(sheets), 'action placée', 'actions placées')} à la main"
        record(roadmap, f"a rendu au calendrier proposé {counted}", actor, now)
        record_sheets(
            before, lambda saved: f"a rendu la fiche {saved.number} au calendrier proposé", actor=actor, now=now
        )
    return len(sheets)


@transaction.atomic
def undo_placement(*, sheet: ActionSheet, expected_version: int, actor: User, now: datetime) -> ActionSheet:
    """Give a sheet back the place that it had before its last change, when that change was a move.

    Raises `DomainError` when the last change was another one, `StaleVersionError` on a stale page.
    """
    versions = sheet_history(sheet)
    if not can_undo_placement(versions):
        raise DomainError(typography("La dernière modification de cette fiche n’est pas un déplacement."))
    before = stored_texts([sheet.pk])
    read = read_sheet(versions[-2].texts, sheet)
    if read.lost:
        raise DomainError(typography("L’ancienne place ne se lit plus : déplacez la fiche à la main."))
    for name in PLACEMENT_FIELDS:
        setattr(sheet, name, read.changes[name])
    save_versioned(sheet, expected_version=expected_version, update_fields=PLACEMENT_FIELDS)
    steps = list(sheet.steps.all())
    for step, values in zip(steps, read.rows[STEPS], strict=True):
        step.due_half = cast(StepValues, values).due_half
    ActionStep.objects.bulk_update(steps, ["due_half"])
    _write_budget_years(sheet, [cast(BudgetLineValues, values).year for values in read.rows[BUDGET_LINES]])
    record_sheets(before, lambda saved: f"a annulé le déplacement de la fiche {saved.number}", actor=actor, now=now)
    return sheet


def can_undo_placement(versions: Sequence[SheetVersion]) -> bool:
    """Tell whether the last change of a sheet only moved it."""
    if len(versions) < 2:
        return False
    before, after = versions[-2].texts, versions[-1].texts
    changed = {change["field"] for change in sheet_changes(before, after)}
    rows = {name for name in changed if name.partition(".")[0] in {STEPS, BUDGET_LINES}}
    # A row that came, went or was rewritten with the place, when a version was taken back, is no move.
    has_same_rows = all(_unplaced(name, before) == _unplaced(name, after) for name in rows)
    is_only_moved = changed - rows <= {*PLACEMENT_FIELDS, DAYS_BY_HALF_YEAR}
    return bool(changed & {"start_half", "end_half"}) and is_only_moved and has_same_rows


def _unplaced(name: str, texts: Mapping[str, str]) -> list[str] | None:
    """Return the lines of a step or of a year of the budget without its half-year or its year; None when it is not."""
    if name not in texts:
        return None
    lines = texts[name].split("\n")
    if name.startswith(BUDGET_LINES):
        return lines[1:]
    due = column_label(ActionStep, "due_half") + SEPARATOR
    return [line for line in lines if not line.startswith(due)]


def _released(sheet: ActionSheet) -> str:
    return f"a rendu la fiche {sheet.number} au calendrier proposé"


def _placed(sheet: ActionSheet) -> str:
    return f"a placé la fiche {sheet.number} au calendrier : {sheet.span_label}"


def _place(sheet: ActionSheet, start: HalfYear, end: HalfYear, reason: str, *, is_by_hand: bool) -> None:
    former = sheet.start
    if former is None:
        _date_steps(sheet, start, end)
    elif former != start:
        _shift(sheet, former, start)
    sheet.start_half, sheet.end_half = start.code, end.code
    sheet.is_placed_by_hand, sheet.placement_reason = is_by_hand, reason[:300]
    save_versioned(sheet, expected_version=sheet.version, update_fields=PLACEMENT_FIELDS)


def _date_steps(sheet: ActionSheet, start: HalfYear, end: HalfYear) -> None:
    """Give a half-year to the steps that have no date, in their order, spread over the span of the action."""
    steps = list(sheet.steps.all())
    span = end.minus(start) + 1
    for rank, step in enumerate(steps):
        if not step.is_dated:
            step.due_half = start.plus(rank * span // len(steps)).code
    ActionStep.objects.bulk_update(steps, ["due_half"])


def _shift(sheet: ActionSheet, former: HalfYear, start: HalfYear) -> None:
    """Move the half-years of the steps, of the days and the years of the budget with the action; exact dates stay."""
    count = start.minus(former)
    steps = [step for step in sheet.steps.all() if step.due_half]
    for step in steps:
        step.due_half = HalfYear.from_code(step.due_half).plus(count).code
    ActionStep.objects.bulk_update(steps, ["due_half"])
    sheet.human_days_by_half_year = {
        HalfYear.from_code(code).plus(count).code: days for code, days in sheet.human_days_by_half_year.items()
    }
    years = [line.year + start.year - former.year for line in sheet.budget_lines.all()]
    _write_budget_years(sheet, years)


def _write_budget_years(sheet: ActionSheet, years: Sequence[int]) -> None:
    """Give new years to the lines of the budget, in their order: written anew, for two may not share a year."""
    lines = list(sheet.budget_lines.all())
    if [line.year for line in lines] == list(years):
        return
    sheet.budget_lines.all().delete()
    for line, year in zip(lines, years, strict=True):
        line.pk, line.year = None, year
    SheetBudgetLine.objects.bulk_create(lines)


@transaction.atomic
def save_limits(*, roadmap: Roadmap, expected_version: int, values: LimitValues, actor: User, now: datetime) -> None:
    """Keep what each lead can give, what each year may cost, and what must hold. Raises `StaleVersionError`."""
    if not 1 <= values.default_days <= MAX_CAPACITY_DAYS:
        raise DomainError(typography("Indiquez une capacité entre 1 et 1 000 jours par semestre."))
    roadmap.default_capacity_days = values.default_days
    roadmap.has_firm_capacities = values.has_firm_capacities
    roadmap.has_firm_ceilings = values.has_firm_ceilings
    roadmap.has_firm_end = values.has_firm_end
    save_versioned(roadmap, expected_version=expected_version, update_fields=LIMIT_FIELDS)
    for service, days in values.days_by_service.items():
        LeadCapacity.objects.filter(roadmap=roadmap, service=service).delete()
        if days is not None:
            _save_row(LeadCapacity(roadmap=roadmap, service=service, days_per_half_year=days))
    for year, amount in values.euros_by_year.items():
        BudgetCeiling.objects.filter(roadmap=roadmap, year=year).delete()
        if amount is not None:
            _save_row(BudgetCeiling(roadmap=roadmap, year=year, amount_eur=amount))
    record(roadmap, "a indiqué les limites du calendrier", actor, now)


def _save_row(row: LeadCapacity | BudgetCeiling) -> None:
    require_valid(row)
    row.save()
