"""What a grid that was read would change, compared with what is recorded now.

What the participant answered alone, or told somebody else, is a conflict whatever it says: it is not shown, and it is
replaced only when that is chosen for this very question.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from authorities.models import Participant
from common.numbers import pluralise
from diagnostics.grids.columns import abstention_of
from diagnostics.models import Diagnosis, GridImport, Question, Rating

TAKE_GRID, KEEP_OWN = "grille", "garder"


@dataclass(frozen=True)
class GridChange:
    """An answer of the grid and what is recorded. `rating` is None for a new answer.

    `is_hidden`: the recorded answer is not of whoever sent the grid, and stays out of their sight.
    """

    participant: Participant
    question: Question
    level: int | None
    comment: str
    rating: Rating | None
    is_hidden: bool
    is_conflict: bool

    @property
    def key(self) -> str:
        return f"{self.participant.pk}-{self.question.code}"

    @property
    def recorded_label(self) -> str:
        """« Anne Achats le 12 mars à 14:03 »: who answered, and when."""
        if self.rating is None:
            return ""
        who = self.rating.entered_by_label or self.participant.name
        return f"{who}, le {date_format(timezone.localtime(self.rating.rated_at), 'j F à H:i')}"


@dataclass(frozen=True)
class GridPreview:
    """The answers of a grid, sorted by what they would do. `token` changes when a recorded answer does."""

    waiting: GridImport
    added: list[GridChange]
    changed: list[GridChange]
    conflicts: list[GridChange]
    unchanged_count: int
    gone_count: int
    token: str

    @property
    def has_something(self) -> bool:
        return bool(self.added or self.changed or self.conflicts)

    @property
    def headline(self) -> str:
        """« 5 réponses nouvelles, 1 modifiée, 2 à choisir »; what there is none of is not said."""
        new, moved = len(self.added), len(self.changed)
        parts = [
            f"{new} {pluralise(new, 'réponse nouvelle', 'réponses nouvelles')}" if new else "",
            f"{moved} {pluralise(moved, 'réponse modifiée', 'réponses modifiées')}" if moved else "",
            f"{len(self.conflicts)} à choisir" if self.conflicts else "",
        ]
        return ", ".join(part for part in parts if part) or "Rien à enregistrer"

    def chosen(self, taken: set[str]) -> list[GridChange]:
        """Return what is to be written: what is new, what changed, and the conflicts settled for the grid."""
        return [*self.added, *self.changed, *(change for change in self.conflicts if change.key in taken)]


def grid_preview(waiting: GridImport) -> GridPreview:
    """Compare a grid with what is recorded now. Three queries."""
    diagnosis = waiting.diagnosis
    people = {person.pk: person for person in diagnosis.raters.filter(is_active=True).select_related("service")}
    questions = {question.pk: question for question in diagnosis.asked_questions()}
    ratings = _ratings(diagnosis, waiting)
    kinds: dict[str, list[GridChange]] = {"added": [], "changed": [], "conflict": []}
    unchanged, gone = waiting.untouched_count, 0
    for answer in waiting.answers:
        person, question = people.get(answer["participant_pk"]), questions.get(answer["question_pk"])
        if person is None or question is None:
            gone += 1
            continue
        rating = ratings.get((person.pk, question.pk))
        is_hidden = rating is not None and rating.entered_by_id != waiting.created_by_id
        if rating is not None and not is_hidden and _says(rating, answer):
            unchanged += 1
            continue
        is_conflict = rating is not None and (is_hidden or rating.version != answer["version"])
        change = GridChange(person, question, answer["level"], answer["comment"], rating, is_hidden, is_conflict)
        kinds["added" if rating is None else "conflict" if is_conflict else "changed"].append(change)
    return GridPreview(
        waiting=waiting,
        added=kinds["added"],
        changed=kinds["changed"],
        conflicts=kinds["conflict"],
        unchanged_count=unchanged,
        gone_count=gone,
        token=_token([change for changes in kinds.values() for change in changes]),
    )


def level_words(diagnosis: Diagnosis, level: int | None) -> str:
    """« niveau 3 », or the word of the abstention."""
    return abstention_of(diagnosis) if level is None else f"niveau {level}"


def _ratings(diagnosis: Diagnosis, waiting: GridImport) -> dict[tuple[int, int], Rating]:
    people = {answer["participant_pk"] for answer in waiting.answers}
    ratings = Rating.objects.filter(diagnosis=diagnosis, participant__in=people)
    return {(rating.participant_id, rating.question_id): rating for rating in ratings}


def _says(rating: Rating, answer: dict[str, Any]) -> bool:
    same_words = rating.comment.split() == answer["comment"].split()
    return rating.level == answer["level"] and same_words


def _token(changes: Sequence[GridChange]) -> str:
    """Return a mark of the recorded answers that the preview was compared with; it says nothing of their levels."""
    seen = sorted(
        (change.key, change.rating.pk, change.rating.version) if change.rating else (change.key, 0, 0)
        for change in changes
    )
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]
