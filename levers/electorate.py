"""Who votes: the committee, never an accompagnateur; and how many are needed to hide one another."""

from authorities.enums import Role, Scope
from authorities.models import Participant
from authorities.permissions import scopes_of
from common.aggregates import MIN_GROUP

# From this number of voters up, detached ballots are offered; under this number of papers, nothing of them is shown.
DETACHED_MINIMUM = MIN_GROUP


def may_vote(participant: Participant) -> bool:
    """Tell whether a participant may be among the voters of a ballot."""
    roles = participant.role_set
    return participant.is_active and Scope.VOTE in scopes_of(roles) and Role.ADVISER not in roles
