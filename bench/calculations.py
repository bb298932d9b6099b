"""The pure calculations, on made-up or demonstration data of the announced size."""

import random
from collections.abc import Callable
from dataclasses import replace

from bench.site import demonstration_authority
from levers.tally import GRADES, LeverVotes, Paper, tally
from roadmap.half_years import half_years_of
from roadmap.models import Roadmap
from roadmap.schedule import propose
from roadmap.selectors.schedule import capacities_of, live_sheets, planned_actions

LEVERS = 33
VOTERS = 30
SHEETS = 17


def prepare_schedule() -> Callable[[], object]:
    """Return the proposal of a schedule for the sheets of the demonstration, none of them held in place."""
    roadmap = Roadmap.objects.select_related("initiative").get(initiative__authority=demonstration_authority())
    half_years = half_years_of(roadmap.initiative.period_start_year, roadmap.initiative.period_years)
    actions = [replace(action, fixed_start=None) for action in planned_actions(list(live_sheets(roadmap)), half_years)]
    if len(actions) != SHEETS:
        raise ValueError(f"the demonstration has {len(actions)} sheets")
    return lambda: propose(
        actions,
        labels=[item.label for item in half_years],
        capacities=capacities_of(roadmap),
        default_capacity=float(roadmap.default_capacity_days),
    )


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
