"""The ways in of an account: its sessions, what protects it, and its end."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from accounts.devices import describe_device
from accounts.models import User
from accounts.signals import account_closing


@dataclass(frozen=True)
class OpenSession:
    """A browser in which the account is open."""

    pk: int
    device: str
    opened_at: datetime
    is_current: bool


def open_sessions(*, user: User, current_key: str) -> list[OpenSession]:
    """Return where the account is open, the current session first, then the newest. Two queries.

    A session that a change of password has ended is still stored until it expires: it is left out.
    """
    rows = list(UserSession.objects.filter(user=user).order_by("-created_at", "-pk"))
    stored = Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=timezone.now())
    valid_hash = user.get_session_auth_hash()
    alive = {session.session_key for session in stored if session.get_decoded().get(HASH_SESSION_KEY) == valid_hash}
    sessions = [
        OpenSession(row.pk, describe_device(row.user_agent), row.created_at, row.session_key == current_key)
        for row in rows
        if row.session_key in alive
    ]
    return sorted(sessions, key=lambda session: not session.is_current)


@dataclass(frozen=True)
class AccountSecurity:
    """What the page of the account says of the ways in."""

    has_password: bool
    has_second_factor: bool
    session_count: int
    has_identity: bool


def account_security(*, user: User, current_key: str) -> AccountSecurity:
    """Return the ways in of an account. Four queries."""
    return AccountSecurity(
        has_password=user.has_usable_password(),
        has_second_factor=Authenticator.objects.filter(user=user).exists(),
        session_count=len(open_sessions(user=user, current_key=current_key)),
        has_identity=SocialAccount.objects.filter(user=user).exists(),
    )


@transaction.atomic
def end_session(*, user: User, session_pk: int, current_key: str) -> bool:
    """Close a session of one's account, other than the current one. Return whether there was one."""
    session = UserSession.objects.filter(user=user, pk=session_pk).exclude(session_key=current_key).first()
    if session is None:
        return False
    session.end()
    return True


@transaction.atomic
def end_other_sessions(*, user: User, current_key: str) -> int:
    """Close every session of one's account but the current one. Return how many there were."""
    others = list(UserSession.objects.filter(user=user).exclude(session_key=current_key))
    for session in others:
        session.end()
    return len(others)


@transaction.atomic
def close_account(*, user: User, now: datetime) -> None:
    """Delete an account with its memberships, its factors and its sessions.

    What it did in an authority stays there without it; a participation keeps its answers, as for those who never had
    an account. Raises `DomainError` when an application holds the account back (an authority keeps a référent).
    """
    account_closing.send(sender=User, user=user, now=now)
    end_other_sessions(user=user, current_key="")
    user.delete()
