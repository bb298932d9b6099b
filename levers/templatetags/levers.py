"""Drawings and sentences of the pages of this application: `{% load levers %}`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString

from common.charts import merit
from common.numbers import pluralise
from common.text import typography
from levers.breakdown import GroupVotes
from levers.enums import Grade
from levers.models import SecondVote
from levers.selectors.results import BallotResults, ResultRow
from levers.tally import Pile
from levers.wording import withheld_count, withheld_reason, written_moment

register = template.Library()

NAMED_SERVICES = 2
PILE_CLASSES = {Pile.FAVOURABLE: "for", Pile.DEBATE: "talk", Pile.UNFAVOURABLE: "against", Pile.FEW_VOTES: ""}
PILE_RULES = {
    Pile.FAVOURABLE: "Deux tiers des voix ou plus pour essentiel ou prioritaire.",
    Pile.DEBATE: "Ni l’un ni l’autre\u00a0: c’est l’ordre du jour de l’atelier.",
    Pile.UNFAVOURABLE: "Deux tiers des voix ou plus pour trop complexe ou inapproprié.",
    Pile.FEW_VOTES: "Moins de trois voix exprimées\u00a0: jamais un consensus.",
}


@register.simple_tag
def hatch_pattern() -> SafeString:
    """Print, once in the page, the pattern of « inapproprié »."""
    return merit.hatch_pattern()


@register.simple_tag
def merit_bar(counts: Sequence[int]) -> SafeString:
    """Print the votes of a lever as a bar. `counts`: five numbers, from essentiel to inapproprié."""
    return merit.merit_bar(counts)


@register.simple_tag
def grade_key() -> SafeString:
    """Print the key of the five grades, inside `<ul class="key">`."""
    return merit.grade_key()


@register.simple_tag
def withheld(vote: SecondVote) -> str:
    """Say that too few phones answered to show a count, and why."""
    return typography(f"{withheld_count(vote.total)}. {withheld_reason()}")


@register.filter
def lookup(values: Mapping[Any, Any], key: Any) -> Any:
    """Return the value of a key, an empty text when there is none."""
    return values.get(key, "")


@register.filter
def pile_class(pile: Pile) -> str:
    """Return the class of the column of a pile."""
    return PILE_CLASSES[pile]


@register.filter
def pile_rule(pile: Pile) -> str:
    """Say in one sentence what makes a lever fall in a pile."""
    return typography(PILE_RULES[pile])


@register.filter
def finding(results: BallotResults) -> str:
    """Say what the ballot found: « Le comité s’accorde sur 20 leviers, il en reste 13 à discuter »."""
    if not results.tally.voters:
        return typography("Personne n’a exprimé d’avis")
    if not results.tally.has_piles:
        people = f"{results.tally.voters} {pluralise(results.tally.voters, 'personne s’est', 'personnes se sont')}"
        return typography(
            f"{people} {pluralise(results.tally.voters, 'exprimée', 'exprimées')} : les mentions suffisent"
        )
    agreed = len(results.pile(Pile.FAVOURABLE)) + len(results.pile(Pile.UNFAVOURABLE))
    left = len(results.agenda)
    if not agreed:
        return typography(f"Aucun consensus : {left} {pluralise(left, 'levier', 'leviers')} à discuter")
    agreement = f"Le comité s’accorde sur {agreed} {pluralise(agreed, 'levier', 'leviers')}"
    return typography(f"{agreement}, il en reste {left} à discuter" if left else f"{agreement}, rien ne le divise")


@register.filter
def hearing_sentence(row: ResultRow) -> str:
    """Say how a lever divides and who to hear first; without names, the figures only."""
    counts = row.result.counts
    if not counts.expressed:
        return typography("Aucune voix exprimée.")
    figures = merit.merit_title(counts.grades)
    found = row.hearing
    if found is None:
        return typography(f"{figures[0].upper()}{figures[1:]}. Désaccord : {row.result.disagreement_percent} sur 100.")
    return typography(
        f"{found.best.label.capitalize()} : {_some(found.best_services)}. "
        f"{found.worst.label.capitalize()} : {_some(found.worst_services)}. "
        f"À entendre d’abord : {_some(found.first_services)}."
    )


@register.filter
def grade_class(grade: Grade | None) -> str:
    """Return the class of the square of a grade, empty for an abstention."""
    return grade.letter.lower() if grade else ""


@register.filter
def voices(groups: Sequence[GroupVotes]) -> str:
    """Name groups with their number of voices: « Achats (1), DSI (2) »."""
    return ", ".join(f"{votes.group}\u00a0({votes.voices})" for votes in groups)


@register.filter
def hearing_first(row: ResultRow) -> str:
    """Say who to hear first about a lever, nothing when the names are hidden or when nobody disagrees."""
    return typography(f"À entendre d’abord : {_some(row.hearing.first_services)}.") if row.hearing else ""


@register.filter
def moment(value: datetime) -> str:
    """Write a moment: « vendredi 17 novembre 2023 à 18 h »."""
    return written_moment(value)


def _some(services: Sequence[str]) -> str:
    """Name two services, count the others."""
    others = len(services) - NAMED_SERVICES
    named = ", ".join(services[:NAMED_SERVICES])
    return f"{named} et {others} {pluralise(others, 'autre', 'autres')}" if others > 0 else named
