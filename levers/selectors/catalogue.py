"""The catalogue as an authority sees it: ranked for it, searched, filtered, counted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from authorities.enums import Perimeter
from authorities.models import Initiative
from common.dates import format_day
from common.errors import DomainError
from common.numbers import format_number, format_range, format_significant
from common.text import typography
from levers.models import Lever, LeverCatalogue, Shortlist
from levers.preselection import Context, Sizes
from levers.relevance import Criterion, DimensionFact, LeverFacts, Reason, Relevance, SavingFact, rank_levers
from levers.search import Text, search
from levers.selectors.profile import (
    KnownProfile,
    Precision,
    build_profile,
    missing_for,
    read_facts,
    read_weights,
    weak_dimensions,
)
from reference.models import Service
from reference.selectors import DutyState

EFFORTS = {"1": ("1 ou 2 sur 5", (1, 2)), "3": ("3 sur 5", (3,)), "4": ("4 ou 5 sur 5", (4, 5))}
SORTS = {"pertinence": "du plus au moins recommandé", "effort": "par effort", "impact": "par impact"}


@dataclass(frozen=True)
class Recommendation:
    """A lever with its place in the ranking of this authority.

    `is_recommended`: among the first ones. `missing`: what would make its place more precise.
    """

    lever: Lever
    facts: LeverFacts
    relevance: Relevance
    is_recommended: bool
    missing: tuple[Precision, ...] = ()

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
class CatalogueFacts:
    """The levers of the catalogue of a démarche, by code, and what a shortlist of them is checked against."""

    catalogue: LeverCatalogue
    levers: dict[str, Lever]
    facts: dict[str, LeverFacts]
    sizes: Sizes
    context: Context


@dataclass(frozen=True)
class RankedCatalogue:
    """All the levers of the catalogue of a démarche, by rank, with what they were ranked on."""

    base: CatalogueFacts
    items: tuple[Recommendation, ...]
    known: KnownProfile

    def offered(self, shortlisted: frozenset[int]) -> "RankedCatalogue":
        """Leave out the local levers that are no longer proposed, unless the shortlist holds them."""
        kept = tuple(item for item in self.items if item.lever.is_proposed or item.lever.pk in shortlisted)
        return replace(self, items=kept)

    @property
    def local_count(self) -> int:
        return sum(item.lever.is_local for item in self.items)

    def item(self, lever_pk: int) -> Recommendation | None:
        """Return the item of a lever, None when it is of another catalogue."""
        return next((item for item in self.items if item.lever.pk == lever_pk), None)


@dataclass(frozen=True)
class DutyLine:
    """A text linked to a lever, as it stands for the authority: title, what it is for it, dates and thresholds."""

    title: str
    binding: str
    details: str


@dataclass(frozen=True)
class LeverPage:
    """Everything about one lever, for one authority."""

    recommendation: Recommendation
    duties: tuple[DutyLine, ...]
    saving: SavingFact | None
    secondary_dimensions: tuple[str, ...]
    audience: tuple[str, ...]
    prerequisites: tuple[Lever, ...]
    synergies: tuple[Lever, ...]
    total: int

    @property
    def saving_label(self) -> str:
        """« 1,8 t CO₂e par an, entre 0,9 et 3,6 »."""
        if self.saving is None:
            return ""
        written = format_significant(self.saving.central_kgco2e / 1000)
        spread = format_range(self.saving.low_kgco2e / 1000, self.saving.high_kgco2e / 1000)
        return typography(f"{written} t CO₂e par an, {spread}")


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
    """Boxes of one criterion; `is_list`: shown as a drop-down list, of which one value is chosen."""

    name: str
    legend: str
    options: list[FilterOption]
    is_list: bool

    @property
    def ticked(self) -> list[FilterOption]:
        return [option for option in self.options if option.is_ticked]


@dataclass(frozen=True)
class FilteredCatalogue:
    """The levers that match, in the order asked, and the boxes with their counts."""

    items: list[Recommendation]
    groups: list[FilterGroup] = field(default_factory=list)
    # What the words were read as, when one was mistyped.
    read_as: str = ""

    @property
    def ticked_labels(self) -> list[str]:
        return [option.label for group in self.groups for option in group.ticked]


def catalogue_of(initiative: Initiative) -> LeverCatalogue:
    """Return the version of the catalogue that the démarche uses: that of its shortlist, else the last published.

    Raises `DomainError` when no catalogue is loaded. One or two queries.
    """
    shortlists = Shortlist.objects.for_initiative(initiative).select_related("catalogue").defer("catalogue__source")
    shortlist = shortlists.order_by("-number").first()
    catalogue = shortlist.catalogue if shortlist else LeverCatalogue.objects.defer("source").first()
    if catalogue is None:
        raise DomainError(typography("Le catalogue de leviers n’est pas chargé : prévenez l’administration du site."))
    return catalogue


def catalogue_facts(
    initiative: Initiative,
    catalogue: LeverCatalogue,
    dimensions: Mapping[str, DimensionFact],
    levers: Sequence[Lever] | None = None,
) -> CatalogueFacts:
    """Return the levers of a catalogue, and the local ones, as the rules read them. One query at most.

    `dimensions`: scores by code.
    """
    if levers is None:
        levers = list(Lever.objects.known_to(initiative, catalogue).light())
    themes = {lever.theme.number: lever.theme.short_name for lever in levers}
    return CatalogueFacts(
        catalogue=catalogue,
        levers={lever.code: lever for lever in levers},
        facts={lever.code: read_facts(lever, initiative.authority.slug) for lever in levers},
        sizes=Sizes(**catalogue.weights["sizes"][initiative.track]),
        context=Context(
            themes=dict(sorted(themes.items())),
            weak_dimensions=weak_dimensions(dimensions, catalogue),
            exclusive_groups=catalogue.exclusive_groups,
            titles={lever.code: lever.title for lever in levers},
            perimeter=initiative.perimeter,
        ),
    )


def ranked_catalogue(initiative: Initiative, *, on: date, catalogue: LeverCatalogue | None = None) -> RankedCatalogue:
    """Rank every lever of the catalogue, and the local ones, for an authority on a date."""
    catalogue = catalogue or catalogue_of(initiative)
    levers = list(Lever.objects.known_to(initiative, catalogue).light())
    known = build_profile(initiative, catalogue, levers, on=on)
    base = catalogue_facts(initiative, catalogue, known.profile.dimensions, levers)
    ranked = rank_levers(list(base.facts.values()), known.profile, read_weights(catalogue))
    items = tuple(
        Recommendation(
            base.levers[item.code],
            base.facts[item.code],
            item,
            item.rank <= base.sizes.target,
            missing_for(base.levers[item.code], known, initiative),
        )
        for item in ranked
    )
    return RankedCatalogue(base, items, known)


def lever_page(
    initiative: Initiative, lever: Lever, *, on: date, catalogue: LeverCatalogue | None = None
) -> LeverPage | None:
    """Return the page of a lever, None when it is not of the catalogue of the démarche."""
    ranked = ranked_catalogue(initiative, on=on, catalogue=catalogue)
    return next(iter(lever_pages(ranked, [lever])), None)


def lever_pages(ranked: RankedCatalogue, levers: Sequence[Lever]) -> list[LeverPage]:
    """Return the pages of levers; those that are not in this ranking are left out. One query at most."""
    codes = {code for lever in levers for code in lever.audience_codes}
    services = dict(Service.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    found = ((lever, ranked.item(lever.pk)) for lever in levers)
    return [_lever_page(ranked, lever, item, services) for lever, item in found if item is not None]


def _lever_page(
    ranked: RankedCatalogue, lever: Lever, recommendation: Recommendation, services: Mapping[str, str]
) -> LeverPage:
    levers = ranked.base.levers
    dimensions = {item.dimension.code: item.dimension.short_name for item in levers.values()}
    return LeverPage(
        recommendation=recommendation,
        duties=tuple(_duty_line(ranked.known.duties[code]) for code in lever.duty_codes if code in ranked.known.duties),
        saving=ranked.known.profile.savings.get(lever.code),
        secondary_dimensions=tuple(dimensions.get(code, code) for code in lever.secondary_dimension_codes),
        audience=tuple(services.get(code, code) for code in lever.audience_codes),
        prerequisites=tuple(levers[code] for code in lever.prerequisite_codes if code in levers),
        synergies=tuple(levers[code] for code in lever.synergy_codes if code in levers),
        total=len(levers),
    )


def _duty_line(state: DutyState) -> DutyLine:
    duty = state.duty
    details = []
    if state.since_on is not None:
        value = f" : {format_number(state.value.normalize())} {duty.unit}" if state.value is not None else ""
        details.append(f"En vigueur depuis le {format_day(state.since_on)}{value}.")
    if state.next_on is not None:
        value = f" : {format_number(state.next_value.normalize())} {duty.unit}" if state.next_value is not None else ""
        details.append(f"À partir du {format_day(state.next_on)}{value}.")
    note = f" ({duty.note})" if duty.note else ""
    details.append(f"{duty.legal_reference}{note}")
    return DutyLine(duty.title, state.binding_label, typography(" ".join(details)))


def recommendations(initiative: Initiative, *, on: date) -> list[Recommendation]:
    """Return every lever of the catalogue, the most relevant first, each with its score and its reasons."""
    return list(ranked_catalogue(initiative, on=on).items)


def filter_catalogue(
    ranked: RankedCatalogue, filters: LeverFilters, shortlisted: frozenset[int] = frozenset()
) -> FilteredCatalogue:
    """Return the levers that match. `shortlisted`: pk of the levers of the current shortlist. No query.

    A local lever that is no longer proposed is left out, unless this shortlist holds it.
    """
    ranked = ranked.offered(shortlisted)
    definitions = _groups(ranked, shortlisted)
    tests = {
        name: _group_test(name, options, _ticked(filters, name)) for name, (_legend, options) in definitions.items()
    }
    matches = search(filters.query, {item.lever.pk: _text(item.lever) for item in ranked.items})
    found = [item for item in ranked.items if item.lever.pk in matches.scores]
    groups = []
    for name, (legend, options) in definitions.items():
        others = [test for other, test in tests.items() if other != name]
        candidates = [item for item in found if all(test(item) for test in others)]
        ticked = _ticked(filters, name)
        boxes = [
            FilterOption(name, value, label, sum(test(item) for item in candidates), value in ticked)
            for value, (label, test) in options.items()
        ]
        groups.append(FilterGroup(name, legend, boxes, is_list=name in LISTS))
    items = [item for item in found if all(test(item) for test in tests.values())]
    if filters.sort == "pertinence":
        items.sort(key=lambda item: (-matches.scores[item.lever.pk], item.rank))
    elif filters.sort == "effort":
        items.sort(key=lambda item: (item.lever.effort, item.rank))
    elif filters.sort == "impact":
        items.sort(key=lambda item: (-item.lever.impact, item.rank))
    return FilteredCatalogue(items, groups, matches.read_as)


Test = Callable[[Recommendation], bool]
Options = Mapping[str, tuple[str, Test]]
# Long or exclusive groups are lists: a light page keeps its boxes for what people tick together.
LISTS = frozenset({"di", "pe"})
GROUP_FIELDS = {"th": "themes", "di": "dimensions", "pe": "perimeters", "ef": "efforts", "pr": "practices"}


def _ticked(filters: LeverFilters, name: str) -> frozenset[str]:
    ticked: frozenset[str] = getattr(filters, GROUP_FIELDS[name])
    return ticked


def _text(lever: Lever) -> Text:
    return Text(lever.title, lever.search_text)


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
                **({"local": ("Levier local", lambda item: item.lever.is_local)} if ranked.local_count else {}),
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
