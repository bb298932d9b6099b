"""The words of a grid that are written, then read back: sheets, headers, marks, answers."""

import hashlib

from authorities.models import Initiative
from diagnostics.enums import LEVELS
from diagnostics.models import Diagnosis

FORMAT = "jalons-grille-1"
GUIDE_SHEET, MARKS_SHEET = "Lisez-moi", "Repères"
CODE, DIMENSION, KNOWN, TITLE, QUESTION = "Code", "Dimension", "Connue de vous", "Titre", "Question"
LEVEL, COMMENT = "Niveau", "Commentaire"
MARK_HEADERS = ("Repère", "Question", "Personne", "Valeur")
FORMAT_MARK, PERSON_MARK, ANSWER_MARK = "format", "personne", "réponse"
AUTHORITY_MARK, INITIATIVE_MARK, ROUND_MARK, QUESTIONNAIRE_MARK = (
    "collectivité",
    "démarche",
    "diagnostic",
    "questionnaire",
)


def comment_header(label: str) -> str:
    """Return the header of the comments of one person."""
    return f"{label}, commentaire"


def level_headers(diagnosis: Diagnosis) -> list[str]:
    return [f"{level} · {diagnosis.questionnaire.scale[level]}" for level in LEVELS]


def abstention_of(diagnosis: Diagnosis) -> str:
    """Return the word of the abstention; a list held by a cell has no comma in its words."""
    return diagnosis.questionnaire.abstention.replace(",", "")


def written_answer(diagnosis: Diagnosis, level: int | None) -> str:
    return abstention_of(diagnosis) if level is None else str(level)


def marks_of(diagnosis: Diagnosis) -> dict[str, str]:
    """Return what ties a grid to its round; read back, it is compared and never believed."""
    initiative: Initiative = diagnosis.initiative
    return {
        FORMAT_MARK: FORMAT,
        AUTHORITY_MARK: initiative.authority.slug,
        INITIATIVE_MARK: str(initiative.number),
        ROUND_MARK: str(diagnosis.number),
        QUESTIONNAIRE_MARK: diagnosis.questionnaire.code,
    }


def rating_digest(level: int | None, comment: str) -> str:
    """Return a short mark of an answer: the same when neither its level nor the words of its comment moved."""
    return hashlib.sha256(f"{level}|{' '.join(comment.split())}".encode()).hexdigest()[:12]
