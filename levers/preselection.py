"""Proposed shortlist, and advice on a shortlist or on what was retained. Pure: no base, no clock, no settings."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from common.numbers import pluralise
from common.text import typography
from levers.relevance import LeverFacts, Relevance, is_in_perimeter

LEVERS_PER_THEME = 2
LEVERS_PER_WEAK_DIMENSION = 2


@dataclass(frozen=True)
class Sizes:
    """Usual sizes of a track: levers shortlisted (target and bounds), levers retained at most, levers recommended."""

    target: int
    low: int
    high: int
    retained_maximum: int


@dataclass(frozen=True)
class Context:
    """What a shortlist is checked against: names by number or code, and groups of levers whose gains overlap."""

    themes: Mapping[int, str]
    weak_dimensions: Mapping[str, str]
    exclusive_groups: Sequence[Collection[str]]
    titles: Mapping[str, str]
    perimeter: str


@dataclass(frozen=True)
class Proposed:
    """A lever of the proposal and why it is there."""

    code: str
    why: str


class AdviceKind(StrEnum):
    SIZE = "size"
    THEME = "theme"
    DIMENSION = "dimension"
    PREREQUISITE = "prerequisite"
    EXCLUSIVE = "exclusive"


@dataclass(frozen=True)
class Advice:
    """A warning, never a block. `target` is a theme number, a dimension code or a lever code, as the kind says."""

    kind: AdviceKind
    text: str
    target: str = ""


def propose(
    ranked: Sequence[Relevance], levers: Mapping[str, LeverFacts], context: Context, sizes: Sizes
) -> list[Proposed]:
    """Propose a shortlist of about `sizes.target` levers, the best ranked first.

    Two levers for each theme of the decree and for each weak dimension come first, then the others by rank, inside the
    perimeter of the démarche, or beyond it under `sizes.low`; then what is advised before them, up to `sizes.high`. Of
    levers whose gains overlap, only the best ranked is kept.
    """
    chosen: dict[str, str] = {}
    for number, name in context.themes.items():
        codes = [item.code for item in ranked if levers[item.code].theme == number]
        _add(chosen, codes, LEVERS_PER_THEME, f"pour couvrir le thème «\u00a0{name}\u00a0»", context)
    for code, name in context.weak_dimensions.items():
        codes = [item.code for item in ranked if levers[item.code].dimension == code]
        _add(chosen, codes, LEVERS_PER_WEAK_DIMENSION, f"pour relever la dimension «\u00a0{name}\u00a0»", context)
    inside = [item.code for item in ranked if is_in_perimeter(levers[item.code].perimeter, context.perimeter)]
    for code in inside:
        if len(chosen) >= sizes.target:
            break
        _add(chosen, [code], 1, "parmi les mieux classés pour vous", context)
    # A narrow perimeter may hold too few levers to make a shortlist.
    for item in ranked:
        if len(chosen) >= sizes.low:
            break
        _add(chosen, [item.code], 1, "bien classé, au-delà de votre périmètre", context)
    _add_prerequisites(chosen, [item.code for item in ranked], levers, context, sizes.high)
    return [Proposed(item.code, typography(chosen[item.code])) for item in ranked if item.code in chosen]


def advise_shortlist(levers: Sequence[LeverFacts], context: Context, sizes: Sizes) -> list[Advice]:
    """Return what to look at before the shortlist is submitted: size, gaps, order, overlaps."""
    size = len(levers)
    advice = []
    if not sizes.low <= size <= sizes.high:
        comparison = "court" if size < sizes.low else "long"
        counted = f"{size} {pluralise(size, 'levier', 'leviers')}"
        text = f"{counted}, c’est {comparison}\u00a0: visez {sizes.target} environ, entre {sizes.low} et {sizes.high}."
        advice.append(_advice(AdviceKind.SIZE, text))
    return [
        *advice,
        *_coverage_advice(levers, context, "présélectionné"),
        *_prerequisite_advice(levers, context, "présélectionné"),
        *_exclusive_advice(levers, context),
    ]


def advise_retained(
    levers: Sequence[LeverFacts],
    context: Context,
    sizes: Sizes,
    *,
    engaged: Collection[str] = frozenset(),
    states: Mapping[str, str] | None = None,
) -> list[Advice]:
    """Return what to look at before the decisions become action sheets.

    `engaged`: codes that a former démarche retained, which need not come again; `states`: code → what became of a lever
    that is not retained (« est reporté »).
    """
    advice = []
    if len(levers) > sizes.retained_maximum:
        text = (
            f"{len(levers)} leviers retenus, c’est plus que {sizes.retained_maximum}\u00a0: reportez ceux qui peuvent "
            "attendre, une feuille de route courte se tient mieux."
        )
        advice.append(_advice(AdviceKind.SIZE, text))
    return [
        *advice,
        *_coverage_advice(levers, context, "retenu"),
        *_prerequisite_advice(levers, context, "retenu", engaged=engaged, states=states or {}),
        *_exclusive_advice(levers, context),
    ]


def _advice(kind: AdviceKind, text: str, target: str = "") -> Advice:
    return Advice(kind, typography(text), target)


def _add(chosen: dict[str, str], codes: Sequence[str], wanted: int, why: str, context: Context) -> None:
    """Choose the first codes until `wanted` of them are in, those already chosen included."""
    count = sum(code in chosen for code in codes)
    for code in codes:
        if count >= wanted:
            return
        if code not in chosen and not _overlaps(code, chosen, context):
            chosen[code] = why
            count += 1


def _add_prerequisites(
    chosen: dict[str, str], ranked: Sequence[str], levers: Mapping[str, LeverFacts], context: Context, most: int
) -> None:
    """Choose what is advised before the chosen levers, and before that in turn: those of the best ranked first."""
    waiting = [code for code in ranked if code in chosen]
    while waiting and len(chosen) < most:
        code = waiting.pop(0)
        for needed in levers[code].prerequisites:
            if needed not in levers or needed in chosen or len(chosen) >= most or _overlaps(needed, chosen, context):
                continue
            chosen[needed] = f"conseillé avant «\u00a0{context.titles[code]}\u00a0»"
            waiting.append(needed)


def _overlaps(code: str, chosen: Collection[str], context: Context) -> bool:
    return any(code in group and any(other in group for other in chosen) for group in context.exclusive_groups)


def _coverage_advice(levers: Sequence[LeverFacts], context: Context, participle: str) -> list[Advice]:
    themes = {lever.theme for lever in levers}
    dimensions = {code for lever in levers for code in (lever.dimension, *lever.secondary_dimensions)}
    return [
        _advice(AdviceKind.THEME, f"Thème du décret sans levier {participle} : « {name} ».", str(number))
        for number, name in context.themes.items()
        if number not in themes
    ] + [
        _advice(AdviceKind.DIMENSION, f"Dimension faible sans levier {participle} : « {name} ».", code)
        for code, name in context.weak_dimensions.items()
        if code not in dimensions
    ]


def _prerequisite_advice(
    levers: Sequence[LeverFacts],
    context: Context,
    participle: str,
    *,
    engaged: Collection[str] = frozenset(),
    states: Mapping[str, str] | None = None,
) -> list[Advice]:
    """Tell each lever that is advised before others and is not there, once, whatever the number of those others."""
    present = {lever.code for lever in levers} | set(engaged)
    followers: dict[str, list[str]] = {}
    for lever in levers:
        for code in lever.prerequisites:
            if code not in present and code in context.titles:
                followers.setdefault(code, []).append(context.titles[lever.code])
    advice = []
    for code, titles in followers.items():
        before = f"«\u00a0{titles[0]}\u00a0»" if len(titles) == 1 else f"{len(titles)} leviers {participle}s"
        state = (states or {}).get(code, f"n’est pas {participle}")
        text = f"«\u00a0{context.titles[code]}\u00a0», conseillé avant {before}, {state}."
        advice.append(_advice(AdviceKind.PREREQUISITE, text, code))
    return advice


def _exclusive_advice(levers: Sequence[LeverFacts], context: Context) -> list[Advice]:
    advice = []
    for group in context.exclusive_groups:
        doubles = [lever.code for lever in levers if lever.code in group]
        if len(doubles) > 1:
            names = ", ".join(f"«\u00a0{context.titles[code]}\u00a0»" for code in doubles)
            text = f"Ces leviers allongent la vie des mêmes appareils : {names}. Leurs gains ne s’additionnent pas."
            advice.append(_advice(AdviceKind.EXCLUSIVE, text, doubles[0]))
    return advice
