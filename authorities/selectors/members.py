"""Accounts of an authority, requests to answer."""

from dataclasses import dataclass

from authorities.enums import Role
from authorities.models import Authority, Membership, MembershipRequest


@dataclass(frozen=True)
class MemberRow:
    """An account of the authority. `is_last_referent`: the authority would be left without référent."""

    membership: Membership
    role_labels: str
    is_last_referent: bool


@dataclass(frozen=True)
class MembersView:
    """The members page."""

    members: list[MemberRow]
    requests: list[MembershipRequest]


def members_view(authority: Authority) -> MembersView:
    """Return the accounts of an authority and the requests that wait for an answer. Two queries."""
    memberships = list(
        Membership.objects.filter(authority=authority).select_related("user").order_by("user__full_name", "user__email")
    )
    referents = [membership for membership in memberships if Role.REFERENT in membership.role_set]
    rows = [
        MemberRow(
            membership=membership,
            role_labels=", ".join(role.label for role in membership.ordered_roles),
            is_last_referent=referents == [membership],
        )
        for membership in memberships
    ]
    requests = MembershipRequest.objects.filter(authority=authority, state=MembershipRequest.State.PENDING)
    return MembersView(rows, list(requests.select_related("user")))
