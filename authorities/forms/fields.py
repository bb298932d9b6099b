"""Fields shared by the forms of this application."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from common.forms import FrenchDateField, YearField

# Wide enough for a finished démarche and for a far one; a mistyped year is refused.
FIRST_YEAR, LAST_YEAR = 2015, 2050
FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
# A 64-bit key has at most nineteen digits.
MAX_KEY_LENGTH = 18
YES_NO = (("oui", "Oui"), ("non", "Non"))


class ObjectsField(forms.ModelMultipleChoiceField):
    """Objects ticked in a list. A key longer than the base can hold is refused instead of making the query fail."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> Any:
        if isinstance(value, list | tuple) and any(len(str(key)) > MAX_KEY_LENGTH for key in value):
            raise ValidationError(self.error_messages["invalid_list"], code="invalid_list")
        return super().clean(value)


def capitalised(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return choices whose words begin a line: the labels of the enumerations are in lower case."""
    return [(value, f"{label[:1].upper()}{label[1:]}") for value, label in choices]


class PeriodYearField(YearField):
    """A year of a démarche, between 2015 and 2050."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=FIRST_YEAR, max_value=LAST_YEAR, **kwargs)


class DayField(FrenchDateField):
    """A date between 2015 and 2050."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=FIRST_DAY, max_value=LAST_DAY, **kwargs)


class YesNoField(forms.ChoiceField):
    """Radio buttons « oui », « non »; the value is a boolean, None when nothing is ticked."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=YES_NO, **kwargs)

    def clean(self, value: Any) -> bool | None:
        answer = super().clean(value)
        return {"oui": True, "non": False}.get(answer)

    def prepare_value(self, value: Any) -> Any:
        return ("oui" if value else "non") if isinstance(value, bool) else value
