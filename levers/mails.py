"""News of a ballot, as the grouped message writes them. They never tell a vote."""

from datetime import datetime

from authorities.activity import NewsLine, NewsSource, OpenPoll
from authorities.enums import ActivityKind
from authorities.models import ActivityItem, Participant
from common.numbers import pluralise
from levers.models import Ballot
from levers.services.reminders import reachable_voters
from levers.wording import written_moment


def why_over(item: ActivityItem, now: datetime) -> str:
    """Say why the news of a ballot no longer make sense, « » when they do. A receipt is still due after the closing."""
    ballot = Ballot.objects.filter(pk=item.object_pk, initiative=item.participant.initiative_id).first()
    if ballot is None or not (ballot.is_open(now) or item.kind == ActivityKind.BALLOT_RECEIPT):
        return "Le scrutin n’est plus ouvert."
    if not ballot.voters.filter(pk=item.participant_id).exists():
        return "Le vote de la personne n’est plus demandé."
    is_reminder = item.kind == ActivityKind.BALLOT_REMINDER
    if is_reminder and item.participant_id in ballot.voted_pks():
        return "La personne a voté entre-temps."
    return ""


def write(item: ActivityItem) -> NewsLine:
    """Write the opening of a ballot, its reminder, or the receipt of somebody who answered everything."""
    ballot = Ballot.objects.get(pk=item.object_pk)
    name = item.participant.initiative.authority.name
    if item.kind == ActivityKind.BALLOT_RECEIPT:
        return _receipt(ballot, item.participant, name)
    is_reminder = item.kind == ActivityKind.BALLOT_REMINDER
    first = (
        f"Vous n’avez pas encore voté sur les leviers numériques de {name}."
        if is_reminder
        else f"Le scrutin sur les leviers numériques de {name} est ouvert."
    )
    prefix = "Rappel\u00a0: " if is_reminder else ""
    return NewsLine(
        subject=f"{prefix}Votre vote sur les leviers numériques, {name}",
        text=f"{first} Donnez votre avis sur chacun, d’abord sur ce qui concerne votre service\u202f; vous pouvez vous "
        f"abstenir. Personne ne voit les votes avant la fermeture, {written_moment(ballot.closes_at)}.",
        button="Voter",
    )


def _receipt(ballot: Ballot, participant: Participant, name: str) -> NewsLine:
    """Say that the vote is kept, and until when it changes, in words that stay true once the ballot has closed."""
    answers = ballot.votes.filter(participant=participant)
    total = answers.count()
    levers = f"{total}\u00a0{pluralise(total, 'levier numérique', 'leviers numériques')} de {name}"
    is_on_paper = not answers.filter(is_on_paper=False).exists()
    first = (
        f"Votre bulletin papier a été recopié\u00a0: votre vote sur {levers} est enregistré."
        if is_on_paper
        else f"Vous avez répondu sur {levers}\u00a0: votre vote est enregistré."
    )
    return NewsLine(
        subject=f"Votre vote est enregistré, {name}",
        text=f"{first} Il se change jusqu’à la fermeture du scrutin, {written_moment(ballot.closes_at)}. Le lien de ce "
        "message rouvre vos réponses\u00a0: ne le transmettez pas, qui l’ouvre répond à votre place.",
        button="Relire mes réponses",
    )


def open_polls(now: datetime) -> list[OpenPoll]:
    """Return the ballots that are open, with the voters who have accepted and have not voted at all."""
    ballots = Ballot.objects.filter(opens_at__lte=now, closes_at__gt=now, initiative__is_current=True)
    return [_poll(ballot) for ballot in ballots.select_related("opened_by").order_by("pk")]


def _poll(ballot: Ballot) -> OpenPoll:
    voted = ballot.voted_pks()
    silent = tuple(voter for voter in reachable_voters(ballot) if voter.pk not in voted)
    return OpenPoll(ballot.pk, ballot.opens_at, ballot.closes_at, silent, ballot.opened_by)


BALLOT_NEWS = NewsSource(
    kinds=frozenset({ActivityKind.BALLOT_OPENED, ActivityKind.BALLOT_REMINDER, ActivityKind.BALLOT_RECEIPT}),
    why_over=why_over,
    write=write,
    reminder_kind=ActivityKind.BALLOT_REMINDER,
    open_polls=open_polls,
)
