"""The columns of a line of inventory: one description for the screen, the spreadsheet and the preview."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django import forms

from common.forms import FrenchDecimalField, FrenchIntegerField
from common.numbers import NO_VALUE, format_number
from inventory.enums import Confidence
from inventory.models import InventoryLine

Kind = Literal["integer", "decimal", "choice", "text"]


@dataclass(frozen=True)
class LineColumn:
    """A field of `InventoryLine`.

    `header`: of the spreadsheet; `short`: of the screen; `aliases`: other headers that are understood. `is_in_table`:
    shown in the view that holds every family.
    """

    name: str
    header: str
    short: str
    kind: Kind
    minimum: float = 0
    maximum: float = 0
    unit: str = ""
    is_in_table: bool = False
    aliases: tuple[str, ...] = ()

    def form_field(self) -> forms.Field:
        """Return the field that reads a typed value: same rules and same messages on screen and in a spreadsheet."""
        return _FIELDS[self.kind](self)

    def written(self, line: InventoryLine) -> str:
        """Write the value of a line for reading."""
        return self.write(getattr(line, self.name))

    def write(self, value: Any) -> str:
        """Write a value for reading: « 318 », « 12 % », « 5 ans », « mesuré »; nothing known is « – »."""
        if value is None or value == "":
            return NO_VALUE
        if self.kind == "choice":
            return str(Confidence(value).label)
        if self.kind == "text":
            return str(value)
        text = format_number(Decimal(str(value)).normalize() if self.kind == "decimal" else int(value))
        return f"{text}\u202f%" if self.unit == "%" else text


def _integer(column: LineColumn) -> forms.Field:
    return FrenchIntegerField(
        min_value=int(column.minimum), max_value=int(column.maximum), unit=column.unit, required=False
    )


def _decimal(column: LineColumn) -> forms.Field:
    return FrenchDecimalField(
        min_value=Decimal(str(column.minimum)),
        max_value=Decimal(str(column.maximum)),
        decimal_places=1,
        unit=column.unit,
        required=False,
    )


def _choice(column: LineColumn) -> forms.Field:
    return forms.ChoiceField(choices=Confidence.choices, required=True)


def _text(column: LineColumn) -> forms.Field:
    return forms.CharField(max_length=150, required=False)


_FIELDS: dict[str, Callable[[LineColumn], forms.Field]] = {
    "integer": _integer,
    "decimal": _decimal,
    "choice": _choice,
    "text": _text,
}

_MAX = InventoryLine.QUANTITY_MAX
_LIFE = InventoryLine.LIFETIME_MAX_YEARS

LINE_COLUMNS: tuple[LineColumn, ...] = (
    LineColumn(
        "quantity",
        "Nombre en service",
        "En service",
        "integer",
        0,
        _MAX,
        is_in_table=True,
        aliases=("Nombre", "Quantité", "En service", "Quantité en service", "Nb", "Nb en service"),
    ),
    LineColumn("stock_quantity", "En stock", "En stock", "integer", 0, _MAX, aliases=("Stock", "Nombre en stock")),
    LineColumn(
        "mean_age_years",
        "Âge moyen (ans)",
        "Âge moyen",
        "decimal",
        0,
        InventoryLine.AGE_MAX_YEARS,
        "ans",
        is_in_table=True,
        aliases=("Âge moyen", "Âge", "Âge moyen en années"),
    ),
    LineColumn(
        "lifetime_years",
        "Durée d’usage visée (ans)",
        "Durée visée",
        "decimal",
        1,
        _LIFE,
        "ans",
        is_in_table=True,
        aliases=("Durée d’usage visée", "Durée visée", "Durée d’usage", "Durée de vie visée"),
    ),
    LineColumn(
        "observed_lifetime_years",
        "Durée d’usage observée (ans)",
        "Durée observée",
        "decimal",
        1,
        _LIFE,
        "ans",
        aliases=("Durée d’usage observée", "Durée observée", "Durée réelle", "Durée de vie réelle"),
    ),
    LineColumn(
        "refurbished_percent",
        "Part reconditionnée (%)",
        "Reconditionné",
        "decimal",
        0,
        100,
        "%",
        is_in_table=True,
        aliases=("Part reconditionnée", "Reconditionné", "Reconditionné (%)", "% reconditionné"),
    ),
    LineColumn(
        "first_life_years",
        "Première vie prouvée (ans)",
        "Première vie prouvée",
        "decimal",
        0,
        15,
        "ans",
        aliases=("Première vie prouvée", "Première vie"),
    ),
    LineColumn(
        "total_life_years",
        "Vie totale certifiée (ans)",
        "Vie totale certifiée",
        "decimal",
        1,
        InventoryLine.AGE_MAX_YEARS,
        "ans",
        aliases=("Vie totale certifiée", "Vie totale"),
    ),
    LineColumn(
        "bought_last_year",
        "Achetés l’an dernier",
        "Achetés l’an dernier",
        "integer",
        0,
        _MAX,
        aliases=("Achetés", "Achats", "Achats de l’année"),
    ),
    LineColumn(
        "retired_last_year",
        "Réformés l’an dernier",
        "Réformés l’an dernier",
        "integer",
        0,
        _MAX,
        aliases=("Réformés", "Réformes", "Sortis", "Retirés"),
    ),
    LineColumn(
        "reused_last_year",
        "Dont réemployés",
        "Dont réemployés",
        "integer",
        0,
        _MAX,
        aliases=("Réemployés", "Donnés ou vendus", "Dont réemploi"),
    ),
    LineColumn(
        "use_share_percent",
        "Part d’usage professionnel (%)",
        "Usage professionnel",
        "integer",
        0,
        100,
        "%",
        aliases=("Part d’usage professionnel", "Usage professionnel"),
    ),
    LineColumn("confidence", "Confiance", "Confiance", "choice", is_in_table=True, aliases=("Fiabilité", "Qualité")),
    LineColumn("source", "Source", "Source", "text", aliases=("Origine", "Provenance", "Source du chiffre")),
)

COLUMNS_BY_NAME: dict[str, LineColumn] = {column.name: column for column in LINE_COLUMNS}
TABLE_COLUMNS: tuple[LineColumn, ...] = tuple(column for column in LINE_COLUMNS if column.is_in_table)
DEFAULT_VALUES: dict[str, Any] = {"use_share_percent": 100}


def check_together(values: dict[str, Any]) -> dict[str, str]:
    """Return field name → French message for what cannot be true together in a line."""
    retired, reused = values.get("retired_last_year"), values.get("reused_last_year")
    if reused is not None and retired is not None and reused > retired:
        return {
            "reused_last_year": f"Indiquez au plus {format_number(retired)}\u00a0: ils comptent parmi les réformés."
        }
    return {}
