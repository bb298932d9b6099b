"""Loading of the reference data that every application shares. Loading twice changes nothing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import models, transaction

from reference.fixtures import (
    Entry,
    LoadReport,
    Outcome,
    list_entries,
    read_csv,
    read_entries,
    read_mapping,
    save_in_place,
)
from reference.models import (
    CalendarPreset,
    ComplianceCheck,
    DocumentKind,
    Duty,
    DutyStep,
    PopulationStratum,
    Prerequisite,
    Service,
    Territory,
    Theme,
)
from reference.territories import search_key

_KINDS = ("commune", "epci_fp", "departement", "region", "syndicat", "autre")
_MEETINGS = ("copil", "cotech", "atelier", "assemblee")
_MAX_INHABITANTS = 100_000_000
_BATCH_SIZE = 2_000


@transaction.atomic
def load_all(folder: Path) -> LoadReport:
    """Load the reference data of this application from the files of a folder, in one transaction.

    The dimensions come with the questionnaire, whose version they share. Raises `FixtureError`, and writes nothing,
    when a file does not hold what it should.
    """
    report = LoadReport()
    _load_services(folder, report)
    _load_themes(folder, report)
    _load_compliance_checks(folder, report)
    _load_duties(folder, report)
    _load_calendar(folder, report)
    _load_prerequisites(folder, report)
    _load_strata(folder, report)
    _load_territories(folder, report)
    return report


def _load_services(folder: Path, report: LoadReport) -> None:
    for position, entry in enumerate(read_entries(folder, "services.yaml")):
        entry.only("code", "name", "aliases")
        values = {
            "name": entry.text("name", max_length=120),
            "aliases": entry.texts("aliases", is_optional=True),
            "position": position,
        }
        _save(report, "services", Service, {"code": entry.code("code")}, values)


def _load_themes(folder: Path, report: LoadReport) -> None:
    for entry in read_entries(folder, "themes.yaml", key="number"):
        entry.only("number", "name", "short_name")
        values = {"name": entry.text("name", max_length=250), "short_name": entry.text("short_name", max_length=80)}
        _save(report, "thèmes du décret", Theme, {"number": entry.integer("number", minimum=1, maximum=6)}, values)


def _load_compliance_checks(folder: Path, report: LoadReport) -> None:
    for position, entry in enumerate(read_entries(folder, "compliance_checks.yaml")):
        entry.only("code", "text", "level", "yearly", "traced_to")
        values = {
            "text": entry.text("text", max_length=250),
            "level": entry.code("level", known=ComplianceCheck.Level.values),
            "is_yearly": entry.boolean("yearly"),
            "traced_to": entry.text("traced_to", max_length=200, is_optional=True),
            "position": position,
        }
        _save(report, "points de contrôle", ComplianceCheck, {"code": entry.code("code")}, values)


def _load_duties(folder: Path, report: LoadReport) -> None:
    check_codes = set(ComplianceCheck.objects.values_list("code", flat=True))
    for position, entry in enumerate(read_entries(folder, "duties.yaml")):
        entry.only(
            *("code", "title", "nature", "applies", "steps", "unit", "direction"),
            *("content", "reference", "former_references", "checks", "to_verify"),
        )
        values = {
            **_applies(entry.entry("applies")),
            "title": entry.text("title", max_length=250),
            "nature": entry.code("nature", known=Duty.Nature.values),
            "unit": entry.text("unit", max_length=60, is_optional=True),
            "direction": entry.code("direction", known=Duty.Direction.values, is_optional=True),
            "content": entry.texts("content"),
            "legal_reference": entry.text("reference"),
            "former_references": _former_references(entry),
            "check_codes": entry.codes("checks", known=check_codes),
            "to_verify": entry.text("to_verify", is_optional=True),
            "position": position,
        }
        duty = _save(report, "obligations", Duty, {"code": entry.code("code")}, values)
        _load_duty_steps(duty, entry, report)


def _applies(entry: Entry) -> dict[str, Any]:
    entry.only("kinds", "population_over", "kinds_without_threshold", "note", "note_effect")
    kinds = [] if entry.value("kinds") == "all" else entry.codes("kinds", known=_KINDS)
    return {
        "kinds": kinds,
        "population_over": entry.optional_integer("population_over", minimum=0, maximum=_MAX_INHABITANTS),
        "kinds_without_threshold": entry.codes("kinds_without_threshold", known=_KINDS, is_optional=True),
        "note": entry.text("note", max_length=250, is_optional=True),
        "note_effect": entry.code("note_effect", known=Duty.NoteEffect.values, is_optional=True),
    }


def _former_references(entry: Entry) -> list[dict[str, str]]:
    former = []
    for item in entry.entries("former_references", is_optional=True):
        item.only("until", "reference")
        former.append({"until": item.day("until").isoformat(), "reference": item.text("reference")})
    return former


def _load_duty_steps(duty: Duty, entry: Entry, report: LoadReport) -> None:
    steps = {}
    for step in entry.entries("steps"):
        step.only("from", "value", "text")
        starts_on = step.day("from")
        if starts_on in steps:
            raise step.error("from", "cette date figure deux fois ; gardez un seul palier par date.")
        text_on = step.day("text") if step.data.get("text") else None
        steps[starts_on] = {"value": step.decimal("value"), "text_on": text_on}
    if not steps:
        raise entry.error("steps", "écrivez au moins un palier, avec sa date.")
    DutyStep.objects.filter(duty=duty).exclude(starts_on__in=steps).delete()
    for starts_on, values in steps.items():
        _save(report, "paliers", DutyStep, {"duty": duty, "starts_on": starts_on}, values)


def _load_calendar(folder: Path, report: LoadReport) -> None:
    calendar = read_mapping(folder, "calendar.yaml")
    calendar.only("about", "presets", "documents")
    for position, entry in enumerate(list_entries(calendar.file, calendar.value("presets"))):
        entry.only("code", "name", "steps")
        values = {
            "name": entry.text("name", max_length=120),
            "steps": [_calendar_step(step) for step in entry.entries("steps")],
            "position": position,
        }
        _save(report, "calendriers types", CalendarPreset, {"code": entry.code("code")}, values)
    questionnaire = read_mapping(folder, "questionnaire.yaml")
    dimension_codes = {entry.name for entry in list_entries(questionnaire.file, questionnaire.value("dimensions"))}
    for position, entry in enumerate(list_entries(calendar.file, calendar.value("documents"))):
        entry.only("code", "name", "look_for", "dimensions")
        values = {
            "name": entry.text("name", max_length=150),
            "look_for": entry.text("look_for", max_length=250),
            "dimension_codes": entry.codes("dimensions", known=dimension_codes),
            "position": position,
        }
        _save(report, "types de documents", DocumentKind, {"code": entry.code("code")}, values)


def _calendar_step(step: Entry) -> dict[str, Any]:
    step.only("code", "label", "week", "meeting")
    return {
        "code": step.code("code"),
        "label": step.text("label", max_length=120),
        "week": step.integer("week", minimum=-104, maximum=0),
        "meeting": step.code("meeting", known=_MEETINGS, is_optional=True),
    }


def _load_prerequisites(folder: Path, report: LoadReport) -> None:
    for position, entry in enumerate(read_entries(folder, "prerequisites.yaml")):
        entry.only("code", "text", "help_text", "is_for_obliged_only", "is_in_light_track")
        values = {
            "text": entry.text("text", max_length=200),
            "help_text": entry.text("help_text", max_length=300, is_optional=True),
            "is_for_obliged_only": entry.boolean("is_for_obliged_only"),
            "is_in_light_track": entry.boolean("is_in_light_track"),
            "position": position,
        }
        _save(report, "prérequis", Prerequisite, {"code": entry.code("code")}, values)


def _load_strata(folder: Path, report: LoadReport) -> None:
    for position, entry in enumerate(read_entries(folder, "population_strata.yaml")):
        entry.only("code", "kind", "from", "name")
        values = {
            "name": entry.text("name", max_length=80),
            "kind": entry.code("kind", known=_KINDS),
            "population_from": entry.integer("from", minimum=0, maximum=_MAX_INHABITANTS),
            "position": position,
        }
        _save(report, "strates de population", PopulationStratum, {"code": entry.code("code")}, values)


_TERRITORY_FIELDS = (
    "siren",
    "kind",
    "nature",
    "name",
    "search_name",
    "department_code",
    "population",
    "population_total",
)


def _load_territories(folder: Path, report: LoadReport) -> None:
    """Load the national list in bulk; a territory that left the list is kept, for an authority may bear it."""
    columns = ("code", "siren", "kind", "nature", "name", "department", "population", "population_total")
    stored = {territory.code: territory for territory in Territory.objects.all()}
    created, updated, seen = [], [], set()
    for entry in read_csv(folder, "territories.csv.gz", columns=columns):
        territory = _territory(entry)
        if territory.code in seen:
            raise entry.error("code", f"le code « {territory.code} » figure deux fois ; gardez une seule ligne.")
        seen.add(territory.code)
        former = stored.get(territory.code)
        if former is None:
            created.append(territory)
        elif any(getattr(former, name) != getattr(territory, name) for name in _TERRITORY_FIELDS):
            territory.pk = former.pk
            updated.append(territory)
    Territory.objects.bulk_create(created, batch_size=_BATCH_SIZE)
    Territory.objects.bulk_update(updated, _TERRITORY_FIELDS, batch_size=500)
    report.add("communes et EPCI", Outcome.CREATED, len(created))
    report.add("communes et EPCI", Outcome.UPDATED, len(updated))
    report.add("communes et EPCI", Outcome.UNCHANGED, len(seen) - len(created) - len(updated))


def _territory(entry: Entry) -> Territory:
    name = entry.text("name", max_length=150)
    return Territory(
        code=entry.code("code"),
        siren=entry.data["siren"],
        kind=entry.code("kind", known=Territory.Kind.values),
        nature=entry.text("nature", max_length=60),
        name=name,
        search_name=search_key(name),
        department_code=entry.code("department"),
        population=_inhabitants(entry, "population"),
        population_total=_inhabitants(entry, "population_total"),
    )


def _inhabitants(entry: Entry, column: str) -> int | None:
    raw = entry.data[column]
    if raw == "":
        return None
    if not raw.isascii() or not raw.isdigit():
        raise entry.error(column, f"écrivez un nombre entier d’habitants, ou rien (lu : {raw!r}).")
    return int(raw)


def _save(
    report: LoadReport, label: str, model: type[models.Model], key: Mapping[str, Any], values: Mapping[str, Any]
) -> Any:
    instance, outcome = save_in_place(model, key=key, values=values)
    report.add(label, outcome)
    return instance
