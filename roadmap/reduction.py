"""What part of the reduction objective the actions cover, in one sentence. Pure: no base, no clock.

The objective is what the authority wants, the saving is what the simulation of its actions promises at full effect.
They are two figures of the same unit, t CO₂e per year; screen and document link them with the same words.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from common.numbers import format_number, format_range, format_significant, pluralise
from common.text import typography

KG_PER_T = 1000
TONNES_UNIT = "t CO"
FULL_PERCENT = 100


@dataclass(frozen=True)
class ReductionAim:
    """The start and the target of a reduction objective, in t CO₂e per year."""

    baseline_t: float
    target_t: float

    @property
    def wanted_t(self) -> float:
        return self.baseline_t - self.target_t


@dataclass(frozen=True)
class CombinedFigures:
    """What the actions save together once their effect is complete, in t CO₂e per year, and how many are counted."""

    central_t: float
    low_t: float
    high_t: float
    actions_count: int


def read_saving(simulated: Mapping[str, float] | None) -> CombinedFigures | None:
    """Return the saving of a snapshot (kg); None when nothing was simulated, or before actions were counted."""
    if not simulated or "actions_count" not in simulated:
        return None
    central, low, high = (simulated[key] / KG_PER_T for key in ("central_kg", "low_kg", "high_kg"))
    return CombinedFigures(central, low, high, int(simulated["actions_count"]))


def read_aim(unit: str, baseline: float | None, target: float | None) -> ReductionAim | None:
    """Return the aim of an objective; None when it is not one in tonnes, or does not go down."""
    is_in_tonnes = unit.replace("₂", "2").startswith(TONNES_UNIT)
    if not is_in_tonnes or baseline is None or target is None or target >= baseline:
        return None
    return ReductionAim(float(baseline), float(target))


def describe_coverage(aim: ReductionAim | None, saving: CombinedFigures | None) -> str:
    """Say what part of the objective the actions cover, with the lower bound; empty without objective in tonnes."""
    if aim is None:
        return ""
    wanted = f"L’objectif demande {format_significant(aim.wanted_t)} t CO₂e de moins par an"
    if saving is None or saving.central_t <= 0 or not saving.actions_count:
        return typography(f"{wanted} ; le gain d’aucune action n’est encore simulé.")
    count = saving.actions_count
    actions = "l’action simulée en apporterait" if count == 1 else f"les {count} actions simulées en apporteraient"
    bounds = format_range(saving.low_t, saving.high_t)
    text = f"{wanted} ; {actions} environ {format_significant(saving.central_t)}"
    text += f" ({bounds}) à plein effet, " if bounds else " à plein effet, "
    percent = FULL_PERCENT * saving.central_t / aim.wanted_t
    low_percent = FULL_PERCENT * saving.low_t / aim.wanted_t
    if percent >= FULL_PERCENT:
        text += "de quoi l’atteindre."
        if low_percent < FULL_PERCENT:
            text += f" Au plus bas de la plage, {_share(low_percent, count)}."
        return typography(text)
    rest = format_significant(aim.wanted_t - saving.central_t)
    return typography(f"{text}soit {format_number(percent, 0)} % ; il reste {rest} t à trouver.")


def _share(percent: float, count: int) -> str:
    if percent <= 0:
        return pluralise(count, "elle n’y suffirait pas", "elles n’y suffiraient pas")
    verb = pluralise(count, "elle n’en couvrirait que", "elles n’en couvriraient que")
    return f"{verb} {format_number(percent, 0)} %"
