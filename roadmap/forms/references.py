"""Forms of the national administration about the reference content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.validators import RegexValidator

from authorities.forms.fields import DayField
from common.forms import JalonsForm, VersionedFormMixin
from common.versioning import VersionedModel
from inventory.loader import FACTORS_FILE, MIX_FILE, RULES_FILE
from reference.fixtures import SLUG, FixtureError, parse_untrusted_yaml
from roadmap.enums import EntryKind, ReferenceKind
from roadmap.forms.dynamic import give_fields
from roadmap.models import DraftEntry, ReferenceDraft
from roadmap.reference_fields import (
    BLANKS,
    EntryChoices,
    EntryField,
    EntryPart,
    EntryRows,
    value_at,
)

QUERY_LENGTH = 100
MAX_ROWS = 20
MAX_FILE_BYTES = 2 * 1024 * 1024
CODE_MESSAGE = "Écrivez des lettres sans accent, des chiffres et des tirets."
_code = RegexValidator(SLUG, CODE_MESSAGE)
_factor_code = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z", "Écrivez des lettres sans accent, des chiffres, des points ou des tirets."
)


class CodeField(forms.RegexField):
    """A code that goes into addresses."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(rf"^(?:{SLUG.pattern})\Z", error_messages={"invalid": CODE_MESSAGE}, **kwargs)


class PrepareForm(JalonsForm):
    """The code and the title of a version to come."""

    code = CodeField(
        label="Code de la nouvelle version",
        max_length=40,
        help_text="Lettres sans accent, chiffres et tirets, par exemple « proposition-2 ». Il ne change plus une fois "
        "la version publiée.",
    )
    title = forms.CharField(label="Intitulé", max_length=150)


class DraftHeaderForm(VersionedFormMixin, JalonsForm):
    """What a version says of itself, apart from its entries."""

    SCALE = 5

    def __init__(self, *args: Any, draft: ReferenceDraft, frameworks: Sequence[str], **kwargs: Any) -> None:
        self.draft = draft
        fields: dict[str, forms.Field] = {
            "code": CodeField(label="Code", max_length=40),
            "title": forms.CharField(label="Intitulé", max_length=150),
        }
        if draft.kind == ReferenceKind.CATALOGUE:
            fields |= {
                "framework": forms.ChoiceField(
                    label="Questionnaire auquel les leviers se rapportent",
                    choices=[(code, code) for code in frameworks],
                    help_text="Les dimensions et les questions que nomment les leviers sont celles de cette version.",
                ),
                "published_on": DayField(label="Date de publication"),
            }
        else:
            fields |= {
                "note": forms.CharField(
                    label="Note", required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3})
                ),
                **{
                    f"scale_{rank}": forms.CharField(label=f"Niveau {rank}", max_length=60)
                    for rank in range(self.SCALE)
                },
                "abstention": forms.CharField(label="Intitulé de l’abstention", max_length=80),
            }
        give_fields(self, fields)
        super().__init__(*args, initial={**self._values(draft), "version": draft.version}, **kwargs)

    @property
    def layout(self) -> Layout | None:
        if self.draft.kind == ReferenceKind.CATALOGUE:
            return None
        scale = [f"scale_{rank}" for rank in range(self.SCALE)]
        return Layout("code", "title", "note", Fieldset("L’échelle", *scale), "abstention")

    def _values(self, draft: ReferenceDraft) -> dict[str, Any]:
        header = draft.header
        labels = [item.get("label", "") for item in header.get("scale") or []]
        return {
            "code": draft.code,
            "title": draft.title,
            "framework": header.get("framework"),
            "published_on": header.get("published_on"),
            "note": header.get("note") or "",
            "abstention": header.get("abstention") or "",
            **{f"scale_{rank}": label for rank, label in enumerate(labels)},
        }

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        values = self._values(cast(ReferenceDraft, current))
        return {name: values.get(name) for name in self.fields if name != "version"}

    @property
    def save_arguments(self) -> dict[str, Any]:
        """Return what the service takes besides the draft and the version."""
        cleaned = dict(self.changes)
        code, title = cleaned.pop("code"), cleaned.pop("title")
        if self.draft.kind == ReferenceKind.CATALOGUE:
            cleaned["published_on"] = cleaned["published_on"].isoformat()
        else:
            labels = [cleaned.pop(f"scale_{rank}") for rank in range(self.SCALE)]
            cleaned["scale"] = [{"value": value, "label": label} for value, label in enumerate(labels)]
            cleaned["note"] = cleaned["note"] or None
        return {"code": code, "title": title, "header": cleaned}


@dataclass
class Gathered:
    """The fields of an entry as they are gathered from a form, by path."""

    content: dict[str, Any] = field(default_factory=dict)

    def put(self, path: str, value: Any) -> None:
        *groups, last = path.split(".")
        target = self.content
        for step in groups:
            target = target.setdefault(step, {})
        target[last] = value


class EntryForm(VersionedFormMixin, JalonsForm):
    """One part of an entry."""

    def __init__(self, *args: Any, part: EntryPart, entry: DraftEntry, choices: EntryChoices, **kwargs: Any) -> None:
        self.part = part
        sent = args[0] if args and args[0] is not None else {}
        self.counts = {rows.path: _row_count(rows, entry.content, sent) for rows in part.rows}
        fields = {item.name: item.build(choices) for item in part.fields}
        for rows, rank, column in self._cells():
            fields[_cell(rows, column, rank)] = column.build(choices)
        give_fields(self, fields)
        initial = {**self._values(entry), "version": entry.version}
        super().__init__(*args, initial=initial, **kwargs)

    @property
    def marks_optional(self) -> bool:  # type: ignore[override]
        """Rows say once, above, that they may stay empty."""
        return not self.part.rows

    @property
    def layout(self) -> Layout:
        groups: list[Any] = []
        for legend, items in self.part.groups:
            names = [item.name for item in items]
            groups += [Fieldset(legend, *names)] if legend else names
        for rows in self.part.rows:
            for rank in range(self.counts[rows.path]):
                is_blank = rank == self.counts[rows.path] - 1
                legend = rows.blank_legend if is_blank else f"{rows.legend} {rank + 1}"
                groups.append(Fieldset(legend, *(_cell(rows, column, rank) for column in rows.columns)))
        return Layout(*groups)

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        return self._values(cast(DraftEntry, current))

    @property
    def content(self) -> dict[str, Any]:
        """Return the fields of this part, in the shape of the file."""
        gathered = Gathered()
        for item in self.part.fields:
            gathered.put(item.path, item.write(self.cleaned_data[item.name]))
        for rows in self.part.rows:
            filled = [
                {column.path: self.cleaned_data[_cell(rows, column, rank)] or "" for column in rows.columns}
                for rank in range(self.counts[rows.path])
            ]
            gathered.put(rows.path, [row for row in filled if any(row.values())])
        if "simulation" in gathered.content:
            effect = gathered.content["simulation"]
            kept = {name: value for name, value in effect.items() if value not in (None, "", [])}
            gathered.content["simulation"] = kept if kept.get("type") else None
        return gathered.content

    def _values(self, entry: DraftEntry) -> dict[str, Any]:
        values = {item.name: item.read(value_at(entry.content, item.path)) for item in self.part.fields}
        for rows, rank, column in self._cells():
            stored = entry.content.get(rows.path) or []
            row = stored[rank] if rank < len(stored) else {}
            values[_cell(rows, column, rank)] = column.read(row.get(column.path))
        return values

    def _cells(self) -> list[tuple[EntryRows, int, EntryField]]:
        return [
            (rows, rank, column)
            for rows in self.part.rows
            for rank in range(self.counts[rows.path])
            for column in rows.columns
        ]


def _row_count(rows: EntryRows, content: Mapping[str, Any], sent: Mapping[str, Any]) -> int:
    """Return how many rows are read: those stored and a blank one, and all that the reader typed meanwhile."""
    typed = [int(rank) for name in sent if (rank := name.rpartition("-")[2]).isdecimal() and len(rank) < 3]
    last = max((rank for rank in typed if _cell(rows, rows.columns[0], rank) in sent), default=-1)
    return max(len(content.get(rows.path) or []) + 1, min(last + 1, MAX_ROWS))


def _cell(rows: EntryRows, column: EntryField, rank: int) -> str:
    return f"{rows.path}_{column.name}-{rank}"


class EntryCreateForm(JalonsForm):
    """The code and the name of an entry to add; the rest is written on its own pages."""

    def __init__(self, *args: Any, kind: EntryKind, dimensions: Sequence[DraftEntry], **kwargs: Any) -> None:
        self.kind = kind
        lengths = {EntryKind.DIMENSION: (10, 120), EntryKind.QUESTION: (12, 80), EntryKind.LEVER: (20, 120)}
        code_length, title_length = lengths[kind]
        examples = {EntryKind.DIMENSION: "ACH", EntryKind.QUESTION: "ACH-6", EntryKind.LEVER: "LEV-ACH-12"}
        fields: dict[str, forms.Field] = {
            "code": CodeField(
                label="Code",
                max_length=code_length,
                help_text=f"Lettres, chiffres et tirets, par exemple « {examples[kind]} ». "
                f"{code_length} caractères au plus.",
            ),
            "title": forms.CharField(label="Nom" if kind == EntryKind.DIMENSION else "Titre", max_length=title_length),
        }
        if kind == EntryKind.QUESTION:
            fields["dimension"] = forms.ChoiceField(
                label="Dimension",
                choices=[("", "À choisir"), *((item.code, item.title or item.code) for item in dimensions)],
            )
        give_fields(self, fields)
        super().__init__(*args, **kwargs)

    @property
    def content(self) -> dict[str, Any]:
        """Return what the new entry holds."""
        name = "name" if self.kind == EntryKind.DIMENSION else "title"
        return {**BLANKS[self.kind], name: self.cleaned_data["title"]}


class EntryFilterForm(JalonsForm):
    """Which entries of a draft are shown, read from the address."""

    marks_optional = False
    mots = forms.CharField(label="Chercher", required=False, max_length=QUERY_LENGTH)
    montrer = forms.ChoiceField(
        label="Montrer", required=False, choices=[("", "Toutes les entrées"), ("changees", "Celles qui ont changé")]
    )

    def __init__(self, *args: Any, choices: EntryChoices, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == ReferenceKind.CATALOGUE:
            self.fields["theme"] = forms.ChoiceField(
                label="Thème", required=False, choices=[("", "Tous les thèmes"), *choices.themes]
            )

    @property
    def is_filtered(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    def filters(self) -> dict[str, str]:
        """Return what the fields say; those that are wrong say nothing."""
        self.is_valid()
        cleaned: dict[str, Any] = self.cleaned_data
        return {
            "words": cleaned.get("mots", ""),
            "theme": cleaned.get("theme", ""),
            "state": cleaned.get("montrer", ""),
        }


def _check_size(upload: Any) -> None:
    if upload.size > MAX_FILE_BYTES:
        raise forms.ValidationError("Ce fichier dépasse 2 Mo : choisissez-en un plus léger.")


class ReplaceForm(JalonsForm):
    """The whole content of a draft, from a YAML file; `raw` is what it holds."""

    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=64)
    file = forms.FileField(
        label="Fichier YAML",
        help_text="Celui que vous avez téléchargé d’ici, corrigé dans un éditeur de texte. 2 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )

    raw: Any

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        _check_size(upload)
        try:
            self.raw = parse_untrusted_yaml("fichier", upload.read())
        except FixtureError as error:
            raise forms.ValidationError(str(error)) from error
        if not isinstance(self.raw, dict):
            raise forms.ValidationError("Le fichier doit tenir un groupe de champs : partez d’un fichier téléchargé.")
        return upload


class FactorSetForm(JalonsForm):
    """A new set of factors: its three files and what it is called."""

    code = forms.CharField(
        label="Code de la version", max_length=20, validators=[_factor_code], help_text="Par exemple « 2027.03 »."
    )
    name = forms.CharField(label="Nom", max_length=80, help_text="Par exemple « Facteurs de mars 2027 ».")
    published_on = DayField(label="Date de publication")
    zone = forms.CharField(label="Pays du mix électrique", max_length=8, initial="FRA")
    factors = forms.FileField(label=FACTORS_FILE, widget=forms.FileInput(attrs={"accept": ".csv"}))
    mix = forms.FileField(label=MIX_FILE, widget=forms.FileInput(attrs={"accept": ".csv"}))
    rules = forms.FileField(label=RULES_FILE, widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}))

    FILES: ClassVar = {"factors": FACTORS_FILE, "mix": MIX_FILE, "rules": RULES_FILE}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.FILES:
            if cleaned.get(name) is None:
                continue
            try:
                _check_size(cleaned[name])
                cleaned[name] = cleaned[name].read()
                if b"\0" in cleaned[name]:
                    raise forms.ValidationError("Ce fichier n’est pas un texte : choisissez-en un autre.")
                if name == "rules":
                    parse_untrusted_yaml(RULES_FILE, cleaned[name])
            except forms.ValidationError as error:
                self.add_error(name, error)
            except FixtureError as error:
                self.add_error(name, str(error))
        return cleaned

    @property
    def save_arguments(self) -> dict[str, Any]:
        """Return what the service takes."""
        cleaned = self.cleaned_data
        return {
            "fields": {
                "version": cleaned["code"],
                "name": cleaned["name"],
                "published_on": cleaned["published_on"].isoformat(),
                "zone": cleaned["zone"],
            },
            "files": {file: cleaned[name] for name, file in self.FILES.items()},
        }
