"""Conflicts in plain French: which limits cannot hold, the figures, and what would suffice."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from common.numbers import format_number, pluralise
from roadmap.half_years import HalfYear
from roadmap.load import UNLED
from roadmap.schedule.conflicts import Cause, Conflict, Demand, Remedy, RemedyKind
from roadmap.schedule.items import LimitKind
from roadmap.schedule.solver import Group

ROUND_EUROS = 100


@dataclass(frozen=True)
class RemedyText:
    """One thing that suffices; `keys` are the actions that it names."""

    kind: RemedyKind
    text: str
    keys: tuple[int, ...] = ()


@dataclass(frozen=True)
class ConflictText:
    """A conflict as a page says it."""

    title: str
    facts: tuple[str, ...]
    remedies: tuple[RemedyText, ...]


def write_conflict(conflict: Conflict, half_years: Sequence[HalfYear], labels: Mapping[int, str]) -> ConflictText:
    """Return the words of a conflict. `labels`: key of an action → its title."""
    names = [_name(group, half_years) for group in conflict.groups]
    if len(names) == 1:
        verb = "ne peut pas tenir" if conflict.is_proven else "ne tient dans aucun calendrier trouvé"
        title = f"{names[0][:1].upper()}{names[0][1:]} {verb}"
    else:
        verb = (
            "Ne peuvent pas tenir ensemble"
            if conflict.is_proven
            else "Ne tiennent ensemble dans aucun calendrier trouvé"
        )
        title = f"{verb} : {', '.join(names[:-1])} et {names[-1]}"
    return ConflictText(
        title=title,
        facts=tuple(_fact(demand, half_years) for demand in conflict.demands),
        remedies=tuple(RemedyText(remedy.kind, _remedy(remedy, labels), remedy.keys) for remedy in conflict.remedies),
    )


def _name(group: Group, half_years: Sequence[HalfYear]) -> str:
    if group.kind is LimitKind.END:
        return f"la fin de la période ({half_years[-1].label})"
    if group.kind is LimitKind.CEILING:
        return f"le plafond de budget {group.year}"
    return f"la capacité du pilote « {group.lead or UNLED} »"


def _fact(demand: Demand, half_years: Sequence[HalfYear]) -> str:
    group = demand.groups[0]
    return _days_fact(demand, group, half_years) if group.kind is LimitKind.CAPACITY else _euros_fact(demand)


def _days_fact(demand: Demand, group: Group, half_years: Sequence[HalfYear]) -> str:
    lead, asked = group.lead or UNLED, days(demand.demanded)
    possible = days(demand.possible).rsplit(" ", 1)[0]
    if demand.cause is Cause.FIXED:
        half_year = half_years[0].plus(demand.rank or 0).label
        return f"{lead} : {asked} déjà placés au {half_year}, pour {possible} possibles."
    if demand.cause is Cause.SINGLE:
        return f"{lead} : « {demand.label} » demande à elle seule {asked} en un semestre, pour {possible} possibles."
    per_half_year = days(demand.possible / len(half_years))
    span = f"du {half_years[0].label} au {half_years[-1].label}"
    if demand.cause is Cause.TOTAL:
        return f"{lead} : {asked} demandés {span}, pour {possible} possibles ({per_half_year} par semestre)."
    spread = f"mais aucune répartition ne tient dans {per_half_year} à chaque semestre"
    return f"{lead} : {asked} demandés {span}, pour {possible} possibles, {spread}."


def _euros_fact(demand: Demand) -> str:
    years = [group.year for group in demand.groups]
    name = f"Budget {years[0]}" if len(years) == 1 else f"Budget {', '.join(map(str, years[:-1]))} et {years[-1]}"
    asked, possible = euros(demand.demanded), euros(demand.possible)
    if demand.cause is Cause.FIXED:
        return f"{name} : {asked} déjà placés, pour un plafond de {possible}."
    if demand.cause is Cause.SINGLE:
        return f"{name} : « {demand.label} » demande à elle seule {asked}, pour un plafond de {possible}."
    if demand.cause is Cause.TOTAL:
        return f"{name} : {asked} demandés au moins, pour {possible} possibles."
    return f"{name} : {possible} possibles, mais aucune répartition ne tient sous le plafond de chaque année."


def _remedy(remedy: Remedy, labels: Mapping[int, str]) -> str:
    if remedy.kind is RemedyKind.RELEASE:
        return "Rendre au calendrier proposé les actions placées à la main."
    if remedy.kind is RemedyKind.DROP:
        names = [f"« {labels[key]} »" for key in remedy.keys]
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} et {names[-1]}"
        return f"Sortir {listed} de cette feuille de route, ou changer de pilote, de jours ou de budget."
    if remedy.kind is RemedyKind.EXTEND or remedy.group is None:
        count = int(remedy.amount)
        return f"Accepter de finir {count} {pluralise(count, 'semestre', 'semestres')} après la période."
    if remedy.group.kind is LimitKind.CEILING:
        rounded = math.ceil(remedy.amount / ROUND_EUROS) * ROUND_EUROS
        return f"Relever le plafond {remedy.group.year} de {euros(rounded)}."
    return f"Donner {days(remedy.amount)} de plus par semestre au pilote « {remedy.group.lead or UNLED} »."


def days(count: float) -> str:
    """Write days with one decimal at most: « 8 jours », « 2,5 jours »."""
    rounded = round(count, 1)
    written = format_number(int(rounded) if rounded == int(rounded) else rounded)
    return f"{written} {pluralise(rounded, 'jour', 'jours')}"


def euros(amount: float) -> str:
    """Write euros without cents: « 12 500 € »."""
    return f"{format_number(amount, 0)} €"
