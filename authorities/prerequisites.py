"""Which prerequisites are met, from what the base holds. Pure: facts in, sentences out.

A derived prerequisite ticks itself: nobody can claim that the calendar is dated when it is not. The others are ticked
by hand. Source of the list: step-by-step method of the ANCT, COMETE webinar, 18 April 2024, phase 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from common.numbers import pluralise

# A consensus needs three expressed votes: under three people who rate and vote there is no committee to speak of.
MIN_COMMITTEE = 3
MIN_COMMITTEE_LIGHT = 1


@dataclass(frozen=True)
class PreparationFacts:
    """Counts and facts of the preparation of one démarche. `committee_count`: people who rate and vote."""

    is_light: bool
    is_obliged: bool
    participant_count: int
    service_count: int
    referent_names: tuple[str, ...]
    elected_names: tuple[str, ...]
    committee_count: int
    accepted_count: int
    invited_count: int
    unreached_names: tuple[str, ...]
    meeting_count: int
    has_council_date: bool
    document_count: int
    actor_count: int
    is_internal_only: bool
    has_territory_follow_up: bool
    written_text_count: int
    coverage_total: int | None = None
    coverage_done: int | None = None

    @property
    def min_committee(self) -> int:
        return MIN_COMMITTEE_LIGHT if self.is_light else MIN_COMMITTEE


class Page(StrEnum):
    """The page where a prerequisite is met."""

    INITIATIVE = "initiative"
    PARTICIPANTS = "participants"
    INVITATIONS = "invitations"
    COVERAGE = "coverage"
    CALENDAR = "calendar"
    DOCUMENTS = "documents"
    ACTORS = "actors"


@dataclass(frozen=True)
class Derived:
    """State of a prerequisite that the base can tell: done or not, what was counted, where it is completed."""

    is_done: bool
    detail: str
    page: Page


def derive(code: str, facts: PreparationFacts) -> Derived | None:
    """Return the state of a prerequisite, None when only a person can tell."""
    rule = _RULES.get(code)
    return rule(facts) if rule else None


def count_words(count: int, singular: str, plural: str) -> str:
    """Write a count with its noun: « 3 personnes », « aucune personne » is left to the caller."""
    return f"{count}\u00a0{pluralise(count, singular, plural)}"


def _referent(facts: PreparationFacts) -> Derived:
    names = ", ".join(facts.referent_names)
    return Derived(bool(names), names or "Personne n’a le rôle de référent dans le comité.", Page.PARTICIPANTS)


def _elected(facts: PreparationFacts) -> Derived:
    names = ", ".join(facts.elected_names)
    return Derived(bool(names), names or "Personne n’a le rôle d’élu dans le comité.", Page.PARTICIPANTS)


def _perimeter(facts: PreparationFacts) -> Derived:
    if not facts.is_internal_only:
        return Derived(True, "Le territoire est dans le périmètre.", Page.INITIATIVE)
    if facts.has_territory_follow_up:
        return Derived(
            True, "Fonctionnement interne d’abord ; vous avez dit quand le territoire suivra.", Page.INITIATIVE
        )
    return Derived(
        False, "Fonctionnement interne seulement : dites quand le territoire suivra, ou élargissez.", Page.INITIATIVE
    )


def _committee(facts: PreparationFacts) -> Derived:
    members = count_words(facts.committee_count, "personne donne son avis", "personnes donnent leur avis")
    services = count_words(facts.service_count, "service", "services")
    is_done = facts.committee_count >= facts.min_committee
    detail = f"{members}, {services} en tout."
    if not is_done:
        detail += f" Il en faut au moins {facts.min_committee}."
    return Derived(is_done, detail, Page.PARTICIPANTS)


def _coverage(facts: PreparationFacts) -> Derived:
    if facts.coverage_total is None or facts.coverage_done is None:
        return Derived(False, "La couverture n’est pas encore calculée.", Page.COVERAGE)
    is_done = facts.coverage_total > 0 and facts.coverage_done == facts.coverage_total
    words = pluralise(facts.coverage_done, "question a", "questions ont")
    detail = f"{facts.coverage_done} {words} un service qui connaît la réponse, sur {facts.coverage_total}."
    return Derived(is_done, detail, Page.COVERAGE)


def _calendar(facts: PreparationFacts) -> Derived:
    if not facts.has_council_date:
        return Derived(False, "La date du conseil n’est pas fixée.", Page.CALENDAR)
    if not facts.meeting_count:
        return Derived(False, "La date du conseil est fixée ; le calendrier n’est pas encore calculé.", Page.CALENDAR)
    dates = count_words(facts.meeting_count, "date", "dates")
    return Derived(True, f"{dates} au calendrier.", Page.CALENDAR)


def _invitations(facts: PreparationFacts) -> Derived:
    if facts.participant_count <= 1:
        return Derived(False, "Le comité n’est pas encore composé.", Page.PARTICIPANTS)
    if facts.unreached_names:
        count = len(facts.unreached_names)
        who = ", ".join(facts.unreached_names[:3]) + ("…" if count > 3 else "")
        verb = pluralise(count, "personne n’est pas invitée", "personnes ne sont pas invitées")
        return Derived(False, f"{count}\u00a0{verb}\u00a0: {who}", Page.INVITATIONS)
    accepted = f"{facts.accepted_count} sur {facts.participant_count}"
    verb = pluralise(facts.accepted_count, "a confirmé", "ont confirmé")
    return Derived(True, f"Tout le monde est invité\u00a0; {accepted} {verb}.", Page.INVITATIONS)


def _actors(facts: PreparationFacts) -> Derived:
    if not facts.actor_count:
        return Derived(False, "Aucun acteur recensé.", Page.ACTORS)
    return Derived(True, count_words(facts.actor_count, "acteur recensé.", "acteurs recensés."), Page.ACTORS)


_RULES: dict[str, Callable[[PreparationFacts], Derived]] = {
    "referent": _referent,
    "elu": _elected,
    "perimetre": _perimeter,
    "cotech": _committee,
    "couverture": _coverage,
    "calendrier": _calendar,
    "invitations": _invitations,
    "acteurs": _actors,
}
DERIVED_CODES = frozenset(_RULES)
