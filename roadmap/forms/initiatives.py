"""Forms of a new démarche."""

from typing import Any

from authorities.forms.fields import PeriodYearField
from authorities.models import Initiative
from common.forms import FrenchIntegerField, JalonsForm


class NextInitiativeForm(JalonsForm):
    """The period of the next démarche, proposed after that of the current one."""

    period_start_year = PeriodYearField(label="Première année de la nouvelle feuille de route")
    period_years = FrenchIntegerField(label="Durée en années", min_value=1, max_value=6)

    def __init__(self, *args: Any, current: Initiative, **kwargs: Any) -> None:
        proposed = {"period_start_year": current.period_end_year + 1, "period_years": current.period_years}
        super().__init__(*args, initial=proposed, **kwargs)
