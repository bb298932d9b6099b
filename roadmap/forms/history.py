"""Two versions of an action sheet to compare, read from the address."""

from typing import Any

from crispy_forms.layout import Div, Layout

from common.forms import FrenchIntegerField, JalonsForm


class CompareForm(JalonsForm):
    """The number of the version to start from, and that of the one to reach."""

    marks_optional = False
    de = FrenchIntegerField(label="De la version", min_value=1)
    a = FrenchIntegerField(label="À la version", min_value=1)
    layout = Layout(Div("de", "a", css_class="fields"))

    def __init__(self, *args: Any, last_number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.max_value = last_number  # type: ignore[attr-defined]
