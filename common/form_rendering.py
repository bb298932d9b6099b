"""What the template pack needs to know of a form: how each field is printed, and the summary of its errors."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from crispy_forms.utils import render_field
from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString, mark_safe

_WORDS = ("Zéro", "Une", "Deux", "Trois", "Quatre", "Cinq", "Six", "Sept", "Huit", "Neuf", "Dix")


class FieldKind(StrEnum):
    """How the template pack prints a field."""

    HIDDEN = "hidden"
    CHECKBOX = "checkbox"
    CHOICES = "choices"
    GROUP = "group"
    FILE = "file"
    INPUT = "input"


@dataclass(frozen=True)
class FieldError:
    """One line of the summary: the name of the field, the message, the control to go to (empty for the form)."""

    label: str
    message: str
    target: str


@dataclass(frozen=True)
class ErrorSummary:
    """Errors of a form: a title with their number, and one line each."""

    title: str
    errors: list[FieldError]


def field_kind(field: BoundField) -> FieldKind:
    """Return how a field is printed."""
    widget = field.field.widget
    if widget.is_hidden:
        return FieldKind.HIDDEN
    if isinstance(widget, forms.CheckboxInput):
        return FieldKind.CHECKBOX
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return FieldKind.CHOICES
    if isinstance(widget, forms.MultiWidget | forms.SelectDateWidget):
        return FieldKind.GROUP
    if isinstance(widget, forms.FileInput):
        return FieldKind.FILE
    return FieldKind.INPUT


def widget_attrs(field: BoundField) -> dict[str, Any]:
    """Return the attributes that the pack adds to a control: the class of the style sheet beside its own."""
    if field_kind(field) not in {FieldKind.INPUT, FieldKind.GROUP}:
        return {}
    return {"class": f"input {field.field.widget.attrs.get('class', '')}".strip()}


def render_fields(form: forms.BaseForm, context: template.Context) -> SafeString:
    """Print the fields of a form, by its crispy layout when it has one; those that the layout forgets come after."""
    helper = getattr(form, "helper", None)
    if helper is not None and helper.layout is not None:
        helper.render_unmentioned_fields = True
        return SafeString(helper.render_layout(form, context))
    form.rendered_fields = set()  # type: ignore[attr-defined]
    form.crispy_field_template = None  # type: ignore[attr-defined]
    return mark_safe("".join(render_field(name, form, context) for name in form.fields))  # noqa: S308 - rendered parts


def summarise_errors(form: forms.BaseForm) -> ErrorSummary | None:
    """Return the summary of the errors of a bound form, in the order of the fields; `None` when there is none."""
    errors = [FieldError("", str(message), "") for message in form.non_field_errors()]
    for field in form:
        for message in field.errors:
            if field.is_hidden:
                errors.append(FieldError("", str(message), ""))
            else:
                errors.append(FieldError(str(field.label), str(message), _target(field)))
    if not errors:
        return None
    count = len(errors)
    if not any(error.target for error in errors):
        return ErrorSummary("À corriger avant de continuer", errors)
    words = _WORDS[count] if count < len(_WORDS) else str(count)
    verb = "réponse est" if count == 1 else "réponses sont"
    return ErrorSummary(f"{words} {verb} à corriger", errors)


def _target(field: BoundField) -> str:
    """Return the id of the first control of a field: a group of choices has one for each."""
    if field_kind(field) in {FieldKind.CHOICES, FieldKind.GROUP}:
        return next(_ids(field), field.auto_id)
    return field.id_for_label or field.auto_id


def _ids(field: BoundField) -> Iterator[str]:
    if field_kind(field) == FieldKind.CHOICES:
        yield from (option.id_for_label for option in field.subwidgets)
    else:
        yield f"{field.auto_id}_0"
