"""Base of the forms of the site: French messages, template pack, and the two texts of a conflict.

A view that saves an object which somebody else may edit reads:

    form = SheetForm(request.POST or None, instance=sheet)          # VersionedFormMixin first in the bases
    if request.method == "POST" and form.is_valid():
        try:
            save_sheet(sheet, expected_version=form.expected_version, **form.changes, …)
        except StaleVersionError as error:
            form.add_conflict(error.current)
            return render(request, template, {"form": form}, status=409)

The page then shows, for each field, the reader's text and the stored one: « garder le mien », « garder l’autre »,
« fusionner ». Nothing typed is lost, and it works without JavaScript.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from common.dates import format_day
from common.fields import (
    FrenchDateField,
    FrenchDateTimeField,
    FrenchDecimalField,
    FrenchIntegerField,
    YearField,
)
from common.versioning import VersionedModel

__all__ = [
    "FieldConflict",
    "FrenchDateField",
    "FrenchDateTimeField",
    "FrenchDecimalField",
    "FrenchIntegerField",
    "JalonsForm",
    "JalonsModelForm",
    "VersionedFormMixin",
    "YearField",
]

KEEP_MINE, KEEP_THEIRS, MERGE = "mine", "theirs", "merge"


class _JalonsMixin:
    """French messages and fields for any form, and the helper of the template pack."""

    fields: dict[str, forms.Field]
    # Says « (facultatif) » beside the fields that may stay empty; a search form turns it off.
    marks_optional = True
    use_required_attribute = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        layout = getattr(self, "layout", None)
        if layout is not None:
            self.helper.layout = layout
        for name, field in self.fields.items():
            self.fields[name] = _in_french(field)
        for field in self.fields.values():
            set_french_messages(field)


class JalonsForm(_JalonsMixin, forms.Form):
    """Form of the site. `layout`: crispy `Layout` when the order or the groups are not those of the fields."""


class JalonsModelForm(_JalonsMixin, forms.ModelForm):  # type: ignore[type-arg]
    """Form of a model; its numbers and dates are read in French."""


def set_french_messages(field: forms.Field) -> None:
    """Replace the default messages of a field by sentences that say what to do; those that a form chose stay."""
    for code, message in {**_LENGTH_MESSAGES, **_french_messages(field)}.items():
        if field.error_messages.get(code) == _default_message(field, code):
            field.error_messages[code] = message


def _default_message(field: forms.Field, code: str) -> Any:
    for class_ in type(field).__mro__:
        if code in getattr(class_, "default_error_messages", {}):
            return class_.default_error_messages[code]  # type: ignore[attr-defined]
    return None


def _french_messages(field: forms.Field) -> dict[str, str]:
    if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        unknown = "Choisissez parmi les réponses proposées."
        return {
            "required": "Cochez au moins une case.",
            "invalid_choice": unknown,
            "invalid_list": unknown,
            "invalid_pk_value": unknown,
        }
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        return {"required": "Choisissez une réponse.", "invalid_choice": "Choisissez une réponse de la liste."}
    if isinstance(field, forms.BooleanField):
        return {"required": "Cochez cette case pour continuer."}
    if isinstance(field, forms.FileField):
        return {
            "required": "Choisissez un fichier.",
            "missing": "Choisissez un fichier.",
            "invalid": "Choisissez un fichier.",
            "empty": "Ce fichier est vide : choisissez-en un autre.",
        }
    if isinstance(field, forms.EmailField):
        return {"required": "Indiquez une adresse électronique.", "invalid": _EMAIL_MESSAGE}
    if isinstance(field, forms.URLField):
        return {
            "required": "Indiquez une adresse web.",
            "invalid": "Indiquez une adresse web complète, qui commence par https://.",
        }
    if isinstance(field, FrenchDecimalField):
        return {"required": field.limits_message(), "invalid": field.limits_message()}
    if isinstance(field, forms.DateField):
        return {"required": "Indiquez une date, par exemple 15/09/2026."}
    if isinstance(field, forms.DateTimeField):
        return {"required": "Indiquez une date et une heure, par exemple 15/09/2026 18:00."}
    return {"required": "Complétez ce champ."}


_LENGTH_MESSAGES = {
    "max_length": "Écrivez %(limit_value)d caractères au plus ; il y en a %(show_value)d.",
    "min_length": "Écrivez %(limit_value)d caractères au moins ; il y en a %(show_value)d.",
}
_EMAIL_MESSAGE = "Indiquez une adresse électronique complète, par exemple prenom.nom@exemple.fr."


def _in_french(field: forms.Field) -> forms.Field:
    """Return the French field that reads the same thing, when Django's own was made from a model."""
    common: dict[str, Any] = {
        "required": field.required,
        "label": field.label,
        "initial": field.initial,
        "help_text": field.help_text,
        "disabled": field.disabled,
    }
    # The exact class: a field that a form wrote itself, or a choice made from a model, is left alone.
    if isinstance(field.widget, forms.HiddenInput):
        return field
    if type(field) is forms.IntegerField:
        return FrenchIntegerField(min_value=field.min_value, max_value=field.max_value, **common)
    if type(field) is forms.FloatField:
        return FrenchDecimalField(min_value=field.min_value, max_value=field.max_value, **common)
    if type(field) is forms.DecimalField:
        limits: dict[str, Any] = {
            "min_value": field.min_value,
            "max_value": field.max_value,
            "decimal_places": field.decimal_places,
        }
        return FrenchDecimalField(**limits, max_digits=field.max_digits, **common)
    if type(field) is forms.DateField:
        return FrenchDateField(**common)
    if type(field) is forms.DateTimeField:
        return FrenchDateTimeField(**common)
    return field


# Two people on one object -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FieldConflict:
    """A field that two people filled differently.

    `mine` and `theirs` are written for reading; `mine_values` are what the reader had sent, kept in the page.
    """

    label: str
    mine: str
    theirs: str
    mine_values: list[str]
    choice_name: str
    mine_name: str
    shown_name: str
    is_text: bool
    input_id: str


class VersionedFormMixin:
    """Form of a `VersionedModel`: carries the version that the reader saw, and shows both texts when it is stale.

    Put it before `JalonsForm` or `JalonsModelForm`. A plain form tells the version by `initial={"version": …}`.
    """

    fields: dict[str, forms.Field]
    data: Any
    cleaned_data: dict[str, Any]
    conflicts: list[FieldConflict]
    conflict_note: str

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflicts = []
        self.conflict_note = ""
        self._undecided: list[str] = []
        self._choices: dict[str, str] = {}
        instance = getattr(self, "instance", None)
        initial = getattr(instance, "version", None) or self.initial.get("version")  # type: ignore[attr-defined]
        self.fields["version"] = forms.IntegerField(
            widget=forms.HiddenInput,
            initial=initial,
            error_messages={
                "required": "Rechargez la page : le numéro de version manque.",
                "invalid": "Rechargez la page : le numéro de version n’est pas lisible.",
            },
        )
        self._apply_choices()

    @property
    def expected_version(self) -> int:
        """Version that the reader had before their eyes."""
        return int(self.cleaned_data["version"])

    @property
    def changes(self) -> dict[str, Any]:
        """Cleaned values, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    @property
    def settles_conflict(self) -> bool:
        """Tell whether the reader was shown two answers and chose."""
        return bool(self._choices)

    @property
    def keeps_stored(self) -> bool:
        """Tell whether the reader, shown the two answers of each conflict, kept the stored one everywhere."""
        return bool(self._choices) and set(self._choices.values()) == {KEEP_THEIRS}

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        """Return what the base holds for each field; a form whose fields are not those of the object overrides it."""
        values = {}
        for name in self.fields:
            if name == "version" or not hasattr(current, name):
                continue
            value = getattr(current, name)
            values[name] = list(value.all()) if hasattr(value, "all") else value
        return values

    def add_conflict(self, current: VersionedModel, *, author: str = "") -> None:
        """Show, for each field that differs, the reader's answer and the stored one, and expect the stored version.

        `author`: who saved in between, when it is known.
        """
        who = author or "Une autre personne"
        at = f"{format_day(current.updated_at)} à {timezone.localtime(current.updated_at):%H:%M}"
        self.conflict_note = f"{who} a enregistré cet élément le {at}, pendant que vous écriviez."
        data = self._mutable_data()
        for name, stored in self.stored_values(current).items():
            bound = self[name]  # type: ignore[index]
            if bound.field.disabled or not _differ(bound.field, stored, bound.data):
                continue
            mine = data.getlist(bound.html_name)
            self.conflicts.append(self._conflict(name, bound.data, stored, mine))
            if isinstance(bound.field.widget, forms.Textarea):
                # The field is ready for a merged text: both, one under the other.
                data[bound.html_name] = f"{bound.data or ''}\n\n{stored or ''}".strip()
        data[self.add_prefix("version")] = str(current.version)  # type: ignore[attr-defined]
        self.data = data

    def clean(self) -> Any:
        cleaned = super().clean()  # type: ignore[misc]
        for name in self._undecided:
            self.add_error(name, "Choisissez le texte à garder, plus haut.")  # type: ignore[attr-defined]
        return cleaned

    def _conflict(self, name: str, submitted: Any, stored: Any, mine_values: list[str]) -> FieldConflict:
        bound = self[name]  # type: ignore[index]
        return FieldConflict(
            label=str(bound.label),
            mine=_written(bound.field, submitted),
            theirs=_written(bound.field, bound.field.prepare_value(stored)),
            mine_values=mine_values,
            choice_name=f"keep-{bound.html_name}",
            mine_name=f"mine-{bound.html_name}",
            shown_name=f"shown-{bound.html_name}",
            is_text=isinstance(bound.field.widget, forms.Textarea),
            input_id=bound.auto_id,
        )

    def _apply_choices(self) -> None:
        """Put what the reader chose on the conflict page where the fields are read; ask again what was not chosen.

        The page says that a field is in conflict by `shown-<field>`; what the reader had sent is in `mine-<field>`.
        """
        if not self.is_bound:  # type: ignore[attr-defined]
            return
        shown = [
            name
            for name in self.fields
            if f"shown-{self.add_prefix(name)}" in self.data  # type: ignore[attr-defined]
        ]
        if not shown:
            return
        data = self._mutable_data()
        for name in shown:
            html_name = self.add_prefix(name)  # type: ignore[attr-defined]
            field = self.fields[name]
            stored = self.get_initial_for_field(field, name)  # type: ignore[attr-defined]
            mine = data.getlist(f"mine-{html_name}")
            choice = self._choices[name] = data.get(f"keep-{html_name}", "")
            if choice == KEEP_MINE:
                data.setlist(html_name, mine)
            elif choice == KEEP_THEIRS:
                data.setlist(html_name, _as_strings(field, stored))
            elif choice != MERGE:
                self._undecided.append(name)
                read = field.widget.value_from_datadict(_query({html_name: mine}), {}, html_name)
                self.conflicts.append(self._conflict(name, read, stored, mine))
        self.data = data
        if self._undecided:
            self.conflict_note = "Une autre personne a enregistré cet élément pendant que vous écriviez."

    def _mutable_data(self) -> QueryDict:
        return self.data.copy() if isinstance(self.data, QueryDict) else _query(self.data)


def _query(values: Mapping[str, Any]) -> QueryDict:
    data = QueryDict(mutable=True)
    for key, value in values.items():
        data.setlist(key, [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)])
    return data


def _differ(field: forms.Field, stored: Any, submitted: Any) -> bool:
    """Tell whether two values of a field differ; the ends of lines of the browser are not a difference."""
    stored = field.prepare_value(stored)
    if isinstance(stored, str) and isinstance(submitted, str):
        return stored.replace("\r\n", "\n").strip() != submitted.replace("\r\n", "\n").strip()
    return field.has_changed(stored, submitted)


def _as_strings(field: forms.Field, value: Any) -> list[str]:
    """Return a stored value as the browser would send it back."""
    prepared = field.prepare_value(value)
    if prepared is None or prepared is False:
        return []
    items = prepared if isinstance(prepared, list | tuple | set | frozenset) else [prepared]
    return [str(field.widget.format_value(item) if _has_format(field.widget) else item) for item in items]


def _has_format(widget: forms.Widget) -> bool:
    return isinstance(widget, forms.DateInput | forms.DateTimeInput)


def _written(field: forms.Field, value: Any) -> str:
    """Write a value for reading: the words of a choice, a French date, oui or non."""
    if value is None or value == "" or value == []:
        return "(vide)"
    if isinstance(value, bool):
        return "oui" if value else "non"
    choices = getattr(field, "choices", None)
    if choices is not None:
        words = _words_of(choices)
        items = value if isinstance(value, list | tuple) else [value]
        return ", ".join(words.get(str(item), str(item)) for item in items)
    if isinstance(field, forms.DateField | forms.DateTimeField):
        try:
            day = field.to_python(value)
        except ValidationError:
            return str(value)
        if day is None:
            return str(value)
        return format_day(day) + (f" à {timezone.localtime(day):%H:%M}" if isinstance(day, datetime) else "")
    return str(value)


def _words_of(choices: Any) -> Mapping[str, str]:
    words: dict[str, str] = {}
    for value, label in choices:
        if isinstance(label, list | tuple):
            words.update({str(code): str(word) for code, word in label})
        else:
            words[str(value)] = str(label)
    return words
