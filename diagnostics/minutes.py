"""The minutes of the meeting, from what the base holds. Pure: facts in, the description of a document out.

What only the reader knows is marked « [à compléter : …] ».
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from common.dates import format_day
from common.document import Block, Bullets, Document, Heading, Paragraph, Table, blank
from common.numbers import pluralise
from diagnostics.scoring import DimensionScore, score_dimension, score_label, score_overall

NONE_OPEN = "Aucune question n’est restée ouverte."


@dataclass(frozen=True)
class MinutesOpinion:
    """What one person said; the name is empty unless the minutes may write it. `level` is None for an abstention."""

    level: int | None
    name: str = ""


@dataclass(frozen=True)
class MinutesQuestion:
    """A question and what the meeting made of it.

    `level` is None when it is left open, or when nobody settled it. `evidence`: titles of the files that support it.
    """

    code: str
    title: str
    opinions: Sequence[MinutesOpinion]
    is_settled: bool
    level: int | None
    level_text: str
    reason: str
    evidence: Sequence[str] = ()

    @property
    def opinions_label(self) -> str:
        """« 1 au niveau 0, 2 au niveau 3, 1 abstention », or « Anne Achats 0, Denis Dsi abstention »."""
        if not self.opinions:
            return "aucun avis"
        if any(opinion.name for opinion in self.opinions):
            words = [f"{item.name} {'abstention' if item.level is None else item.level}" for item in self.opinions]
            return ", ".join(words)
        levels = [opinion.level for opinion in self.opinions]
        said = [
            # Unbreakable: in a narrow cell, « 4 » stays beside « au niveau 3 ».
            f"{levels.count(level)}\u00a0au\u00a0niveau\u00a0{level}"
            for level in sorted({level for level in levels if level is not None})
        ]
        abstained = levels.count(None)
        if abstained:
            said.append(f"{abstained}\u00a0{pluralise(abstained, 'abstention', 'abstentions')}")
        return ", ".join(said)


@dataclass(frozen=True)
class MinutesDimension:
    """A dimension and its questions, in the order of the questionnaire."""

    name: str
    questions: Sequence[MinutesQuestion]

    @property
    def score(self) -> DimensionScore:
        return score_dimension([question.level for question in self.questions])


@dataclass(frozen=True)
class MinutesFacts:
    """What is known of the meeting. `present`: « Nom, fonction » each; `agreed_on`: end of the diagnosis.

    `asked_count`: the people whose opinion was asked; `rater_count`: those who expressed at least one level.
    """

    authority: str
    number: int
    questionnaire: str
    asked_count: int
    rater_count: int
    opened_on: date | None
    closed_on: date | None
    held_on: date | None
    starts_at: time | None
    ends_at: time | None
    place: str
    present: Sequence[str]
    decisions: str
    notes: str
    agreed_on: date | None
    dimensions: Sequence[MinutesDimension]
    now: datetime

    @property
    def questions(self) -> list[MinutesQuestion]:
        return [question for dimension in self.dimensions for question in dimension.questions]


def duration_label(starts_at: time | None, ends_at: time | None) -> str:
    """« 1 h 30 », « 45 min », empty when one of the hours is missing."""
    if starts_at is None or ends_at is None:
        return ""
    hours, minutes = divmod(60 * (ends_at.hour - starts_at.hour) + ends_at.minute - starts_at.minute, 60)
    if not hours:
        return f"{minutes}\u00a0min"
    return f"{hours}\u00a0h\u00a0{minutes:02d}" if minutes else f"{hours}\u00a0h"


def write_minutes(facts: MinutesFacts) -> Document:
    """Write the minutes: heading, people, levels by dimension with their reason, what stayed open, decisions, notes."""
    settled = [question for question in facts.questions if question.level is not None]
    blocks: list[Block] = [
        *_heading(facts),
        Heading("Personnes présentes"),
        Bullets(facts.present) if facts.present else Paragraph(blank("personnes présentes")),
        Heading("Niveaux retenus"),
        Paragraph(
            f"{len(settled)} {pluralise(len(settled), 'niveau retenu', 'niveaux retenus')} sur {len(facts.questions)} "
            f"questions ; {facts.rater_count} {pluralise(facts.rater_count, 'personne a noté', 'personnes ont noté')} "
            f"sur {facts.asked_count} à qui l’avis a été demandé. {_overall(facts)}Le niveau "
            "proposé à la réunion était la médiane des avis, arrondie au niveau inférieur."
        ),
        *(block for dimension in facts.dimensions for block in _dimension(dimension)),
        Heading("Questions laissées ouvertes"),
        *_open_questions(facts),
        Heading("Décisions et suites"),
        *(_paragraphs(facts.decisions) or [Paragraph(blank("décisions et suites"))]),
    ]
    if facts.notes.strip():
        blocks += [Heading("Notes"), *_paragraphs(facts.notes)]
    blocks.append(
        Paragraph(
            f"Questionnaire : {facts.questionnaire}. Écrit par Jalons le {format_day(facts.now)} à partir des niveaux "
            "enregistrés pendant la réunion. Une abstention n’est jamais comptée comme un zéro.",
            is_small=True,
        )
    )
    title = f"Compte rendu de la réunion de partage, diagnostic n° {facts.number}, {facts.authority}"
    return Document(title=title, author=facts.authority, blocks=blocks, written_at=facts.now)


def _overall(facts: MinutesFacts) -> str:
    """Write the mean of the dimensions; nothing while none has a level."""
    overall = score_overall([dimension.score for dimension in facts.dimensions])
    return f"Ensemble : {score_label(overall.score)} sur 4, moyenne des dimensions. " if overall.answered else ""


def _heading(facts: MinutesFacts) -> list[Block]:
    day = format_day(facts.held_on) if facts.held_on else blank("date")
    hours = " à ".join(f"{hour:%H:%M}" for hour in (facts.starts_at, facts.ends_at) if hour)
    duration = duration_label(facts.starts_at, facts.ends_at)
    lines = [f"Date : {day}", f"Lieu : {facts.place or blank('lieu')}"]
    lines.append(f"Durée : {duration} ({hours})" if duration else f"Durée : {blank('heure de début et de fin')}")
    if facts.opened_on and facts.closed_on:
        lines.append(f"Avis ouverts du {format_day(facts.opened_on)} au {format_day(facts.closed_on)}.")
    if facts.agreed_on is None:
        lines.append("Document provisoire : la réunion n’est pas terminée.")
    else:
        lines.append(f"Diagnostic terminé le {format_day(facts.agreed_on)}.")
    return [Bullets(lines)]


def _dimension(dimension: MinutesDimension) -> list[Block]:
    rows = [
        (f"{item.code} {item.title}", item.opinions_label, str(item.level), _explained(item))
        for item in dimension.questions
        if item.level is not None
    ]
    if not rows:
        return [Heading(dimension.name, 2), Paragraph("Aucun niveau retenu.")]
    headers = ("Question", "Avis", "Niveau", "Ce que dit ce niveau, et le motif")
    score = dimension.score
    heading = f"{dimension.name} : {score_label(score.score)} sur 4"
    answered = f"{score.answered} {pluralise(score.answered, 'question répondue', 'questions répondues')}"
    caption = f"Niveaux retenus, {answered} sur {score.total}"
    return [Heading(heading, 2), Table(caption, headers, rows, widths=(24, 19, 9, 48))]


def _explained(item: MinutesQuestion) -> str:
    parts = [item.level_text]
    if item.reason:
        parts.append(f"Motif : {item.reason}")
    if item.evidence:
        parts.append(f"Pièces : {', '.join(item.evidence)}.")
    return " ".join(parts)


def _open_questions(facts: MinutesFacts) -> list[Block]:
    left_open = [item for item in facts.questions if item.level is None and item.is_settled]
    unsettled = [item for item in facts.questions if item.level is None and not item.is_settled]
    blocks: list[Block] = []
    if left_open:
        blocks.append(Bullets([_open_line(item) for item in left_open]))
    if unsettled:
        blocks.append(Paragraph("Sans niveau à ce jour : elles ne comptent dans aucune moyenne."))
        blocks.append(Bullets([_open_line(item) for item in unsettled]))
    return blocks or [Paragraph(NONE_OPEN)]


def _open_line(item: MinutesQuestion) -> str:
    reason = f" {item.reason}" if item.reason else ""
    return f"{item.code} {item.title} ({item.opinions_label}).{reason}"


def _paragraphs(text: str) -> list[Block]:
    return [Paragraph(line.strip()) for line in text.splitlines() if line.strip()]
