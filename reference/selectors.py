"""Composed reads of the reference data."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, F, IntegerField, Q, Value, When

from reference.duties import (
    Binding,
    DutyRule,
    DutyStepValue,
    find_binding,
    populations_disagree,
    reference_on,
    standing_on,
)
from reference.models import Duty, PopulationStratum, Territory
from reference.territories import has_legal_form, search_key

_CODE = re.compile(r"[0-9]{2,9}|2[ab][0-9]{0,3}", re.IGNORECASE)


@dataclass(frozen=True)
class DutyState:
    """A duty as it stands for one authority on one date.

    `value` is the threshold in force since `since_on` (None: the duty has no figure, or is not in force yet);
    `next_value` applies from `next_on`. Values are in `duty.unit`. `legal_reference` is what could be cited on that
    date; `is_later_text` and `is_next_later_text` tell that only a text signed later sets the duty, or its next step.
    """

    duty: Duty
    binding: Binding
    is_in_force: bool
    value: Decimal | None
    since_on: date | None
    next_value: Decimal | None
    next_on: date | None
    populations_disagree: bool
    legal_reference: str
    is_later_text: bool
    is_next_later_text: bool

    @property
    def is_bound(self) -> bool:
        """Tell whether the authority is surely bound on that date."""
        return self.binding is Binding.BOUND and self.is_in_force

    @property
    def is_to_check(self) -> bool:
        """Tell whether the site cannot know: population unknown, or a condition of its own."""
        return self.binding is Binding.TO_CHECK

    @property
    def binding_label(self) -> str:
        """Say in three words what the duty is for this authority."""
        if self.duty.nature == Duty.Nature.INCENTIVE:
            return "incitation"
        if self.binding is Binding.BOUND and not self.is_in_force:
            return "obligatoire à venir"
        labels = {Binding.BOUND: "obligatoire pour vous", Binding.VOLUNTARY: "volontaire"}
        return labels.get(self.binding, "à vérifier")


def duties_for(kind: str, population: int | None, on: date, *, population_total: int | None = None) -> list[DutyState]:
    """Return every duty of the reference data as it stands for this authority on this date, in order. Two queries."""
    return [
        _duty_state(duty, kind, population, population_total, on) for duty in Duty.objects.prefetch_related("steps")
    ]


def duty_codes_in_force(kind: str, population: int | None, on: date) -> set[str]:
    """Return the codes of the duties that surely bind this authority on this date."""
    states = duties_for(kind, population, on)
    return {state.duty.code for state in states if state.is_bound and state.duty.nature == Duty.Nature.OBLIGATION}


def search_territories(query: str, limit: int = 10) -> list[Territory]:
    """Find communes and EPCI by name, SIREN or INSEE code, best match first.

    Accents, case, hyphens and « St / Saint » do not count. An exact name comes first, then a name that starts with the
    query, then a word that does, then any other; the larger population first among equals. One query.
    """
    compact = re.sub(r"[\s.]", "", query)
    if _CODE.fullmatch(compact):
        return _search_by_code(compact.upper(), limit)
    key = search_key(query)
    if len(key) < 2:
        return []
    matches = Q()
    for word in key.split():
        matches &= Q(search_name__contains=word)
    territories = Territory.objects.filter(matches)
    if has_legal_form(query):
        territories = territories.filter(kind=Territory.Kind.EPCI)
    rank = Case(
        When(search_name=key, then=Value(0)),
        When(search_name__startswith=key + " ", then=Value(1)),
        When(search_name__startswith=key, then=Value(2)),
        When(search_name__contains=" " + key, then=Value(3)),
        When(search_name__contains=key, then=Value(4)),
        default=Value(5),
        output_field=IntegerField(),
    )
    return list(territories.order_by(rank, F("population").desc(nulls_last=True), "code")[:limit])


def _search_by_code(code: str, limit: int) -> list[Territory]:
    matches = Q(code__startswith=code) | Q(siren__startswith=code)
    rank = Case(When(Q(code=code) | Q(siren=code), then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(Territory.objects.filter(matches).order_by(rank, "code")[:limit])


def _duty_state(duty: Duty, kind: str, population: int | None, population_total: int | None, on: date) -> DutyState:
    rule = DutyRule(
        kinds=frozenset(duty.kinds),
        population_over=duty.population_over,
        kinds_without_threshold=frozenset(duty.kinds_without_threshold),
        is_restricted=duty.note_effect == Duty.NoteEffect.RESTRICTS,
        is_extended=duty.note_effect == Duty.NoteEffect.EXTENDS,
    )
    steps = [DutyStepValue(step.starts_on, step.value, step.text_on) for step in duty.steps.all()]
    standing = standing_on(steps, on)
    current, following = standing.current, standing.following
    former = [(date.fromisoformat(item["until"]), item["reference"]) for item in duty.former_references]
    return DutyState(
        duty=duty,
        binding=find_binding(rule, kind, population),
        is_in_force=current is not None,
        value=current.value if current else None,
        since_on=current.starts_on if current else None,
        next_value=following.value if following else None,
        next_on=following.starts_on if following else None,
        populations_disagree=populations_disagree(rule, kind, population, population_total),
        legal_reference=reference_on(duty.legal_reference, former, on),
        is_later_text=standing.is_later_text,
        is_next_later_text=standing.is_next_later_text,
    )


def stratum_of(strata: Sequence[PopulationStratum], *, kind: str, population: int | None) -> PopulationStratum | None:
    """Return the stratum of an authority; None when its kind has none or, several existing, its population is unknown.

    A kind with a single stratum needs no population.
    """
    own = [stratum for stratum in strata if stratum.kind == kind]
    if population is None:
        return own[0] if len(own) == 1 else None
    return max(
        (stratum for stratum in own if stratum.population_from <= population),
        key=lambda stratum: stratum.population_from,
        default=None,
    )
