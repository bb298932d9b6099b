"""Loading of the consistency checks. They name the version of the questionnaire they speak of, and its questions.

They ask questions and change no level: like duties, those of a version in use are corrected in place.
"""

from pathlib import Path
from typing import Any

from diagnostics.consistency import Bound, Subject
from diagnostics.enums import LEVELS
from diagnostics.facts import FACT_CODES
from diagnostics.models import ConsistencyCheck, Question, Questionnaire
from reference.fixtures import Entry, LoadReport, list_entries, read_mapping, save_in_place

CHECKS_FILE = "consistency_checks.yaml"
LABEL = "questions de cohérence"


def load_checks(folder: Path) -> LoadReport:
    """Load `consistency_checks.yaml`, after the questionnaire. Raises `FixtureError`.

    A check that left the file leaves the base.
    """
    entry = read_mapping(folder, CHECKS_FILE)
    entry.only("questionnaire", "checks")
    known = set(Questionnaire.objects.values_list("code", flat=True))
    questionnaire = Questionnaire.objects.get(code=entry.code("questionnaire", known=known))
    questions = set(Question.objects.filter(questionnaire=questionnaire).values_list("code", flat=True))
    entries = list_entries(CHECKS_FILE, entry.value("checks"), where="checks")
    parsed = [(item.code("code"), _parse(item, questions, position)) for position, item in enumerate(entries, start=1)]
    report = LoadReport()
    stored = ConsistencyCheck.objects.filter(questionnaire=questionnaire)
    stored.exclude(code__in=[code for code, _values in parsed]).delete()
    for code, values in parsed:
        key = {"questionnaire": questionnaire, "code": code}
        report.add(LABEL, save_in_place(ConsistencyCheck, key=key, values=values)[1])
    return report


def _parse(entry: Entry, questions: set[str], position: int) -> dict[str, Any]:
    entry.only("code", "title", "when", "ask", "review")
    conditions = [_parse_condition(item, questions) for item in entry.entries("when")]
    if len(conditions) < 2:
        raise entry.error("when", "écrivez au moins deux conditions : une seule ne peut pas en contredire une autre.")
    return {
        "title": entry.text("title", max_length=80),
        "conditions": conditions,
        "ask": entry.text("ask", max_length=250),
        "review": entry.text("review", max_length=150),
        "position": position,
    }


def _parse_condition(entry: Entry, questions: set[str]) -> dict[str, str | int]:
    """Read one condition: one question or one fact, and one limit."""
    entry.only(*Subject, *Bound)
    subject = _the_one(entry, list(Subject), "question ou fact")
    bound = _the_one(entry, list(Bound), "at_least, at_most ou below")
    is_level = subject == Subject.QUESTION
    code = entry.code(subject, known=questions if is_level else FACT_CODES)
    limit = entry.integer(bound, minimum=0, maximum=LEVELS[-1] if is_level else 1_000_000)
    return {str(subject): code, str(bound): limit}


def _the_one(entry: Entry, names: list[Any], words: str) -> str:
    found = [name for name in names if name in entry.data]
    if len(found) != 1:
        raise entry.error(names[0], f"écrivez un champ et un seul parmi {words}.")
    return str(found[0])
