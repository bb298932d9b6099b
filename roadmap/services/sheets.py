"""Writes about action sheets: created from the decisions, completed, removed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from authorities.enums import Role
from authorities.events import changes_between
from authorities.models import Initiative, Participant
from common.errors import DomainError
from common.numbers import format_number, pluralise
from common.text import typography
from common.versioning import save_versioned
from levers.models import Decision, Lever
from levers.selectors import retained_decisions
from reference.models import Service
from roadmap.enums import ObjectiveKind, SheetReview
from roadmap.half_years import HalfYear
from roadmap.models import ActionSheet, ActionStep, Indicator, Objective, Roadmap
from roadmap.prefill import catalogue_snapshot, indicators_from_lever, sheet_fields_from_lever
from roadmap.selectors.history import SheetVersion
from roadmap.selectors.shares import counted_elsewhere
from roadmap.selectors.sources import VoteResult, lever_findings, lever_savings, lever_votes
from roadmap.services.roadmaps import ensure_roadmap, record, require_valid
from roadmap.services.savings import SAVING_FIELDS, put_saving
from roadmap.services.sheet_shares import end_shares_of
from roadmap.services.trail import record_removal, record_sheets, stored_texts
from roadmap.sheet_rows import BUDGET_LINES, HUMAN_MEANS, INDICATORS, ROW_KINDS, STEPS, RowKind, SheetRow, SheetRows
from roadmap.sheet_texts import read_sheet, sheet_changes

SheetLinks = Mapping[str, Sequence[models.Model]]

# Fields that a person may write; the others are the business of the site.
EDITABLE_FIELDS = frozenset(
    {
        "title", "short_title", "dimension", "theme", "perimeter", "commitment", "is_quick_win", "status",
        "context", "aim", "description", "lead_service", "lead_participant", "lead_name", "elected_lead",
        "associated_note", "partners", "target_public", "human_days", "human_days_by_half_year", "human_note",
        "budget_eur", "budget_note", "funding", "effort", "impact", "expected_effect", "rebound", "risks", "mitigation",
        "legal_references", "links",
    }
)  # fmt: skip
# Lists that a person chooses in another table.
LINKS = frozenset({"associated_services", "objectives"})
# Following an action is not rewriting it: a validated sheet stays validated.
FOLLOW_UP_FIELDS = frozenset({"status"})


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
    elected = _elected_lead(initiative)
    reduction = Objective.objects.filter(roadmap=roadmap, kind=ObjectiveKind.REDUCTION).first()
    number = ActionSheet.objects.filter(roadmap=roadmap).aggregate(last=Max("number"))["last"] or 0
    created = []
    for lever in levers:
        number += 1
        sheet = _new_sheet(roadmap, lever, number, today)
        sheet.context, sheet.elected_lead = findings.get(lever.pk, ""), elected
        put_saving(sheet, savings.get(lever.pk))
        _put_vote(sheet, votes.get(lever.pk))
        sheet.save()
        _add_children(sheet, lever)
        if reduction is not None and lever.simulation:
            sheet.objectives.add(reduction)
        created.append(sheet)
    if created:
        counted = f"{len(created)} {pluralise(len(created), 'fiche action', 'fiches actions')}"
        record(roadmap, f"a créé {counted} depuis les leviers retenus", actor, now)
    return CreationReport(created, len(decisions) - len(created))


def _elected_lead(initiative: Initiative) -> str:
    """Return the function (or the name) of the elected official of the démarche; empty when there are several."""
    people = Participant.objects.for_initiative(initiative).filter(is_active=True)
    elected = [person for person in people if Role.ELECTED in person.role_set]
    return (elected[0].function or elected[0].name)[:150] if len(elected) == 1 else ""


def _new_sheet(roadmap: Roadmap, lever: Lever, number: int, today: date) -> ActionSheet:
    return ActionSheet(
        roadmap=roadmap,
        lever=lever,
        number=number,
        identified_on=today,
        prefill=catalogue_snapshot(lever),
        **sheet_fields_from_lever(lever),
    )


def _put_vote(sheet: ActionSheet, vote: VoteResult | None) -> None:
    if vote is not None:
        sheet.priority, sheet.vote_counts = vote.grade, vote.counts


def _add_children(sheet: ActionSheet, lever: Lever) -> None:
    ActionStep.objects.bulk_create(
        ActionStep(sheet=sheet, position=position, text=text[:300])
        for position, text in enumerate(lever.steps[: ROW_KINDS[STEPS].maximum], start=1)
    )
    Indicator.objects.bulk_create(
        Indicator(sheet=sheet, position=position, **values)
        for position, values in enumerate(indicators_from_lever(lever)[: ROW_KINDS[INDICATORS].maximum], start=1)
    )
    sheet.associated_services.set(Service.objects.filter(code__in=lever.audience_codes).exclude(code=lever.lead_code))


@transaction.atomic
def save_sheet(
    *,
    sheet: ActionSheet,
    expected_version: int,
    changes: Mapping[str, Any],
    actor: User | Participant,
    now: datetime,
    rows: SheetRows | None = None,
    links: SheetLinks | None = None,
) -> ActionSheet:
    """Save some fields of a sheet, its rows by kind (see `ROW_KINDS`) and its links (see `LINKS`) when they are given.

    Rows and links replace the former ones, in their order. The days per half-year or per role make the total, and the
    lines of the budget make the budget. A validated sheet that is written again has to be validated again.

    Raises `StaleVersionError` when somebody saved in between, `DomainError` on a bad value: nothing is written then.
    """
    unknown = (set(changes) - EDITABLE_FIELDS) | (set(rows or {}) - set(ROW_KINDS)) | (set(links or {}) - LINKS)
    if unknown:
        raise ValueError(f"not fields that a person writes: {sorted(unknown)}")
    before = stored_texts([sheet.pk])
    _write(sheet, expected_version, changes, rows or {}, links or {})
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
    _write(sheet, expected_version, read.changes, read.rows, read.links)
    verb = f"a repris la version {version.number} de la fiche"
    record_sheets(before, lambda saved: f"{verb} {saved.number}, « {saved.title} »", actor=actor, now=now)
    return read.lost


def _write(
    sheet: ActionSheet, expected_version: int, changes: Mapping[str, Any], rows: SheetRows, links: SheetLinks
) -> None:
    for name, value in changes.items():
        setattr(sheet, name, value)
    fields = set(changes) | _count_days(sheet, changes, rows) | _count_budget(sheet, rows)
    if sheet.lead_participant is not None and "lead_participant" in changes:
        sheet.lead_service = sheet.lead_participant.service
        fields.add("lead_service")
    if sheet.review_state == SheetReview.VALIDATED and _rewrites(sheet, changes, rows, links):
        sheet.review_state = SheetReview.REVISED
        fields.add("review_state")
    _check_belongings(sheet, links)
    require_valid(sheet)
    save_versioned(sheet, expected_version=expected_version, update_fields=sorted(fields))
    for name, values in rows.items():
        _replace_rows(sheet, ROW_KINDS[name], name, values)
    for name, chosen in links.items():
        getattr(sheet, name).set(chosen)


def _rewrites(sheet: ActionSheet, changes: Mapping[str, Any], rows: SheetRows, links: SheetLinks) -> bool:
    """Tell whether a save does more than follow the action: its state and that of its steps."""
    if set(changes) - FOLLOW_UP_FIELDS or set(rows) - {STEPS} or links:
        return True
    stored = [(step.text, step.who, step.due_half, step.due_on) for step in sheet.steps.all()]
    given: Sequence[Any] = rows.get(STEPS, ())
    return STEPS in rows and stored != [(step.text, step.who, step.due_half, step.due_on) for step in given]


def _count_days(sheet: ActionSheet, changes: Mapping[str, Any], rows: SheetRows) -> set[str]:
    """Give the sheet the total of its days, by half-year or by role; return the fields that changed."""
    if "human_days_by_half_year" not in changes and HUMAN_MEANS not in rows:
        return set()
    _check_half_years(sheet.roadmap, sheet.human_days_by_half_year)
    by_half = sum((Decimal(str(days)) for days in sheet.human_days_by_half_year.values()), Decimal(0))
    means: Sequence[Any] = rows[HUMAN_MEANS] if HUMAN_MEANS in rows else list(sheet.human_means.all())
    by_role = sum((item.days for item in means), Decimal(0))
    if sheet.human_days_by_half_year and means and by_half != by_role:
        half_words, role_words = (format_number(total.normalize()) for total in (by_half, by_role))
        message = f"Le détail par semestre fait {half_words} jours, le détail par rôle {role_words}"
        raise DomainError(typography(f"{message} : corrigez l’un des deux, ou videz-en un."))
    if sheet.human_days_by_half_year or means:
        sheet.human_days = by_half if sheet.human_days_by_half_year else by_role
        return {"human_days"}
    return set()


def _count_budget(sheet: ActionSheet, rows: SheetRows) -> set[str]:
    """Give the sheet the total of the lines of its budget, when one has a cost; return the fields that changed."""
    total = sum((line.cost_eur for line in rows.get(BUDGET_LINES, ())), Decimal(0))  # type: ignore[union-attr]
    if not total:
        return set()
    sheet.budget_eur = total
    return {"budget_eur"}


def _check_belongings(sheet: ActionSheet, links: SheetLinks) -> None:
    """Refuse a person or an objective of another démarche, whatever the form let through."""
    person: Participant | None = sheet.lead_participant
    if person is not None and person.initiative_id != sheet.roadmap.initiative_id:
        raise DomainError(typography("Choisissez un pilote parmi les personnes de la démarche."))
    objectives: Sequence[Any] = links.get("objectives", ())
    if any(objective.roadmap_id != sheet.roadmap_id for objective in objectives):
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


def _replace_rows(sheet: ActionSheet, kind: RowKind, name: str, values: Sequence[SheetRow]) -> None:
    if len(values) > kind.maximum:
        raise DomainError(kind.too_many)
    # Before the check: a row must not be refused because of the one that it replaces.
    getattr(sheet, name).all().delete()
    built = kind.build(sheet, values)
    for row in built:
        require_valid(row)
    try:
        with transaction.atomic():
            kind.model._default_manager.bulk_create(built)
    except IntegrityError as error:
        raise DomainError(typography("Deux lignes de budget portent la même année : gardez-en une.")) from error


@transaction.atomic
def refresh_savings(*, roadmap: Roadmap, actor: User, now: datetime) -> int:
    """Simulate again the saving of each sheet on the current inventory, and return how many changed.

    A shared action whose equipment is the other authority's has none here.
    """
    sheets = list(ActionSheet.objects.filter(roadmap=roadmap, lever__isnull=False).select_related("lever"))
    savings = lever_savings(roadmap.initiative, [sheet.lever for sheet in sheets if sheet.lever is not None])
    elsewhere = counted_elsewhere(roadmap).sheet_pks
    former = _saving_words(sheets)
    changed = 0
    for sheet in sheets:
        before = [getattr(sheet, name) for name in SAVING_FIELDS]
        put_saving(sheet, None if sheet.pk in elsewhere else savings.get(sheet.lever_id or 0))
        if before != [getattr(sheet, name) for name in SAVING_FIELDS]:
            changed += 1
            save_versioned(sheet, expected_version=sheet.version, update_fields=list(SAVING_FIELDS))
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
    """Remove a sheet; its lever may get a new one later. The others keep their number, and a partner its own sheet."""
    end_shares_of(sheet, actor=actor, now=now)
    record_removal(sheet, actor=actor, now=now)
    sheet.delete()
