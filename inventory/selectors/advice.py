"""« La donnée à améliorer d’abord »: the datum that would narrow the range most."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from common.numbers import format_number, format_significant
from inventory.enums import Confidence
from inventory.footprint import Sensitivity, rank_uncertainties
from inventory.footprint.explain import FACTOR, IMPROVABLE, LIFETIME, QUANTITY
from inventory.models import InventoryLine
from inventory.selectors.data import InventoryData


@dataclass(frozen=True)
class ToImprove:
    """« La donnée à améliorer d'abord »: which, why, how.

    The sentences speak to whoever fills the inventory; a document writes its own from the figures: the family, whether
    it is the lifetime or the quantity, its share of the range, and the family whose sources differ most, if they weigh
    more (empty otherwise).
    """

    title: str
    reason: str
    advice: str
    category_code: str
    group_code: str
    family: str
    is_lifetime: bool
    share_percent: float
    source_family: str
    source_share_percent: float


def find_datum_to_improve(data: InventoryData, *, unit: str = "kg", scale: float = 1) -> ToImprove | None:
    """Return the datum that would narrow the range most, among those that the authority can make more exact.

    An undeclared lifetime can be declared; a figure that was not measured can be counted, and its declared lifetime is
    then as sure as it. One at a time, the others at their centre. `unit` and `scale`: those of the page.
    """
    ranked = rank_uncertainties(data.engine_lines, data.table)
    # The part of a host bears the confidence of its family, and no lifetime of its own.
    engine = {line.category: line for line in data.engine_lines if not line.factor_category}
    gains: dict[tuple[str, str], float] = defaultdict(float)
    for item in ranked:
        line = engine[item.category]
        if item.parameter == LIFETIME and line.lifetime_years is None:
            gains[item.category, LIFETIME] += item.share_percent
        elif item.parameter in IMPROVABLE and line.confidence != Confidence.MEASURED:
            gains[item.category, QUANTITY] += item.share_percent
    best = max(gains, key=lambda key: (gains[key], key), default=None)
    if best is None or not gains[best]:
        return None
    line_of = {line.category.code: line for line in data.lines}
    reason = _improve_reason(best[0], best[1], gains[best], line_of[best[0]], data) + _factor_reason(
        ranked, line_of, unit, scale
    )
    name = _lower(line_of[best[0]].category.name)
    is_lifetime = best[1] == LIFETIME
    return ToImprove(
        title=f"La donnée à améliorer d’abord\u00a0: {'la durée d’usage' if is_lifetime else 'la quantité'} ({name})",
        reason=reason,
        advice="Indiquez la durée que vous visez, ou celle que vous observez à la sortie du parc."
        if is_lifetime
        else "Les factures des huit dernières années ou la console de gestion suffisent souvent.",
        category_code=best[0],
        group_code=line_of[best[0]].category.group.code,
        family=line_of[best[0]].category.name,
        is_lifetime=is_lifetime,
        share_percent=gains[best],
        source_family=line_of[ranked[0].category].category.name if _is_led_by_factor(ranked) else "",
        source_share_percent=ranked[0].share_percent if _is_led_by_factor(ranked) else 0.0,
    )


def _is_led_by_factor(ranked: list[Sensitivity]) -> bool:
    return ranked[0].parameter == FACTOR and bool(ranked[0].low)


def _improve_reason(category: str, parameter: str, share: float, line: InventoryLine, data: InventoryData) -> str:
    weight = f"À elle seule, elle fait {format_significant(share)}\u202f% de l’écart entre le bas et le haut."
    if parameter != LIFETIME:
        return f"Sa confiance est «\u00a0{line.get_confidence_display()}\u00a0». {weight}"
    years = data.table.defaults[category].lifetime_years
    if years is None:
        return f"Elle n’est pas déclarée. {weight}"
    low, usual, high = (_years(value) for value in (years.low, years.central, years.high))
    bounds = f"{usual} ans, entre {low} et {high}"
    return f"Elle n’est pas déclarée\u00a0: le calcul prend {bounds}. {weight}"


def _factor_reason(ranked: list[Sensitivity], lines: dict[str, InventoryLine], unit: str, scale: float) -> str:
    """Say so when most of the range comes from a factor, which nobody in the authority can make more exact."""
    first = ranked[0]
    if not _is_led_by_factor(ranked):
        return ""
    name = _lower(lines[first.category].category.name)
    return (
        f" L’écart tient d’abord aux sources\u00a0: selon elles, la famille «\u00a0{name}\u00a0» va de "
        f"{format_significant(first.low / scale)} à {format_significant(first.high / scale)} {unit}, "
        f"soit {format_significant(first.share_percent)}\u202f% de l’écart."
    )


def _years(value: float) -> str:
    return format_number(Decimal(str(value)).normalize())


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
