"""The snapshot of a roadmap: everything that its documents print, as plain JSON values.

Figures come from the same selectors as the screens, so that they are equal. Numbers are numbers, dates are in ISO form,
codes stand beside their French label. The snapshot holds no vote of anybody, only counts, and no mail address.
"""

import base64
import hashlib
import logging
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils import timezone

from authorities.enums import Role
from authorities.models import Authority, Initiative, Meeting, Participant, SourceDocument, TerritoryActor
from authorities.selectors import meetings_of
from common.text import typography
from levers.enums import Verdict
from levers.models import Lever, LeverCatalogue
from levers.selectors import choice_summary
from levers.selectors.decisions import ChoiceSummary, LeverChoice
from reference.models import Theme
from reference.selectors import DutyState, duties_for
from roadmap.documents.findings import describe_diagnosis, describe_inventory, describe_sources
from roadmap.enums import ActionStatus, ShareState
from roadmap.half_years import HalfYear
from roadmap.models import ActionSheet, ActionStep, Indicator, Objective, Roadmap, SheetBudgetLine, SheetShare
from roadmap.selectors.facts import latest_version
from roadmap.selectors.load_board import load_board
from roadmap.selectors.savings import describe_savings
from roadmap.selectors.schedule import lead_of, live_sheets, period_of
from roadmap.selectors.shares import counted_elsewhere
from roadmap.selectors.sheets import detailed_sheets
from roadmap.selectors.validation import CheckRow, check_board

logger = logging.getLogger(__name__)

FORMAT = "jalons-feuille-de-route/1"
NO_VOTES = [0, 0, 0, 0, 0]
LOGO_TYPES = {"png": "image/png", "jpg": "image/jpeg"}


def build_content(roadmap: Roadmap, *, on: date, now: datetime | None = None) -> dict[str, Any]:
    """Return the snapshot of a roadmap on a date: duties and thresholds are those of that day.

    Votes are in it only if their ballot is closed at `now`; by default, at the first minute of that day, so that
    nothing of an open ballot ever gets in.
    """
    initiative = roadmap.initiative
    moment = now or timezone.make_aware(datetime.combine(on, time.min))
    sheets = list(detailed_sheets(roadmap).prefetch_related("associated_services"))
    levers = Lever.objects.filter(pk__in=[sheet.lever_id for sheet in sheets if sheet.lever_id])
    descriptions = dict(levers.values_list("pk", "description"))
    choice = choice_summary(initiative, now=moment)
    diagnosis = describe_diagnosis(initiative, on=on)
    elsewhere = counted_elsewhere(roadmap)
    inventory = describe_inventory(initiative, sheets, elsewhere)
    shares = _shares(sheets)
    written = {
        sheet.pk: {**_sheet(sheet, choice, descriptions), "shares": shares.get(sheet.pk, [])} for sheet in sheets
    }
    board = check_board(initiative, roadmap, sheets=sheets, version=latest_version(roadmap))
    return {
        "format": FORMAT,
        "on": on.isoformat(),
        "is_demonstration": initiative.authority.is_demonstration,
        "authority": _authority(initiative.authority),
        "initiative": _initiative(initiative),
        "meetings": [_meeting(meeting) for meeting in meetings_of(initiative)],
        "committee": _committee(initiative),
        "actors": [_actor(actor) for actor in TerritoryActor.objects.for_initiative(initiative)],
        "source_documents": [
            _source_document(document)
            for document in SourceDocument.objects.for_initiative(initiative).select_related("kind")
        ],
        "duties": _duties(initiative.authority, sheets, on),
        "themes": _themes(roadmap),
        "diagnosis": diagnosis,
        "inventory": inventory,
        "savings": describe_savings(roadmap, sheets, elsewhere),
        "choice": _choice(choice),
        "objectives": [_objective(objective) for objective in Objective.objects.filter(roadmap=roadmap)],
        "half_years": [half_year.code for half_year in period_of(roadmap)],
        # What is given up counts in no total: it is said apart.
        "sheets": [written[sheet.pk] for sheet in sheets if sheet.status != ActionStatus.ABANDONED],
        "abandoned": [written[sheet.pk] for sheet in sheets if sheet.status == ActionStatus.ABANDONED],
        "loads": _loads(roadmap),
        "foreword": {"text": _text(roadmap.foreword), "author": _text(roadmap.foreword_author)},
        "governance": {
            "text": _text(roadmap.governance),
            "committee_per_year": roadmap.committee_meetings_per_year,
            "steering_per_year": roadmap.steering_meetings_per_year,
            "council_per_year": roadmap.council_reports_per_year,
        },
        "completeness": [_check(row) for row in sorted([*board.rows, *board.yearly], key=lambda row: row.check.code)],
        "is_reen_usable": board.is_reen_usable,
        "sources": describe_sources(initiative, LeverCatalogue.objects.filter(title=choice.catalogue_title).first()),
    }


def _text(text: str) -> str:
    return typography(text.strip())


def _number(value: Decimal | None) -> int | float | None:
    """Return a JSON number: an integer when it is whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _authority(authority: Authority) -> dict[str, Any]:
    return {
        "name": authority.name,
        "slug": authority.slug,
        "kind": authority.kind,
        "kind_label": authority.get_kind_display(),
        "nature": authority.nature,
        "siren": authority.siren,
        "population": authority.population,
        "population_total": _population_total(authority),
        "agent_count": authority.agent_count,
        "member_communes_count": authority.member_communes_count,
        "department_code": authority.department_code,
        "logo": _logo(authority),
        "color": authority.color,
    }


def _population_total(authority: Authority) -> int | None:
    """Return the total population; it goes with the municipal one of the list, not with a population typed by hand."""
    territory = authority.territory
    is_from_list = territory is not None and territory.population == authority.population
    return territory.population_total if territory and is_from_list else None


def _logo(authority: Authority) -> dict[str, str] | None:
    """Return the logo with its bytes: a version prints the one of its day whatever becomes of the file."""
    if not authority.logo:
        return None
    try:
        with authority.logo.open("rb") as stream:
            content = stream.read()
    except FileNotFoundError:
        logger.error("a logo is missing from the storage: %s", authority.logo.name)
        return None
    return {
        "type": LOGO_TYPES[authority.logo.name.rpartition(".")[2]],
        "sha256": hashlib.sha256(content).hexdigest(),
        "data": base64.b64encode(content).decode("ascii"),
    }


def _initiative(initiative: Initiative) -> dict[str, Any]:
    return {
        "number": initiative.number,
        "period_label": initiative.period_label,
        "period_start_year": initiative.period_start_year,
        "period_end_year": initiative.period_end_year,
        "track": initiative.track,
        "track_label": initiative.get_track_display(),
        "perimeter": initiative.perimeter,
        "perimeter_label": initiative.get_perimeter_display(),
        "territory_follow_up": _text(initiative.territory_follow_up),
        "council_on": _day(initiative.council_on),
        "uses_summary": _text(initiative.uses_summary),
        "engaged_actions": _text(initiative.engaged_actions),
        "actors_involvement": _text(initiative.actors_involvement),
    }


def _meeting(meeting: Meeting) -> dict[str, Any]:
    return {
        "label": meeting.label,
        "kind_label": meeting.get_kind_display() if meeting.kind else "",
        "planned_on": meeting.day.isoformat(),
    }


def _committee(initiative: Initiative) -> list[dict[str, Any]]:
    """Return who sits in the technical committee: services and functions, no name and no address."""
    people = Participant.objects.for_initiative(initiative).filter(is_active=True).select_related("service")
    return [
        {
            "service": person.service.name,
            "function": _text(person.function),
            "is_elected": Role.ELECTED in person.role_set,
        }
        for person in people.order_by("service__position", "pk")
        if person.role_set & {Role.COMMITTEE, Role.REFERENT}
    ]


def _actor(actor: TerritoryActor) -> dict[str, Any]:
    return {
        "name": _text(actor.name),
        "nature_label": actor.get_nature_display(),
        "involvement": _text(actor.involvement),
    }


def _source_document(document: SourceDocument) -> dict[str, Any]:
    return {
        "kind": document.kind.name if document.kind else "",
        "title": _text(document.title),
        "year": document.year,
        "implication": _text(document.implication),
    }


def _duties(authority: Authority, sheets: list[ActionSheet], on: date) -> list[dict[str, Any]]:
    total = _population_total(authority)
    states = duties_for(authority.kind, authority.population, on, population_total=total)
    return [_duty(state, sheets) for state in states]


def _duty(state: DutyState, sheets: list[ActionSheet]) -> dict[str, Any]:
    duty = state.duty
    return {
        "code": duty.code,
        "title": duty.title,
        "nature": duty.nature,
        "binding": state.binding.value,
        "binding_label": state.binding_label.removesuffix(" pour vous"),
        "is_in_force": state.is_in_force,
        "value": _number(state.value),
        "unit": duty.unit,
        "direction": duty.direction,
        "since_on": _day(state.since_on),
        "next_value": _number(state.next_value),
        "next_on": _day(state.next_on),
        "legal_reference": state.legal_reference,
        "is_later_text": state.is_later_text,
        "is_next_later_text": state.is_next_later_text,
        "note": duty.note,
        "to_verify": duty.to_verify,
        "populations_disagree": state.populations_disagree,
        "actions": [sheet.number for sheet in sheets if sheet.lever and duty.code in sheet.lever.duty_codes],
    }


def _themes(roadmap: Roadmap) -> list[dict[str, Any]]:
    reasons = dict(roadmap.theme_explanations.values_list("theme_id", "reason"))
    return [
        {
            "number": theme.number,
            "name": theme.name,
            "short_name": theme.short_name,
            "reason": _text(reasons.get(theme.pk, "")),
        }
        for theme in Theme.objects.all()
    ]


def _choice(choice: ChoiceSummary) -> dict[str, Any] | None:
    """Return how the levers were chosen, None before the first one is shortlisted."""
    if not choice.shortlisted_count:
        return None
    return {
        "catalogue": choice.catalogue_title,
        "catalogue_count": choice.catalogue_count,
        "shortlisted_count": choice.shortlisted_count,
        "validated_count": choice.validated_count,
        "validated_on": _day(choice.validated_on),
        "validation_body": choice.validation_body,
        "ballot": None
        if choice.closed_on is None
        else {
            "opened_on": _day(choice.opened_on),
            "closed_on": _day(choice.closed_on),
            "voter_count": choice.voter_count,
            "voted_count": choice.voted_count,
        },
        "levers": [_lever(item) for item in choice.choices],
        "set_aside": [{"title": item.lever.title, "reason": _text(item.reason)} for item in choice.set_aside],
    }


def _lever(item: LeverChoice) -> dict[str, Any]:
    return {
        "code": item.lever.code,
        "title": item.lever.title,
        "votes": list(item.counts) if item.counts else NO_VOTES,
        "abstentions": item.abstentions or 0,
        "median": item.gauge_label,
        "pile": item.pile_label,
        "verdict": item.verdict.value if item.verdict else "",
        "verdict_label": str(Verdict(item.verdict).label) if item.verdict else "",
        "reason": _text(item.reason),
    }


def _objective(objective: Objective) -> dict[str, Any]:
    return {
        "number": objective.number,
        "kind": objective.kind,
        "title": _text(objective.title),
        "indicator": _text(objective.indicator_name),
        "unit": _text(objective.unit),
        "baseline": _number(objective.baseline),
        "baseline_low": _number(objective.baseline_low),
        "baseline_high": _number(objective.baseline_high),
        "baseline_year": objective.baseline_year,
        "target": _number(objective.target),
        "target_low": _number(objective.target_low),
        "target_high": _number(objective.target_high),
        "target_on": _day(objective.target_on),
        "source": _text(objective.source),
        "frequency_label": objective.get_frequency_display() if objective.frequency else "",
        "note": _text(objective.note),
    }


def _sheet(sheet: ActionSheet, choice: ChoiceSummary, catalogue: dict[int, str]) -> dict[str, Any]:
    votes = next((item.counts for item in choice.choices if item.lever.pk == sheet.lever_id), None)
    associated = [service.name for service in sheet.associated_services.all()]
    if sheet.associated_note:
        associated.append(_text(sheet.associated_note))
    objectives = [objective.number for objective in sheet.objectives.all()]
    return {
        "number": sheet.number,
        "title": _text(sheet.title),
        "short_title": _text(sheet.short_title),
        "lever_code": sheet.lever.code if sheet.lever else "",
        "dimension": sheet.dimension.name if sheet.dimension else "",
        "theme": sheet.theme.number if sheet.theme else None,
        "perimeter": sheet.perimeter,
        "perimeter_label": sheet.get_perimeter_display(),
        "commitment_label": sheet.get_commitment_display() if sheet.commitment else "",
        "is_quick_win": sheet.is_quick_win,
        "status_label": sheet.get_status_display(),
        "validated_on": _day(sheet.validated_on),
        "validation_body": _text(sheet.validation_body),
        "objective": objectives[0] if objectives else None,
        "objectives": objectives,
        "context": _text(sheet.context),
        "aim": _text(sheet.aim),
        "description": _own_description(sheet, catalogue),
        "lead": lead_of(sheet),
        "lead_service": sheet.lead_service.name if sheet.lead_service else "",
        "lead_detail": _text(sheet.lead_label),
        "elected_lead": _text(sheet.elected_lead),
        "associated": associated,
        "partners": [_text(item) for item in sheet.partner_list],
        "target_public": _text(sheet.target_public),
        "human_means": [{"role": _text(item.role), "days": _number(item.days)} for item in sheet.human_means.all()],
        "budget_lines": [_budget_line(line) for line in sheet.budget_lines.all()],
        "human_days": _number(sheet.human_days),
        "days_by_half_year": dict(sheet.human_days_by_half_year),
        "human_note": _own_human_note(sheet),
        "budget_eur": _number(sheet.budget_eur),
        "budget_note": _text(sheet.budget_note),
        "funding": _text(sheet.funding),
        "start_half": sheet.start_half,
        "end_half": sheet.end_half,
        "effort": sheet.effort,
        "impact": sheet.impact,
        "expected_effect": _text(sheet.expected_effect),
        "saving_kg": _number(sheet.saving_kgco2e),
        "saving_low_kg": _number(sheet.saving_low_kgco2e),
        "saving_high_kg": _number(sheet.saving_high_kgco2e),
        "rebound": [_text(line) for line in sheet.rebound.splitlines() if line.strip()],
        "risks": [_text(item) for item in sheet.risk_list],
        "mitigation": [_text(item) for item in sheet.mitigation_list],
        "legal": [_text(item) for item in sheet.legal_list],
        "links": [_text(item) for item in sheet.link_list],
        "steps": [_step(step) for step in sheet.steps.all()],
        "indicators": [_indicator(indicator) for indicator in sheet.indicators.all()],
        "votes": list(votes) if votes else NO_VOTES,
    }


def _shares(sheets: list[ActionSheet]) -> dict[int, list[dict[str, Any]]]:
    """Return with whom each action is carried: the part of each, and whose equipment it saves. One query."""
    found: dict[int, list[dict[str, Any]]] = {}
    accepted = SheetShare.objects.filter(sheet__in=[sheet.pk for sheet in sheets], state=ShareState.ACCEPTED)
    for share in accepted.order_by("other_name", "pk"):
        found.setdefault(share.sheet_id or 0, []).append(
            {
                "other": share.other_name,
                "own_part": _text(share.own_part),
                "other_part": _text(share.other_part),
                "equipment": "each" if share.equipment == "each" else "own" if share.is_own_equipment else "other",
            }
        )
    return found


def _own_description(sheet: ActionSheet, catalogue: dict[int, str]) -> str:
    """Return the description, unless it still is the text of the catalogue: a sheet prints what is the authority's."""
    return "" if sheet.description == catalogue.get(sheet.lever_id or 0) else _text(sheet.description)


def _own_human_note(sheet: ActionSheet) -> str:
    """Return the note about days; the one of the catalogue says nothing any more once days are written."""
    is_catalogue = sheet.lever is not None and sheet.human_note == str(sheet.lever.means.get("human", ""))[:300]
    return "" if is_catalogue and sheet.human_days is not None else _text(sheet.human_note)


def _budget_line(line: SheetBudgetLine) -> dict[str, Any]:
    return {
        "year": line.year,
        "investment_eur": _number(line.investment_eur),
        "operation_eur": _number(line.operation_eur),
        "funding_eur": _number(line.funding_eur),
        "funding_source": _text(line.funding_source),
    }


def _step(step: ActionStep) -> dict[str, Any]:
    due = HalfYear.from_code(step.due_half).label if step.due_half else ""
    return {
        "text": _text(step.text),
        "who": _text(step.who),
        "due_label": f"{step.due_on:%d/%m/%Y}" if step.due_on else due,
    }


def _indicator(indicator: Indicator) -> dict[str, Any]:
    return {
        "name": _text(indicator.name),
        "unit": _text(indicator.unit),
        "baseline": _number(indicator.baseline),
        "baseline_year": indicator.baseline_year,
        "target": _number(indicator.target),
        "target_year": indicator.target_year,
        "source": _text(indicator.source),
        "frequency_label": indicator.get_frequency_display() if indicator.frequency else "",
    }


def _loads(roadmap: Roadmap) -> list[dict[str, Any]]:
    """Return the load of each lead, as the schedule shows it; leads without any day are left out."""
    loads = load_board(roadmap, list(live_sheets(roadmap))).loads
    return [
        {
            "lead": load.lead,
            "capacity": load.capacity,
            "days": [round(cell.days, 2) for cell in load.cells],
        }
        for load in loads
        if load.total_days
    ]


def _check(row: CheckRow) -> dict[str, Any]:
    return {
        "code": row.check.code,
        "text": row.check.text,
        "level": row.check.level,
        "is_yearly": row.check.is_yearly,
        "is_met": row.is_passed,
        "gaps": [gap.text for gap in row.gaps],
    }
