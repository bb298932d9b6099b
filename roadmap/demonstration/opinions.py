"""The diagnosis: a round in which people rate alone, then the agreed levels."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from authorities.models import Participant
from common.text import typography
from diagnostics.models import Diagnosis, Question
from diagnostics.services import (
    Answer,
    MinutesValues,
    RoundValues,
    agree_diagnosis,
    create_diagnosis,
    open_diagnosis,
    record_agreed_level,
    record_interview,
    record_rating,
    save_minutes,
)
from roadmap.demonstration.people import Scene

ABSTENTION = "-"


def open_round(scene: Scene, raters: list[Participant], *, now: datetime, closes_at: datetime) -> Diagnosis:
    """Prepare and open a round."""
    diagnosis = create_diagnosis(
        initiative=scene.initiative, values=RoundValues(closes_at, raters), actor=scene.referent, now=now
    )
    return open_diagnosis(diagnosis=diagnosis, actor=scene.referent, now=now)


def level_of(mark: str) -> int | None:
    """Return the level of a mark of the data: a digit, or an abstention."""
    return None if mark == ABSTENTION else int(mark)


def rate(scene: Scene, diagnosis: Diagnosis, data: dict[str, Any], *, now: datetime) -> None:
    """Give the ratings of everybody; one person was interviewed about some questions."""
    comments = {(row["question"], row["participant"]): row["text"] for row in data["comments"]}
    interview = data["interview"]
    interviewed = {(interview["participant"], code) for code in interview["questions"]}
    questions = {question.code: question for question in diagnosis.asked_questions()}
    for rank, voter in enumerate(data["voters"]):
        participant = scene.participants[voter]
        moment = now + timedelta(days=1 + rank, minutes=7 * rank)
        typed = []
        for code, row in data["ratings"].items():
            level = level_of(row["votes"][rank])
            if (voter, code) in interviewed:
                typed.append(Answer(questions[code], level))
                continue
            comment = comments.get((code, voter), "")
            record_rating(
                diagnosis=diagnosis,
                participant=participant,
                question=questions[code],
                level=level,
                comment=comment,
                now=moment,
            )
        if typed:
            record_interview(
                diagnosis=diagnosis, participant=participant, answers=typed, actor=scene.referent, now=moment
            )


def agree(scene: Scene, diagnosis: Diagnosis, data: dict[str, Any], *, now: datetime) -> None:
    """Record the level agreed on for each question, end the meeting, then write its minutes."""
    questions: dict[str, Question] = {question.code: question for question in diagnosis.asked_questions()}
    for code, row in data["ratings"].items():
        record_agreed_level(
            diagnosis=diagnosis,
            question=questions[code],
            level=row["agreed"],
            reason=row["reason"],
            actor=scene.referent,
            now=now,
        )
    agree_diagnosis(diagnosis=diagnosis, actor=scene.referent, now=now)
    minutes = data["minutes"]
    values = MinutesValues(
        held_on=timezone.localdate(now),
        starts_at=time.fromisoformat(minutes["starts_at"]),
        ends_at=time.fromisoformat(minutes["ends_at"]),
        place=minutes["place"],
        present=[scene.participants[key] for key in minutes["present"]],
        other_people="",
        decisions=typography(minutes["decisions"]),
        notes="",
    )
    save_minutes(diagnosis=diagnosis, expected_version=0, values=values, actor=scene.referent, now=now)
