"""Where the factors come from, for the public page about the method: read from the data, never typed."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count

from inventory.models import ElectricityMix, FactorSet, ImpactFactor
from roadmap.documents.sources import name_licence, name_source

COMPUTED_HERE = "computed here"


@dataclass(frozen=True)
class SourceRow:
    """A source as the data cite it: its name, its licence, how many factors and electricity mixes come from it."""

    name: str
    licence: str
    factor_count: int
    mix_count: int


@dataclass(frozen=True)
class FactorSources:
    """The sources of the set of factors in force, the most used first; `computed_count` rows are worked out by us."""

    set_label: str
    rows: tuple[SourceRow, ...]
    computed_count: int


def factor_sources() -> FactorSources | None:
    """Return the sources of the factors in force; None before they are loaded. Three queries."""
    found = FactorSet.objects.filter(is_current=True).first()
    if found is None:
        return None
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    computed = 0
    factors = ImpactFactor.objects.filter(factor_set=found).order_by().values_list("source", "licence")
    mixes = ElectricityMix.objects.filter(factor_set=found).order_by().values_list("source", "licence")
    for rank, rows in enumerate((factors, mixes)):
        for source, licence, count in rows.annotate(total=Count("pk")):
            if source.startswith(COMPUTED_HERE):
                computed += count
            else:
                counts[name_source(source), name_licence(licence)][rank] += count
    ranked = sorted(counts.items(), key=lambda item: (-sum(item[1]), item[0]))
    return FactorSources(
        set_label=str(found),
        rows=tuple(SourceRow(name, licence, *numbers) for (name, licence), numbers in ranked),
        computed_count=computed,
    )
