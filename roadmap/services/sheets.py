"""Writes about action sheets: created from the decisions, completed, removed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from authorities.events import changes_between
from authorities.models import Initiative, Participant
from common.errors import DomainError
from common.numbers import format_number, pluralise
from common.text import typography
from common.versioning import save_versioned
from levers.models import Decision, Lever
from levers.selectors import retained_decisions
from reference.models import Service
from roadmap.enums import Direction, StepProgress
from roadmap.half_years import HalfYear
from roadmap.models import ActionSheet, ActionStep, Indicator, Objective, Roadmap
from roadmap.prefill import catalogue_snapshot, indicators_from_lever, sheet_fields_from_lever
from roadmap.selectors.history import SheetVersion
from roadmap.selectors.sources import Saving, VoteResult, lever_findings, lever_savings, lever_votes
from roadmap.services.roadmaps import ensure_roadmap, record, require_valid
from roadmap.services.trail import record_removal, record_sheets, stored_texts
from roadmap.sheet_texts import read_sheet, sheet_changes

MAX_STEPS = 12
MAX_INDICATORS = 8
# Fields that a person may write; the others are the business of the site.
EDITABLE_FIELDS = frozenset(
    {
        "title", "short_title", "dimension", "theme", "perimeter", "commitment", "is_quick_win", "status", "objective",
        "context", "aim", "description", "lead_service", "lead_participant", "lead_name", "elected_lead",
        "associated_note", "partners", "human_days", "human_days_by_half_year", "human_note", "budget_eur",
        "budget_note", "funding", "effort", "impact", "expected_effect", "rebound", "risks", "legal_references",
        "links",
    }
)  # fmt: skip


@dataclass(frozen=True)
class StepValues:
    """One step of an action, as a person writes it."""

    text: str
    who: str = ""
    due_half: str = ""
    due_on: date | None = None
    progress: str = StepProgress.TODO


@dataclass(frozen=True)
class IndicatorValues:
    """One indicator of an action, as a person writes it."""

    name: str
    unit: str = ""
    direction: str = Direction.UP
    baseline: Decimal | None = None
    baseline_year: int | None = None
    target: Decimal | None = None
    target_year: int | None = None
    frequency: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class CreationReport:
    """What `create_sheets_from_decisions` did: the new sheets, and how many levers already had theirs."""

    created: list[ActionSheet] = field(default_factory=list)
    existing_count: int = 0


@transaction.atomic
def create_sheets_from_decisions(*, initiative: Initiative, actor: User, now: datetime) -> CreationReport:
    """Make one sheet for each retained lever that has none yet, prefilled from the catalogue and from the diagnosis.

    Called twice, it creates nothing the second time. Raises `DomainError` when no lever is retained.
    """
    decisions: list[Decision] = retained_decisions(initiative)
    if not decisions:
        raise DomainError(typography("Retenez d’abord des leviers : chaque levier retenu devient une fiche action."))
    roadmap = ensure_roadmap(initiative=initiative)
    # Two creations at the same time wait for each other here.
    Roadmap.objects.select_for_update().get(pk=roadmap.pk)
    known = set(ActionSheet.objects.filter(roadmap=roadmap, lever__isnull=False).values_list("lever_id", flat=True))
    levers = [decision.lever for decision in decisions if decision.lever_id not in known]
    today = timezone.localdate(now)
    findings = lever_findings(initiative, on=today)
    savings = lever_savings(initiative, levers)
    votes = lever_votes(initiative, now=now)
    number = ActionSheet.objects.filter(roadmap=roadmap).aggregate(last=Max("number"))["last"] or 0
    created = []
    for lever in levers:
        number += 1
        sheet = _new_sheet(roadmap, lever, number, today)
        sheet.context = findings.get(lever.pk, "")
        _put_saving(sheet, savings.get(lever.pk))
        _put_vote(sheet, votes.get(lever.pk))
        sheet.save()
        _add_children(sheet, lever)
        created.append(sheet)
    if created:
        counted = f"{len(created)} {pluralise(len(created), 'fiche action', 'fiches actions')}"
        record(roadmap, f"a créé {counted} depuis les leviers retenus", actor, now)
    return CreationReport(created, len(decisions) - len(created))


def _new_sheet(roadmap: Roadmap, lever: Lever, number: int, today: date) -> ActionSheet:
    return ActionSheet(
        roadmap=roadmap,
        lever=lever,
        number=number,
        identified_on=today,
        prefill=catalogue_snapshot(lever),
        **sheet_fields_from_lever(lever),
    )


def _put_saving(sheet: ActionSheet, saving: Saving | None) -> None:
    sheet.saving_kgco2e = saving.central if saving else None
    sheet.saving_low_kgco2e = saving.low if saving else None
    sheet.saving_high_kgco2e = saving.high if saving else None
    sheet.saving_source = saving.source if saving else ""


def _put_vote(sheet: ActionSheet, vote: VoteResult | None) -> None:
    if vote is not None:
        sheet.priority, sheet.vote_counts = vote.grade, vote.counts


def _add_children(sheet: ActionSheet, lever: Lever) -> None:
    ActionStep.objects.bulk_create(
        ActionStep(sheet=sheet, position=position, text=text[:300])
        for position, text in enumerate(lever.steps[:MAX_STEPS], start=1)
    )
    Indicator.objects.bulk_create(
        Indicator(sheet=sheet, position=position, **values)
        for position, values in enumerate(indicators_from_lever(lever)[:MAX_INDICATORS], start=1)
    )
    sheet.associated_services.set(
        Service.objects.filter(code__in=lever.audience_codes).exclude(pk=lever.lead_service_id)
    )


@transaction.atomic
def save_sheet(
    *,
    sheet: ActionSheet,
    expected_version: int,
    changes: Mapping[str, Any],
    actor: User,
    now: datetime,
    steps: Sequence[StepValues] | None = None,
    indicators: Sequence[IndicatorValues] | None = None,
    associated_services: Sequence[Service] | None = None,
) -> ActionSheet:
    """Save some fields of a sheet, and its steps, indicators and associated services when they are given.

    Steps and indicators replace the former ones, in their order. The days per half-year, when given, make the total.
    Raises `StaleVersionError` when somebody saved in between, `DomainError` on a bad value: nothing is written then.
    """
    unknown = set(changes) - EDITABLE_FIELDS
    if unknown:
        raise ValueError(f"not fields that a person writes: {sorted(unknown)}")
    before = stored_texts([sheet.pk])
    _write(sheet, expected_version, changes, steps, indicators, associated_services)
    record_sheets(before, lambda saved: f"a modifié la fiche {saved.number}, « {saved.title} »", actor=actor, now=now)
    return sheet


@transaction.atomic
def restore_sheet(
    *, sheet: ActionSheet, expected_version: int, version: SheetVersion, actor: User, now: datetime
) -> list[str]:
    """Give a sheet back all that it said in one of its versions: one more change, that the trail keeps as well.

    Return the labels of the fields left as they are, because what they named is no longer here. Raises
    `StaleVersionError` when somebody saved in between, `DomainError` when nothing differs or a value is refused today.
    """
    before = stored_texts([sheet.pk])
    if not sheet_changes(before[sheet.pk], version.texts):
        raise DomainError(typography("La fiche dit déjà ce que disait cette version."))
    read = read_sheet(version.texts, sheet)
    steps = [StepValues(**row) for row in read.steps]
    indicators = [IndicatorValues(**row) for row in read.indicators]
    _write(sheet, expected_version, read.changes, steps, indicators, read.services)
    verb = f"a repris la version {version.number} de la fiche"
    record_sheets(before, lambda saved: f"{verb} {saved.number}, « {saved.title} »", actor=actor, now=now)
    return read.lost


def _write(
    sheet: ActionSheet,
    expected_version: int,
    changes: Mapping[str, Any],
    steps: Sequence[StepValues] | None,
    indicators: Sequence[IndicatorValues] | None,
    associated_services: Sequence[Service] | None,
) -> None:
    for name, value in changes.items():
        setattr(sheet, name, value)
    fields = set(changes)
    if sheet.human_days_by_half_year and "human_days_by_half_year" in changes:
        _check_half_years(sheet.roadmap, sheet.human_days_by_half_year)
        sheet.human_days = sum((Decimal(str(days)) for days in sheet.human_days_by_half_year.values()), Decimal(0))
        fields.add("human_days")
    if sheet.lead_participant is not None and "lead_participant" in changes:
        sheet.lead_service = sheet.lead_participant.service
        fields.add("lead_service")
    _check_belongings(sheet)
    require_valid(sheet)
    save_versioned(sheet, expected_version=expected_version, update_fields=sorted(fields))
    if steps is not None:
        _replace_steps(sheet, steps)
    if indicators is not None:
        _replace_indicators(sheet, indicators)
    if associated_services is not None:
        sheet.associated_services.set(associated_services)


def _check_belongings(sheet: ActionSheet) -> None:
    """Refuse a person or an objective of another démarche, whatever the form let through."""
    person: Participant | None = sheet.lead_participant
    if person is not None and person.initiative_id != sheet.roadmap.initiative_id:
        raise DomainError(typography("Choisissez un pilote parmi les personnes de la démarche."))
    objective: Objective | None = sheet.objective
    if objective is not None and objective.roadmap_id != sheet.roadmap_id:
        raise DomainError(typography("Choisissez un objectif de cette feuille de route."))
    if not sheet.title.strip():
        raise DomainError(typography("Donnez un intitulé à la fiche."))


def _check_half_years(roadmap: Roadmap, days_by_half_year: Mapping[str, Any]) -> None:
    for code, days in days_by_half_year.items():
        try:
            HalfYear.from_code(code)
        except ValueError as error:
            raise DomainError(typography("Choisissez un semestre de la liste.")) from error
        if not 0 <= float(days) <= 10_000:
            raise DomainError(typography("Indiquez un nombre de jours entre 0 et 10 000."))


def _replace_steps(sheet: ActionSheet, steps: Sequence[StepValues]) -> None:
    if len(steps) > MAX_STEPS:
        raise DomainError(typography(f"Gardez {MAX_STEPS} étapes au plus : au-delà, une fiche ne se suit pas."))
    rows = [ActionStep(sheet=sheet, position=rank, **asdict(step)) for rank, step in enumerate(steps, start=1)]
    for row in rows:
        require_valid(row)
    sheet.steps.all().delete()
    ActionStep.objects.bulk_create(rows)


def _replace_indicators(sheet: ActionSheet, indicators: Sequence[IndicatorValues]) -> None:
    if len(indicators) > MAX_INDICATORS:
        raise DomainError(typography(f"Gardez {MAX_INDICATORS} indicateurs au plus : trois se suivent mieux que dix."))
    rows = [Indicator(sheet=sheet, position=rank, **asdict(item)) for rank, item in enumerate(indicators, start=1)]
    for row in rows:
        require_valid(row)
    sheet.indicators.all().delete()
    Indicator.objects.bulk_create(rows)


@transaction.atomic
def refresh_savings(*, roadmap: Roadmap, actor: User, now: datetime) -> int:
    """Simulate again the saving of each sheet on the current inventory, and return how many changed."""
    sheets = list(ActionSheet.objects.filter(roadmap=roadmap, lever__isnull=False).select_related("lever"))
    savings = lever_savings(roadmap.initiative, [sheet.lever for sheet in sheets if sheet.lever is not None])
    former = _saving_words(sheets)
    changed = 0
    for sheet in sheets:
        before = (sheet.saving_kgco2e, sheet.saving_low_kgco2e, sheet.saving_high_kgco2e, sheet.saving_source)
        _put_saving(sheet, savings.get(sheet.lever_id or 0))
        after = (sheet.saving_kgco2e, sheet.saving_low_kgco2e, sheet.saving_high_kgco2e, sheet.saving_source)
        if before != after:
            changed += 1
            names = ["saving_kgco2e", "saving_low_kgco2e", "saving_high_kgco2e", "saving_source"]
            save_versioned(sheet, expected_version=sheet.version, update_fields=names)
    if changed:
        changes = changes_between(former, _saving_words(sheets), lambda number: f"fiche {number}, gain simulé")
        record(roadmap, "a recalculé les gains simulés", actor, now, changes)
    return changed


def _saving_words(sheets: Sequence[ActionSheet]) -> dict[str, str]:
    """Number of a sheet → « 1 234 kg CO₂e par an », for those that have a simulated saving."""
    return {
        str(sheet.number): typography(f"{format_number(sheet.saving_kgco2e, 0)} kg CO₂e par an")
        for sheet in sheets
        if sheet.saving_kgco2e is not None
    }


@transaction.atomic
def delete_sheet(*, sheet: ActionSheet, actor: User, now: datetime) -> None:
    """Remove a sheet; its lever may get a new one later. The others keep their number."""
    record_removal(sheet, actor=actor, now=now)
    sheet.delete()
