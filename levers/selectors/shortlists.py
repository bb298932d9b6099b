"""Reads about the shortlist of a démarche."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.urls import reverse

from authorities.models import Initiative
from levers.models import Lever, Shortlist, ShortlistedLever
from levers.preselection import Advice, AdviceKind, Proposed, advise_shortlist, propose
from levers.selectors.catalogue import RankedCatalogue, Recommendation, ranked_catalogue
from reference.models import Theme


@dataclass(frozen=True)
class AdviceLine:
    """A warning with the page where it is answered; `url` is empty when there is none."""

    text: str
    url: str = ""
    label: str = ""


@dataclass(frozen=True)
class ThemeGroup:
    """Shortlisted levers of one theme of the decree."""

    theme: Theme
    items: tuple[ShortlistedLever, ...]


@dataclass(frozen=True)
class ShortlistBoard:
    """The shortlist grouped by theme, what was set aside, and what to look at."""

    shortlist: Shortlist | None
    groups: tuple[ThemeGroup, ...]
    set_aside: tuple[ShortlistedLever, ...]
    advice: tuple[AdviceLine, ...]
    target: int

    @property
    def kept_count(self) -> int:
        return sum(len(group.items) for group in self.groups)

    @property
    def total_count(self) -> int:
        return self.kept_count + len(self.set_aside)


@dataclass(frozen=True)
class ProposedLever:
    """A lever of the proposed shortlist, why it is there, and whether it is already shortlisted."""

    recommendation: Recommendation
    why: str
    is_shortlisted: bool


def current_shortlist(initiative: Initiative) -> Shortlist | None:
    """Return the shortlist of the highest number, with its levers. Two queries."""
    items = ShortlistedLever.objects.prefetch_related(Prefetch("lever", queryset=Lever.objects.light())).order_by(
        "lever__position"
    )
    return (
        Shortlist.objects.for_initiative(initiative)
        .select_related("catalogue", "validated_by")
        .prefetch_related(Prefetch("items", queryset=items))
        .order_by("-number")
        .first()
    )


def shortlisted_pks(shortlist: Shortlist | None) -> frozenset[int]:
    """Return the pk of the levers of a shortlist, those set aside excepted."""
    return (
        frozenset(item.lever_id for item in shortlist.items.all() if not item.is_set_aside)
        if shortlist
        else frozenset()
    )


def shortlist_board(initiative: Initiative, *, on: date) -> ShortlistBoard:
    """Return the shortlist of the démarche with the advice about it."""
    shortlist = current_shortlist(initiative)
    ranked = ranked_catalogue(initiative, on=on, catalogue=shortlist.catalogue if shortlist else None)
    items = list(shortlist.items.all()) if shortlist else []
    kept = [item for item in items if not item.is_set_aside]
    by_theme: dict[int, list[ShortlistedLever]] = {}
    for item in sorted(kept, key=lambda item: (item.lever.theme.number, item.lever.position)):
        by_theme.setdefault(item.lever.theme.number, []).append(item)
    facts = ranked.facts
    advice = advise_shortlist([facts[item.lever.code] for item in kept], ranked.context(), ranked.sizes)
    return ShortlistBoard(
        shortlist=shortlist,
        groups=tuple(ThemeGroup(inside[0].lever.theme, tuple(inside)) for inside in by_theme.values()),
        set_aside=tuple(item for item in items if item.is_set_aside),
        advice=tuple(advice_line(item, ranked, initiative.authority.slug) for item in advice) if kept else (),
        target=ranked.sizes.target,
    )


def proposed_shortlist(initiative: Initiative, *, on: date) -> list[ProposedLever]:
    """Return the shortlist that the site proposes, the best ranked first."""
    shortlist = current_shortlist(initiative)
    ranked = ranked_catalogue(initiative, on=on, catalogue=shortlist.catalogue if shortlist else None)
    chosen = shortlisted_pks(shortlist)
    by_code = {item.lever.code: item for item in ranked.items}
    return [
        _proposed(proposal, by_code[proposal.code], chosen)
        for proposal in propose([item.relevance for item in ranked.items], ranked.facts, ranked.context(), ranked.sizes)
    ]


def advice_line(advice: Advice, ranked: RankedCatalogue, slug: str) -> AdviceLine:
    """Give a warning the page where it is answered."""
    catalogue = reverse("levers:lever_list", args=[slug])
    if advice.kind is AdviceKind.THEME:
        return AdviceLine(advice.text, f"{catalogue}?th={advice.target}", "Voir les leviers de ce thème")
    if advice.kind is AdviceKind.DIMENSION:
        return AdviceLine(advice.text, f"{catalogue}?di={advice.target}", "Voir les leviers de cette dimension")
    facts = ranked.facts.get(advice.target)
    if advice.kind is AdviceKind.PREREQUISITE and facts is not None:
        return AdviceLine(advice.text, facts.url, "Voir ce levier")
    return AdviceLine(advice.text)


def _proposed(proposal: Proposed, recommendation: Recommendation, chosen: frozenset[int]) -> ProposedLever:
    return ProposedLever(recommendation, proposal.why, recommendation.lever.pk in chosen)
