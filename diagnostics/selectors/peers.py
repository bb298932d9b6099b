"""Comparison with the authorities of the same stratum: quartiles of five others at least, never a ranking.

The rules of secrecy are those of `common/aggregates.py`. The authority itself and illustrations do not count.
"""

from dataclasses import dataclass

from authorities.models import Authority
from common.aggregates import MIN_GROUP, Quartiles, quartiles
from common.numbers import format_number
from diagnostics.models import Diagnosis
from diagnostics.selectors.aggregate import maturity_by_authority
from diagnostics.selectors.results import DimensionResult, dimension_results
from reference.models import PopulationStratum
from reference.selectors import stratum_of


@dataclass(frozen=True)
class PeerSpread:
    """One dimension beside the others. `quartiles` is None when fewer than five of them assessed it."""

    dimension: DimensionResult
    quartiles: Quartiles | None

    @property
    def cells(self) -> list[str]:
        """Quarter, half, three quarters, as they are written; empty when hidden."""
        if self.quartiles is None:
            return []
        return [format_number(value, 1) for value in (self.quartiles.low, self.quartiles.median, self.quartiles.high)]

    @property
    def place(self) -> str:
        """Where one's own level stands against the middle half, in words; empty when one of the two is missing."""
        if self.quartiles is None or self.dimension.score is None:
            return ""
        if self.dimension.score < self.quartiles.low:
            return "sous la moitié centrale"
        if self.dimension.score > self.quartiles.high:
            return "au-dessus de la moitié centrale"
        return "dans la moitié centrale"


@dataclass(frozen=True)
class PeerComparison:
    """The others of the stratum. `count` is None, and there is no spread, under five of them: not even their number."""

    stratum_name: str
    count: int | None
    spreads: list[PeerSpread]

    @property
    def minimum(self) -> int:
        return MIN_GROUP


def compare_with_peers(diagnosis: Diagnosis) -> PeerComparison:
    """Compare the dimensions with the latest finished rounds of the others of the stratum. At most six queries."""
    authority = diagnosis.initiative.authority
    strata = list(PopulationStratum.objects.filter(kind=authority.kind))
    stratum = stratum_of(strata, kind=authority.kind, population=authority.population)
    if stratum is None:
        return PeerComparison("", None, [])
    others = Authority.objects.filter(
        kind=authority.kind, is_demonstration=False, initiatives__diagnoses__agreed_at__isnull=False
    ).exclude(pk=authority.pk)
    pks = [
        pk
        for pk, population in others.distinct().values_list("pk", "population")
        if stratum_of(strata, kind=authority.kind, population=population) == stratum
    ]
    if len(pks) < MIN_GROUP:
        return PeerComparison(stratum.name, None, [])
    scores = list(maturity_by_authority(pks).values())
    spreads = [
        PeerSpread(item, quartiles([float(own[item.code]) for own in scores if item.code in own]))
        for item in dimension_results(diagnosis)
    ]
    return PeerComparison(stratum.name, len(pks), spreads)
