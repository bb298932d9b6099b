"""Comparison with the finished round before: question by question, where the codes match."""

from dataclasses import dataclass

from diagnostics.models import Diagnosis, Level
from diagnostics.selectors.results import QuestionResult, question_results
from diagnostics.selectors.rounds import previous_diagnosis


@dataclass(frozen=True)
class QuestionChange:
    """A question that both rounds settled. `is_reworded`: another version of the questionnaire says it otherwise."""

    question: QuestionResult
    before: int
    after: int
    is_reworded: bool

    @property
    def gap(self) -> int:
        """Levels gained, negative when lost."""
        return self.after - self.before


@dataclass(frozen=True)
class RoundComparison:
    """What changed since the finished round before. `uncompared`: questions that only one of the rounds settled."""

    previous: Diagnosis
    is_same_questionnaire: bool
    changes: list[QuestionChange]
    uncompared: list[QuestionResult]
    gone_count: int

    @property
    def rose(self) -> list[QuestionChange]:
        """Questions that gained levels, the widest gain first."""
        return sorted((change for change in self.changes if change.gap > 0), key=lambda change: -change.gap)

    @property
    def fell(self) -> list[QuestionChange]:
        """Questions that lost levels, the widest loss first."""
        return sorted((change for change in self.changes if change.gap < 0), key=lambda change: change.gap)

    @property
    def same(self) -> list[QuestionChange]:
        return [change for change in self.changes if change.gap == 0]


def compare_with_previous(diagnosis: Diagnosis) -> RoundComparison | None:
    """Compare the agreed levels with those of the finished round before; None without one. At most eight queries."""
    previous = previous_diagnosis(diagnosis)
    if previous is None:
        return None
    is_same = previous.questionnaire_id == diagnosis.questionnaire_id
    settled = previous.agreed_levels.filter(level__isnull=False)
    before = dict(settled.values_list("question__code", "level"))
    asked = set(previous.asked_questions().values_list("code", flat=True))
    now = question_results(diagnosis)
    reworded = set() if is_same else _reworded(diagnosis, previous)
    changes, uncompared = [], []
    for item in now:
        if item.code in before and item.level is not None:
            changes.append(QuestionChange(item, before[item.code], item.level, item.code in reworded))
        else:
            uncompared.append(item)
    return RoundComparison(
        previous=previous,
        is_same_questionnaire=is_same,
        changes=changes,
        uncompared=uncompared,
        gone_count=len(asked - {item.code for item in now}),
    )


def _reworded(diagnosis: Diagnosis, previous: Diagnosis) -> set[str]:
    """Return the codes whose question or level sentences differ between two versions of the questionnaire."""
    now, then = _texts(diagnosis), _texts(previous)
    return {code for code, texts in now.items() if code in then and then[code] != texts}


def _texts(diagnosis: Diagnosis) -> dict[str, list[str]]:
    """Question code → its sentence and those of its levels. One query."""
    texts: dict[str, list[str]] = {}
    levels = Level.objects.filter(question__questionnaire=diagnosis.questionnaire_id).order_by("question", "value")
    for code, sentence, level in levels.values_list("question__code", "question__text", "text"):
        texts.setdefault(code, [sentence]).append(level)
    return texts
