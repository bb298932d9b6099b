"""Questions of consistency of a round: before its end and beside its results, never before the ratings close."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from common.errors import DomainError
from diagnostics.consistency import Check, Condition, Known, Subject, fired, read_conditions
from diagnostics.facts import Fact, known_facts
from diagnostics.models import AgreedLevel, Diagnosis
from diagnostics.selectors.meeting import NOT_CLOSED
from diagnostics.selectors.rounds import current_diagnosis


@dataclass(frozen=True)
class Term:
    """One of the values that agree badly, as it is written, with the page that holds it."""

    label: str
    value: str
    url: str


@dataclass(frozen=True)
class ConsistencyQuestion:
    """A question to ask oneself: why (`terms`), in what words, and what to read again."""

    code: str
    title: str
    ask: str
    review: str
    terms: list[Term]


def consistency_questions(diagnosis: Diagnosis, *, now: datetime) -> list[ConsistencyQuestion]:
    """Return the questions that the agreed levels raise, in the order of the file. At most ten queries.

    Facts are those of now: they are read for the round whose results count, and not for a former one.
    Raises `DomainError` before closing.
    """
    if not diagnosis.is_revealed(now):
        raise DomainError(NOT_CLOSED)
    stored = {check.code: check for check in diagnosis.questionnaire.consistency_checks.all()}
    if not stored:
        return []
    rows = AgreedLevel.objects.filter(diagnosis=diagnosis).select_related("question")
    agreed = {level.question.code: level for level in rows}
    facts = known_facts(diagnosis.initiative) if is_latest(diagnosis) else {}
    known = Known(
        levels={code: level.level for code, level in agreed.items()},
        facts={code: fact.value for code, fact in facts.items()},
    )
    checks = [Check(code, read_conditions(check.conditions)) for code, check in stored.items()]
    url_of = _question_url(diagnosis)
    return [
        ConsistencyQuestion(
            code=check.code,
            title=stored[check.code].title,
            ask=stored[check.code].ask,
            review=stored[check.code].review,
            terms=[_term(diagnosis, item, agreed, facts, url_of) for item in check.conditions],
        )
        for check in fired(checks, known)
    ]


def has_agreed_levels(diagnosis: Diagnosis) -> bool:
    """Tell whether the meeting agreed on one level at least. One query."""
    return AgreedLevel.objects.filter(diagnosis=diagnosis, level__isnull=False).exists()


def is_latest(diagnosis: Diagnosis) -> bool:
    """Tell whether no other round of the démarche counts instead: one at its meeting, or the latest finished."""
    latest = current_diagnosis(diagnosis.initiative)
    return diagnosis.agreed_at is None or (latest is not None and latest.pk == diagnosis.pk)


def _question_url(diagnosis: Diagnosis) -> Callable[[str], str]:
    """Return where a level is read: in the meeting until the end, among the results after it."""
    slug = diagnosis.initiative.authority.slug
    if diagnosis.agreed_at is None:
        return lambda code: reverse("diagnostics:agreement_update", args=[slug, diagnosis.pk, code])
    questions = reverse("diagnostics:diagnosis_questions", args=[slug, diagnosis.pk])
    return lambda code: f"{questions}#{code}"


def _term(
    diagnosis: Diagnosis,
    condition: Condition,
    agreed: Mapping[str, AgreedLevel],
    facts: Mapping[str, Fact],
    url_of: Callable[[str], str],
) -> Term:
    if condition.subject is Subject.QUESTION:
        level = agreed[condition.code]
        return Term(f"{condition.code} {level.question.title}", f"niveau {level.level}", url_of(condition.code))
    fact = facts[condition.code]
    return Term(fact.label, fact.written, reverse(fact.route, args=[diagnosis.initiative.authority.slug]))
