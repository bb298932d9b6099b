"""How services differ on a ballot, and what of it may be shown. Pure: no base, no clock, no settings.

When the reader may not see the names, a figure by service would give them back: nothing is said of fewer than
`MIN_GROUP` voices, and what is hidden cannot be worked out by subtraction from the count of everybody, which is public
(see `common.aggregates`). The rules are written in `docs/calculs.md` (« Par service »).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from common.aggregates import protect_counts
from levers.enums import Grade
from levers.tally import Counts, LeverVotes, Paper, count, majority_gauge

OTHERS = "Autres services"


@dataclass(frozen=True)
class GroupVotes:
    """What a service, or several together, said of a lever. `counts` is None when that may not be shown.

    Abstentions are left out: they are no voices, and with hidden names they would tell who was there.
    """

    group: str
    counts: Counts | None

    @property
    def voices(self) -> int:
        return 0 if self.counts is None else self.counts.expressed

    @property
    def median(self) -> Grade | None:
        """The median grade of the group, as that of the whole ballot: the lower of the two in the middle."""
        gauge = None if self.counts is None else majority_gauge(self.counts)
        return None if gauge is None else gauge.grade


@dataclass(frozen=True)
class LeverBreakdown:
    """A lever seen by each group that expressed a grade on it."""

    code: str
    groups: tuple[GroupVotes, ...]

    @property
    def shown(self) -> tuple[GroupVotes, ...]:
        return tuple(votes for votes in self.groups if votes.counts is not None)

    @property
    def hidden(self) -> tuple[str, ...]:
        """Names of the groups of which nothing may be said about this lever."""
        return tuple(votes.group for votes in self.groups if votes.counts is None)

    @property
    def by_grade(self) -> list[tuple[Grade, list[GroupVotes]]]:
        """The groups under their median grade, from the best to the worst."""
        found: dict[Grade, list[GroupVotes]] = defaultdict(list)
        for votes in self.shown:
            if votes.median is not None:
                found[votes.median].append(votes)
        return sorted(found.items(), reverse=True)

    @property
    def gap(self) -> int:
        """Number of grades between the group that thinks most of it and the one that thinks least: 0 to 4."""
        grades = [grade for grade, _groups in self.by_grade]
        return grades[0] - grades[-1] if grades else 0


@dataclass(frozen=True)
class Breakdown:
    """The groups in the order of their names, « autres services » last, and each lever seen by them.

    The services gathered are not named: one that is missing would be that of somebody who abstained on everything.
    """

    groups: tuple[str, ...] = ()
    levers: tuple[LeverBreakdown, ...] = ()

    @property
    def can_compare(self) -> bool:
        """Tell whether at least two groups may be shown apart."""
        return len(self.groups) > 1


def break_down(votes: Sequence[LeverVotes], *, shows_names: bool) -> Breakdown:
    """Return what each service said of each lever; with hidden names, only what cannot identify anybody.

    The groups are the same for every lever: comparing two levers tells nothing of who moved from one to the other.
    """
    people = _people(votes)
    if shows_names:
        groups, group_of = tuple(sorted(people)), {service: service for service in people}
    else:
        protected = protect_counts(people)
        apart = sorted(service for service, voters in protected.items() if voters is not None)
        group_of = {service: service if service in apart else OTHERS for service in people}
        groups = (*apart, OTHERS) if len(apart) < len(people) else tuple(apart)
    levers = tuple(
        LeverBreakdown(lever.code, _group_votes(lever.papers, groups, group_of, shows_names)) for lever in votes
    )
    return Breakdown(groups, levers)


def _people(votes: Sequence[LeverVotes]) -> dict[str, int]:
    """Return service → number of people who expressed at least one grade."""
    voters: dict[str, set[int]] = defaultdict(set)
    for lever in votes:
        for paper in lever.papers:
            if paper.grade is not None:
                voters[paper.service].add(paper.voter)
    return {service: len(voters[service]) for service in sorted(voters)}


def _group_votes(
    papers: Sequence[Paper], groups: Sequence[str], group_of: Mapping[str, str], shows_names: bool
) -> tuple[GroupVotes, ...]:
    by_group: dict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        if paper.grade is not None:
            by_group[group_of[paper.service]].append(paper)
    voices = {group: len(by_group[group]) for group in groups if by_group[group]}
    shown = voices if shows_names else protect_counts(voices)
    return tuple(GroupVotes(group, None if shown[group] is None else count(by_group[group])) for group in voices)
