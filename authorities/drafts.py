"""Texts typed and not saved: whose they are, which form they belong to, what of a form is kept.

A text is kept for somebody in `Draft`. When the session of its author is over, it waits in the new session of the same
browser until they come back. Nothing here is ever applied by itself: the page offers it.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve

from accounts.models import User
from authorities.enums import Scope
from authorities.models import Draft

# Name of the hidden field that tells whose page it is and which one, and of the parameter that asks for a draft.
MARK_NAME = "draft"
PATH_NAME = "draft-path"
QUERY_NAME = "brouillon"
# Beginning of the name of a cookie: the browser that bears one answers without being named, on a detached paper. What
# it sends is kept nowhere, for a kept text says whose it is.
DETACHED_COOKIE = "bulletin-"
SESSION_KEY = "kept_texts"
MAX_PATH = 500
MAX_KEPT_IN_SESSION = 3
MAX_SESSION_BYTES = 60_000
MAX_DRAFT_BYTES = 200_000
NEVER_FILLED = frozenset({"csrfmiddlewaretoken", MARK_NAME, PATH_NAME})
# What the page of two texts adds to a form: the texts themselves are in its fields.
_CONFLICT_PREFIXES = ("shown-", "keep-", "mine-")
_SIGNER = Signer(salt="jalons.drafts")


@dataclass(frozen=True)
class Writer:
    """Who types: an account, or a participant by their personal link. Exactly one of the two keys is given."""

    user_pk: int | None = None
    participant_pk: int | None = None

    @property
    def code(self) -> str:
        return f"p{self.participant_pk}" if self.participant_pk is not None else f"u{self.user_pk}"

    @property
    def filters(self) -> dict[str, Any]:
        if self.participant_pk is not None:
            return {"participant_id": self.participant_pk}
        return {"user_id": self.user_pk}


@dataclass(frozen=True)
class Place:
    """A form of the site whose text may be kept: its address, and behind which gate it is.

    `is_secret`: a vote; it is kept nowhere beside the ballot box.
    """

    path: str
    authority_slug: str | None
    participant_pk: int | None
    is_secret: bool


@dataclass(frozen=True)
class KeptText:
    """Answers that were typed and not saved, from the base or from the session."""

    key: str
    path: str
    fields: dict[str, list[str]]
    saved_at: datetime


def find_place(address: str) -> Place | None:
    """Return the form that an address of the site names; None when nothing typed there may be kept.

    The pages of accounts (passwords), the personal links (whose address is a secret) and the administration are left
    out.
    """
    path, _, query = address.partition("?")
    if len(address) > MAX_PATH or not path.startswith("/") or path.startswith("//"):
        return None
    try:
        match = resolve(path)
    except Resolver404:
        return None
    gate = getattr(match.func, "gate", None)
    if gate is None and not (match.namespace == "authorities" and getattr(match.func, "login_required", True)):
        return None
    parameters = [(name, value) for name, value in parse_qsl(query) if name != QUERY_NAME]
    return Place(
        path=f"{path}?{urlencode(parameters)}" if parameters else path,
        authority_slug=match.kwargs.get("authority_slug"),
        participant_pk=match.kwargs.get("participant_pk"),
        is_secret=gate == ("participant", Scope.VOTE) or match.view_name == "levers:paper_ballot",
    )


# Marks ----------------------------------------------------------------------------------------------------------------


def new_key() -> str:
    """Return the key of a page that is shown."""
    return secrets.token_urlsafe(9)


def sign_mark(writer: Writer, key: str) -> str:
    """Return what the page carries: whose it is and its key, signed."""
    return _SIGNER.sign(f"{writer.code}:{key}")


def read_mark(value: str) -> tuple[str, str]:
    """Return (code of the writer, key of the page); two empty texts when the mark is missing or forged."""
    try:
        code, _, key = _SIGNER.unsign(value).partition(":")
    except BadSignature:
        return "", ""
    return code, key


# What is kept ---------------------------------------------------------------------------------------------------------


def kept_fields(data: QueryDict) -> dict[str, list[str]]:
    """Return the answers of a form as they were sent, without tokens, passwords and NUL characters."""
    return {
        name: [value.replace("\x00", "") for value in data.getlist(name)]
        for name in data
        if "\x00" not in name
        and name not in NEVER_FILLED
        and "password" not in name
        and not name.startswith(_CONFLICT_PREFIXES)
    }


def has_text(fields: dict[str, list[str]]) -> bool:
    """Tell whether there is something to keep besides the version number."""
    return any(value.strip() for name, values in fields.items() if "version" not in name for value in values)


def weigh(fields: dict[str, list[str]]) -> int:
    """Return about how many bytes the answers take."""
    return sum(len(name.encode()) + sum(len(value.encode()) for value in values) for name, values in fields.items())


# The session of somebody who has to come back ------------------------------------------------------------------------


def keep_in_session(request: HttpRequest, place: Place, now: datetime) -> bool:
    """Keep the answers just posted until their author comes back in this browser; tell whether they were kept."""
    fields = kept_fields(request.POST)
    if not has_text(fields) or weigh(fields) > MAX_SESSION_BYTES:
        return False
    owner, key = read_mark(request.POST.get(MARK_NAME, ""))
    if place.participant_pk is not None:
        owner = f"p{place.participant_pk}"
    kept = dict(request.session.get(SESSION_KEY, {}))
    key = key or new_key()
    kept.pop(key, None)
    kept[key] = {"path": place.path, "owner": owner, "fields": fields, "saved_at": now.isoformat()}
    while len(kept) > MAX_KEPT_IN_SESSION or sum(weigh(item["fields"]) for item in kept.values()) > MAX_SESSION_BYTES:
        kept.pop(next(iter(kept)))
    request.session[SESSION_KEY] = kept
    return True


def texts_in_session(request: HttpRequest, writer: Writer, paths: set[str]) -> Iterator[KeptText]:
    """Give the texts of the session that are this person's, or nobody's in particular."""
    for key, item in request.session.get(SESSION_KEY, {}).items():
        if item["path"] in paths and item["owner"] in {"", writer.code}:
            yield KeptText(key, item["path"], item["fields"], datetime.fromisoformat(item["saved_at"]))


def forget_in_session(request: HttpRequest, key: str) -> None:
    """Drop a text of the session."""
    if key in request.session.get(SESSION_KEY, {}):
        kept = dict(request.session[SESSION_KEY])
        kept.pop(key)
        request.session[SESSION_KEY] = kept


def user_writer(request: HttpRequest) -> Writer | None:
    """Return the account that is signed in, as a writer."""
    return Writer(user_pk=request.user.pk) if isinstance(request.user, User) else None


def as_kept(draft: Draft) -> KeptText:
    return KeptText(draft.key, draft.path, draft.fields, draft.saved_at)
