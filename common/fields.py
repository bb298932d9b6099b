"""Fields that read French: dates, decimal numbers and whole numbers, with the limits told in the message."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator

from common.dates import format_day
from common.numbers import format_number

_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009'’")
_MINUS = str.maketrans({"\u2212": "-", "–": "-"})
# Longer than any quantity of the site: refused before it is computed with.
_LONGEST_NUMBER = 30
# Every date and year typed on the site is between these: a mistyped year is refused. A field may be narrower.
FIRST_YEAR, LAST_YEAR = 1990, 2060
FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
CLOCK_CHANGE_MESSAGE = (
    "Les horloges changent cette nuit-là\u00a0: cette heure n’existe pas, ou vient deux fois. Choisissez une heure "
    "avant 2\u00a0h, ou à partir de 3\u00a0h."
)


class NumberInput(forms.TextInput):
    """Text field that opens the numeric keyboard: a comma and spaces may be typed in it."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, inputmode: str = "decimal") -> None:
        super().__init__({"inputmode": inputmode, "class": "short", "autocomplete": "off", **(attrs or {})})


class DateInput(forms.DateInput):
    """The browser's own date field; where there is none, a date may be typed « 15/09/2026 »."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "short", **(attrs or {})}, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """The browser's own field for a date and an hour, in the time of Paris."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "medium", **(attrs or {})}, format="%Y-%m-%dT%H:%M")


class FrenchDecimalField(forms.DecimalField):
    """Decimal number typed in French: « 1 234,5 », and « 1234.5 » too; the message tells the limits.

    `unit` is added to the message (« entre 1 et 20 ans »), and understood after the number.
    """

    widget = NumberInput
    noun = "un nombre"

    def __init__(self, *, unit: str = "", **kwargs: Any) -> None:
        self.unit = unit
        super().__init__(**kwargs)
        # One message for the two limits: it tells both.
        self.validators = [v for v in self.validators if not isinstance(v, MinValueValidator | MaxValueValidator)]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}

    def limits_message(self) -> str:
        """Return the sentence that says what to type: « Indiquez un nombre entre 0 et 10 000. »."""
        low, high = (None if limit is None else format_number(limit) for limit in (self.min_value, self.max_value))
        unit = f"\u00a0{self.unit}" if self.unit else ""
        if low is not None and high is not None:
            return f"Indiquez {self.noun} entre {low} et {high}{unit}."
        if low is not None:
            return f"Indiquez {self.noun} d’au moins {low}{unit}."
        if high is not None:
            return f"Indiquez {self.noun} d’au plus {high}{unit}."
        return f"Indiquez {self.noun}, par exemple {'12' if self.noun == 'un nombre entier' else '12,5'}{unit}."

    def clean_text(self, value: object) -> str:
        """Return the typed number as a machine writes it, or raise the message of the limits."""
        # Whoever types the unit too is understood.
        typed = str(value).strip().removesuffix(self.unit)
        text = typed.strip().translate(_MINUS).translate(_SPACES).replace(",", ".")
        if len(text) > _LONGEST_NUMBER:
            raise ValidationError(self.limits_message(), code="invalid")
        return text

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if value in self.empty_values:
            return None
        try:
            number = Decimal(self.clean_text(value))
        except InvalidOperation as error:
            raise ValidationError(self.limits_message(), code="invalid") from error
        if not number.is_finite():
            raise ValidationError(self.limits_message(), code="invalid")
        return number

    def validate(self, value: Any) -> None:
        # DecimalField would ask a whole number whether it is finite.
        forms.Field.validate(self, value)
        if value is None:
            return
        too_low = self.min_value is not None and value < self.min_value
        too_high = self.max_value is not None and value > self.max_value
        if too_low or too_high:
            raise ValidationError(self.limits_message(), code="limits")
        decimals = max(0, -int(Decimal(value).as_tuple().exponent))
        if self.decimal_places is not None and decimals > self.decimal_places:
            raise ValidationError(_decimals_message(self.decimal_places), code="decimals")

    def run_validators(self, value: Any) -> None:
        # The checks of digits are those of `validate`, in French and with the limits.
        self.validators = [v for v in self.validators if type(v).__name__ != "DecimalValidator"]
        super().run_validators(value)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int | float | Decimal):
            return f"{Decimal(str(value)).normalize():f}".replace(".", ",")
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class FrenchIntegerField(FrenchDecimalField):
    """Whole number typed in French: « 1 234 »."""

    noun = "un nombre entier"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", NumberInput(inputmode="numeric"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        number = super().to_python(value)
        if number is None:
            return None
        if number != number.to_integral_value():
            raise ValidationError(self.limits_message(), code="invalid")
        return int(number)


class YearField(FrenchIntegerField):
    """A year, no space between its thousands; the message tells the limits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": FIRST_YEAR, "max_value": LAST_YEAR, **kwargs})

    def limits_message(self) -> str:
        return f"Indiquez une année entre {self.min_value} et {self.max_value}."


class FrenchDateField(forms.DateField):
    """Date: the browser's own field, or typed « 15/09/2026 »; the message tells the limits."""

    widget = DateInput
    formats_read = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y")

    def __init__(self, *, min_value: date = FIRST_DAY, max_value: date = LAST_DAY, **kwargs: Any) -> None:
        self.min_value, self.max_value = min_value, max_value
        super().__init__(input_formats=self.formats_read, **kwargs)
        self.error_messages["invalid"] = "Indiquez une date, par exemple 15/09/2026."

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not self.min_value <= value <= self.max_value:
            raise ValidationError(_date_limits_message(self.min_value, self.max_value), code="limits")


class FrenchDateTimeField(forms.DateTimeField):
    """Date and hour of Paris: the browser's own field, or typed « 15/09/2026 18:00 »; the message tells the limits."""

    widget = DateTimeInput
    formats_read = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%d/%m/%Y %Hh%M")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=self.formats_read, **kwargs)
        self.error_messages["invalid"] = "Indiquez une date et une heure, par exemple 15/09/2026 18:00."

    def to_python(self, value: Any) -> datetime | None:
        try:
            moment = super().to_python(value)
        except OverflowError as error:  # an hour of the year 1 that has no equivalent in UTC
            raise ValidationError(_date_limits_message(FIRST_DAY, LAST_DAY), code="limits") from error
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            raise ValidationError(CLOCK_CHANGE_MESSAGE, code=error.code) from error
        if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ValidationError(_date_limits_message(FIRST_DAY, LAST_DAY), code="limits")
        return moment


def _decimals_message(decimals: int) -> str:
    if decimals == 0:
        return "Indiquez un nombre entier."
    words = "un chiffre" if decimals == 1 else f"{decimals} chiffres"
    return f"Indiquez un nombre avec {words} au plus après la virgule."


def _date_limits_message(low: date, high: date) -> str:
    return f"Indiquez une date entre le {format_day(low)} et le {format_day(high)}."
