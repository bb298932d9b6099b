"""The cookie that holds the secret of a detached paper: the browser keeps it, the base never does."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from authorities.drafts import DETACHED_COOKIE
from authorities.models import Participant
from levers.models import Ballot
from levers.papers import new_secret

# A ballot lasts 90 days at most, and its voter may read their paper again for as long afterwards.
AGE_S = 180 * 24 * 3600
_SECRET = re.compile(r"[\w-]{43}")


def read_secret(request: HttpRequest, ballot: Ballot, participant: Participant) -> str:
    """Return the secret that this browser holds for a voter, empty when it holds none."""
    secret = request.COOKIES.get(_name(ballot, participant), "") if ballot.is_detached else ""
    return secret if _SECRET.fullmatch(secret) else ""


def give_secret(response: HttpResponse, ballot: Ballot, participant: Participant) -> None:
    """Give the browser a new secret. Nothing is written in the base: an answer that gets lost loses nothing."""
    response.set_cookie(
        _name(ballot, participant),
        new_secret(),
        max_age=AGE_S,
        path=f"/participation/{participant.pk}/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _name(ballot: Ballot, participant: Participant) -> str:
    return f"{DETACHED_COOKIE}{ballot.pk}-{participant.pk}"
