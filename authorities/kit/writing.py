"""The three documents of the kit, from what is known of the authority. Pure: facts in, descriptions out.

What only the reader knows is marked « [à compléter : …] ».
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from authorities.kit.texts import KitTexts
from authorities.wording import format_weekday
from common.dates import format_day
from common.document import Block, Bullets, Document, Heading, Paragraph, Table, blank
from common.numbers import format_number
from reference.duties import Binding

# « Une minute par question »: what the pages of a participant announce too.
MINUTES_PER_QUESTION = 1
_LEGAL = {
    Binding.BOUND: "La loi demande une stratégie numérique responsable à notre collectivité.",
    Binding.VOLUNTARY: "La loi n’impose pas cette stratégie à notre collectivité : la démarche est volontaire.",
    Binding.TO_CHECK: f"Au regard de la loi, cette stratégie est {blank('obligatoire ou volontaire pour nous')}.",
}


@dataclass(frozen=True)
class KitPerson:
    """Somebody named in the kit; the function is empty when nobody wrote it."""

    name: str
    function: str

    @property
    def written(self) -> str:
        return f"{self.name}, {self.function}" if self.function else self.name


@dataclass(frozen=True)
class KitDate:
    """A date of the calendar: when, what, where."""

    label: str
    day: date
    hour: str = ""
    place: str = ""

    @property
    def written(self) -> str:
        hour = f" à {self.hour}" if self.hour else ""
        place = f", {self.place}" if self.place else ""
        return f"{format_weekday(self.day)}{hour}{place}"


@dataclass(frozen=True)
class KitDuty:
    """A duty that binds the authority: its title and the text that says so."""

    title: str
    reference: str


@dataclass(frozen=True)
class KitFacts:
    """What is known of the authority and of its démarche. `rating_deadline`: closing of the opinions, if planned."""

    authority: str
    population: int | None
    agent_count: int | None
    period: str
    perimeter: str
    binding: Binding
    duties: Sequence[KitDuty]
    referents: Sequence[KitPerson]
    elected: Sequence[KitPerson]
    first_meeting: KitDate | None
    rating_deadline: KitDate | None
    dates: Sequence[KitDate]
    council_on: date | None
    question_count: int | None
    working_days: int | None
    weeks: int | None
    today: date
    now: datetime


def write_invitation(facts: KitFacts, texts: KitTexts) -> Document:
    """Write the letter that invites somebody to the technical committee."""
    first = facts.first_meeting.written if facts.first_meeting else blank("date, heure et lieu")
    deadline = facts.rating_deadline.written if facts.rating_deadline else blank("date limite des avis")
    count = str(facts.question_count) if facts.question_count else blank("nombre")
    minutes = f"{facts.question_count * MINUTES_PER_QUESTION} minutes" if facts.question_count else blank("durée")
    blocks: list[Block] = [
        Paragraph(f"{facts.authority}, le {format_day(facts.today)}"),
        Paragraph(f"À {blank('nom et fonction de la personne')}"),
        Paragraph("Objet : votre participation au comité technique de la démarche numérique responsable"),
        Paragraph("Madame, Monsieur,"),
        Paragraph(
            f"{facts.authority} prépare sa feuille de route numérique responsable pour {facts.period}. "
            f"{_LEGAL[facts.binding]} Votre connaissance de votre service nous est nécessaire : nous vous proposons de "
            "rejoindre le comité technique."
        ),
        Paragraph(f"La première réunion aura lieu : {first}."),
        Heading("Ce qui vous est demandé", 1),
        Bullets(texts.asked),
        Paragraph(
            f"Le diagnostic compte {count} questions, une minute chacune : {minutes} au plus, en plusieurs fois si "
            "vous voulez. "
            f"Vous voyez d’abord celles que vous connaissez. Réponses attendues avant : {deadline}."
        ),
        Heading("Ce qui ne vous est pas demandé", 1),
        Bullets(texts.not_asked),
        *_calendar(facts),
        Paragraph(f"Pour toute question : {_names(facts.referents, 'nom, fonction et téléphone du référent')}."),
        Paragraph("Nous vous remercions de votre aide."),
        Paragraph(_names(facts.elected, "nom et fonction de l’élu ou de la direction générale qui signe")),
    ]
    return _document("Invitation au comité technique", facts, blocks)


def write_argument(facts: KitFacts, texts: KitTexts) -> Document:
    """Write the argument on one page: why, what the law asks, what it takes, each figure with its source."""
    population = f"{format_number(facts.population)} habitants" if facts.population else blank("population")
    agents = f"{format_number(facts.agent_count)} agents" if facts.agent_count else blank("nombre d’agents")
    blocks: list[Block] = [
        Paragraph(f"{facts.authority} : {population}, {agents}. Feuille de route {facts.period}, {facts.perimeter}."),
        Heading("Des chiffres", 1),
        Table(
            "Ordres de grandeur, avec leur source",
            ("Chiffre", "Source et année"),
            [(figure.text, f"{figure.source} ({figure.year}).") for figure in texts.figures],
        ),
        Heading("Ce que la loi demande", 1),
        Paragraph(_LEGAL[facts.binding]),
        *([Bullets([f"{duty.title} ({duty.reference})" for duty in facts.duties])] if facts.duties else []),
        Heading("Ce que nous y gagnons", 1),
        Bullets(texts.stakes),
        Heading("Ce que cela prend", 1),
        Paragraph(f"{_effort(facts)} Décision de l’assemblée : {_council(facts)}."),
    ]
    return _document("Pourquoi un numérique responsable", facts, blocks)


def write_mission(facts: KitFacts, texts: KitTexts) -> Document:
    """Write the mission letter of the référent: share of time, duration, tasks, means."""
    blocks: list[Block] = [
        Paragraph(f"{facts.authority}, le {format_day(facts.today)}"),
        Paragraph(f"À {_names(facts.referents, 'nom et fonction du référent')}"),
        Paragraph(
            f"Vous êtes chargé, ou chargée, de conduire la démarche numérique responsable de {facts.authority} pour la "
            f"période {facts.period} ({facts.perimeter}). {_LEGAL[facts.binding]}"
        ),
        Heading("Vos tâches", 1),
        Bullets(texts.mission_tasks),
        Heading("Votre temps et vos moyens", 1),
        Bullets(texts.mission_means),
        Paragraph(_effort(facts)),
        Heading("Durée", 1),
        Paragraph(
            f"La mission commence le {blank('date')} et court jusqu’à la décision de l’assemblée : {_council(facts)}. "
            "Le suivi annuel continue ensuite, au rythme des réunions du comité de pilotage."
        ),
        Paragraph(
            f"Vous rendez compte à {_names(facts.elected, 'nom et fonction de l’élu et de la direction générale')}."
        ),
        Paragraph(f"Fait à {blank('lieu')}, le {blank('date')}. Signature : {blank('autorité territoriale')}"),
        Paragraph(f"Source des temps et des tâches : {texts.mission_source}.", is_small=True),
    ]
    return _document("Lettre de mission du référent numérique responsable", facts, blocks)


def _document(title: str, facts: KitFacts, blocks: Sequence[Block]) -> Document:
    return Document(title=f"{title}, {facts.authority}", author=facts.authority, blocks=blocks, written_at=facts.now)


def _calendar(facts: KitFacts) -> list[Block]:
    if not facts.dates:
        return []
    rows = [(item.label, item.written) for item in facts.dates]
    return [Heading("Les dates", 1), Table("Réunions de la démarche", ("Réunion", "Date et lieu"), rows)]


def _names(people: Sequence[KitPerson], what: str) -> str:
    return " ; ".join(person.written for person in people) or blank(what)


def _council(facts: KitFacts) -> str:
    return format_day(facts.council_on) if facts.council_on else blank("date du conseil ou de l’assemblée")


def _effort(facts: KitFacts) -> str:
    if facts.working_days is None or facts.weeks is None:
        return "Comptez environ un tiers du temps d’une personne pendant quatre à six mois."
    return (
        f"Comptez environ un tiers du temps d’une personne pendant {facts.weeks} semaines, soit {facts.working_days} "
        "jours de travail : un ordre de grandeur."
    )
