"""Second votes as a phone sees them: the one that is open, one's own answer; never that of anybody else."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse

from authorities.models import Participant
from levers.models import SecondVote, SecondVoteAnswer


@dataclass(frozen=True)
class AskedSecondVote:
    """The second vote that is open to a voter: the lever, the page that answers it, whether they did already."""

    lever_title: str
    url: str
    has_answered: bool


def asked_second_vote(participant: Participant) -> AskedSecondVote | None:
    """Return the second vote that is open to a participant, None without any. One query."""
    answers = SecondVoteAnswer.objects.filter(second_vote=OuterRef("pk"), participant=participant)
    votes = SecondVote.objects.filter(closed_at=None, workshop__ballot__voters=participant)
    found = (
        votes.annotate(has_answered=Exists(answers))
        .order_by("-opened_at")
        .values_list("pk", "lever__title", "has_answered")
        .first()
    )
    if found is None:
        return None
    pk, title, has_answered = found
    return AskedSecondVote(title, reverse("levers:second_vote_update", args=[participant.pk, pk]), has_answered)


def votes_open_to(participant_pks: Sequence[int]) -> list[tuple[int, int]]:
    """Return (second vote, voter) for the open ones in which these people vote, the last opened first. One query."""
    votes = SecondVote.objects.filter(closed_at=None, workshop__ballot__voters__in=participant_pks)
    return list(votes.order_by("-opened_at").values_list("pk", "workshop__ballot__voters__pk"))


def own_answer(vote: SecondVote, participant: Participant) -> SecondVoteAnswer | None:
    """Return what a participant answered. One query."""
    return SecondVoteAnswer.objects.filter(second_vote=vote, participant=participant).first()
