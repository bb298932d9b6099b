"""Requests that the national administration may answer: who asks, for which authority, since when. Nothing else."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from authorities.models import MembershipRequest
from authorities.services.arbitration import authorities_with_referent, may_be_arbitrated


@dataclass(frozen=True)
class ArbitrationRow:
    """A request left without an answer. `has_referent`: somebody could still answer it."""

    request: MembershipRequest
    has_referent: bool
    waiting_days: int


def arbitration_rows(*, now: datetime) -> list[ArbitrationRow]:
    """Return the requests to arbitrate, the oldest first. Two queries."""
    pending = list(pending_requests())
    with_referent = authorities_with_referent({request.authority for request in pending})
    return [
        ArbitrationRow(request, request.authority_id in with_referent, (now - request.created_at).days)
        for request in pending
        if may_be_arbitrated(request, has_referent=request.authority_id in with_referent, now=now)
    ]


def find_arbitration(pk: int, *, now: datetime) -> ArbitrationRow | None:
    """Return one request to arbitrate; None when there is none, or when it is still for the référent."""
    return next((row for row in arbitration_rows(now=now) if row.request.pk == pk), None)


def pending_requests() -> QuerySet[MembershipRequest]:
    requests = MembershipRequest.objects.filter(state=MembershipRequest.State.PENDING)
    return requests.select_related("authority", "user")
