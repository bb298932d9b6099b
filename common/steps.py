"""The steps of the path, and the state of one as each application tells it to the dashboard."""

from dataclasses import dataclass, field
from enum import StrEnum

# Code, title and first page of each step.
STEP_ROUTES = (
    ("preparation", "Préparer", "authorities:preparation_detail"),
    ("diagnosis", "Diagnostiquer", "diagnostics:diagnosis_detail"),
    ("prioritisation", "Prioriser", "levers:lever_list"),
    ("building", "Construire", "roadmap:roadmap_detail"),
    ("validation", "Valider", "roadmap:validation_detail"),
    ("follow_up", "Suivre", "roadmap:follow_up_detail"),
)


class StepStatus(StrEnum):
    """State of a step; the values are those of the style sheet (`data-state`)."""

    TODO = "todo"
    CURRENT = "current"
    REVIEW = "review"
    DONE = "done"

    @property
    def label(self) -> str:
        return {"todo": "À faire", "current": "En cours", "review": "À valider", "done": "Fait"}[self.value]


@dataclass(frozen=True)
class Missing:
    """Something that is still to be done: a French sentence and the page where it is done."""

    text: str
    url: str


@dataclass(frozen=True)
class Awaited:
    """Somebody whose answer is awaited: who, in which capacity, how far (« 31 sur 33 », « Pas ouvert »)."""

    name: str
    role: str
    status: str
    has_started: bool = False


@dataclass(frozen=True)
class NextAction:
    """The one thing to do now: a sentence, a button, why it comes next, how long it takes.

    `duration` is empty when the button hands something over at once. `over`: the word above the sentence.
    """

    title: str
    reason: str
    button: str
    url: str
    duration: str
    before: str = ""
    then: str = ""
    over: str = "Prochaine action"


@dataclass(frozen=True)
class StepState:
    """State of one step: status, one-line summary, what is missing, who is awaited, what to do first."""

    code: str
    title: str
    url: str
    status: StepStatus
    summary: str
    detail: str = ""
    missing: list[Missing] = field(default_factory=list)
    awaited: list[Awaited] = field(default_factory=list)
    next_action: NextAction | None = None
