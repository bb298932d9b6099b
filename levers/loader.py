"""Loading of the catalogue of levers, with the weights of the recommendation.

A version that a démarche uses is never altered; loading the same files twice changes nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction

from authorities.enums import Perimeter, Track
from common.text import normalise
from diagnostics.models import Question
from levers.enums import Cost
from levers.models import LOCAL_PREFIX, Lever, LeverCatalogue
from levers.relevance import Criterion
from reference.fixtures import (
    Entry,
    Gathering,
    LoadReport,
    Outcome,
    as_mapping,
    check_version,
    content_hash,
    list_entries,
    plain_content,
    propose,
    read_yaml,
)
from reference.models import Dimension, Duty, Service, Theme

LEVERS_FILE = "levers.yaml"
CATALOGUE_FILE = "lever_catalogue.yaml"
WEIGHTS_FILE = "relevance_weights.yaml"
SIMULATION_FILE = "simulation.yaml"

LEVER_FIELDS = (
    "code", "title", "summary", "description", "theme", "dimension", "secondary_dimensions", "questions", "perimeter",
    "audience", "lead_service", "effort", "cost", "delay_months", "quick_win", "impact", "impact_rationale",
    "small_authority", "prerequisites", "synergies", "simulation", "steps", "indicators", "means", "risks",
    "duty_codes", "legal", "sources",
)  # fmt: skip
DIRECTIONS = {"up", "down"}
SIZE_FIELDS = ("target", "low", "high", "retained_maximum")
SIMULATION_NUMBERS = {
    "percent": (0, 100),
    "years": (0, 20),
    "fleet_share_percent": (0, 100),
    "servers_share_percent": (0, 100),
    "pue_from": (1, 5),
    "pue_to": (1, 5),
    "first_life_years": (0, 20),
}


@dataclass(frozen=True)
class _Known:
    """What the other reference files hold, against which this one is checked."""

    themes: Mapping[int, Theme]
    dimensions: Mapping[str, Dimension]
    services: Mapping[str, Service]
    questions: Collection[str]
    duties: Collection[str]
    levers: set[str]
    effects: Mapping[str, Any]
    groups: Collection[str]


def load_all(folder: Path) -> LoadReport:
    """Load the catalogue, its weights and its groups of exclusive levers; one that was not there is proposed.

    Themes, services, duties and the questionnaire must be loaded before. Raises `FixtureError`, which names the file,
    the entry and the field; nothing is written then.
    """
    return load_content(
        {
            "catalogue": read_yaml(folder, CATALOGUE_FILE),
            "weights": read_yaml(folder, WEIGHTS_FILE),
            "simulation": read_yaml(folder, SIMULATION_FILE),
            "levers": read_yaml(folder, LEVERS_FILE),
        }
    )


def load_content(content: Mapping[str, Any]) -> LoadReport:
    """Load a catalogue, wherever it was written: what each of the four files holds, under `catalogue`, `weights`,
    `simulation` and `levers`.
    """
    catalogue, fields, levers = _parse(content)
    with transaction.atomic():
        return _write(catalogue, fields, levers, content)


def check_content(content: Mapping[str, Any]) -> None:
    """Raise the `FixtureError` that `load_content` would, with the errors of all levers; write nothing."""
    _parse(content)


def _parse(content: Mapping[str, Any]) -> tuple[Entry, dict[str, Any], list[dict[str, Any]]]:
    catalogue = as_mapping(CATALOGUE_FILE, content.get("catalogue"))
    weights = as_mapping(WEIGHTS_FILE, content.get("weights"))
    simulation = as_mapping(SIMULATION_FILE, content.get("simulation"))
    entries = list_entries(LEVERS_FILE, content.get("levers"))
    known = _known(catalogue, simulation, entries)
    gathering = Gathering()
    fields = gathering.read(lambda: _parse_catalogue(catalogue, weights, simulation, known)) or {}
    read = [
        gathering.read(partial(_parse_lever, entry, position, known)) for position, entry in enumerate(entries, start=1)
    ]
    gathering.close()
    fields["content_hash"] = content_hash([fields, content["levers"]])
    return catalogue, fields, [lever for lever in read if lever is not None]


def _parse_catalogue(catalogue: Entry, weights: Entry, simulation: Entry, known: _Known) -> dict[str, Any]:
    catalogue.only("code", "title", "framework", "published_on")
    catalogue.slug("code", max_length=LeverCatalogue._meta.get_field("code").max_length)
    return {
        "title": catalogue.text("title", max_length=200),
        "framework": catalogue.code("framework"),
        "published_on": catalogue.day("published_on"),
        "weights": _parse_weights(weights, known.groups),
        "exclusive_groups": _parse_exclusive(simulation, known),
    }


def _known(catalogue: Entry, simulation: Entry, entries: list[Entry]) -> _Known:
    framework = catalogue.code("framework")
    dimensions = {item.code: item for item in Dimension.objects.filter(framework=framework)}
    if not dimensions:
        raise catalogue.error("framework", f"le questionnaire « {framework} » n’est pas chargé ; chargez-le d’abord.")
    return _Known(
        themes={theme.number: theme for theme in Theme.objects.all()},
        dimensions=dimensions,
        services={service.code: service for service in Service.objects.all()},
        questions=set(Question.objects.filter(questionnaire__code=framework).values_list("code", flat=True)),
        duties=set(Duty.objects.values_list("code", flat=True)),
        levers={entry.name for entry in entries},
        effects=simulation.entry("effects").data,
        groups=simulation.entry("groups").data.keys(),
    )


def _parse_lever(entry: Entry, position: int, known: _Known) -> dict[str, Any]:
    entry.only(*LEVER_FIELDS)
    theme = known.themes[entry.integer("theme", minimum=1, maximum=len(known.themes))]
    dimension = known.dimensions[entry.code("dimension", known=known.dimensions)]
    others = known.levers - {entry.name}
    entry.slug("code", max_length=Lever._meta.get_field("code").max_length)
    if entry.name.startswith(LOCAL_PREFIX):
        raise entry.error("code", f"les codes qui commencent par {LOCAL_PREFIX} sont ceux des leviers locaux.")
    title, summary = entry.text("title", max_length=120), entry.text("summary", max_length=400)
    description, steps = entry.text("description"), entry.texts("steps")
    if not steps:
        raise entry.error("steps", "écrivez au moins une étape.")
    return {
        "code": entry.name,
        "title": title,
        "summary": summary,
        "description": description,
        "theme": theme,
        "dimension": dimension,
        "secondary_dimension_codes": entry.codes("secondary_dimensions", known=known.dimensions),
        "question_codes": entry.codes("questions", known=known.questions),
        "perimeter": entry.code("perimeter", known=Perimeter.values),
        "audience_codes": entry.codes("audience", known=known.services),
        "lead_service": known.services[entry.code("lead_service", known=known.services)],
        "effort": entry.integer("effort", minimum=1, maximum=5),
        "cost": entry.code("cost", known=Cost.values),
        "delay_months": entry.integer("delay_months", minimum=1, maximum=72),
        "is_quick_win": entry.boolean("quick_win"),
        "impact": entry.integer("impact", minimum=1, maximum=5),
        "impact_rationale": entry.text("impact_rationale", max_length=300),
        "is_for_small_authority": entry.boolean("small_authority"),
        "prerequisite_codes": entry.codes("prerequisites", known=others),
        "synergy_codes": entry.codes("synergies", known=others),
        "simulation": _parse_simulation(entry, known),
        "steps": steps,
        "indicators": _parse_indicators(entry),
        "means": _parse_texts(entry.entry("means"), "human", "budget", "caveat"),
        "risks": entry.texts("risks"),
        "duty_codes": entry.codes("duty_codes", known=known.duties),
        "legal_references": entry.texts("legal"),
        "sources": [
            {"label": _only(source, "label", "ref").text("label"), "ref": source.text("ref")}
            for source in entry.entries("sources")
        ],
        "position": position,
        "search_text": normalise(
            " ".join([entry.name, title, summary, description, *steps, theme.name, dimension.name])
        ),
    }


def _parse_indicators(entry: Entry) -> list[dict[str, str]]:
    indicators = []
    for item in entry.entries("indicators"):
        _only(item, "name", "unit", "direction", "formula", "baseline_hint")
        texts = {name: item.text(name) for name in ("name", "unit", "formula", "baseline_hint")}
        indicators.append({**texts, "direction": item.code("direction", known=DIRECTIONS)})
    if not indicators:
        raise entry.error("indicators", "écrivez au moins un indicateur.")
    return indicators


def _parse_simulation(entry: Entry, known: _Known) -> dict[str, Any] | None:
    if entry.value("simulation") is None:
        return None
    effect = entry.entry("simulation")
    kind = effect.code("type", known=known.effects)
    effect.only("type", "categories", "from", "to", *SIMULATION_NUMBERS)
    if "categories" in effect.data:
        effect.codes("categories", known=known.groups)
    for name, (minimum, maximum) in SIMULATION_NUMBERS.items():
        number = effect.decimal(name) if name in effect.data else None
        if number is not None and not minimum <= number <= maximum:
            raise effect.error(name, f"écrivez un nombre entre {minimum} et {maximum} (lu : {number}).")
    return {**effect.data, "type": kind}


def _parse_exclusive(simulation: Entry, known: _Known) -> list[list[str]]:
    groups: list[list[str]] = simulation.items("exclusive")
    for group in groups:
        if not isinstance(group, list):
            raise simulation.error("exclusive", f"écrivez une liste de listes de codes (lu : {group!r}).")
        for code in group:
            if not isinstance(code, str) or code not in known.levers:
                raise simulation.error("exclusive", f"le levier « {code} » est inconnu.")
    return groups


def _parse_weights(entry: Entry, groups: Collection[str]) -> dict[str, Any]:
    entry.only(
        "points", "full_saving_percent", "weak_dimension_under", "small_population_under", "sizes", "group_labels"
    )
    labels = _only(entry.entry("group_labels"), *groups)
    points = _only(entry.entry("points"), *(criterion.value for criterion in Criterion))
    sizes = _only(entry.entry("sizes"), *Track.values)
    return {
        "points": {criterion.value: points.integer(criterion.value, minimum=0, maximum=100) for criterion in Criterion},
        "full_saving_percent": entry.integer("full_saving_percent", minimum=1, maximum=100),
        "weak_dimension_under": entry.integer("weak_dimension_under", minimum=0, maximum=4),
        "small_population_under": entry.integer("small_population_under", minimum=0, maximum=100_000),
        "sizes": {
            track: {
                name: _only(sizes.entry(track), *SIZE_FIELDS).integer(name, minimum=1, maximum=200)
                for name in SIZE_FIELDS
            }
            for track in Track.values
        },
        "group_labels": {group: labels.text(group, max_length=40) for group in groups},
    }


def _parse_texts(entry: Entry, *names: str) -> dict[str, str]:
    entry.only(*names)
    return {name: entry.text(name) for name in names}


def _only(entry: Entry, *names: str) -> Entry:
    entry.only(*names)
    return entry


def _write(
    entry: Entry, fields: dict[str, Any], levers: list[dict[str, Any]], content: Mapping[str, Any]
) -> LoadReport:
    stored = LeverCatalogue.objects.filter(code=entry.name).first()
    outcome = check_version(
        file=CATALOGUE_FILE,
        entry=entry.name,
        stored_hash=stored.content_hash if stored else None,
        new_hash=fields["content_hash"],
        is_used=stored.is_used if stored else False,
    )
    report = LoadReport()
    report.add("catalogue de leviers", outcome)
    report.add("leviers", outcome, len(levers))
    if stored is None or outcome is not Outcome.UNCHANGED:
        defaults = {**fields, "source": plain_content(content)}
        stored, _ = LeverCatalogue.objects.update_or_create(code=entry.name, defaults=defaults)
        # Nobody uses this version, so its levers are written afresh.
        stored.levers.all().delete()
        Lever.objects.bulk_create(Lever(catalogue=stored, **lever) for lever in levers)
    elif not stored.source:
        # A version loaded before its content was kept: the same content, which the hash proves.
        stored.source = plain_content(content)
        stored.save(update_fields=["source"])
    # A version that was there keeps its place: the administration may have proposed another one since.
    if outcome is Outcome.CREATED or not LeverCatalogue.objects.filter(is_current=True).exists():
        propose(LeverCatalogue, stored)
    return report
