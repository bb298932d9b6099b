"""The home behind a personal link: what is asked of this person, how far they are, until when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from authorities.access import ParticipantAccess
from authorities.enums import Scope
from authorities.models import Participant
from common.dates import format_day
from common.numbers import pluralise
from common.steps import NextAction, StepStatus
from common.text import typography
from diagnostics.selectors import rating_progress
from inventory.selectors import inventory_state
from levers.selectors import VotingProgress, asked_second_vote, voting_progress
from roadmap.enums import ActionStatus
from roadmap.models import ActionSheet, RoadmapVersion, SheetNote
from roadmap.selectors.elected import VotedFigure, voted_figures
from roadmap.selectors.sheet_life import notes_calling

READING = "Lire la feuille de route"


@dataclass(frozen=True)
class Task:
    """Something asked of a person. `url` and `button` are empty when there is nothing to open."""

    title: str
    text: str
    badge_kind: str
    badge_text: str
    url: str = ""
    button: str = ""
    done: int = 0
    total: int = 0
    deadline: str = ""

    @property
    def is_asked(self) -> bool:
        """Tell whether it is to be done now."""
        return self.badge_kind in {"wait", "now"}


@dataclass(frozen=True)
class ParticipantHome:
    """What a person sees when they open their link.

    `reading`: the document is the main action when nothing else is asked; `figures`: those of the voted document.
    """

    participant: Participant
    tasks: tuple[Task, ...]
    actions: tuple[ActionSheet, ...]
    version: RoadmapVersion | None
    reading: NextAction | None = None
    calls: Sequence[SheetNote] = ()
    figures: tuple[VotedFigure, ...] = ()

    @property
    def asked(self) -> list[Task]:
        return [task for task in self.tasks if task.is_asked]

    @property
    def others(self) -> list[Task]:
        """What is not asked now; the document is not said twice."""
        return [task for task in self.tasks if not task.is_asked and (self.reading is None or task.title != READING)]


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    number = "1er" if local.day == 1 else str(local.day)
    day = f"{date_format(local, 'l')} {number} {date_format(local, 'F')}"
    return typography(f"{day} à {local:%-H} h{f' {local:%M}' if local.minute else ''}")


def _rating_task(access: ParticipantAccess, now: datetime) -> Task:
    title = "Donner votre avis sur la maturité"
    progress = rating_progress(access.participant, now)
    if progress is None:
        return Task(title, "Le diagnostic n’est pas encore ouvert. Vous serez prévenu.", "off", "Pas ouvert")
    known = f"{progress.known_answered} sur {progress.known}"
    questions = pluralise(progress.known, "question que vous connaissez", "questions que vous connaissez")
    others = f", et {progress.other_answered} parmi les autres" if progress.other_answered else ""
    text = "Toutes les questions vous sont proposées : répondez à celles que vous connaissez."
    if progress.known:
        text = f"{known} {questions}{others}. Vous pouvez ne pas vous prononcer."
    text = typography(text)
    if not progress.is_open:
        return Task(
            title, "Le diagnostic est clos : merci. Vos avis restent lisibles.", "done", "Clos", progress.url, "Relire"
        )
    kind, word = (
        ("done", "Fait") if progress.is_done else ("now", "En cours") if progress.answered else ("wait", "À faire")
    )
    button = "Modifier mes avis" if progress.is_done else "Continuer" if progress.answered else "Commencer"
    return Task(
        title=title,
        text=text,
        badge_kind=kind,
        badge_text=word,
        url=progress.url,
        button=button,
        done=progress.known_answered,
        total=progress.known,
        deadline=_moment(progress.diagnosis.closes_at),
    )


def _second_vote_tasks(access: ParticipantAccess) -> tuple[Task, ...]:
    """Return the second vote that the room takes right now, nothing the rest of the time."""
    asked = asked_second_vote(access.participant)
    if asked is None:
        return ()
    text = (
        "Vous avez répondu : vous pouvez changer d’avis jusqu’à ce que l’animateur le ferme."
        if asked.has_answered
        else "La salle vote en ce moment : répondez avant que l’animateur ne le ferme."
    )
    return (
        Task(
            title=typography(f"Un second vote est ouvert en atelier : {asked.lever_title}"),
            text=typography(text),
            badge_kind="done" if asked.has_answered else "wait",
            badge_text="Répondu" if asked.has_answered else "À faire",
            url=asked.url,
            button="Répondre",
        ),
    )


def _voting_task(access: ParticipantAccess, now: datetime) -> Task:
    title = "Voter sur les leviers"
    progress = voting_progress(access.participant, now)
    if progress is None:
        return Task(title, "Le scrutin n’est pas encore ouvert. Vous serez prévenu.", "off", "Pas ouvert")
    if not progress.is_open:
        return Task(title, "Le scrutin est clos : merci.", "done", "Clos", progress.url, "Relire mes votes")
    if progress.ballot.is_detached:
        return _detached_task(title, progress)
    levers = pluralise(progress.total, "levier", "leviers")
    is_done = progress.remaining == 0
    kind, word = ("done", "Fait") if is_done else ("now", "En cours") if progress.answered else ("wait", "À faire")
    return Task(
        title=title,
        text=typography(f"{progress.answered} sur {progress.total} {levers}. Personne ne voit les votes avant la fin."),
        badge_kind=kind,
        badge_text=word,
        url=progress.url,
        button="Modifier mes votes" if is_done else "Continuer" if progress.answered else "Voter",
        done=progress.answered,
        total=progress.total,
        deadline=_moment(progress.ballot.closes_at),
    )


def _detached_task(title: str, progress: VotingProgress) -> Task:
    """Nobody knows how far a detached paper is: only whether there is one."""
    levers = f"{progress.total} {pluralise(progress.total, 'levier', 'leviers')}"
    has_voted = progress.has_turned_out
    text = (
        "Votre bulletin est déposé, détaché de votre nom. Il se reprend dans le navigateur où vous l’avez rempli."
        if has_voted
        else f"{levers}. Votre bulletin sera détaché de votre nom : personne ne saura ce que vous avez voté."
    )
    return Task(
        title=title,
        text=typography(text),
        badge_kind="done" if has_voted else "wait",
        badge_text="Déposé" if has_voted else "À faire",
        url=progress.url,
        button="Reprendre mon bulletin" if has_voted else "Voter",
        deadline=_moment(progress.ballot.closes_at),
    )


def _inventory_task(access: ParticipantAccess, now: datetime) -> Task:
    state = inventory_state(access.initiative, now=now)
    url = reverse("inventory:participant_inventory_detail", args=[access.participant.pk])
    title = "Remplir l’inventaire"
    if state.status is StepStatus.DONE:
        return Task(title, "L’inventaire est figé : merci.", "done", "Fait", url, "Relire")
    kind, word = ("wait", "À faire") if state.status is StepStatus.TODO else ("now", "En cours")
    text = "Une vingtaine de chiffres, même estimés. Ce que vous ne savez pas reste vide."
    return Task(title, text, kind, word, url, "Ouvrir l’inventaire")


def _reading_task(access: ParticipantAccess, version: RoadmapVersion | None) -> Task:
    title = READING
    if version is None:
        return Task(
            title, "Elle n’est pas encore écrite. Elle apparaîtra ici dès qu’elle sera figée.", "off", "À venir"
        )
    url = reverse("roadmap:participant_roadmap", args=[access.participant.pk])
    if version.adopted_on is not None:
        adopted = format_day(version.adopted_on)
        return Task(
            title, typography(f"Adoptée le {adopted}, version {version.number}."), "info", "Adoptée", url, "Lire"
        )
    text = typography(f"Version {version.number}, figée pour être validée puis votée.")
    return Task(title, text, "info", "À lire", url, "Lire")


def published_version(access: ParticipantAccess) -> RoadmapVersion | None:
    """Return the last frozen version of the démarche of a participant, without its content. One query."""
    versions: QuerySet[RoadmapVersion] = RoadmapVersion.objects.for_initiative(access.initiative)
    return versions.select_related("resolution", "validation").defer("content").order_by("-number").first()


def own_actions(access: ParticipantAccess) -> list[ActionSheet]:
    """Return the sheets that a participant leads. One query."""
    sheets: QuerySet[ActionSheet] = ActionSheet.objects.for_initiative(access.initiative)
    return list(
        sheets.filter(lead_participant=access.participant)
        .select_related("lead_service", "lead_participant")
        .order_by("number")
    )


def own_dated_actions(access: ParticipantAccess) -> list[ActionSheet]:
    """Return the sheets that a participant leads and that are not abandoned, with their steps. Two queries."""
    sheets: QuerySet[ActionSheet] = ActionSheet.objects.for_initiative(access.initiative)
    return list(
        sheets.filter(lead_participant=access.participant)
        .exclude(status=ActionStatus.ABANDONED)
        .select_related("lead_service", "lead_participant")
        .prefetch_related("steps")
        .order_by("number")
    )


def participant_home(access: ParticipantAccess, *, now: datetime) -> ParticipantHome:
    """Return what is asked of a participant. Ten queries at most, after the gate."""
    version = published_version(access) if Scope.READ in access.scopes else None
    tasks: dict[Scope, Callable[[], Task]] = {
        Scope.RATE: lambda: _rating_task(access, now),
        Scope.VOTE: lambda: _voting_task(access, now),
        Scope.INVENTORY: lambda: _inventory_task(access, now),
        Scope.READ: lambda: _reading_task(access, version),
    }
    in_the_room = _second_vote_tasks(access) if Scope.VOTE in access.scopes else ()
    asked = (*in_the_room, *(build() for scope, build in tasks.items() if scope in access.scopes))
    is_free = not any(task.is_asked for task in asked)
    reading = _reading_action(access, version) if version is not None and is_free else None
    is_voted = reading is not None and version is not None and version.adopted_on is not None
    return ParticipantHome(
        participant=access.participant,
        tasks=asked,
        actions=tuple(own_actions(access)) if Scope.ACTIONS in access.scopes else (),
        version=version,
        reading=reading,
        calls=notes_calling(access.participant, now=now) if Scope.READ in access.scopes else (),
        figures=tuple(voted_figures(access.initiative, version.number)) if is_voted and version else (),
    )


def _reading_action(access: ParticipantAccess, version: RoadmapVersion) -> NextAction:
    """Return the document as the main action: the adopted one, or the one that is about to be validated and voted."""
    url = reverse("roadmap:participant_roadmap_pdf", args=[access.participant.pk])
    if version.adopted_on is not None:
        adopted = f"Version {version.number}, adoptée le {format_day(version.adopted_on)}"
        return NextAction(
            title="Lire la feuille de route adoptée",
            reason=typography(f"{adopted}, délibération {version.resolution_reference}."),
            button="Télécharger le document adopté (PDF)",
            url=url,
            duration="",
            over="Document adopté",
        )
    is_validated = version.validation_or_none is not None
    what = "validée par le comité de pilotage, à voter" if is_validated else "à valider par le comité de pilotage"
    return NextAction(
        title=typography(f"Lire la version {version.number} de la feuille de route"),
        reason=typography(f"Figée le {format_day(version.frozen_at)}, {what}. Son contenu ne change plus."),
        button="Télécharger le document (PDF)",
        url=url,
        duration="",
        over="Document à lire",
    )
