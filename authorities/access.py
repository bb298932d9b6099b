"""The gates of the site: two for an authority, one for the national administration.

`authority_view(permission)` for people with an account, `participant_view(scope)` for those who came by a personal
link. A stranger gets 404 (the space does not exist for them), a member without the right gets 403. Both decorators
mark the view, so that the access tests find every route and its gate.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from accounts.models import User
from authorities.enums import Role, Scope
from authorities.models import Authority, Initiative, Membership, Participant, PersonalLink
from authorities.permissions import READ_PERMISSIONS, Permission, permissions_of

View = Callable[..., HttpResponse]
SESSION_KEY = "participations"


@dataclass(frozen=True)
class AuthorityAccess:
    """What a member may do in an authority, on its current démarche or on the former one that the address names."""

    authority: Authority
    initiative: Initiative
    user: User
    roles: frozenset[Role]
    permissions: frozenset[Permission]


@dataclass(frozen=True)
class ParticipantAccess:
    """What a participant may do through a personal link."""

    authority: Authority
    initiative: Initiative
    participant: Participant
    scopes: frozenset[Scope]


def _kept_private(response: HttpResponse) -> HttpResponse:
    """Keep what is behind a gate out of shared computers and proxies, whatever the view says of its cache."""
    patch_cache_control(response, private=True, no_store=True)
    return response


def authority_view(permission: Permission) -> Callable[[View], View]:
    """Open a view of an authority to its members who have the permission.

    The route may name a démarche (`initiative_number`); without it, the current one. A former one is only read.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def gated(
            request: HttpRequest,
            authority_slug: str,
            *args: Any,
            initiative_number: int | None = None,
            **kwargs: Any,
        ) -> HttpResponse:
            user = request.user
            if not isinstance(user, User):
                raise Http404
            membership = (
                Membership.objects.select_related("authority").filter(authority__slug=authority_slug, user=user).first()
            )
            if membership is None:
                raise Http404
            permissions = permissions_of(membership.role_set)
            initiatives = Initiative.objects.for_authority(membership.authority)
            initiative = initiatives.numbered(initiative_number).first()
            if initiative is None:
                raise Http404
            if not initiative.is_current:
                permissions &= READ_PERMISSIONS
            initiative.authority = membership.authority
            access = AuthorityAccess(membership.authority, initiative, user, membership.role_set, permissions)
            # Before the refusal, whose page leads back to this space.
            request.access = access  # type: ignore[attr-defined]
            if permission not in permissions:
                raise PermissionDenied
            return _kept_private(view(request, access, *args, **kwargs))

        gated.gate = ("authority", permission)  # type: ignore[attr-defined]
        return gated

    return decorate


def usable_link(request: HttpRequest, participant_pk: int) -> PersonalLink | None:
    """Return the link of a participant that this browser confirmed, read again; None when there is none or it died."""
    link_pk = request.session.get(SESSION_KEY, {}).get(str(participant_pk))
    if link_pk is None:
        # Before any query: the number in the address may be longer than a key of the base.
        return None
    people = PersonalLink.objects.select_related("participant__initiative__authority", "participant__service")
    link = people.filter(pk=link_pk, participant_id=participant_pk).first()
    return link if link is not None and link.is_usable(timezone.now()) else None


def participant_view(scope: Scope | None) -> Callable[[View], View]:
    """Open a view to the participant whose personal link, confirmed in this browser, has the scope (any when None)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def gated(request: HttpRequest, participant_pk: int, *args: Any, **kwargs: Any) -> HttpResponse:
            link = usable_link(request, participant_pk)
            if link is None:
                raise Http404
            participant = link.participant
            scopes = frozenset(Scope(value) for value in link.scopes)
            if not participant.initiative.is_current:
                scopes &= {Scope.READ}
            access = ParticipantAccess(participant.initiative.authority, participant.initiative, participant, scopes)
            request.access = access  # type: ignore[attr-defined]
            if scope is not None and scope not in scopes:
                raise PermissionDenied
            return _kept_private(view(request, access, *args, **kwargs))

        gated.gate = ("participant", scope)  # type: ignore[attr-defined]
        return login_not_required(gated)

    return decorate


def staff_view(view: View) -> View:
    """Open a view to the national administration; for anybody else it does not exist. It opens no authority's space."""

    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or not user.is_staff:
            raise Http404
        return _kept_private(view(request, user, *args, **kwargs))

    gated.gate = ("staff", None)  # type: ignore[attr-defined]
    return gated
