"""Figures for the national administration: of groups of authorities only, never of one (`common/aggregates.py`)."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from authorities.models import Authority, Initiative
from common.aggregates import MIN_GROUP, Quartiles, protect_counts, quartiles
from common.numbers import format_number, format_significant
from common.steps import STEP_ROUTES
from diagnostics.models import Questionnaire
from diagnostics.selectors.aggregate import maturity_by_authority
from inventory.selectors.aggregate import AgentRatios, ratios_by_authority
from levers.models import LeverCatalogue
from levers.selectors.aggregate import retained_by_authority
from reference.models import Dimension, PopulationStratum
from reference.selectors import stratum_of
from roadmap.selectors.path import read_paths

OTHERS = ("autres", "Autres, ou population non connue")
MOST_RETAINED = 10
_RATIOS: tuple[tuple[str, Callable[[AgentRatios], float | None]], ...] = (
    ("Terminaux par agent", lambda ratios: ratios.terminals),
    ("Écrans par agent", lambda ratios: ratios.screens),
    ("Empreinte par agent, en kg de CO₂e par an", lambda ratios: ratios.footprint_kg),
)


@dataclass(frozen=True)
class GroupCount:
    """Number of authorities of a group; None when it is hidden."""

    code: str
    label: str
    count: int | None

    @property
    def count_label(self) -> str:
        return "caché" if self.count is None else format_number(self.count)


@dataclass(frozen=True)
class Spread:
    """Quartiles of one figure; None when fewer than five authorities have it."""

    label: str
    quartiles: Quartiles | None
    decimals: int | None = None

    @property
    def cells(self) -> list[str]:
        """Quarter, half, three quarters, number of authorities, as they are written; empty when hidden."""
        if self.quartiles is None:
            return []
        found = self.quartiles
        return [*map(self._written, (found.low, found.median, found.high)), format_number(found.count)]

    def _written(self, value: float) -> str:
        return format_significant(value) if self.decimals is None else format_number(value, self.decimals)


@dataclass(frozen=True)
class RetainedLever:
    """A lever and the number of authorities that keep it."""

    title: str
    count: int
    percent: int


@dataclass(frozen=True)
class NationalFigures:
    """What the administration reads of a group. `total` is None when it has fewer than five authorities.

    `groups`: those that hold somebody; `group_label` is empty when every authority is read.
    """

    groups: list[GroupCount]
    group_label: str
    total: int | None
    steps: list[GroupCount]
    maturity: list[Spread]
    ratios: list[Spread]
    levers: list[RetainedLever]
    deciding_count: int | None

    @property
    def is_empty(self) -> bool:
        return self.total is None


def national_figures(*, group: str, now: datetime) -> NationalFigures:
    """Return the figures of a group of `groups` (all of them when empty). At most eighteen queries.

    A group that is hidden, or that does not exist, has no figure. Illustrations are left out.
    """
    members = _by_group(list(Authority.objects.filter(is_demonstration=False)))
    counts = protect_counts({key: len(found) for key, found in members.items() if found})
    groups = [GroupCount(code, label, count) for (code, label), count in counts.items()]
    if group:
        label, kept = next(
            ((item.label, members[item.code, item.label]) for item in groups if item.code == group and item.count),
            ("", []),
        )
    else:
        label, kept = "", [authority for found in members.values() for authority in found]
    if len(kept) < MIN_GROUP:
        return NationalFigures(groups, label, None, [], [], [], [], None)
    pks = [authority.pk for authority in kept]
    levers, deciding_count = _levers(pks)
    return NationalFigures(
        groups, label, len(kept), _steps(pks, now), _maturity(pks), _ratios(pks), levers, deciding_count
    )


def _by_group(authorities: Iterable[Authority]) -> dict[tuple[str, str], list[Authority]]:
    strata = list(PopulationStratum.objects.all())
    members: dict[tuple[str, str], list[Authority]] = {(item.code, item.name): [] for item in strata}
    members[OTHERS] = []
    for authority in authorities:
        found = stratum_of(strata, kind=authority.kind, population=authority.population)
        members[(found.code, found.name) if found else OTHERS].append(authority)
    return members


def _steps(pks: Sequence[int], now: datetime) -> list[GroupCount]:
    """Count the authorities at each step; those that adopted are at the last one."""
    initiatives = list(Initiative.objects.current().filter(authority__in=pks).select_related("authority"))
    paths = read_paths(initiatives, user=None, now=now)
    reached = Counter(path.current.code for path in paths.values())
    counts = protect_counts({code: reached[code] for code, _title, _route in STEP_ROUTES})
    return [GroupCount(code, title, counts[code]) for code, title, _route in STEP_ROUTES]


def _maturity(pks: Sequence[int]) -> list[Spread]:
    """Return the scores of each dimension of the questionnaire in force, 0–4."""
    scores = list(maturity_by_authority(pks).values())
    current = Questionnaire.objects.filter(is_current=True).first()
    dimensions = Dimension.objects.filter(framework=current.code if current else "")
    return [
        Spread(item.name, quartiles([float(own[item.code]) for own in scores if item.code in own]), decimals=1)
        for item in dimensions
    ]


def _ratios(pks: Sequence[int]) -> list[Spread]:
    known = list(ratios_by_authority(pks).values())
    return [
        Spread(label, quartiles([value for own in known if (value := read(own)) is not None]))
        for label, read in _RATIOS
    ]


def _levers(pks: Sequence[int]) -> tuple[list[RetainedLever], int | None]:
    """Return the levers that five authorities keep at least, the most kept first, and how many authorities decided."""
    retained = retained_by_authority(pks)
    if len(retained) < MIN_GROUP:
        return [], None
    catalogue = LeverCatalogue.objects.first()
    titles = dict(catalogue.levers.values_list("code", "title")) if catalogue else {}
    kept = Counter(code for codes in retained.values() for code in codes if code in titles)
    return [
        RetainedLever(titles[code], count, round(100 * count / len(retained)))
        for code, count in sorted(kept.items(), key=lambda item: (-item[1], item[0]))
        if count >= MIN_GROUP
    ][:MOST_RETAINED], len(retained)
