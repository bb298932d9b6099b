"""What the site knows of an authority, as the pure module of relevance reads it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.urls import reverse

from authorities.enums import Track
from authorities.models import Initiative
from common.numbers import format_number
from common.text import typography
from diagnostics.models import AgreedLevel
from diagnostics.scoring import score_dimension
from levers.models import Lever, LeverCatalogue
from levers.relevance import (
    Criterion,
    DimensionFact,
    DutyFact,
    DutyForce,
    LeverFacts,
    Profile,
    QuestionFact,
    SavingFact,
    Weights,
)
from levers.wording import written_day
from reference.duties import Binding
from reference.models import Duty
from reference.selectors import DutyState, duties_for


@dataclass(frozen=True)
class Precision:
    """Something that would make the recommendations more precise, and where it is given."""

    text: str
    url: str
    label: str


@dataclass(frozen=True)
class KnownProfile:
    """The profile of an authority, its duties as they stand, and what is still missing."""

    profile: Profile
    duties: dict[str, DutyState]
    missing: tuple[Precision, ...]

    def weak_dimensions(self, catalogue: LeverCatalogue) -> dict[str, str]:
        """Return the code and the name of the dimensions whose score is under the limit of the catalogue."""
        limit = catalogue.weights["weak_dimension_under"]
        return {code: fact.name for code, fact in self.profile.dimensions.items() if fact.score < limit}


def read_weights(catalogue: LeverCatalogue) -> Weights:
    """Return the weights that were loaded with the catalogue."""
    points = {Criterion(name): value for name, value in catalogue.weights["points"].items()}
    return Weights(points, Fraction(catalogue.weights["full_saving_percent"]))


def read_facts(lever: Lever, slug: str) -> LeverFacts:
    """Return what the score reads of a lever. `slug`: address of the authority, for the links."""
    return LeverFacts(
        code=lever.code,
        theme=lever.theme.number,
        dimension=lever.dimension.code,
        perimeter=lever.perimeter,
        effort=lever.effort,
        impact=lever.impact,
        delay_months=lever.delay_months,
        is_quick_win=lever.is_quick_win,
        is_for_small_authority=lever.is_for_small_authority,
        url=reverse("levers:lever_detail", args=[slug, lever.pk]),
        secondary_dimensions=tuple(lever.secondary_dimension_codes),
        questions=tuple(lever.question_codes),
        duties=tuple(lever.duty_codes),
        prerequisites=tuple(lever.prerequisite_codes),
    )


def build_profile(
    initiative: Initiative, catalogue: LeverCatalogue, levers: Iterable[Lever], *, on: date
) -> KnownProfile:
    """Gather the answers, the duties and the simulated savings of an authority on a date."""
    authority = initiative.authority
    questions, dimensions = _read_diagnosis(initiative)
    duties = {
        state.duty.code: state for state in duties_for(authority.kind, authority.population, on, population_total=None)
    }
    savings, footprint = _read_inventory(initiative, levers)
    small_under = catalogue.weights["small_population_under"]
    is_few_inhabitants = authority.population is not None and authority.population < small_under
    profile = Profile(
        perimeter=initiative.perimeter,
        perimeter_label=initiative.get_perimeter_display(),
        perimeter_url=reverse("authorities:initiative_update", args=[authority.slug]),
        is_small=initiative.track == Track.LIGHT or is_few_inhabitants,
        small_value=_small_value(initiative, is_few_inhabitants),
        questions=questions,
        dimensions=dimensions,
        duties={code: fact for code, state in duties.items() if (fact := _duty_fact(state)) is not None},
        savings=savings,
        footprint_kgco2e=footprint,
    )
    return KnownProfile(profile, duties, _missing(initiative, profile))


def _read_diagnosis(initiative: Initiative) -> tuple[dict[str, QuestionFact], dict[str, DimensionFact]]:
    """Read the agreed levels of the last diagnosis that has some. One query."""
    levels = (
        AgreedLevel.objects.for_initiative(initiative)
        .select_related("question__dimension")
        .order_by("-diagnosis__number", "question__dimension__position", "question__position")
    )
    rows = [row for row in levels if row.level is not None]
    rows = [row for row in rows if row.diagnosis_id == rows[0].diagnosis_id]
    questions: dict[str, QuestionFact] = {}
    by_dimension: dict[str, list[AgreedLevel]] = defaultdict(list)
    for row in rows:
        url = reverse("diagnostics:diagnosis_results", args=[initiative.authority.slug, row.diagnosis_id])
        question = row.question
        questions[question.code] = QuestionFact(
            question.title, row.level or 0, f"{url}#q-{question.code}", question.duty_level
        )
        by_dimension[question.dimension.code].append(row)
    dimensions = {}
    for code, answered in by_dimension.items():
        score = score_dimension([row.level for row in answered]).score
        if score is not None:
            url = reverse("diagnostics:diagnosis_results", args=[initiative.authority.slug, answered[0].diagnosis_id])
            dimensions[code] = DimensionFact(answered[0].question.dimension.name, score, f"{url}#d-{code}")
    return questions, dimensions


def _read_inventory(initiative: Initiative, levers: Iterable[Lever]) -> tuple[dict[str, SavingFact], float | None]:
    return {}, None


def _duty_fact(state: DutyState) -> DutyFact | None:
    """Return what a text in force is for this authority, None when it does not concern it."""
    if not state.is_in_force or state.binding is Binding.VOLUNTARY:
        return None
    if state.duty.nature == Duty.Nature.INCENTIVE:
        force = DutyForce.INCENTIVE
    elif state.is_to_check:
        force = DutyForce.TO_CHECK
    else:
        force = DutyForce.BINDING
    return DutyFact(
        title=state.duty.title,
        force=force,
        value=_duty_value(state),
        since=written_day(state.since_on) if state.since_on else "",
        note=state.duty.note,
    )


def _duty_value(state: DutyState) -> str:
    """« 20 % de la dépense annuelle hors taxes au moins », or the first text of the reference."""
    if state.value is None:
        return state.duty.legal_reference.split(";")[0].split(" (")[0].strip()
    limit = "au plus" if state.duty.direction == Duty.Direction.MAXIMUM else "au moins"
    unit = state.duty.unit.split(" (")[0]
    return typography(f"{format_number(state.value.normalize())} {unit} {limit}")


def _small_value(initiative: Initiative, is_few_inhabitants: bool) -> str:
    if is_few_inhabitants:
        return typography(f"{format_number(initiative.authority.population)} habitants")
    return "parcours allégé" if initiative.track == Track.LIGHT else ""


def _missing(initiative: Initiative, profile: Profile) -> tuple[Precision, ...]:
    slug = initiative.authority.slug
    missing = []
    if not profile.questions:
        missing.append(
            Precision(
                "Sans niveau retenu au diagnostic, le classement ne sait rien de vos pratiques.",
                reverse("diagnostics:diagnosis_list", args=[slug]),
                "Aller au diagnostic",
            )
        )
    if profile.footprint_kgco2e is None:
        missing.append(
            Precision(
                "Sans inventaire, aucun gain n’est simulé sur vos équipements.",
                reverse("inventory:inventory_list", args=[slug]),
                "Aller à l’inventaire",
            )
        )
    if initiative.authority.population is None:
        missing.append(
            Precision(
                "Sans population, les obligations légales ne sont pas connues.",
                reverse("authorities:authority_update", args=[slug]),
                "Compléter la collectivité",
            )
        )
    return tuple(missing)
