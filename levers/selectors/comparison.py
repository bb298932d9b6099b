"""A few levers side by side, as they stand for one authority."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from authorities.models import Initiative
from levers.models import Lever, LeverCatalogue
from levers.selectors.catalogue import LeverPage, lever_pages, ranked_catalogue

MOST_COMPARED = 4


@dataclass(frozen=True)
class ComparedLever:
    """A lever with all its texts, and what it is for the authority."""

    lever: Lever
    page: LeverPage


@dataclass(frozen=True)
class Comparison:
    """The levers compared, in the order asked, and those of the catalogue that may be added, by title."""

    items: tuple[ComparedLever, ...]
    others: tuple[Lever, ...]
    # More were asked for than fit side by side.
    is_cut: bool

    @property
    def is_full(self) -> bool:
        return len(self.items) == MOST_COMPARED

    @property
    def has_savings(self) -> bool:
        return any(item.page.saving for item in self.items)


def compare_levers(
    initiative: Initiative, pks: Sequence[int], *, on: date, catalogue: LeverCatalogue | None = None
) -> Comparison:
    """Return up to four levers side by side; keys that are not in the catalogue of the démarche are left out."""
    ranked = ranked_catalogue(initiative, on=on, catalogue=catalogue)
    known = [pk for pk in dict.fromkeys(pks) if ranked.item(pk) is not None]
    kept = known[:MOST_COMPARED]
    full = sorted(Lever.objects.with_labels().filter(pk__in=kept), key=lambda lever: kept.index(lever.pk))
    others = [item.lever for item in ranked.items if item.lever.pk not in kept and item.lever.is_proposed]
    return Comparison(
        items=tuple(map(ComparedLever, full, lever_pages(ranked, full))),
        others=tuple(sorted(others, key=lambda lever: lever.title)),
        is_cut=len(known) > MOST_COMPARED,
    )
