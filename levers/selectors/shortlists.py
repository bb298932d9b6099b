"""Reads about the shortlist of a démarche."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Prefetch
from django.urls import reverse

from authorities.models import Initiative
from levers.enums import Verdict
from levers.models import Decision, Lever, Shortlist, ShortlistedLever
from levers.preselection import Advice, AdviceKind, advise_shortlist, propose
from levers.selectors.catalogue import (
    CatalogueFacts,
    Recommendation,
    catalogue_facts,
    catalogue_of,
    ranked_catalogue,
)
from levers.selectors.profile import read_diagnosis


@dataclass(frozen=True)
class AdviceLine:
    """A warning with the page where it is answered; `url` is empty when there is none.

    `lever_pk`: the lever to decide about again, None without any.
    """

    text: str
    url: str = ""
    label: str = ""
    lever_pk: int | None = None


@dataclass(frozen=True)
class FormerChoice:
    """A lever of this catalogue that a former démarche put off or set aside, and why.

    `verdict` is empty for one that the steering committee set aside before the vote.
    """

    lever: Lever
    verdict: str
    reason: str


@dataclass(frozen=True)
class ShortlistBoard:
    """The shortlist in the order of the themes, what was set aside, and what to look at.

    `former`: what the former démarches put off or set aside and this shortlist does not take up.
    """

    shortlist: Shortlist | None
    items: tuple[ShortlistedLever, ...]
    set_aside: tuple[ShortlistedLever, ...]
    advice: tuple[AdviceLine, ...]
    target: int
    former: tuple[FormerChoice, ...] = ()

    @property
    def kept_count(self) -> int:
        return len(self.items)

    @property
    def total_count(self) -> int:
        return len(self.items) + len(self.set_aside)


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
        .defer("catalogue__source")
        .prefetch_related(Prefetch("items", queryset=items))
        .order_by("-number")
        .first()
    )


def shortlist_head(initiative: Initiative) -> tuple[Shortlist | None, frozenset[int]]:
    """Return the current shortlist without its levers, and the pk of those it keeps. One query."""
    rows = list(
        Shortlist.objects.for_initiative(initiative)
        .select_related("catalogue")
        .defer("catalogue__source")  # one row per lever: its 280 kB would be read as many times
        .annotate(item_lever=F("items__lever_id"), item_is_aside=F("items__is_set_aside"))
        .order_by("-number")
    )
    if not rows:
        return None, frozenset()
    current = rows[0]
    kept = (row.item_lever for row in rows if row.pk == current.pk and row.item_is_aside is False)
    return current, frozenset(kept)


def shortlist_board(initiative: Initiative) -> ShortlistBoard:
    """Return the shortlist of the démarche with the advice about it. Five queries, seven after a former démarche."""
    shortlist = current_shortlist(initiative)
    catalogue = shortlist.catalogue if shortlist else catalogue_of(initiative)
    base = catalogue_facts(initiative, catalogue, read_diagnosis(initiative)[1])
    items = list(shortlist.items.all()) if shortlist else []
    kept = [item for item in items if not item.is_set_aside]
    kept.sort(key=lambda item: (item.lever.theme.number, item.lever.position))
    advice = advise_shortlist([base.facts[item.lever.code] for item in kept], base.context, base.sizes)
    return ShortlistBoard(
        shortlist=shortlist,
        items=tuple(kept),
        set_aside=tuple(item for item in items if item.is_set_aside),
        advice=tuple(advice_line(item, base, initiative.authority.slug) for item in advice) if kept else (),
        target=base.sizes.target,
        former=former_choices(initiative, base, {item.lever.code for item in items}),
    )


def former_choices(
    initiative: Initiative, base: CatalogueFacts, known_codes: Collection[str]
) -> tuple[FormerChoice, ...]:
    """Return what former démarches put off or set aside, in the order of the catalogue. Two queries at most.

    The last démarche that spoke of a lever counts, whatever the version of the lever, and in it the decision before
    what the steering committee had set aside; one that the catalogue dropped does not come back.
    """
    if initiative.number == 1:
        return ()
    decisions = Decision.objects.filter(
        initiative__authority_id=initiative.authority_id, initiative__number__lt=initiative.number
    )
    aside = ShortlistedLever.objects.filter(
        is_set_aside=True,
        shortlist__initiative__authority_id=initiative.authority_id,
        shortlist__initiative__number__lt=initiative.number,
    ).order_by("shortlist__number")
    told = [
        (item.shortlist.initiative.number, 0, item.lever.stem, "", item.set_aside_reason)
        for item in aside.select_related("lever", "shortlist__initiative")
    ] + [
        (decision.initiative.number, 1, decision.lever.stem, decision.verdict, decision.reason)
        for decision in decisions.select_related("lever", "initiative")
    ]
    told.sort(key=lambda item: item[:2])
    last = {stem: (verdict, reason) for _number, _rank, stem, verdict, reason in told}
    return tuple(
        FormerChoice(lever, *last[lever.stem])
        for code, lever in base.levers.items()
        if lever.is_proposed
        and lever.stem in last
        and last[lever.stem][0] != Verdict.RETAINED
        and code not in known_codes
    )


@dataclass(frozen=True)
class Proposal:
    """The proposed shortlist, the best ranked first, beside the shortlist as it stands."""

    shortlist: Shortlist | None
    items: tuple[ProposedLever, ...]


def proposed_shortlist(initiative: Initiative, *, on: date) -> Proposal:
    """Return the shortlist that the site proposes, each lever with why it is there."""
    shortlist, chosen = shortlist_head(initiative)
    ranked = ranked_catalogue(initiative, on=on, catalogue=shortlist.catalogue if shortlist else None)
    base, offered = ranked.base, ranked.offered(frozenset())
    by_code = {item.lever.code: item for item in ranked.items}
    proposals = propose([item.relevance for item in offered.items], base.facts, base.context, base.sizes)
    items = tuple(
        ProposedLever(by_code[item.code], item.why, by_code[item.code].lever.pk in chosen) for item in proposals
    )
    return Proposal(shortlist, items)


def advice_line(advice: Advice, base: CatalogueFacts, slug: str) -> AdviceLine:
    """Give a warning the page where it is answered."""
    catalogue = reverse("levers:lever_list", args=[slug])
    if advice.kind is AdviceKind.THEME:
        return AdviceLine(advice.text, f"{catalogue}?th={advice.target}", "Voir les leviers de ce thème")
    if advice.kind is AdviceKind.DIMENSION:
        return AdviceLine(advice.text, f"{catalogue}?di={advice.target}", "Voir les leviers de cette dimension")
    facts = base.facts.get(advice.target)
    if advice.kind is AdviceKind.PREREQUISITE and facts is not None:
        return AdviceLine(advice.text, facts.url, "Voir ce levier")
    return AdviceLine(advice.text)
