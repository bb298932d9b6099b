"""Who votes: the committee, never an accompagnateur."""

from authorities.enums import Role, Scope
from authorities.models import Participant
from authorities.permissions import scopes_of


def may_vote(participant: Participant) -> bool:
    """Tell whether a participant may be among the voters of a ballot."""
    roles = participant.role_set
    return participant.is_active and Scope.VOTE in scopes_of(roles) and Role.ADVISER not in roles
