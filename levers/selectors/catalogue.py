"""The catalogue as an authority sees it: ranked for it, searched, filtered, counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from authorities.enums import Perimeter
from authorities.models import Initiative
from common.errors import DomainError
from common.text import normalise, typography
from levers.models import Lever, LeverCatalogue, Shortlist
from levers.preselection import Context, Sizes
from levers.relevance import Criterion, LeverFacts, Reason, Relevance, rank_levers
from levers.selectors.profile import KnownProfile, build_profile, read_facts, read_weights

EFFORTS = {"1": ("1 ou 2 sur 5", (1, 2)), "3": ("3 sur 5", (3,)), "4": ("4 ou 5 sur 5", (4, 5))}
SORTS = {"pertinence": "du plus au moins recommandé", "effort": "par effort", "impact": "par impact"}


@dataclass(frozen=True)
class Recommendation:
    """A lever with its place in the ranking of this authority. `is_recommended`: among the first ones."""

    lever: Lever
    facts: LeverFacts
    relevance: Relevance
    is_recommended: bool

    @property
    def rank(self) -> int:
        return self.relevance.rank

    @property
    def score(self) -> int:
        return self.relevance.score

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return self.relevance.reasons

    @property
    def first_clause(self) -> str:
        """Follows « Recommandé parce que »."""
        return self.reasons[0].clause if self.reasons else ""

    @property
    def has_duty(self) -> bool:
        """Tell whether a text in force surely binds the authority about this lever."""
        return any(reason.criterion is Criterion.DUTY for reason in self.reasons)


@dataclass(frozen=True)
class RankedCatalogue:
    """All the levers of the catalogue of a démarche, by rank, with what they were ranked on."""

    catalogue: LeverCatalogue
    items: tuple[Recommendation, ...]
    known: KnownProfile
    sizes: Sizes
    perimeter: str

    @property
    def facts(self) -> dict[str, LeverFacts]:
        return {item.lever.code: item.facts for item in self.items}

    def item(self, lever_pk: int) -> Recommendation | None:
        """Return the item of a lever, None when it is of another catalogue."""
        return next((item for item in self.items if item.lever.pk == lever_pk), None)

    def context(self) -> Context:
        """Return what a shortlist of this catalogue is checked against."""
        themes = {item.lever.theme.number: item.lever.theme.short_name for item in self.items}
        return Context(
            themes=dict(sorted(themes.items())),
            weak_dimensions=self.known.weak_dimensions(self.catalogue),
            exclusive_groups=self.catalogue.exclusive_groups,
            titles={item.lever.code: item.lever.title for item in self.items},
            perimeter=self.perimeter,
        )


@dataclass(frozen=True)
class LeverFilters:
    """What a reader asks of the catalogue; each group is a set of ticked values, empty for all."""

    query: str = ""
    themes: frozenset[str] = frozenset()
    dimensions: frozenset[str] = frozenset()
    perimeters: frozenset[str] = frozenset()
    efforts: frozenset[str] = frozenset()
    practices: frozenset[str] = frozenset()
    sort: str = "pertinence"

    @property
    def is_empty(self) -> bool:
        return not (self.query or self.themes or self.dimensions or self.perimeters or self.efforts or self.practices)


@dataclass(frozen=True)
class FilterOption:
    """A box to tick: `count` is the number of levers that it would show with the other groups as they are."""

    name: str
    value: str
    label: str
    count: int
    is_ticked: bool


@dataclass(frozen=True)
class FilterGroup:
    legend: str
    options: list[FilterOption]

    @property
    def ticked(self) -> list[FilterOption]:
        return [option for option in self.options if option.is_ticked]


@dataclass(frozen=True)
class FilteredCatalogue:
    """The levers that match, in the order asked, and the boxes with their counts."""

    items: list[Recommendation]
    groups: list[FilterGroup] = field(default_factory=list)

    @property
    def ticked_labels(self) -> list[str]:
        return [option.label for group in self.groups for option in group.ticked]


def catalogue_of(initiative: Initiative) -> LeverCatalogue:
    """Return the version of the catalogue that the démarche uses: that of its shortlist, else the last published.

    Raises `DomainError` when no catalogue is loaded. One or two queries.
    """
    shortlist = Shortlist.objects.for_initiative(initiative).select_related("catalogue").order_by("-number").first()
    catalogue = shortlist.catalogue if shortlist else LeverCatalogue.objects.first()
    if catalogue is None:
        raise DomainError(typography("Le catalogue de leviers n’est pas chargé : prévenez l’administration du site."))
    return catalogue


def ranked_catalogue(
    initiative: Initiative, *, on: date, catalogue: LeverCatalogue | None = None, levers: list[Lever] | None = None
) -> RankedCatalogue:
    """Rank every lever of the catalogue for an authority on a date."""
    catalogue = catalogue or catalogue_of(initiative)
    levers = levers if levers is not None else list(Lever.objects.for_catalogue(catalogue).light())
    known = build_profile(initiative, catalogue, levers, on=on)
    by_code = {lever.code: lever for lever in levers}
    facts = {lever.code: read_facts(lever, initiative.authority.slug) for lever in levers}
    sizes = Sizes(**catalogue.weights["sizes"][initiative.track])
    ranked = rank_levers(list(facts.values()), known.profile, read_weights(catalogue))
    items = tuple(
        Recommendation(by_code[item.code], facts[item.code], item, is_recommended=item.rank <= sizes.target)
        for item in ranked
    )
    return RankedCatalogue(catalogue, items, known, sizes, initiative.perimeter)


def recommendations(initiative: Initiative, *, on: date) -> list[Recommendation]:
    """Return every lever of the catalogue, the most relevant first, each with its score and its reasons."""
    return list(ranked_catalogue(initiative, on=on).items)


def filter_catalogue(
    ranked: RankedCatalogue, filters: LeverFilters, shortlisted: frozenset[int] = frozenset()
) -> FilteredCatalogue:
    """Return the levers that match. `shortlisted`: pk of the levers of the current shortlist. No query."""
    definitions = _groups(ranked, shortlisted)
    tests = {
        name: _group_test(name, options, _ticked(filters, name)) for name, (_legend, options) in definitions.items()
    }
    found = [item for item in ranked.items if _matches_query(item.lever, filters.query)]
    groups = []
    for name, (legend, options) in definitions.items():
        others = [test for other, test in tests.items() if other != name]
        candidates = [item for item in found if all(test(item) for test in others)]
        ticked = _ticked(filters, name)
        boxes = [
            FilterOption(name, value, label, sum(test(item) for item in candidates), value in ticked)
            for value, (label, test) in options.items()
        ]
        groups.append(FilterGroup(legend, boxes))
    items = [item for item in found if all(test(item) for test in tests.values())]
    if filters.sort == "effort":
        items.sort(key=lambda item: (item.lever.effort, item.rank))
    elif filters.sort == "impact":
        items.sort(key=lambda item: (-item.lever.impact, item.rank))
    return FilteredCatalogue(items, groups)


Test = Callable[[Recommendation], bool]
Options = Mapping[str, tuple[str, Test]]
GROUP_FIELDS = {"th": "themes", "di": "dimensions", "pe": "perimeters", "ef": "efforts", "pr": "practices"}


def _ticked(filters: LeverFilters, name: str) -> frozenset[str]:
    ticked: frozenset[str] = getattr(filters, GROUP_FIELDS[name])
    return ticked


def _matches_query(lever: Lever, query: str) -> bool:
    """Each word must be found, whatever its accents, its case and a final s or x."""
    words = [word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in normalise(query).split()]
    return all(word in lever.search_text for word in words)


def _is_of_theme(number: str, item: Recommendation) -> bool:
    return str(item.lever.theme.number) == number


def _is_of_dimension(code: str, item: Recommendation) -> bool:
    return item.lever.dimension.code == code


def _is_of_perimeter(perimeter: str, item: Recommendation) -> bool:
    return item.lever.perimeter == perimeter


def _is_of_effort(marks: tuple[int, ...], item: Recommendation) -> bool:
    return item.lever.effort in marks


def _groups(ranked: RankedCatalogue, shortlisted: frozenset[int]) -> dict[str, tuple[str, Options]]:
    """Return, for each group of boxes, its legend and what each box tests."""
    themes = {str(item.lever.theme.number): item.lever.theme.short_name for item in ranked.items}
    dimensions = {item.lever.dimension.position: item.lever.dimension for item in ranked.items}
    return {
        "pr": (
            "Dans la pratique",
            {
                "recommande": ("Recommandé pour vous", lambda item: item.is_recommended),
                "rapide": ("Gain rapide", lambda item: item.lever.is_quick_win),
                "obligation": ("Obligation en vigueur", lambda item: item.has_duty),
                "petite": ("Adapté aux petites équipes", lambda item: item.lever.is_for_small_authority),
                "choisi": ("Déjà présélectionné", lambda item: item.lever.pk in shortlisted),
            },
        ),
        "th": (
            "Thème du décret",
            {number: (name, partial(_is_of_theme, number)) for number, name in sorted(themes.items())},
        ),
        "di": (
            "Dimension du diagnostic",
            {
                dimension.code: (dimension.short_name, partial(_is_of_dimension, dimension.code))
                for _position, dimension in sorted(dimensions.items())
            },
        ),
        "pe": (
            "Périmètre",
            {
                value: (f"{label[0].upper()}{label[1:]}", partial(_is_of_perimeter, value))
                for value, label in Perimeter.choices
            },
        ),
        "ef": ("Effort", {value: (label, partial(_is_of_effort, marks)) for value, (label, marks) in EFFORTS.items()}),
    }


def _group_test(name: str, options: Options, ticked: frozenset[str]) -> Test:
    """One ticked box of a group is enough, but those of « Dans la pratique » must all hold: they are not exclusive."""
    tests = [test for value, (_label, test) in options.items() if value in ticked]
    if not tests:
        return lambda item: True
    if name == "pr":
        return lambda item: all(test(item) for test in tests)
    return lambda item: any(test(item) for test in tests)
