"""A reference content taken apart into its entries, and put together again in the shape of its file. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from roadmap.enums import EntryKind, ReferenceKind

# The order in which a person reads the fields of a file; others come after, by name.
FIELD_ORDER = (
    "catalogue", "code", "value", "label", "name", "title", "short_name", "phrase", "definition", "note", "scale",
    "abstention", "about_duty_level", "framework", "published_on", "text", "flash", "summary", "description", "theme",
    "dimension", "secondary_dimensions", "perimeter", "themes", "services", "questions", "audience", "lead_service",
    "levels", "effort", "cost", "delay_months", "quick_win", "impact", "impact_rationale", "small_authority",
    "prerequisites", "synergies", "type", "categories", "steps", "indicators", "unit", "direction", "formula",
    "baseline_hint", "means", "human", "budget", "caveat", "risks", "duty_codes", "duty_level", "legal", "reference",
    "sources", "ref", "dimensions", "weights", "simulation", "levers",
)  # fmt: skip
_RANKS = {name: rank for rank, name in enumerate(FIELD_ORDER)}

Key = tuple[EntryKind, str]


@dataclass(frozen=True)
class ContentEntry:
    """An entry without its code; `parent`: the code of the dimension of a question."""

    kind: EntryKind
    code: str
    content: Mapping[str, Any]
    parent: str = ""

    @property
    def key(self) -> Key:
        return self.kind, self.code


@dataclass(frozen=True)
class Content:
    """A version taken apart: its code, its title, its header, its entries in order."""

    code: str
    title: str
    header: Mapping[str, Any]
    entries: Sequence[ContentEntry] = field(default_factory=tuple)

    @property
    def by_key(self) -> dict[Key, ContentEntry]:
        return {entry.key: entry for entry in self.entries}


def split_content(kind: ReferenceKind, raw: Mapping[str, Any]) -> Content:
    """Take a content apart. It must have been checked: what is not of the expected shape raises KeyError."""
    if kind == ReferenceKind.CATALOGUE:
        catalogue = raw["catalogue"]
        header = {**_without(catalogue, "code", "title"), "weights": raw["weights"], "simulation": raw["simulation"]}
        levers = tuple(_entry(EntryKind.LEVER, item) for item in raw["levers"])
        return Content(catalogue["code"], catalogue["title"], header, levers)
    return Content(
        raw["code"], raw["title"], _without(raw, "code", "title", "dimensions"), tuple(_dimensions(raw["dimensions"]))
    )


def join_content(kind: ReferenceKind, content: Content) -> dict[str, Any]:
    """Put a content together, in the shape of the file that `split_content` took apart."""
    identity = {"code": content.code, "title": content.title}
    if kind == ReferenceKind.CATALOGUE:
        return {
            "catalogue": {**identity, **_without(content.header, "weights", "simulation")},
            "weights": content.header.get("weights"),
            "simulation": content.header.get("simulation"),
            "levers": [{"code": entry.code, **entry.content} for entry in content.entries],
        }
    dimensions = [
        {
            "code": entry.code,
            **entry.content,
            "questions": [
                {"code": question.code, **question.content}
                for question in content.entries
                if question.kind == EntryKind.QUESTION and question.parent == entry.code
            ],
        }
        for entry in content.entries
        if entry.kind == EntryKind.DIMENSION
    ]
    return {**identity, **content.header, "dimensions": dimensions}


def write_yaml(raw: Mapping[str, Any]) -> str:
    """Return a content as a person edits it in a text editor: fields in their order, lines of a readable length."""
    text: str = yaml.safe_dump(_in_order(raw), allow_unicode=True, sort_keys=False, width=120)
    return text


def _dimensions(raw: Sequence[Mapping[str, Any]]) -> Iterator[ContentEntry]:
    for item in raw:
        yield _entry(EntryKind.DIMENSION, _without(item, "questions"))
        for question in item["questions"]:
            yield _entry(EntryKind.QUESTION, question, parent=item["code"])


def _entry(kind: EntryKind, raw: Mapping[str, Any], parent: str = "") -> ContentEntry:
    return ContentEntry(kind, raw["code"], _without(raw, "code"), parent)


def _without(raw: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in raw.items() if name not in names}


def _in_order(value: Any) -> Any:
    if isinstance(value, Mapping):
        names = sorted(value, key=lambda name: (_RANKS.get(name, len(_RANKS)), name))
        return {name: _in_order(value[name]) for name in names}
    return [_in_order(item) for item in value] if isinstance(value, list) else value
