"""Reads about decisions, and the summary of the choice that the document prints."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone

from authorities.enums import Track
from authorities.models import Initiative
from levers.enums import Verdict
from levers.models import Ballot, Decision, Lever, LeverCatalogue, Shortlist, ShortlistedLever
from levers.preselection import AdviceKind, Sizes, advise_retained
from levers.selectors.ballots import current_ballot
from levers.selectors.catalogue import catalogue_facts, catalogue_of
from levers.selectors.profile import read_diagnosis
from levers.selectors.results import BallotResults, ResultRow, ballot_results
from levers.selectors.shortlists import AdviceLine, advice_line, current_shortlist
from levers.tally import Pile


@dataclass(frozen=True)
class DecisionRow:
    """A lever to decide about: its result when a ballot closed, its decision when there is one."""

    lever: Lever
    result: ResultRow | None
    decision: Decision | None

    @property
    def verdict(self) -> str:
        """Value of the verdict, empty while nothing is decided."""
        return self.decision.verdict if self.decision else ""


@dataclass(frozen=True)
class DecisionBoard:
    """Everything about the decisions of a démarche. `locked_reason` says what to do before deciding."""

    ballot: Ballot | None
    results: BallotResults | None
    rows: tuple[DecisionRow, ...]
    advice: tuple[AdviceLine, ...]
    locked_reason: str
    retained_maximum: int

    def decided(self, verdict: Verdict) -> list[DecisionRow]:
        return [row for row in self.rows if row.decision is not None and row.decision.verdict == verdict]

    @property
    def retained(self) -> list[DecisionRow]:
        return self.decided(Verdict.RETAINED)

    @property
    def postponed(self) -> list[DecisionRow]:
        return self.decided(Verdict.POSTPONED)

    @property
    def dismissed(self) -> list[DecisionRow]:
        return self.decided(Verdict.DISMISSED)

    @property
    def undecided(self) -> list[DecisionRow]:
        return [row for row in self.rows if row.decision is None]

    def consensual(self, pile: Pile) -> list[DecisionRow]:
        """Return the levers of a consensus pile that nobody decided about yet."""
        if self.results is None or not self.results.tally.has_piles:
            return []
        return [row for row in self.undecided if row.result is not None and row.result.result.pile is pile]

    def row(self, lever_pk: int) -> DecisionRow | None:
        return next((row for row in self.rows if row.lever.pk == lever_pk), None)


@dataclass(frozen=True)
class LeverChoice:
    """How one lever went through the choice, for the document. Counts are None without a closed ballot."""

    lever: Lever
    rank: int | None
    counts: tuple[int, ...] | None
    abstentions: int | None
    gauge_label: str
    pile_label: str
    verdict: Verdict | None
    reason: str


@dataclass(frozen=True)
class SetAside:
    """A lever that the steering committee set aside, and why."""

    lever: Lever
    reason: str


@dataclass(frozen=True)
class ChoiceSummary:
    """How the levers were chosen. `opened_on` and what follows are None while no ballot has closed."""

    catalogue_title: str
    catalogue_count: int
    shortlisted_count: int
    validated_count: int
    validated_on: date | None
    validation_body: str
    validation_note: str
    set_aside: tuple[SetAside, ...]
    opened_on: date | None
    closed_on: date | None
    voter_count: int
    voted_count: int
    pile_counts: dict[str, int]
    choices: tuple[LeverChoice, ...]
    retained_count: int
    postponed_count: int
    dismissed_count: int


def retained_decisions(initiative: Initiative) -> list[Decision]:
    """Return the decisions that retain a lever, with it, in the order of the catalogue. One query."""
    return list(Decision.objects.retained().with_lever().for_initiative(initiative).order_by("lever__position"))


def decision_board(
    initiative: Initiative, *, now: datetime, is_referent: bool = False, has_advice: bool = True
) -> DecisionBoard:
    """Return every lever to decide about, with its result and its decision. `has_advice`: two queries more."""
    ballot = current_ballot(initiative)
    is_closed = ballot is not None and ballot.is_closed(now)
    results = ballot_results(ballot, now=now, is_referent=is_referent) if ballot is not None and is_closed else None
    catalogue = ballot.shortlist.catalogue if ballot is not None else catalogue_of(initiative)
    decisions = {
        decision.lever.code: decision
        for decision in Decision.objects.for_initiative(initiative).select_related("lever", "decided_by")
    }
    rows = tuple(
        DecisionRow(lever, row, decisions.get(lever.code)) for lever, row in _candidates(initiative, ballot, results)
    )
    return DecisionBoard(
        ballot=ballot,
        results=results,
        rows=rows,
        advice=_advice(initiative, catalogue, rows) if has_advice else (),
        locked_reason=_locked_reason(initiative, ballot, now, has_rows=bool(rows)),
        retained_maximum=Sizes(**catalogue.weights["sizes"][initiative.track]).retained_maximum,
    )


# What is said of a lever that is advised before a retained one. Undecided: on the board, without a decision.
_STATES = {
    Verdict.POSTPONED.value: "est reporté",
    Verdict.DISMISSED.value: "est écarté",
    "": "n’a pas encore de décision",
}


def _advice(initiative: Initiative, catalogue: LeverCatalogue, rows: tuple[DecisionRow, ...]) -> tuple[AdviceLine, ...]:
    """Return what the retained levers leave out, nothing while none is retained."""
    base = catalogue_facts(initiative, catalogue, read_diagnosis(initiative)[1])
    states = {row.lever.code: _STATES[row.verdict] for row in rows if row.verdict in _STATES}
    retained = [
        base.facts[row.lever.code]
        for row in rows
        if row.decision is not None and row.decision.verdict == Verdict.RETAINED
    ]
    if not retained:
        return ()
    engaged = _engaged_codes(initiative)
    advice = advise_retained(retained, base.context, base.sizes, engaged=engaged, states=states)
    on_board = {row.lever.code: row.lever.pk for row in rows}
    lines = ((item, advice_line(item, base, initiative.authority.slug)) for item in advice)
    return tuple(
        replace(line, lever_pk=on_board.get(item.target)) if item.kind is AdviceKind.PREREQUISITE else line
        for item, line in lines
    )


def _engaged_codes(initiative: Initiative) -> frozenset[str]:
    """Return the codes of what the former démarches retained: done, or under way. One query after the first one."""
    if initiative.number == 1:
        return frozenset()
    former = Decision.objects.retained().filter(
        initiative__authority_id=initiative.authority_id, initiative__number__lt=initiative.number
    )
    return frozenset(former.values_list("lever__code", flat=True))


def choice_summary(initiative: Initiative, *, now: datetime) -> ChoiceSummary:
    """Return how the levers were chosen, from the catalogue to the decisions. Nothing of an open ballot is in it."""
    ballot = current_ballot(initiative)
    results = ballot_results(ballot, now=now) if ballot is not None and ballot.is_closed(now) else None
    shortlist = (ballot.shortlist if ballot is not None else None) or current_shortlist(initiative)
    items = list(shortlist.items.select_related("lever__theme", "lever__dimension")) if shortlist else []
    decisions = {decision.lever_id: decision for decision in Decision.objects.with_lever().for_initiative(initiative)}
    kept = [item for item in items if not item.is_set_aside]
    rows = {row.lever.pk: row for row in results.rows} if results else {}
    verdicts = [Verdict(decision.verdict) for decision in decisions.values()]
    choices = [_choice(item.lever, rows.get(item.lever_id), decisions.get(item.lever_id)) for item in kept]
    choices.sort(key=lambda choice: (choice.rank or 0, choice.lever.position))
    return ChoiceSummary(
        catalogue_title=shortlist.catalogue.title if shortlist else "",
        catalogue_count=_catalogue_count(shortlist, items),
        shortlisted_count=len(items),
        validated_count=len(kept) if shortlist and shortlist.is_validated else 0,
        validated_on=shortlist.validated_on if shortlist else None,
        validation_body=shortlist.validation_body if shortlist else "",
        validation_note=shortlist.validation_note if shortlist else "",
        set_aside=tuple(SetAside(item.lever, item.set_aside_reason) for item in items if item.is_set_aside),
        opened_on=timezone.localdate(results.ballot.opens_at) if results else None,
        closed_on=timezone.localdate(results.ballot.closes_at) if results else None,
        voter_count=results.voter_count if results else 0,
        voted_count=results.voted_count if results else 0,
        pile_counts=(
            {pile.label: len(results.pile(pile)) for pile in Pile} if results and results.tally.has_piles else {}
        ),
        choices=tuple(choices),
        retained_count=verdicts.count(Verdict.RETAINED),
        postponed_count=verdicts.count(Verdict.POSTPONED),
        dismissed_count=verdicts.count(Verdict.DISMISSED),
    )


def _catalogue_count(shortlist: Shortlist | None, items: Sequence[ShortlistedLever]) -> int:
    """Count what the shortlist was chosen from: the published levers, and the local ones that it holds."""
    if shortlist is None:
        return 0
    return shortlist.catalogue.levers.count() + sum(item.lever.is_local for item in items)


def _candidates(
    initiative: Initiative, ballot: Ballot | None, results: BallotResults | None
) -> list[tuple[Lever, ResultRow | None]]:
    if results is not None:
        return [(row.lever, row) for row in results.rows]
    if ballot is not None or initiative.track != Track.LIGHT:
        return []
    newest = initiative.shortlists.order_by("-number").values("pk")[:1]
    items = ShortlistedLever.objects.filter(shortlist__in=newest, is_set_aside=False).select_related(
        "lever__theme", "lever__dimension"
    )
    return [(item.lever, None) for item in items.order_by("lever__position")]


def _locked_reason(initiative: Initiative, ballot: Ballot | None, now: datetime, *, has_rows: bool) -> str:
    if ballot is not None and not ballot.is_closed(now):
        return "Le scrutin est encore ouvert\u00a0: les décisions se prennent après sa fermeture."
    if ballot is None and initiative.track != Track.LIGHT:
        return "Les décisions se prennent après le scrutin du comité technique."
    return "" if has_rows else "Présélectionnez d’abord des leviers dans le catalogue."


def _choice(lever: Lever, row: ResultRow | None, decision: Decision | None) -> LeverChoice:
    result = row.result if row else None
    return LeverChoice(
        lever=lever,
        rank=result.rank if result else None,
        counts=result.counts.grades if result else None,
        abstentions=result.counts.abstentions if result else None,
        gauge_label=result.gauge.label if result and result.gauge else "",
        pile_label=result.pile.label if result else "",
        verdict=Verdict(decision.verdict) if decision else None,
        reason=decision.reason if decision else "",
    )
