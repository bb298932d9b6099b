"""What a grid holds: the questions asked, the people whose answers it takes, what its author already typed for them.

Only what `author` typed herself is read: what a participant answered alone, or told somebody else, is in no grid.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from accounts.models import User
from diagnostics.grids.people import GridPerson
from diagnostics.models import Diagnosis, Question, Rating
from diagnostics.selectors.coverage import fact_of, person_of

BLANK, ALL_DIMENSIONS = "vierge", "dimensions"
PERSON_PREFIX, DIMENSION_PREFIX = "personne-", "dimension-"


@dataclass(frozen=True)
class GridQuestion:
    """A question with the sentence of each level, 0 first. `is_known`: by the person of the grid, None without one."""

    question: Question
    levels: tuple[str, ...]
    is_known: bool | None = None

    @property
    def code(self) -> str:
        return self.question.code


@dataclass(frozen=True)
class GridPart:
    """A sheet: questions, all of one dimension or of the whole round, and the people who answer them."""

    title: str
    questions: list[GridQuestion]
    people: list[GridPerson]


@dataclass(frozen=True)
class Grid:
    """A grid to fill. `person`: whose it is, None when it is blank or has a column for each person."""

    diagnosis: Diagnosis
    parts: list[GridPart]
    person: GridPerson | None = None
    is_blank: bool = False
    ratings: dict[tuple[int, int], Rating] = field(default_factory=dict)

    def rating(self, person: GridPerson, question: GridQuestion) -> Rating | None:
        return self.ratings.get((person.pk, question.question.pk))

    @property
    def file_stem(self) -> str:
        """« personne », « vierge » or the codes of the dimensions, for the name of the file; no name of anybody."""
        if self.is_blank:
            return "vierge"
        if self.person is not None:
            return f"personne-{self.person.pk}"
        return self.parts[0].questions[0].question.dimension.code.lower() if len(self.parts) == 1 else "dimensions"


def grid_choices(diagnosis: Diagnosis, people: Sequence[GridPerson]) -> list[tuple[str, str | list[tuple[str, str]]]]:
    """Return the grids of a round, as the choices of a field: by person, by dimension, blank. One query."""
    dimensions = {question.dimension.code: question.dimension.name for question in diagnosis.asked_questions()}
    return [
        ("Une personne", [(f"{PERSON_PREFIX}{person.pk}", person.label) for person in people]),
        (
            "Une dimension, une colonne par personne",
            [
                (ALL_DIMENSIONS, "Toutes les dimensions"),
                *((f"{DIMENSION_PREFIX}{code}", name) for code, name in dimensions.items()),
            ],
        ),
        ("Sans nom", [(BLANK, "Grille vierge")]),
    ]


def build_grid(diagnosis: Diagnosis, choice: str, people: Sequence[GridPerson], *, author: User) -> Grid:
    """Return the grid of a choice of `grid_choices`. Four queries."""
    questions = list(diagnosis.asked_questions().prefetch_related("levels", "services"))
    if choice == BLANK:
        part = GridPart("Grille", [_grid_question(question) for question in questions], [])
        return Grid(diagnosis, [part], is_blank=True)
    if choice.startswith(PERSON_PREFIX):
        person = next(person for person in people if choice == f"{PERSON_PREFIX}{person.pk}")
        part = GridPart("Grille", _own_first(questions, person), [person])
        return Grid(diagnosis, [part], person, ratings=typed_ratings(diagnosis, [person], author))
    parts: dict[str, GridPart] = {}
    for question in questions:
        dimension = question.dimension
        if choice in {ALL_DIMENSIONS, f"{DIMENSION_PREFIX}{dimension.code}"}:
            part = parts.setdefault(dimension.code, GridPart(dimension.short_name, [], list(people)))
            part.questions.append(_grid_question(question))
    return Grid(diagnosis, list(parts.values()), ratings=typed_ratings(diagnosis, people, author))


def typed_ratings(diagnosis: Diagnosis, people: Iterable[GridPerson], author: User) -> dict[tuple[int, int], Rating]:
    """Return (participant, question) → what `author` typed, and nobody else. One query."""
    ratings = Rating.objects.filter(
        diagnosis=diagnosis, participant__in=[person.pk for person in people], entered_by=author
    )
    return {(rating.participant_id, rating.question_id): rating for rating in ratings}


def _own_first(questions: Sequence[Question], person: GridPerson) -> list[GridQuestion]:
    """Put the questions that the person knows first, each part in the order of the questionnaire."""
    knows = person_of(person.participant).knows
    marked = [_grid_question(question, is_known=knows(fact_of(question))) for question in questions]
    return sorted(marked, key=lambda question: not question.is_known)


def _grid_question(question: Question, *, is_known: bool | None = None) -> GridQuestion:
    return GridQuestion(question, tuple(level.text for level in question.levels.all()), is_known)
