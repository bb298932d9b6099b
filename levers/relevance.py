"""Relevance of each lever for one authority, and why. Pure: no base, no clock, no settings.

Each criterion gives whole points up to its weight, and every point comes with a sentence that quotes a value and links
to where it comes from. Nothing is hidden: a lever that gets no point stays in the list, at its end. Weights are data
(`fixtures/relevance_weights.yaml`); they are explained, with a worked example, in `docs/calculs.md`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from common.numbers import format_range, format_significant, pluralise
from common.text import typography
from diagnostics.scoring import score_label

LEVEL_MAXIMUM = 4
MARK_MAXIMUM = 5
EVERYWHERE = "les_deux"


class Criterion(StrEnum):
    """What gives points; the values are the keys of the weights."""

    QUESTION = "question_gap"
    DIMENSION = "dimension_gap"
    DUTY = "duty"
    INCENTIVE = "incentive"
    SAVING = "saving"
    EFFORT = "effort"
    QUICK_WIN = "quick_win"
    SMALL_AUTHORITY = "small_authority"
    PERIMETER = "perimeter"

    @property
    def label(self) -> str:
        return _CRITERION_LABELS[self.value]


_CRITERION_LABELS = {
    "question_gap": "réponses au diagnostic",
    "dimension_gap": "niveau de la dimension",
    "duty": "obligation",
    "incentive": "incitation ou obligation à vérifier",
    "saving": "gain sur l’inventaire",
    "effort": "effort",
    "quick_win": "gain rapide",
    "small_authority": "petite équipe",
    "perimeter": "périmètre",
}


@dataclass(frozen=True)
class Weights:
    """Highest number of points of each criterion, and the saving (percent of the footprint) that earns them all."""

    points: Mapping[Criterion, int]
    full_saving_percent: Fraction


@dataclass(frozen=True)
class LeverFacts:
    """What the score reads of a lever. `url` is its page; `effort` and `impact` are out of 5."""

    code: str
    theme: int
    dimension: str
    perimeter: str
    effort: int
    impact: int
    delay_months: int
    is_quick_win: bool
    is_for_small_authority: bool
    url: str
    secondary_dimensions: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuestionFact:
    """Agreed level (0 to 4) of a question, the level that a duty expects of it, and where the answer is read."""

    title: str
    level: int
    url: str
    duty_level: int | None = None


@dataclass(frozen=True)
class DimensionFact:
    """Score of a dimension, 0 to 4."""

    name: str
    score: Fraction
    url: str


class DutyForce(StrEnum):
    """What a text is for this authority on this date."""

    BINDING = "binding"
    TO_CHECK = "to_check"
    INCENTIVE = "incentive"


@dataclass(frozen=True)
class DutyFact:
    """A text in force: `value` is what it asks (« 20 % au moins ») or its reference; `since` is a written date."""

    title: str
    force: DutyForce
    value: str
    since: str
    note: str = ""


@dataclass(frozen=True)
class SavingFact:
    """Simulated saving, kg CO₂e a year with its range; `subject` is whose (« vos 612 écrans »)."""

    central_kgco2e: float
    low_kgco2e: float
    high_kgco2e: float
    subject: str
    is_plural: bool
    source: str
    url: str


@dataclass(frozen=True)
class Profile:
    """What is known of the authority. Empty mappings: the diagnosis or the inventory does not exist yet."""

    perimeter: str
    perimeter_label: str
    perimeter_url: str
    is_small: bool = False
    small_value: str = ""
    questions: Mapping[str, QuestionFact] = field(default_factory=dict)
    dimensions: Mapping[str, DimensionFact] = field(default_factory=dict)
    duties: Mapping[str, DutyFact] = field(default_factory=dict)
    savings: Mapping[str, SavingFact] = field(default_factory=dict)
    footprint_kgco2e: float | None = None


@dataclass(frozen=True)
class Reason:
    """Why a lever gets points. `clause` follows « parce que »; `value` is quoted in it; `url` is where it is read."""

    criterion: Criterion
    points: int
    clause: str
    value: str
    url: str

    @property
    def sentence(self) -> str:
        """The clause as a sentence of its own."""
        return f"{self.clause[0].upper()}{self.clause[1:]}."


@dataclass(frozen=True)
class Relevance:
    """Score of a lever (points, out of the sum of the weights), its rank from 1, its reasons, the weightiest first."""

    code: str
    rank: int
    score: int
    reasons: tuple[Reason, ...]


Rule = Callable[[LeverFacts, Profile, Weights], Reason | None]


def _points(weight: int, share: Fraction) -> int:
    """Round a share of the weight to the nearest whole number, half up."""
    return int(weight * min(max(share, Fraction(0)), Fraction(1)) + Fraction(1, 2))


def _reason(criterion: Criterion, points: int, clause: str, value: str, url: str) -> Reason:
    return Reason(criterion, points, typography(clause), typography(value), url)


def _question_reason(lever: LeverFacts, profile: Profile, weights: Weights) -> Reason | None:
    answered = [profile.questions[code] for code in lever.questions if code in profile.questions]
    if not answered:
        return None
    weakest = min(answered, key=lambda question: (question.level, question.title))
    share = Fraction(LEVEL_MAXIMUM - weakest.level, LEVEL_MAXIMUM)
    value = f"{weakest.level} sur {LEVEL_MAXIMUM}"
    clause = f"la question « {weakest.title} » est au niveau {value}"
    points = _points(weights.points[Criterion.QUESTION], share)
    return _reason(Criterion.QUESTION, points, clause, value, weakest.url)


def _dimension_reason(lever: LeverFacts, profile: Profile, weights: Weights) -> Reason | None:
    known = [profile.dimensions[code] for code in (lever.dimension,) if code in profile.dimensions]
    if not known:
        return None
    dimension = known[0]
    value = f"{score_label(dimension.score)} sur {LEVEL_MAXIMUM}"
    clause = f"la dimension « {dimension.name} » est à {value}"
    points = _points(weights.points[Criterion.DIMENSION], (LEVEL_MAXIMUM - dimension.score) / LEVEL_MAXIMUM)
    return _reason(Criterion.DIMENSION, points, clause, value, dimension.url)


def _duty_reason(lever: LeverFacts, profile: Profile, weights: Weights) -> Reason | None:
    """A binding text earns all the points, or half of them when the diagnosis finds the expected level reached."""
    binding = _texts(lever, profile, DutyForce.BINDING)
    if not binding:
        return None
    fact = binding[0]
    linked = [profile.questions[code] for code in lever.questions if code in profile.questions]
    expected = [question for question in linked if question.duty_level is not None]
    is_reached = bool(expected) and all(question.level >= (question.duty_level or 0) for question in expected)
    clause = f"la loi vous le demande{_since(fact)} : {_lower_first(fact.title)} ({fact.value}){_others(binding)}"
    if is_reached:
        clause += ", niveau que votre diagnostic dit atteint"
    points = _points(weights.points[Criterion.DUTY], Fraction(1, 2) if is_reached else Fraction(1))
    return _reason(Criterion.DUTY, points, clause, fact.value, f"{lever.url}#droit")


def _incentive_reason(lever: LeverFacts, profile: Profile, weights: Weights) -> Reason | None:
    """A text that encourages, or that may bind under a condition which the site cannot check."""
    if _texts(lever, profile, DutyForce.BINDING):
        return None
    to_check, encouraging = (_texts(lever, profile, force) for force in (DutyForce.TO_CHECK, DutyForce.INCENTIVE))
    if not to_check and not encouraging:
        return None
    fact = (to_check or encouraging)[0]
    opening = "la loi le demande peut-être" if to_check else "la loi l’encourage"
    condition = f", à vérifier : {fact.note}" if to_check and fact.note else ", à vérifier" if to_check else ""
    clause = f"{opening}{_since(fact)} : {_lower_first(fact.title)} ({fact.value}){condition}"
    points = weights.points[Criterion.INCENTIVE]
    return _reason(Criterion.INCENTIVE, points, clause, fact.value, f"{lever.url}#droit")


def _saving_reason(lever: LeverFacts, profile: Profile, weights: Weights) -> Reason | None:
    saving = profile.savings.get(lever.code)
    if saving is None or saving.central_kgco2e <= 0 or not profile.footprint_kgco2e:
        return None
    share = Fraction(saving.central_kgco2e) / Fraction(profile.footprint_kgco2e) * 100
    tonnes = f"{format_significant(saving.central_kgco2e / 1000)} t CO₂e"
    spread = format_range(saving.low_kgco2e / 1000, saving.high_kgco2e / 1000)
    verb = "éviteraient" if saving.is_plural else "éviterait"
    clause = f"{saving.subject} {verb} {tonnes} par an, {spread} ({saving.source})"
    points = max(1, _points(weights.points[Criterion.SAVING], share / weights.full_saving_percent))
    return _reason(Criterion.SAVING, points, clause, tonnes, saving.url)


def _effort_reason(lever: LeverFacts, profile: Profile, weights: Weights) -> Reason | None:
    share = Fraction(MARK_MAXIMUM - lever.effort, MARK_MAXIMUM - 1)
    value = f"{lever.effort} sur {MARK_MAXIMUM}"
    points = _points(weights.points[Criterion.EFFORT], share)
    return _reason(Criterion.EFFORT, points, f"son effort est de {value}", value, f"{lever.url}#reperes")


def _quick_win_reason(lever: LeverFacts, profile: Profile, weights: Weights) -> Reason | None:
    if not lever.is_quick_win:
        return None
    value = f"{lever.delay_months} mois"
    points = weights.points[Criterion.QUICK_WIN]
    return _reason(
        Criterion.QUICK_WIN, points, f"le gain est rapide : {value} suffisent", value, f"{lever.url}#reperes"
    )


def _small_authority_reason(lever: LeverFacts, profile: Profile, weights: Weights) -> Reason | None:
    if not (profile.is_small and lever.is_for_small_authority):
        return None
    points = weights.points[Criterion.SMALL_AUTHORITY]
    clause = f"votre équipe est petite ({profile.small_value}) et ce levier lui convient"
    return _reason(Criterion.SMALL_AUTHORITY, points, clause, profile.small_value, profile.perimeter_url)


def _perimeter_reason(lever: LeverFacts, profile: Profile, weights: Weights) -> Reason | None:
    if not is_in_perimeter(lever.perimeter, profile.perimeter):
        return None
    points = weights.points[Criterion.PERIMETER]
    clause = f"votre démarche porte sur « {profile.perimeter_label} », où il agit"
    return _reason(Criterion.PERIMETER, points, clause, profile.perimeter_label, profile.perimeter_url)


RULES: tuple[Rule, ...] = (
    _question_reason,
    _dimension_reason,
    _duty_reason,
    _incentive_reason,
    _saving_reason,
    _effort_reason,
    _quick_win_reason,
    _small_authority_reason,
    _perimeter_reason,
)


def is_in_perimeter(lever_perimeter: str, perimeter: str) -> bool:
    """Tell whether a lever acts in the perimeter of the démarche; who acts everywhere, on either side, always does."""
    return EVERYWHERE in (lever_perimeter, perimeter) or lever_perimeter == perimeter


def explain(lever: LeverFacts, profile: Profile, weights: Weights) -> tuple[Reason, ...]:
    """Return the reasons that give points to a lever, the weightiest first, then in the order of the criteria."""
    reasons = [reason for rule in RULES if (reason := rule(lever, profile, weights)) is not None and reason.points > 0]
    return tuple(sorted(reasons, key=lambda reason: -reason.points))


def rank_levers(levers: Sequence[LeverFacts], profile: Profile, weights: Weights) -> list[Relevance]:
    """Return every lever by decreasing score.

    Ties: greater impact, then less effort, then code. The order of `levers` does not count.
    """
    explained = [(lever, explain(lever, profile, weights)) for lever in levers]
    scored = [(sum(reason.points for reason in reasons), lever, reasons) for lever, reasons in explained]
    scored.sort(key=lambda item: (-item[0], -item[1].impact, item[1].effort, item[1].code))
    return [Relevance(lever.code, rank, score, reasons) for rank, (score, lever, reasons) in enumerate(scored, start=1)]


def _texts(lever: LeverFacts, profile: Profile, force: DutyForce) -> list[DutyFact]:
    known = (profile.duties[code] for code in lever.duties if code in profile.duties)
    return [fact for fact in known if fact.force is force]


def _since(fact: DutyFact) -> str:
    return f" depuis le {fact.since}" if fact.since else ""


def _others(facts: Sequence[DutyFact]) -> str:
    others = len(facts) - 1
    return f" et {others} {pluralise(others, 'autre texte', 'autres textes')}" if others else ""


def _lower_first(text: str) -> str:
    """Lower the first letter of a title that goes inside a sentence, unless it begins with an acronym."""
    return text if text[:2].isupper() else f"{text[:1].lower()}{text[1:]}"
