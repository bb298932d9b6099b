"""The minutes of the workshop, from what the base holds. Pure: facts in, the description of a document out.

What only the reader knows is marked « [à compléter : …] ». Votes are counted, never named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from common.charts.merit import merit_title
from common.dates import format_day
from common.document import Block, Bullets, Document, Heading, Paragraph, Table, blank
from common.numbers import pluralise
from levers.enums import Verdict
from levers.tally import MINIMUM_EXPRESSED
from levers.wording import withheld_count, withheld_reason

# The order and the titles of the parts.
PARTS = (
    (Verdict.RETAINED, "Leviers retenus", "Aucun levier retenu."),
    (Verdict.POSTPONED, "Leviers reportés", "Aucun levier reporté."),
    (Verdict.DISMISSED, "Leviers écartés", "Aucun levier écarté."),
)


@dataclass(frozen=True)
class MinutesLever:
    """A lever and what was decided. `grades`: the ballot; `second_grades`: the last second vote, None without any.

    `second_withheld`: how many answered a second vote whose count stays hidden, 0 for any other.
    """

    title: str
    grades: Sequence[int]
    abstentions: int
    second_grades: Sequence[int] | None
    second_abstentions: int
    second_means: str
    second_withheld: int
    verdict: Verdict | None
    reason: str
    is_parked: bool

    @property
    def votes_label(self) -> str:
        """« Scrutin : 9 voix : essentiel 6… Second vote (mains levées) : 8 voix… »."""
        label = f"Scrutin\u00a0: {_counted(self.grades, self.abstentions)}"
        second = f"{label} Second vote ({self.second_means})\u00a0: "
        if self.second_withheld:
            return f"{second}{withheld_count(self.second_withheld)}. {withheld_reason()}"
        if self.second_grades is None:
            return label
        few = " Peu de voix." if sum(self.second_grades) < MINIMUM_EXPRESSED else ""
        return f"{second}{_counted(self.second_grades, self.second_abstentions)}{few}"


@dataclass(frozen=True)
class WorkshopFacts:
    """What is known of the workshop. `present`: « Nom, fonction » each; `ended_at` is None while it is held."""

    authority: str
    ballot_number: int
    voter_count: int
    voted_count: int
    held_on: date
    started_at: str
    ended_at: str
    place: str
    present: Sequence[str]
    notes: str
    levers: Sequence[MinutesLever]
    advice: Sequence[str]
    now: datetime

    @property
    def is_over(self) -> bool:
        return bool(self.ended_at)

    @property
    def summary(self) -> str:
        """« 17 leviers retenus, 3 reportés, 2 écartés, 1 sans décision. »."""
        counts = [
            (len(self.decided(Verdict.RETAINED)), "levier retenu", "leviers retenus"),
            (len(self.decided(Verdict.POSTPONED)), "reporté", "reportés"),
            (len(self.decided(Verdict.DISMISSED)), "écarté", "écartés"),
            (len(self.decided(None)), "sans décision", "sans décision"),
        ]
        return ", ".join(f"{count} {pluralise(count, one, many)}" for count, one, many in counts) + "."

    def decided(self, verdict: Verdict | None) -> list[MinutesLever]:
        return [lever for lever in self.levers if lever.verdict is verdict]


def write_workshop_minutes(facts: WorkshopFacts) -> Document:
    """Write the minutes: heading, people, what is retained, put off and set aside with reasons, what is left, notes."""
    blocks: list[Block] = [
        *_heading(facts),
        Heading("Personnes présentes"),
        Bullets(facts.present) if facts.present else Paragraph(blank("personnes présentes")),
        Heading("Décisions"),
        Paragraph(facts.summary),
    ]
    for verdict, title, none in PARTS:
        blocks += [Heading(title, 2), *_decisions(facts.decided(verdict), title, none)]
    undecided = facts.decided(None)
    if undecided:
        blocks.append(Heading("Sans décision", 2))
        blocks.append(Bullets([f"{lever.title}. {lever.votes_label}" for lever in undecided]))
    if facts.advice:
        blocks += [Heading("À regarder avant de construire la feuille de route"), Bullets(facts.advice)]
    notes = [Paragraph(line.strip()) for line in facts.notes.splitlines() if line.strip()]
    blocks += [Heading("Notes et suites"), *(notes or [Paragraph(blank("notes et suites"))])]
    blocks.append(
        Paragraph(
            f"Écrit par Jalons le {format_day(facts.now)} à partir des décisions enregistrées. Le vote prépare la "
            "décision, une personne la prend ; les voix sont comptées sans les noms.",
            is_small=True,
        )
    )
    title = f"Compte rendu de l’atelier de priorisation, scrutin n° {facts.ballot_number}, {facts.authority}"
    return Document(title=title, author=facts.authority, blocks=blocks, written_at=facts.now)


def _heading(facts: WorkshopFacts) -> list[Block]:
    hours = f"de {facts.started_at} à {facts.ended_at}" if facts.is_over else f"depuis {facts.started_at}"
    lines = [
        f"Date : {format_day(facts.held_on)}, {hours}",
        f"Lieu : {facts.place or blank('lieu')}",
        f"Scrutin n° {facts.ballot_number} : {facts.voted_count} "
        f"{pluralise(facts.voted_count, 'votant', 'votants')} sur {facts.voter_count}",
    ]
    if not facts.is_over:
        lines.append("Document provisoire : l’atelier n’est pas terminé.")
    return [Bullets(lines)]


def _decisions(levers: Sequence[MinutesLever], title: str, none: str) -> list[Block]:
    if not levers:
        return [Paragraph(none)]
    rows = [(lever.title, lever.votes_label, lever.reason) for lever in levers]
    return [Table(f"{title}, voix et raisons", ("Levier", "Voix", "Raison"), rows, widths=(34, 33, 33))]


def _counted(grades: Sequence[int], abstentions: int) -> str:
    words = merit_title(grades)
    if abstentions:
        words += f", {abstentions} {pluralise(abstentions, 'abstention', 'abstentions')}"
    return f"{words[0].lower()}{words[1:]}."
