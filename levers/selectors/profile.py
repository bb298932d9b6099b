"""What the site knows of an authority, as the pure module of relevance reads it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.urls import reverse

from authorities.enums import Track
from authorities.models import Initiative
from common.dates import format_day
from common.numbers import format_number
from common.text import typography
from diagnostics.models import AgreedLevel
from diagnostics.scoring import score_dimension
from inventory.selectors import InventoryData, current_inventory, read_data
from inventory.simulation import Effect, SimulationRules, read_effect, simulate
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
from reference.duties import Binding
from reference.models import Duty
from reference.selectors import DutyState, duties_for

CRITERION = "GWP"
# Beyond two groups of devices, the sentence gives their total.
NAMED_GROUPS = 2
# What may be missing, each with what of a lever depends on it.
DIAGNOSIS, INVENTORY, POPULATION = "diagnosis", "inventory", "population"


@dataclass(frozen=True)
class Precision:
    """Something that would make the recommendations more precise, and where it is given."""

    text: str
    url: str
    label: str
    kind: str = ""


@dataclass(frozen=True)
class KnownProfile:
    """The profile of an authority, its duties as they stand, and what is still missing."""

    profile: Profile
    duties: dict[str, DutyState]
    missing: tuple[Precision, ...]


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
    questions, dimensions = read_diagnosis(initiative)
    duties = {
        state.duty.code: state for state in duties_for(authority.kind, authority.population, on, population_total=None)
    }
    savings, footprint = _read_inventory(initiative, catalogue, levers)
    small_under = catalogue.weights["small_population_under"]
    is_few_inhabitants = authority.population is not None and authority.population < small_under
    profile = Profile(
        perimeter=initiative.perimeter,
        perimeter_label=initiative.get_perimeter_display(),
        perimeter_url=reverse("authorities:preparation_detail", args=[authority.slug]),
        is_small=initiative.track == Track.LIGHT or is_few_inhabitants,
        small_value=_small_value(initiative, is_few_inhabitants),
        questions=questions,
        dimensions=dimensions,
        duties={code: fact for code, state in duties.items() if (fact := _duty_fact(state)) is not None},
        savings=savings,
        footprint_kgco2e=footprint,
    )
    return KnownProfile(profile, duties, _missing(initiative, profile))


def read_diagnosis(initiative: Initiative) -> tuple[dict[str, QuestionFact], dict[str, DimensionFact]]:
    """Read the agreed levels of the round whose results count: the last finished one, else the last. One query."""
    levels = (
        AgreedLevel.objects.for_initiative(initiative)
        .filter(level__isnull=False)
        .select_related("diagnosis", "question__dimension")
        .order_by("question__dimension__position", "question__position")
    )
    found = list(levels)
    if not found:
        return {}, {}
    diagnosis = max((item.diagnosis for item in found), key=lambda item: (item.agreed_at is not None, item.number))
    slug = initiative.authority.slug
    answers = reverse("diagnostics:diagnosis_questions", args=[slug, diagnosis.pk])
    results = reverse("diagnostics:diagnosis_results", args=[slug, diagnosis.pk])
    questions: dict[str, QuestionFact] = {}
    agreed: dict[str, list[int]] = defaultdict(list)
    names: dict[str, str] = {}
    for item in found:
        if item.diagnosis_id != diagnosis.pk:
            continue
        question, level = item.question, item.level or 0
        questions[question.code] = QuestionFact(
            question.title, level, f"{answers}#{question.code}", question.duty_level
        )
        agreed[question.dimension.code].append(level)
        names[question.dimension.code] = question.dimension.name
    scores = {code: score_dimension(values).score for code, values in agreed.items()}
    dimensions = {
        code: DimensionFact(names[code], score, results) for code, score in scores.items() if score is not None
    }
    return questions, dimensions


def weak_dimensions(dimensions: Mapping[str, DimensionFact], catalogue: LeverCatalogue) -> dict[str, str]:
    """Return the code and the name of the dimensions whose score is under the limit of the catalogue."""
    limit = catalogue.weights["weak_dimension_under"]
    return {code: fact.name for code, fact in dimensions.items() if fact.score < limit}


def _read_inventory(
    initiative: Initiative, catalogue: LeverCatalogue, levers: Iterable[Lever]
) -> tuple[dict[str, SavingFact], float | None]:
    """Simulate each lever alone on the current inventory: saving by lever code, and the footprint, in kg CO₂e."""
    inventory = current_inventory(initiative)
    if inventory is None:
        return {}, None
    data = read_data(inventory)
    effects = [effect for lever in levers if (effect := _read_effect(lever, data.rules)) is not None]
    simulation = simulate(data.engine_lines, effects, data.table, rules=data.rules)
    total = simulation.baseline[CRITERION].total
    url = reverse("inventory:footprint_detail", args=[initiative.authority.slug, inventory.pk])
    source = f"inventaire du {format_day(inventory.dated_on)}"
    savings = {}
    for effect in effects:
        found = simulation.alone.get(effect.lever, {}).get(CRITERION)
        if found is not None:
            subject, is_plural = _concerned(effect, data, catalogue)
            savings[effect.lever] = SavingFact(found.central, found.low, found.high, subject, is_plural, source, url)
    return savings, total.central if total else None


def _read_effect(lever: Lever, rules: SimulationRules) -> Effect | None:
    try:
        return read_effect(lever.code, lever.simulation, rules) if lever.simulation else None
    except ValueError:
        # A catalogue newer than the factors may name a group that they lack: the lever has no simulated saving.
        return None


def _concerned(effect: Effect, data: InventoryData, catalogue: LeverCatalogue) -> tuple[str, bool]:
    """Say what an effect applies to (« vos 612 écrans ») and whether it is a plural."""
    counts = {}
    for group, categories in data.rules.groups.items():
        touched = effect.categories & set(categories)
        quantity = sum(line.quantity or 0 for line in data.engine_lines if line.category in touched)
        if quantity:
            counts[catalogue.weights["group_labels"].get(group, "appareils")] = round(quantity)
    if not counts:
        return "votre inventaire", False
    if len(counts) > NAMED_GROUPS:
        counts = {"appareils concernés": sum(counts.values())}
    total = sum(counts.values())
    named = " et ".join(f"{format_number(count)} {label}" for label, count in counts.items())
    return (f"vos {named}", True) if total > 1 else (f"votre parc ({named})", False)


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
        since=format_day(state.since_on) if state.since_on else "",
        note=state.duty.note,
    )


def _duty_value(state: DutyState) -> str:
    """« 20 % de la dépense annuelle hors taxes au moins », or the first text of the reference."""
    if state.value is None:
        return state.duty.legal_reference.split(";")[0].split(" (")[0].strip()
    limit = "au plus" if state.duty.direction == Duty.Direction.MAXIMUM else "au moins"
    unit = state.duty.unit.split(" (")[0]
    return typography(f"{format_number(state.value.normalize())} {unit} {limit}")


def missing_for(lever: Lever, known: KnownProfile, initiative: Initiative) -> tuple[Precision, ...]:
    """Return what would make the place of one lever more precise: only what its score reads. No query."""
    concerned = {DIAGNOSIS: True, INVENTORY: lever.simulation is not None, POPULATION: bool(lever.duty_codes)}
    missing = [item for item in known.missing if concerned[item.kind]]
    questions = known.profile.questions
    # The light track asks fewer questions: those that it leaves out are not missing.
    if questions and initiative.track != Track.LIGHT and not questions.keys() & set(lever.question_codes):
        slug = initiative.authority.slug
        if lever.question_codes:
            text = "Aucune des questions liées à ce levier n’a de niveau retenu."
            url = reverse("diagnostics:diagnosis_detail", args=[slug])
            missing.append(Precision(text, url, "Aller au diagnostic", DIAGNOSIS))
    return tuple(missing)


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
                reverse("diagnostics:diagnosis_detail", args=[slug]),
                "Aller au diagnostic",
                DIAGNOSIS,
            )
        )
    if profile.footprint_kgco2e is None:
        missing.append(
            Precision(
                "Sans inventaire, aucun gain n’est simulé sur vos équipements.",
                reverse("inventory:inventory_detail", args=[slug]),
                "Aller à l’inventaire",
                INVENTORY,
            )
        )
    if initiative.authority.population is None:
        missing.append(
            Precision(
                "Sans population, les obligations légales ne sont pas connues.",
                reverse("authorities:duty_list", args=[slug]),
                "Voir les obligations",
                POPULATION,
            )
        )
    return tuple(missing)
