"""Loading of the questionnaire: dimensions, questions, level texts, which share one version.

A version that a diagnosis uses is never altered; loading the same file twice changes nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction

from authorities.enums import Perimeter
from diagnostics.enums import LEVELS
from diagnostics.models import Level, Question, Questionnaire
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
    save_in_place,
)
from reference.models import Dimension, Duty, Service, Theme

FILE = "questionnaire.yaml"


@dataclass(frozen=True)
class _Known:
    """Codes that the other reference files hold, against which this one is checked."""

    services: dict[str, Service]
    themes: dict[int, Theme]
    duties: frozenset[str]


@dataclass(frozen=True)
class _Question:
    fields: dict[str, object]
    themes: list[Theme]
    services: list[Service]
    levels: list[str]


@dataclass(frozen=True)
class _Dimension:
    code: str
    phrase: str
    fields: dict[str, object]
    themes: list[Theme]
    questions: list[_Question]


def load_all(folder: Path) -> LoadReport:
    """Load `questionnaire.yaml`; a version that was not there is proposed to new diagnoses.

    Services, themes and duties must be loaded before. Raises `FixtureError`, which names the file, the entry and the
    field; nothing is written then.
    """
    return load_content(read_yaml(folder, FILE))


def load_content(content: Any) -> LoadReport:
    """Load a questionnaire that has the shape of the file, wherever it was written."""
    entry = as_mapping(FILE, content)
    questionnaire_fields, dimensions = _parse(entry)
    with transaction.atomic():
        return _write(entry, questionnaire_fields, dimensions)


def check_content(content: Any) -> None:
    """Raise the `FixtureError` that `load_content` would, with the errors of all entries; write nothing."""
    _parse(as_mapping(FILE, content))


def _parse(entry: Entry) -> tuple[dict[str, object], list[_Dimension]]:
    entry.only("code", "title", "note", "scale", "abstention", "dimensions", "about_duty_level")
    known = _Known(
        services={service.code: service for service in Service.objects.all()},
        themes={theme.number: theme for theme in Theme.objects.all()},
        duties=frozenset(Duty.objects.values_list("code", flat=True)),
    )
    gathering = Gathering()
    fields = gathering.read(lambda: _parse_fields(entry)) or {}
    items = gathering.read(lambda: list_entries(FILE, entry.value("dimensions"), where="dimensions")) or []
    read = [_parse_dimension(item, position, known, gathering) for position, item in enumerate(items, start=1)]
    gathering.close()
    dimensions = [item for item in read if item is not None]
    codes = [question.fields["code"] for item in dimensions for question in item.questions]
    repeated = {str(code) for code in codes if codes.count(code) > 1}
    if repeated:
        raise entry.error(
            "dimensions", f"le code de question «\u00a0{min(repeated)}\u00a0» figure dans deux dimensions."
        )
    fields["dimension_phrases"] = {item.code: item.phrase for item in dimensions}
    return fields, dimensions


def _parse_fields(entry: Entry) -> dict[str, object]:
    entry.slug("code", max_length=Questionnaire._meta.get_field("code").max_length)
    scale = entry.entries("scale")
    for position, step in enumerate(scale):
        step.only("value", "label")
        if step.integer("value", minimum=LEVELS[0], maximum=LEVELS[-1]) != position:
            raise step.error("value", f"les niveaux sont rangés de 0 à 4\u202f; écrivez {position} ici.")
    if len(scale) != len(LEVELS):
        raise entry.error("scale", f"l’échelle a {len(LEVELS)} niveaux, de 0 à 4 (lus\u00a0: {len(scale)}).")
    return {
        "title": entry.text("title", max_length=150),
        "note": entry.text("note", is_optional=True),
        "scale": [step.text("label", max_length=60) for step in scale],
        "abstention": entry.text("abstention", max_length=80),
        "content_hash": content_hash(entry.data),
    }


def _parse_dimension(entry: Entry, position: int, known: _Known, gathering: Gathering) -> _Dimension | None:
    items = gathering.read(lambda: list_entries(FILE, entry.value("questions"), where=entry.name)) or []
    questions = []
    for rank, item in enumerate(items, start=1):
        question = gathering.read(partial(_parse_question, item, rank, known))
        if question is not None:
            questions.append(question)
    return gathering.read(lambda: _dimension(entry, position, known, questions))


def _dimension(entry: Entry, position: int, known: _Known, questions: list[_Question]) -> _Dimension:
    entry.only("code", "name", "short_name", "phrase", "definition", "themes", "questions")
    return _Dimension(
        code=entry.slug("code", max_length=Dimension._meta.get_field("code").max_length),
        phrase=entry.text("phrase", max_length=60),
        fields={
            "name": entry.text("name", max_length=120),
            "short_name": entry.text("short_name", max_length=40),
            "definition": entry.text("definition", max_length=300),
            "position": position,
        },
        themes=_themes(entry, known),
        questions=questions,
    )


def _parse_question(entry: Entry, position: int, known: _Known) -> _Question:
    entry.only(
        "code", "title", "text", "flash", "perimeter", "themes", "services", "levels",
        "duty_codes", "duty_level", "reference", "sources",
    )  # fmt: skip
    services = entry.codes("services", known=known.services)
    if not services:
        raise entry.error("services", "nommez au moins un service qui connaît la réponse.")
    levels = entry.entry("levels")
    # YAML gives the levels as integers; the reader of fields names them in its errors, as texts.
    texts = Entry(levels.file, levels.name, {str(value): text for value, text in levels.data.items()}, levels.path)
    if sorted(texts.data) != [str(value) for value in LEVELS]:
        raise entry.error("levels", "écrivez un texte pour chacun des niveaux 0, 1, 2, 3 et 4, et pour eux seuls.")
    return _Question(
        fields={
            "code": entry.slug("code", max_length=Question._meta.get_field("code").max_length),
            "title": entry.text("title", max_length=80),
            "text": entry.text("text", max_length=250),
            "is_flash": entry.boolean("flash"),
            "perimeter": entry.code("perimeter", known=set(Perimeter.values)),
            "duty_codes": entry.codes("duty_codes", known=known.duties),
            "duty_level": entry.optional_integer("duty_level", minimum=LEVELS[0], maximum=LEVELS[-1]),
            "legal_reference": entry.text("reference", max_length=250, is_optional=True),
            "sources": entry.texts("sources"),
            "position": position,
        },
        themes=_themes(entry, known),
        services=[known.services[code] for code in services],
        levels=[texts.text(str(value), max_length=250) for value in LEVELS],
    )


def _themes(entry: Entry, known: _Known) -> list[Theme]:
    numbers: Collection[object] = entry.items("themes")
    for number in numbers:
        if not isinstance(number, int) or number not in known.themes:
            possible = ", ".join(str(value) for value in sorted(known.themes)) or "aucun n’est chargé"
            raise entry.error(
                "themes", f"le thème «\u00a0{number}\u00a0» est inconnu\u202f; les thèmes possibles\u00a0: {possible}."
            )
    return [known.themes[number] for number in numbers if isinstance(number, int)]


def _write(entry: Entry, fields: dict[str, object], dimensions: list[_Dimension]) -> LoadReport:
    stored = Questionnaire.objects.filter(code=entry.name).first()
    outcome = check_version(
        file=FILE,
        entry=entry.name,
        stored_hash=stored.content_hash if stored else None,
        new_hash=str(fields["content_hash"]),
        is_used=stored.is_used if stored else False,
    )
    report = LoadReport()
    report.add("questionnaire", outcome)
    if stored is None or outcome is not Outcome.UNCHANGED:
        values = {**fields, "source": plain_content(entry.data)}
        stored, _ = save_in_place(Questionnaire, key={"code": entry.name}, values=values)
        _write_dimensions(entry, stored, dimensions)
    elif not stored.source:
        # A version loaded before its content was kept: the same content, which the hash proves.
        stored.source = plain_content(entry.data)
        stored.save(update_fields=["source"])
    report.add("dimensions", outcome, len(dimensions))
    report.add("questions", outcome, sum(len(item.questions) for item in dimensions))
    # A version that was there keeps its place: the administration may have proposed another one since.
    if outcome is Outcome.CREATED or not Questionnaire.objects.filter(is_current=True).exists():
        propose(Questionnaire, stored)
    return report


def _write_dimensions(entry: Entry, questionnaire: Questionnaire, dimensions: list[_Dimension]) -> None:
    """Correct the dimensions in place and write the questions afresh: the caller made sure that nobody uses them."""
    stored = Dimension.objects.filter(framework=questionnaire.code)
    removed = stored.exclude(code__in=[item.code for item in dimensions]).first()
    if removed is not None:
        raise entry.error(
            "dimensions", f"la dimension «\u00a0{removed.code}\u00a0» manque\u202f; publiez une nouvelle version."
        )
    questionnaire.questions.all().delete()
    for item in dimensions:
        key = {"framework": questionnaire.code, "code": item.code}
        dimension, _ = save_in_place(Dimension, key=key, values=item.fields)
        dimension.themes.set(item.themes)
        for data in item.questions:
            question = Question.objects.create(questionnaire=questionnaire, dimension=dimension, **data.fields)
            question.themes.set(data.themes)
            question.services.set(data.services)
            Level.objects.bulk_create(
                Level(question=question, value=value, text=text) for value, text in enumerate(data.levels)
            )
