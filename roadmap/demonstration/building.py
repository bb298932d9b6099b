"""The roadmap: objectives, action sheets, texts, frozen version, adoption."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from reference.models import Service, Theme
from roadmap.demonstration.people import Scene
from roadmap.enums import Direction, Frequency, ObjectiveKind
from roadmap.half_years import HalfYear, half_years_of
from roadmap.models import ActionSheet, Objective, Roadmap
from roadmap.selectors.sheets import detailed_sheets, sheet_row
from roadmap.services import (
    BudgetLineValues,
    IndicatorValues,
    ObjectiveValues,
    StepValues,
    confirm_catalogue_texts,
    create_objective,
    create_sheets_from_decisions,
    ensure_roadmap,
    place_sheet,
    save_roadmap_texts,
    save_sheet,
    save_theme_explanations,
    submit_sheet,
    validate_sheets,
)

FREQUENCIES = {
    "annuelle": Frequency.YEARLY,
    "semestrielle": Frequency.HALF_YEARLY,
    "trimestrielle": Frequency.QUARTERLY,
    "une fois": Frequency.ONCE,
}
YES_NO = {"oui": Decimal(1), "non": Decimal(0)}
REDUCTION_SHARE = Decimal("0.82")  # target: 18 % less than the starting value


def number_of(value: object) -> Decimal | None:
    """Return a figure of the data; « oui » is 1, « non » is 0, nothing is « à établir »."""
    if value is None:
        return None
    return YES_NO.get(value) if isinstance(value, str) else Decimal(str(value))


def create_objectives(
    scene: Scene, roadmap: Roadmap, data: dict[str, Any], footprint_t: tuple[float, float, float], *, now: datetime
) -> dict[str, Objective]:
    """Create the objectives. The reduction target starts from the footprint: central, low, high, in t a year."""
    central, low, high = (Decimal(str(round(value, 1))) for value in footprint_t)
    last_day = scene.initiative.ends_on
    objectives = {}
    for row in data["objectives"]:
        is_reduction = row.get("is_reduction", False)
        values = ObjectiveValues(
            title=row["title"],
            kind=ObjectiveKind.REDUCTION if is_reduction else ObjectiveKind.OTHER,
            indicator_name=row["indicator"],
            unit=row["unit"],
            baseline=central if is_reduction else number_of(row["baseline"]),
            baseline_low=low if is_reduction else None,
            baseline_high=high if is_reduction else None,
            baseline_year=data["dates"]["inventory"].year,
            target=(central * REDUCTION_SHARE).quantize(Decimal("0.1")) if is_reduction else number_of(row["target"]),
            target_on=last_day,
            source=row["source"],
            frequency=FREQUENCIES[row["frequency"]],
        )
        objectives[row["key"]] = create_objective(roadmap=roadmap, values=values, actor=scene.referent, now=now)
    return objectives


def indicator_of(row: list[Any], baseline_year: int, target_year: int) -> IndicatorValues:
    """Read one indicator: name, unit, baseline, target, source, frequency."""
    name, unit, baseline, target, source, frequency = row
    first, last = number_of(baseline), number_of(target)
    is_falling = first is not None and last is not None and last < first
    return IndicatorValues(
        name=name,
        unit=unit,
        direction=Direction.DOWN if is_falling else Direction.UP,
        baseline=first,
        baseline_year=baseline_year if first is not None else None,
        target=last,
        target_year=target_year,
        frequency=FREQUENCIES[frequency],
        source=source,
    )


def complete_sheet(
    scene: Scene, sheet: ActionSheet, row: dict[str, Any], objectives: dict[str, Objective], *, now: datetime
) -> None:
    """Place a sheet, then write what the catalogue cannot know."""
    initiative = scene.initiative
    start, end = HalfYear.from_code(row["start"]), HalfYear.from_code(row["end"])
    sheet = place_sheet(
        sheet=sheet, expected_version=sheet.version, start=start, end=end, actor=scene.referent, now=now
    )
    participant = scene.participants.get(row.get("lead_participant", ""))
    service = participant.service if participant else Service.objects.get(code=row["lead_service"])
    half_years = half_years_of(initiative.period_start_year, initiative.period_years)
    days = {half.code: count for half, count in zip(half_years, row["days"], strict=True) if count}
    rebound = [text for text in row["risks"] if text.startswith("Effet rebond")]
    changes = {
        "aim": row["aim"],
        "context": row["finding"],
        "commitment": row["commitment"],
        "lead_service": service,
        "lead_participant": participant,
        "lead_name": row["lead"],
        "elected_lead": row["elected_lead"],
        "associated_note": row["associated"],
        "human_days_by_half_year": days,
        "human_note": "détail par semestre au calendrier",
        "budget_eur": Decimal(row["budget_eur"]),
        "mitigation": "\n".join(row.get("mitigation", [])),
        "budget_note": row["budget_detail"],
        "funding": row["funding"],
        "expected_effect": row["effect"],
        "rebound": "\n".join(rebound),
        "risks": "\n".join(text for text in row["risks"] if text not in rebound),
    }
    if "perimeter" in row:
        changes["perimeter"] = row["perimeter"]
    if "theme" in row:
        changes["theme"] = Theme.objects.get(number=row["theme"])
    if "legal" in row:
        changes["legal_references"] = "\n".join(row["legal"])
    save_sheet(
        sheet=sheet,
        expected_version=sheet.version,
        changes=changes,
        rows={
            "steps": [StepValues(text=text, who=who, due_half=half) for text, who, half in row["steps"]],
            "indicators": [
                indicator_of(item, initiative.period_start_year - 1, initiative.period_end_year)
                for item in row["indicators"]
            ],
            "budget_lines": [
                BudgetLineValues(year, Decimal(investment), Decimal(operation))
                for year, (investment, operation) in row.get("budget_years", {}).items()
            ],
        },
        # The services of the catalogue give way to those that the authority names.
        links={"associated_services": [], "objectives": [objectives[row["objective"]]]},
        actor=scene.referent,
        now=now,
    )


def write_texts(scene: Scene, roadmap: Roadmap, data: dict[str, Any], *, now: datetime) -> Roadmap:
    """Write the governance and the themes left aside. The foreword keeps its place and says so: nobody is quoted."""
    save_theme_explanations(
        roadmap=roadmap,
        expected_version=roadmap.version,
        reasons={Theme.objects.get(number=number): text for number, text in data["theme_explanations"].items()},
        actor=scene.referent,
        now=now,
    )
    roadmap.refresh_from_db()
    changes = {
        "foreword": data["foreword"],
        "foreword_author": data["foreword_author"],
        "governance": data["governance"],
        "committee_meetings_per_year": 4,
        "steering_meetings_per_year": 2,
        "council_reports_per_year": 1,
    }
    return save_roadmap_texts(
        roadmap=roadmap, expected_version=roadmap.version, changes=changes, actor=scene.referent, now=now
    )


def build(
    scene: Scene,
    data: dict[str, Any],
    sheets: list[dict[str, Any]],
    footprint_t: tuple[float, float, float],
    *,
    now: datetime,
) -> Roadmap:
    """Create the sheets from the decisions and complete them all."""
    roadmap = ensure_roadmap(initiative=scene.initiative)
    create_sheets_from_decisions(initiative=scene.initiative, actor=scene.referent, now=now)
    objectives = create_objectives(scene, roadmap, data, footprint_t, now=now)
    rows = {row["code"]: row for row in sheets}
    for sheet in ActionSheet.objects.for_initiative(scene.initiative).select_related("lever", "roadmap"):
        complete_sheet(scene, sheet, rows[sheet.lever.code], objectives, now=now)
        hand_over(scene, sheet, now=now)
    roadmap.refresh_from_db()
    return write_texts(scene, roadmap, data, now=now)


def hand_over(scene: Scene, sheet: ActionSheet, *, now: datetime) -> None:
    """Read over what is still the catalogue's, then submit the sheet: its lead does, or the référent for them."""
    row = sheet_row(detailed_sheets(sheet.roadmap).get(pk=sheet.pk))
    author = row.sheet.lead_participant or scene.referent
    if row.unchanged:
        confirm_catalogue_texts(sheet=sheet, names=row.unchanged, actor=author, now=now)
    submit_sheet(sheet=row.sheet, expected_version=row.sheet.version, actor=author, now=now)


def validate(scene: Scene, roadmap: Roadmap, *, validated_on: date, now: datetime) -> None:
    """Record that the steering committee validated every sheet."""
    validate_sheets(
        roadmap=roadmap,
        sheet_pks=list(roadmap.sheets.values_list("pk", flat=True)),
        validated_on=validated_on,
        body="comité de pilotage",
        actor=scene.elected,
        now=now,
    )
