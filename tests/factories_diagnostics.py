"""Factories of the diagnosis: a questionnaire of five questions in three dimensions, rounds and ratings."""

from datetime import date, datetime, timedelta

from authorities.models import Initiative, Participant
from diagnostics.models import AgreedLevel, ConsistencyCheck, Diagnosis, Level, Question, Questionnaire, Rating
from reference.models import Dimension, Duty, DutyStep
from tests.factories import PARIS_NOON, make_service

FRAMEWORK = "essai"
SCALE = ["Rien n’est engagé", "Initiatives isolées", "Démarche engagée", "Pratique généralisée", "Piloté et amélioré"]
DIMENSIONS = {
    "ACH": ("Achats et commande publique", "Achats", "les achats"),
    "PAR": ("Parc et cycle de vie du matériel", "Parc", "le parc"),
    "TER": ("Territoire, citoyens et inclusion", "Territoire", "le territoire"),
}
# code: (title, services, asked in the light track)
QUESTIONS = {
    "ACH-1": ("Part issue du réemploi", ("achats", "dsi"), True),
    "ACH-2": ("Juste besoin", ("achats",), False),
    "PAR-1": ("Inventaire", ("dsi",), True),
    "PAR-2": ("Durée d’usage", ("dsi",), False),
    "TER-2": ("Inclusion et médiation", ("cohesion", "culture"), True),
}
OPENING = PARIS_NOON
CLOSING = PARIS_NOON + timedelta(days=14)
BEFORE_CLOSING = CLOSING - timedelta(seconds=1)
AFTER_CLOSING = CLOSING + timedelta(hours=1)


def make_dimension(code: str, position: int = 1) -> Dimension:
    name, short_name, _phrase = DIMENSIONS[code]
    defaults = {"name": name, "short_name": short_name, "definition": "…", "position": position}
    return Dimension.objects.get_or_create(framework=FRAMEWORK, code=code, defaults=defaults)[0]


def make_questionnaire(**fields) -> Questionnaire:
    """Make the questionnaire of the tests once; it is the current version."""
    defaults = {
        "title": "Questionnaire d’essai",
        "scale": SCALE,
        "abstention": "Je ne me prononce pas",
        "dimension_phrases": {code: phrase for code, (_name, _short, phrase) in DIMENSIONS.items()},
        "is_current": True,
        "content_hash": "0" * 64,
        **fields,
    }
    questionnaire, is_new = Questionnaire.objects.get_or_create(code="essai", defaults=defaults)
    if is_new:
        for position, (code, (title, services, is_flash)) in enumerate(QUESTIONS.items(), start=1):
            _make_question(questionnaire, code, position, title, services, is_flash)
    return questionnaire


def _make_question(
    questionnaire: Questionnaire, code: str, position: int, title: str, services: tuple[str, ...], is_flash: bool
) -> None:
    question = Question.objects.create(
        questionnaire=questionnaire,
        dimension=make_dimension(code[:3], list(DIMENSIONS).index(code[:3]) + 1),
        code=code,
        title=title,
        text=f"Où en est « {title} » ?",
        is_flash=is_flash,
        perimeter="interne",
        position=position,
    )
    question.services.set([make_service(service) for service in services])
    Level.objects.bulk_create(
        Level(question=question, value=value, text=f"{code} au niveau {value}.") for value in range(5)
    )


def get_question(code: str) -> Question:
    return Question.objects.select_related("dimension").get(questionnaire__code="essai", code=code)


def make_diagnosis(initiative: Initiative, raters: list[Participant] | None = None, **fields) -> Diagnosis:
    """Make a round open from noon of 10 March 2026 for two weeks; `opened_at=None` makes a draft."""
    diagnosis = Diagnosis.objects.create(
        initiative=initiative,
        questionnaire=make_questionnaire(),
        **{
            "number": initiative.diagnoses.count() + 1,
            "track": initiative.track,
            "opened_at": OPENING,
            "closes_at": CLOSING,
            **fields,
        },
    )
    diagnosis.raters.set(raters or [])
    return diagnosis


def make_rating(
    diagnosis: Diagnosis, participant: Participant, code: str, level: int | None, comment: str = "", **fields
) -> Rating:
    return Rating.objects.create(
        diagnosis=diagnosis,
        participant=participant,
        question=get_question(code),
        level=level,
        comment=comment,
        **{"rated_at": OPENING + timedelta(hours=1), **fields},
    )


def make_agreed_level(diagnosis: Diagnosis, code: str, level: int | None, **fields) -> AgreedLevel:
    return AgreedLevel.objects.create(
        diagnosis=diagnosis, question=get_question(code), level=level, **{"decided_at": AFTER_CLOSING, **fields}
    )


def make_finished_diagnosis(initiative: Initiative, levels: dict[str, int | None], **fields) -> Diagnosis:
    """Make a round that is over, with these agreed levels."""
    diagnosis = make_diagnosis(initiative, **{"agreed_at": AFTER_CLOSING, **fields})
    for code, level in levels.items():
        make_agreed_level(diagnosis, code, level)
    return diagnosis


def link_duty(question_code: str, duty_code: str, *, level: int, since: date = date(2020, 1, 1), **fields) -> Duty:
    """Tie a question to a duty in force since a date; `level` is the level that it expects."""
    value = fields.pop("value", None)
    duty, _ = Duty.objects.get_or_create(
        code=duty_code,
        defaults={
            "title": f"Obligation {duty_code}",
            "nature": "obligation",
            "legal_reference": "Loi d’essai",
            **fields,
        },
    )
    DutyStep.objects.get_or_create(duty=duty, starts_on=since, defaults={"value": value})
    question = get_question(question_code)
    question.duty_codes = [*question.duty_codes, duty_code]
    question.duty_level = level
    question.save(update_fields=["duty_codes", "duty_level"])
    return duty


def make_check(code: str, *conditions: dict[str, str | int], **fields) -> ConsistencyCheck:
    """Make a consistency check of the questionnaire of the tests; its sentences are named after its code."""
    questionnaire = make_questionnaire()
    texts = {"title": f"Titre {code}", "ask": f"Pourquoi {code} ?", "review": f"Relire {code}."}
    position = questionnaire.consistency_checks.count() + 1
    return ConsistencyCheck.objects.create(
        questionnaire=questionnaire, code=code, conditions=list(conditions), **{"position": position, **texts, **fields}
    )


def relative_round(now: datetime, *, days_left: int = 5) -> dict[str, datetime]:
    """Dates of a round opened two days before `now`; a negative `days_left` makes a round that is closed."""
    opened_at = now - timedelta(days=20)
    return {"opened_at": opened_at, "closes_at": now + timedelta(days=days_left)}
