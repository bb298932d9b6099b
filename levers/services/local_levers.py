"""Writes about local levers: those that an authority adds to the published catalogue (docs/adr/0031)."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from authorities.enums import EventKind, Role
from authorities.events import record_event
from authorities.models import Authority, Membership
from common.errors import DomainError
from common.text import normalise, typography
from common.versioning import StaleVersionError, save_versioned
from levers.enums import LocalState, ShortlistState
from levers.models import LOCAL_PREFIX, Decision, Lever, Shortlist, ShortlistedLever

# What the form writes; a new version and a shared copy hold nothing else of another lever.
CONTENT_FIELDS = (
    "title", "summary", "description", "theme", "dimension", "question_codes", "perimeter", "audience_codes",
    "lead_service", "effort", "cost", "delay_months", "is_quick_win", "impact", "impact_rationale",
    "is_for_small_authority", "steps", "indicators", "means", "risks",
)  # fmt: skip
MOST_LOCAL_LEVERS = 200
SHARED_AS_MAXIMUM_LENGTH = 120


@transaction.atomic
def write_local_lever(*, authority: Authority, values: Mapping[str, Any], actor: User, now: datetime) -> Lever:
    """Add a lever to the catalogue of one authority. `values`: every name of `CONTENT_FIELDS`."""
    lever = _insert(authority, _content(values), author=actor)
    _record(lever, f"a ajouté le levier local «\u00a0{lever.title}\u00a0»", actor, now)
    return lever


@transaction.atomic
def revise_local_lever(
    *, lever: Lever, expected_version: int, values: Mapping[str, Any], actor: User, now: datetime
) -> Lever:
    """Change the text of a local lever, and return the row that now holds it.

    A text that was submitted, voted on or decided does not change: the new one is another row, the next version of the
    lever. A shared lever changes in the same way in each authority that its author accompanies. Raises
    `StaleVersionError` when somebody saved in between, `DomainError` when this version is no longer the one proposed
    or when the lever is somebody else's to change.
    """
    content = _content(values)
    lever = _locked(lever)
    require_writer(lever, actor)
    _require_latest(lever)
    if lever.version != expected_version:
        raise StaleVersionError(lever)
    copies = _shared_copies(lever, actor)
    written = _rewrite(lever, content, actor, now)
    for copy in copies:
        if copy.local_state != LocalState.REPLACED:
            _rewrite(copy, content, actor, now)
    return written


@transaction.atomic
def withdraw_local_lever(*, lever: Lever, actor: User, now: datetime) -> Lever:
    """Propose a local lever no longer; it stays wherever a démarche chose it. Its author withdraws every shared copy.

    Somebody else withdraws it from this authority only. Doing it twice changes nothing.
    """
    return _move(lever, LocalState.PROPOSED, LocalState.WITHDRAWN, "a retiré du catalogue le levier local", actor, now)


@transaction.atomic
def restore_local_lever(*, lever: Lever, actor: User, now: datetime) -> Lever:
    """Propose a withdrawn lever again, in this authority only: each of the others puts its own copy back."""
    return _move(lever, LocalState.WITHDRAWN, LocalState.PROPOSED, "a remis au catalogue le levier local", actor, now)


@transaction.atomic
def share_local_lever(
    *, lever: Lever, authorities: Collection[Authority], shared_as: str, actor: User, now: datetime
) -> list[Lever]:
    """Copy a lever into the catalogue of other authorities, and return the copies made.

    Raises `DomainError` unless the actor wrote the whole text, and accompanies this authority and all the others.
    """
    lever = _locked(lever)
    name = shared_as.strip()
    if not name:
        raise DomainError(
            typography("Indiquez au nom de qui vous partagez ce levier : votre organisme, ou votre fonction.")
        )
    if len(name) > SHARED_AS_MAXIMUM_LENGTH:
        raise DomainError(f"Un nom tient en {SHARED_AS_MAXIMUM_LENGTH} caractères\u00a0: raccourcissez-le.")
    _require_latest(lever)
    accompanied = set(accompanied_authorities(actor))
    if lever.authority_id not in accompanied or not {authority.pk for authority in authorities} <= accompanied:
        raise DomainError("Un levier se partage entre des collectivités dont vous êtes l’accompagnateur.")
    if lever.author_id != actor.pk:
        raise DomainError(
            "Ce texte n’est pas de vous seul\u00a0: il appartient à la collectivité. Écrivez un levier à vous pour le "
            "partager."
        )
    lever.share_key = lever.share_key or secrets.token_hex(8)
    lever.shared_as = name
    save_versioned(lever, expected_version=lever.version, update_fields=["share_key", "shared_as"])
    there = {copy.authority_id: copy for copy in _shared_copies(lever, actor)}
    content = {field: getattr(lever, field) for field in CONTENT_FIELDS}
    made = []
    for authority in authorities:
        if authority.pk == lever.authority_id or authority.pk in there:
            continue
        copy = _insert(authority, content, author=actor, share_key=lever.share_key, shared_as=name)
        _record(copy, f"a partagé le levier local «\u00a0{copy.title}\u00a0»", actor, now)
        made.append(copy)
    for copy in there.values():
        copy.shared_as = name
        save_versioned(copy, expected_version=copy.version, update_fields=["shared_as"])
    if made:
        _record(lever, f"a partagé le levier local «\u00a0{lever.title}\u00a0» avec d’autres collectivités", actor, now)
    return made


def accompanied_authorities(user: User) -> list[int]:
    """Return the keys of the authorities that an account accompanies. One query."""
    memberships = Membership.objects.filter(user=user)
    return [item.authority_id for item in memberships if Role.ADVISER in item.role_set]


def is_settled(lever: Lever) -> bool:
    """Tell whether the text of a lever no longer changes: it was submitted, validated or decided.

    A ballot is about a validated shortlist: what it holds is settled too. On the light track, a decision may be about
    a shortlist that is still a draft.
    """
    shortlisted = ShortlistedLever.objects.filter(lever=lever).exclude(shortlist__state=ShortlistState.DRAFT)
    return shortlisted.exists() or Decision.objects.filter(lever=lever).exists()


def holds_pen(lever: Lever, user: User) -> bool:
    """Tell whether an account may change a lever: the author of a shared one, while they accompany the authority."""
    if not lever.share_key or lever.author_id in {None, user.pk}:
        return True
    author = Membership.objects.filter(user=lever.author_id, authority=lever.authority_id).first()
    return author is None or Role.ADVISER not in author.role_set


def require_writer(lever: Lever, user: User) -> None:
    """Raise `DomainError` when a shared lever is its author's to change."""
    if not holds_pen(lever, user):
        raise DomainError(
            typography(
                f"Ce levier est partagé par {lever.shared_as} : son texte se change par qui l’a écrit. "
                "Vous pouvez le retirer de votre catalogue."
            )
        )


# What it takes --------------------------------------------------------------------------------------------------------


def _content(values: Mapping[str, Any]) -> dict[str, Any]:
    return {field: values[field] for field in CONTENT_FIELDS}


def _locked(lever: Lever) -> Lever:
    """Read a local lever again, and let nobody submit a shortlist that holds it before the end of the transaction."""
    shortlists = ShortlistedLever.objects.filter(lever=lever).values("shortlist")
    list(Shortlist.objects.select_for_update().filter(pk__in=shortlists).order_by("pk"))
    return Lever.objects.select_for_update().get(pk=lever.pk, authority__isnull=False)


def _require_latest(lever: Lever) -> None:
    if lever.local_state == LocalState.REPLACED:
        raise DomainError(
            "Ce levier a une version plus récente\u00a0: ouvrez-la dans « Leviers locaux » et reprenez-y votre texte."
        )


def _shared_copies(lever: Lever, actor: User) -> list[Lever]:
    """Return the copies of a shared lever in the other authorities that its author still accompanies, locked."""
    if not lever.share_key or lever.author_id != actor.pk:
        return []
    copies = Lever.objects.filter(
        share_key=lever.share_key, author=actor, authority__in=accompanied_authorities(actor)
    ).exclude(authority=lever.authority_id)
    return [_locked(copy) for copy in copies.exclude(local_state=LocalState.REPLACED).order_by("pk")]


def _rewrite(lever: Lever, content: Mapping[str, Any], actor: User, now: datetime) -> Lever:
    # A text that several people wrote is the authority's: nobody takes it elsewhere.
    author = actor if lever.author_id == actor.pk else None
    authority = _authority_of(lever)
    if is_settled(lever):
        # One that the authority withdrew stays withdrawn, whoever writes its next version.
        state, lever.local_state = lever.local_state, LocalState.REPLACED
        save_versioned(lever, expected_version=lever.version, update_fields=["local_state"])
        new = _insert(
            authority,
            content,
            author=author,
            share_key=lever.share_key,
            shared_as=lever.shared_as,
            former=lever,
            state=state,
        )
        _record(new, f"a écrit la version {new.revision} du levier local «\u00a0{new.title}\u00a0»", actor, now)
        return new
    for field, value in content.items():
        setattr(lever, field, value)
    lever.author = author
    lever.search_text = _search_text(lever)
    save_versioned(lever, expected_version=lever.version, update_fields=[*CONTENT_FIELDS, "author", "search_text"])
    _record(lever, f"a modifié le levier local «\u00a0{lever.title}\u00a0»", actor, now)
    return lever


def _insert(
    authority: Authority,
    content: Mapping[str, Any],
    *,
    author: User | None,
    share_key: str = "",
    shared_as: str = "",
    former: Lever | None = None,
    state: str = LocalState.PROPOSED,
) -> Lever:
    """Write a new row: a new lever, or the next version of `former`."""
    # One writer at a time in an authority: two levers get two codes.
    Authority.objects.select_for_update().get(pk=authority.pk)
    own = Lever.objects.for_authority(authority)
    if own.count() >= MOST_LOCAL_LEVERS:
        raise DomainError(f"Une collectivité garde {MOST_LOCAL_LEVERS} leviers locaux au plus, versions comprises.")
    revision = former.revision + 1 if former else 1
    stem = former.stem if former else f"{LOCAL_PREFIX}{_next_number(authority)}"
    lever = Lever(
        authority=authority,
        code=stem if revision == 1 else f"{stem}.{revision}",
        revision=revision,
        author=author,
        share_key=share_key,
        shared_as=shared_as,
        local_state=state,
        # After the levers of any catalogue.
        position=max(own.aggregate(last=Max("position"))["last"] or 0, 1000) + 1,
        **content,
    )
    lever.search_text = _search_text(lever)
    lever.save()
    return lever


def _next_number(authority: Authority) -> int:
    stems = [lever.stem for lever in Lever.objects.for_authority(authority).only("code", "authority")]
    return max((int(stem.removeprefix(LOCAL_PREFIX)) for stem in stems), default=0) + 1


def _search_text(lever: Lever) -> str:
    texts = [lever.code, lever.title, lever.summary, lever.description, *lever.steps]
    return normalise(" ".join([*texts, lever.theme.name, lever.dimension.name]))


def _move(lever: Lever, before: LocalState, after: LocalState, verb: str, actor: User, now: datetime) -> Lever:
    lever = _locked(lever)
    _require_latest(lever)
    # Each authority puts back what it wants: its own withdrawal is not undone from elsewhere.
    copies = _shared_copies(lever, actor) if after == LocalState.WITHDRAWN else []
    for item in [lever, *copies]:
        if item.local_state == before:
            item.local_state = after
            save_versioned(item, expected_version=item.version, update_fields=["local_state"])
            _record(item, f"{verb} «\u00a0{item.title}\u00a0»", actor, now)
    return lever


def _authority_of(lever: Lever) -> Authority:
    if lever.authority is None:
        raise DomainError("Un levier du catalogue publié ne se modifie pas.")
    return lever.authority


def _record(lever: Lever, verb: str, actor: User, now: datetime) -> None:
    record_event(
        authority=_authority_of(lever), kind=EventKind.BALLOT, verb=verb, actor=actor, now=now, subject_key=lever.code
    )
