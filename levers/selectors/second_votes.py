"""Second votes as a phone sees them: the one that is open, one's own answer; never that of anybody else."""

from collections.abc import Sequence

from authorities.models import Participant
from levers.models import SecondVote, SecondVoteAnswer


def votes_open_to(participant_pks: Sequence[int]) -> list[tuple[int, int]]:
    """Return (second vote, voter) for the open ones in which these people vote, the last opened first. One query."""
    votes = SecondVote.objects.filter(closed_at=None, workshop__ballot__voters__in=participant_pks)
    return list(votes.order_by("-opened_at").values_list("pk", "workshop__ballot__voters__pk"))


def own_answer(vote: SecondVote, participant: Participant) -> SecondVoteAnswer | None:
    """Return what a participant answered. One query."""
    return SecondVoteAnswer.objects.filter(second_vote=vote, participant=participant).first()
