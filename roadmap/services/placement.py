"""Writes about the schedule: a proposal applied, an action placed by hand, the capacity of the leads."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from common.numbers import pluralise
from common.text import typography
from common.versioning import StaleVersionError, save_versioned
from reference.models import Service
from roadmap.half_years import HalfYear
from roadmap.models import ActionSheet, ActionStep, LeadCapacity, Roadmap
from roadmap.selectors.schedule import ScheduleProposal, build_proposal, period_of, read_token
from roadmap.services.roadmaps import record, require_valid
from roadmap.services.trail import record_sheets, stored_texts

PLACEMENT_FIELDS = ["start_half", "end_half", "is_placed_by_hand", "placement_reason", "human_days_by_half_year"]
MAX_CAPACITY_DAYS = 1000


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
    """Place an action by hand; the next proposals keep it there. Its dated steps and its days move with it.

    Raises `DomainError` outside the period or when the end comes first, `StaleVersionError` on a stale page.
    """
    half_years = period_of(sheet.roadmap)
    if start not in half_years or end not in half_years:
        first, last = half_years[0].label, half_years[-1].label
        raise DomainError(typography(f"Choisissez des semestres du {first} au {last}."))
    if end < start:
        raise DomainError(typography("Choisissez un semestre de fin égal ou postérieur au semestre de début."))
    if sheet.version != expected_version:
        raise StaleVersionError(ActionSheet.objects.get(pk=sheet.pk))
    before = stored_texts([sheet.pk])
    _place(sheet, start, end, "Placée à la main.", is_by_hand=True)
    record_sheets(before, _placed, actor=actor, now=now)
    return sheet


@transaction.atomic
def release_sheet(*, sheet: ActionSheet, expected_version: int, actor: User, now: datetime) -> ActionSheet:
    """Let the next proposal move an action that was placed by hand."""
    before = stored_texts([sheet.pk])
    sheet.is_placed_by_hand = False
    save_versioned(sheet, expected_version=expected_version, update_fields=["is_placed_by_hand"])
    record_sheets(before, lambda saved: f"a rendu la fiche {saved.number} au calendrier proposé", actor=actor, now=now)
    return sheet


def _placed(sheet: ActionSheet) -> str:
    return f"a placé la fiche {sheet.number} au calendrier : {sheet.span_label}"


def _place(sheet: ActionSheet, start: HalfYear, end: HalfYear, reason: str, *, is_by_hand: bool) -> None:
    former = sheet.start
    if former is None:
        _date_steps(sheet, start, end)
    elif former != start:
        _shift(sheet, start.minus(former))
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


def _shift(sheet: ActionSheet, count: int) -> None:
    """Move the half-years of the steps and of the days with the action; exact dates stay."""
    steps = [step for step in sheet.steps.all() if step.due_half]
    for step in steps:
        step.due_half = HalfYear.from_code(step.due_half).plus(count).code
    ActionStep.objects.bulk_update(steps, ["due_half"])
    sheet.human_days_by_half_year = {
        HalfYear.from_code(code).plus(count).code: days for code, days in sheet.human_days_by_half_year.items()
    }


@transaction.atomic
def save_capacities(
    *,
    roadmap: Roadmap,
    expected_version: int,
    default_days: int,
    days_by_service: Mapping[Service, int | None],
    actor: User,
    now: datetime,
) -> None:
    """Keep what each lead can give per half-year; None brings a service back to the default. `StaleVersionError`."""
    if not 1 <= default_days <= MAX_CAPACITY_DAYS:
        raise DomainError(typography("Indiquez une capacité entre 1 et 1 000 jours par semestre."))
    roadmap.default_capacity_days = default_days
    save_versioned(roadmap, expected_version=expected_version, update_fields=["default_capacity_days"])
    for service, days in days_by_service.items():
        LeadCapacity.objects.filter(roadmap=roadmap, service=service).delete()
        if days is not None:
            capacity = LeadCapacity(roadmap=roadmap, service=service, days_per_half_year=days)
            require_valid(capacity)
            capacity.save()
    record(roadmap, "a indiqué la capacité des pilotes", actor, now)
