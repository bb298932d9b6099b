"""The pure calculations, on made-up or demonstration data of the announced size."""

import random
from collections.abc import Callable
from dataclasses import replace

from bench.site import demonstration_authority
from levers.tally import GRADES, LeverVotes, Paper, tally
from roadmap.half_years import half_years_of
from roadmap.models import Roadmap
from roadmap.schedule import LimitKind, Limits, PlannedAction, even_profile, propose, spread_cost
from roadmap.selectors.schedule import costed_sheets, limits_of, period_of, planned_actions

LEVERS = 33
VOTERS = 30
SHEETS = 17
ACTIONS = 40
PERIOD = half_years_of(2026, 3)

Proposing = Callable[[], object]


def prepare_schedule() -> Callable[[], object]:
    """Return the proposal of a schedule for the sheets of the demonstration, none of them held in place."""
    roadmap = Roadmap.objects.select_related("initiative").get(initiative__authority=demonstration_authority())
    half_years = period_of(roadmap)
    actions = [replace(action, fixed_start=None) for action in planned_actions(costed_sheets(roadmap), half_years)]
    if len(actions) != SHEETS:
        raise ValueError(f"the demonstration has {len(actions)} sheets")
    limits = limits_of(roadmap)
    return lambda: propose(actions, half_years=half_years, limits=limits)


def _actions() -> list[PlannedAction]:
    """Return forty made-up actions: seven leads, one to three half-years, budgets, advice about their order."""
    draw = random.Random(2)  # noqa: S311 (made-up actions)
    leads, shares = ("DSI", "Achats", "Communication", "RH", "Direction", "Déchets", "Eau"), (10, 6, 6, 5, 5, 4, 4)
    actions = []
    for key in range(ACTIONS):
        duration, days = draw.choice((1, 1, 2, 2, 3)), draw.choice((4, 6, 8, 10, 12, 15, 20, 30))
        euros = draw.choice((0, 0, 2_000, 5_000, 8_000, 20_000))
        before = set(draw.sample(range(ACTIONS), draw.choice((0, 0, 1, 2)))) - {key}
        actions.append(
            PlannedAction(
                key=key,
                label=f"Action {key}",
                lead=draw.choices(leads, shares)[0],
                duration=duration,
                profile=even_profile(days, duration),
                is_quick_win=draw.random() < 0.3,
                impact=draw.randint(1, 5),
                effort=draw.randint(1, 5),
                prerequisites=tuple(sorted(before)),
                costs={rank: spread_cost(euros, PERIOD[0].plus(rank), duration) for rank in range(len(PERIOD) + 2)},
            )
        )
    return actions


def _prepare_forty(capacity: float, ceiling: float, firm: frozenset[LimitKind], *, is_possible: bool) -> Proposing:
    actions = _actions()
    limits = Limits(capacity, {}, dict.fromkeys((2026, 2027, 2028), ceiling), firm)
    if propose(actions, half_years=PERIOD, limits=limits).is_possible is not is_possible:
        raise ValueError("the made-up actions no longer give what this case is about")
    return lambda: propose(actions, half_years=PERIOD, limits=limits)


def prepare_loose_schedule() -> Proposing:
    """Return a proposal where every limit holds easily."""
    return _prepare_forty(40, 100_000, frozenset(LimitKind), is_possible=True)


def prepare_tight_schedule() -> Proposing:
    """Return a proposal that has to exceed capacities and ceilings, as little as possible."""
    return _prepare_forty(18, 80_000, frozenset({LimitKind.END}), is_possible=True)


def prepare_impossible_schedule() -> Proposing:
    """Return the search for what cannot hold: several leads and the budget, all firm."""
    return _prepare_forty(25, 70_000, frozenset(LimitKind), is_possible=False)


def prepare_tally() -> Callable[[], object]:
    """Return the count of a full ballot, one abstention in six."""
    draw = random.Random(1)  # noqa: S311 (made-up votes)
    votes = [
        LeverVotes(
            f"LEV-{lever:02d}",
            tuple(Paper(voter, f"service {voter % 8}", draw.choice((*GRADES, None))) for voter in range(VOTERS)),
        )
        for lever in range(LEVERS)
    ]
    return lambda: tally(votes)
