"""The path of démarches: the six steps of each, and what each role has to do there. The same for one or for many."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from authorities.enums import Role
from authorities.models import Initiative
from authorities.permissions import Permission, permissions_of
from authorities.selectors import active_people, preparation_states
from common.steps import Missing, NextAction, StepState, StepStatus
from diagnostics.selectors.state import maturity_states, merge_states
from inventory.selectors import inventory_states
from levers.selectors import prioritisation_states
from roadmap.selectors.elected import reading_action, validation_action
from roadmap.selectors.state import (
    RoadmapCounts,
    Seat,
    building_state,
    counts_by_initiative,
    follow_up_state,
    validation_state,
)

# Steps that an accompagnateur prepares with the référent; the others are the authority's.
ADVISER_STEPS = frozenset({"preparation", "building"})


@dataclass(frozen=True)
class Path:
    """The six steps of a démarche, and the two halves of the second one."""

    initiative: Initiative
    steps: tuple[StepState, ...]
    maturity: StepState
    inventory: StepState
    counts: RoadmapCounts

    def step(self, code: str) -> StepState:
        return next(step for step in self.steps if step.code == code)

    @property
    def current(self) -> StepState:
        """The step that one is at: the first that is not done; the last one when all are.

        A committee changes all along: once the diagnosis or what follows has begun, what the preparation lacks is
        still listed, and the path does not go back to it. An inventory alone may be filled at any time.
        """
        has_left = any(step.status is not StepStatus.TODO for step in (self.maturity, *self.steps[2:]))
        ahead = self.steps[1:] if has_left else self.steps
        return next((step for step in ahead if step.status is not StepStatus.DONE), self.steps[-1])

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What is missing in the current step and in those behind it."""
        reached = self.steps[: self.steps.index(self.current) + 1]
        return tuple(item for step in reached for item in step.missing)


def read_paths(initiatives: Sequence[Initiative], *, user: User | None, now: datetime) -> dict[int, Path]:
    """Return the path of each démarche, by its key, in the order given. Nine queries at most, whatever their number."""
    people = active_people(initiatives)
    preparations = preparation_states(initiatives, people)
    maturities = maturity_states(initiatives, people, now=now)
    inventories = inventory_states(initiatives)
    choices = prioritisation_states(initiatives, now=now)
    counts = counts_by_initiative(initiatives, user=user)

    def path_of(initiative: Initiative) -> Path:
        pk = initiative.pk
        return Path(
            initiative=initiative,
            steps=(
                preparations[pk],
                merge_states(maturities[pk], inventories[pk]),
                choices[pk],
                building_state(initiative, now=now, counts=counts[pk]),
                validation_state(initiative, now=now, counts=counts[pk]),
                follow_up_state(initiative, counts=counts[pk]),
            ),
            maturity=maturities[pk],
            inventory=inventories[pk],
            counts=counts[pk],
        )

    return {initiative.pk: path_of(initiative) for initiative in initiatives}


def action_for(roles: AbstractSet[Role], path: Path) -> NextAction | None:
    """Return the first thing that one of these roles has to do; the référent's comes first. No query.

    An elected official of whom nothing is asked reads the adopted document.
    """
    rules: tuple[tuple[Role, Callable[[Path], NextAction | None]], ...] = (
        (Role.REFERENT, _referent_action),
        (Role.ELECTED, _elected_action),
        (Role.ADVISER, _adviser_action),
        (Role.CONTRIBUTOR, _contributor_action),
    )
    action = next((action for role, rule in rules if role in roles and (action := rule(path))), None)
    if action is None and Role.ELECTED in roles:
        return reading_action(path.counts, path.initiative.authority.slug)
    return action


def awaited_seat(roles: AbstractSet[Role], path: Path) -> Seat | None:
    """Return the seat of a committee member who is awaited; a référent is asked for the démarche first. No query."""
    seat = path.counts.seat
    if seat is None or Role.REFERENT in roles:
        return None
    is_awaited = any(item.name == seat.name for step in path.steps for item in step.awaited)
    return seat if seat.second_vote or is_awaited else None


def may_see_awaited(roles: AbstractSet[Role]) -> bool:
    """Tell whether these roles read who is awaited: those who prepare the démarche, and the elected official."""
    return Permission.EDIT_PREPARATION in permissions_of(roles) or Role.ELECTED in roles


def _referent_action(path: Path) -> NextAction | None:
    return next((step.next_action for step in path.steps if step.next_action is not None), None)


def _elected_action(path: Path) -> NextAction | None:
    """The elected official validates: the shortlist, then the frozen version, which they read first."""
    shortlist, document = path.step("prioritisation"), path.step("validation")
    if shortlist.status is StepStatus.REVIEW and shortlist.next_action:
        return shortlist.next_action
    if document.status is not StepStatus.REVIEW:
        return None
    return validation_action(path.counts, path.initiative.authority.slug) or document.next_action


def _adviser_action(path: Path) -> NextAction | None:
    waiting = [step for step in path.steps if step.code in ADVISER_STEPS]
    action = next((step.next_action for step in waiting if step.next_action is not None), None)
    return action or path.inventory.next_action


def _contributor_action(path: Path) -> NextAction | None:
    return path.inventory.next_action
