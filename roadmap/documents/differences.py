"""What changes from one version to another, in plain words. Pure: two snapshots in, sentences out.

Sheets are recognised by their lever, else by their title, else by their number; objectives by their title, else by
their number. What a former snapshot did not hold is not compared.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from common.text import enumerate_french, normalise, typography
from roadmap.documents.presentation.plan import span_label
from roadmap.documents.presentation.texts import (
    euros,
    every_sheet,
    indicator_value,
    long_date,
    objectives_of,
    plain,
    tonnes,
)

Item = dict[str, Any]
MISSING = object()
# Fulfilled by the vote of a version, not by what it says.
ADOPTION_CHECK = "C-21"


@dataclass(frozen=True)
class DifferenceSection:
    """The sentences under one title."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Everything that changes between two snapshots."""

    sections: tuple[DifferenceSection, ...]

    @property
    def count(self) -> int:
        return sum(len(section.sentences) for section in self.sections)

    @property
    def summary(self) -> str:
        """Say it in one line, for the word that goes with a version: at most 300 characters."""
        titles = [f"{section.title.lower()} ({len(section.sentences)})" for section in self.sections]
        return f"{enumerate_french(titles)[:1].upper()}{enumerate_french(titles)[1:]}."[:300] if titles else ""


def compare(former: Item, current: Item) -> Comparison:
    """Return what changed, by subject; subjects where nothing did are left out."""
    sheets = _pair(every_sheet(former), every_sheet(current), ("lever_code", "title", "number"))
    objectives = _pair(former["objectives"], current["objectives"], ("title", "number"))
    sections = (
        ("Fiches ajoutées ou retirées", list(_moves(sheets, _sheet_name, feminine=True))),
        ("Fiches modifiées", list(_sheet_changes(sheets, former, current))),
        ("Objectifs", [*_moves(objectives, _objective_name), *_objective_changes(objectives)]),
        ("Moyens", list(_means_changes(former, current))),
        ("État des lieux", list(_state_changes(former, current))),
        ("Textes et gouvernance", list(_text_changes(former, current))),
        ("Points de la liste légale", list(_check_changes(former, current))),
    )
    return Comparison(
        tuple(
            DifferenceSection(title, tuple(typography(sentence) for sentence in sentences))
            for title, sentences in sections
            if sentences
        )
    )


@dataclass(frozen=True)
class _Pairs:
    kept: list[tuple[Item, Item]]
    removed: list[Item]
    added: list[Item]


def _pair(former: Sequence[Item], current: Sequence[Item], names: Sequence[str]) -> _Pairs:
    """Recognise the same thing in two snapshots by the first name that tells it, then by the next ones."""
    kept: list[tuple[Item, Item]] = []
    left, right = list(former), list(current)
    for name in names:
        known: dict[Any, list[Item]] = {}
        for item in left:
            known.setdefault(_mark(item, name), []).append(item)
        for item in list(right):
            mark = _mark(item, name)
            if mark in ("", None) or len(known.get(mark, [])) != 1:
                continue
            if sum(_mark(other, name) == mark for other in right) != 1:
                continue
            twin = known.pop(mark)[0]
            kept.append((twin, item))
            left.remove(twin)
            right.remove(item)
    return _Pairs(sorted(kept, key=lambda pair: pair[1]["number"]), left, right)


def _mark(item: Item, name: str) -> Any:
    value = item.get(name)
    return normalise(value) if isinstance(value, str) else value


def _sheet_name(sheet: Item) -> str:
    return f"Fiche {sheet['number']}, « {sheet['title']} »"


def _objective_name(objective: Item) -> str:
    return f"Objectif O{objective['number']}, « {objective['title']} »"


def _moves(pairs: _Pairs, name: Callable[[Item], str], *, feminine: bool = False) -> Iterator[str]:
    ending = "e" if feminine else ""
    for item in pairs.added:
        yield f"{name(item)} : ajouté{ending}."
    for item in pairs.removed:
        yield f"{name(item)} : retiré{ending}."


def _sheet_changes(pairs: _Pairs, former: Item, current: Item) -> Iterator[str]:
    for before, after in pairs.kept:
        changes = [
            *_renamed(before, after),
            *_passed(before, after, SHEET_FIELDS),
            *_goals(before, after, former, current),
            *_rows(before, after),
            *_rewritten(before, after, SHEET_TEXTS),
        ]
        if changes:
            yield f"{_sheet_name(after)} : {' ; '.join(changes)}."


def _renamed(before: Item, after: Item) -> Iterator[str]:
    if before["title"] != after["title"]:
        yield f"elle s’appelait « {before['title']} »"
    if before["number"] != after["number"]:
        yield f"elle portait le numéro {before['number']}"


def _days(value: Any) -> str:
    return "non estimés" if value is None else f"{plain(value)} jours"


def _budget(value: Any) -> str:
    return "non estimé" if value is None else euros(value)


def _word(empty: str) -> Callable[[Any], str]:
    return lambda value: str(value) if value else empty


# Field, how it is called, how its value is written.
SHEET_FIELDS: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("lead", "pilote", _word("à désigner")),
    ("elected_lead", "élu référent", _word("aucun")),
    ("status_label", "état", _word("aucun")),
    ("perimeter_label", "périmètre", _word("aucun")),
    ("budget_eur", "budget", _budget),
    ("human_days", "jours d’agents", _days),
)
SHEET_TEXTS = (
    ("aim", "le but"),
    ("context", "le constat"),
    ("description", "la description"),
    ("expected_effect", "l’effet attendu"),
    ("funding", "le financement"),
)


def _passed(before: Item, after: Item, fields: Sequence[tuple[str, str, Callable[[Any], str]]]) -> Iterator[str]:
    for key, name, write in fields:
        first, second = before.get(key, MISSING), after.get(key, MISSING)
        if MISSING not in (first, second) and first != second and write(first) != write(second):
            yield f"{name} : {write(first)} → {write(second)}"
    if "start_half" in before and span_label(before) != span_label(after):
        yield f"mise en œuvre : {span_label(before)} → {span_label(after)}"


def _goals(before: Item, after: Item, former: Item, current: Item) -> Iterator[str]:
    """Compare the objectives that an action serves by their titles: numbers move."""

    def titles(sheet: Item, content: Item) -> list[str]:
        served = objectives_of(sheet)
        return sorted(item["title"] for item in content["objectives"] if item["number"] in served)

    first, second = titles(before, former), titles(after, current)
    if first != second:
        yield f"objectif : {enumerate_french(first) or 'aucun'} → {enumerate_french(second) or 'aucun'}"


def _rows(before: Item, after: Item) -> Iterator[str]:
    """Compare the targets of the indicators of the same name, then say what came and went."""
    former = {normalise(item["name"]): item for item in before["indicators"]}
    current = {normalise(item["name"]): item for item in after["indicators"]}
    for name, item in current.items():
        if name not in former:
            yield f"indicateur ajouté, « {item['name']} »"
        elif former[name]["target"] != item["target"]:
            values = (indicator_value(row["target"], row["unit"]) for row in (former[name], item))
            yield f"cible de « {item['name']} » : {' → '.join(values)}"
    for name, item in former.items():
        if name not in current:
            yield f"indicateur retiré, « {item['name']} »"
    if [step["text"] for step in before["steps"]] != [step["text"] for step in after["steps"]]:
        yield "étapes réécrites"
    elif before["steps"] != after["steps"]:
        yield "étapes redatées ou confiées à d’autres"


def _rewritten(before: Item, after: Item, fields: Sequence[tuple[str, str]]) -> Iterator[str]:
    names = [name for key, name in fields if before.get(key, after.get(key)) != after.get(key)]
    if names:
        yield f"texte réécrit : {enumerate_french(names)}"


def _objective_changes(pairs: _Pairs) -> Iterator[str]:
    for before, after in pairs.kept:
        changes = [f"il s’appelait « {before['title']} »"] if before["title"] != after["title"] else []
        for key, name in (("baseline", "valeur de départ"), ("target", "cible")):
            first, second = (indicator_value(item[key], item["unit"]) for item in (before, after))
            if first != second:
                changes.append(f"{name} : {first} → {second} {after['unit']}".rstrip())
        if before["target_on"] != after["target_on"]:
            days = (long_date(item["target_on"]) or "à fixer" for item in (before, after))
            changes.append(f"échéance : {' → '.join(days)}")
        if changes:
            yield f"{_objective_name(after)} : {' ; '.join(changes)}."


def _means_changes(former: Item, current: Item) -> Iterator[str]:
    for key, name, write in (
        ("budget_eur", "Budget de toutes les actions", euros),
        ("human_days", "Jours d’agents de toutes les actions", plain),
    ):
        before, after = (sum(sheet[key] or 0 for sheet in content["sheets"]) for content in (former, current))
        if before != after:
            yield f"{name} : {write(before)} → {write(after)}."
    before, after = len(former["sheets"]), len(current["sheets"])
    if before != after:
        yield f"Nombre d’actions : {before} → {after}."


def _state_changes(former: Item, current: Item) -> Iterator[str]:
    before, after = (_footprint(content) for content in (former, current))
    if before != after:
        yield f"Empreinte du parc : {before} → {after}."
    before, after = (_maturity(content) for content in (former, current))
    if before != after:
        yield f"Maturité moyenne : {before} → {after}."


def _maturity(content: Item) -> str:
    score = content["diagnosis"]["overall"]["score"] if content["diagnosis"] else None
    return "non établie" if score is None else f"{plain(round(score, 1))} sur 4"


def _footprint(content: Item) -> str:
    total = (content["inventory"] or {}).get("total")
    return f"{tonnes(total['central_kg'])} t CO₂e par an" if total else "non calculée"


def _text_changes(former: Item, current: Item) -> Iterator[str]:
    if former["initiative"]["period_label"] != current["initiative"]["period_label"]:
        yield f"Période : {former['initiative']['period_label']} → {current['initiative']['period_label']}."
    if former["initiative"]["perimeter_label"] != current["initiative"]["perimeter_label"]:
        labels = (content["initiative"]["perimeter_label"] for content in (former, current))
        yield f"Périmètre : {' → '.join(labels)}."
    if former["foreword"] != current["foreword"]:
        yield "L’avant-propos est réécrit."
    if former["governance"]["text"] != current["governance"]["text"]:
        yield "L’organisation du suivi est réécrite."
    for key, name in (
        ("committee_per_year", "Réunions du comité technique"),
        ("steering_per_year", "Réunions du comité de pilotage"),
        ("council_per_year", "Bilans devant l’assemblée"),
    ):
        before, after = former["governance"][key], current["governance"][key]
        if before != after:
            yield f"{name}, par an : {before or 'à fixer'} → {after or 'à fixer'}."


def _check_changes(former: Item, current: Item) -> Iterator[str]:
    known = {check["code"]: check["is_met"] for check in former["completeness"] if check["code"] != ADOPTION_CHECK}
    for check in current["completeness"]:
        if check["code"] in known and known[check["code"]] != check["is_met"]:
            yield f"{check['code']}, {check['text']} : {'présent' if check['is_met'] else 'n’est plus présent'}."
