"""Accounts of an authority, access requests."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities import services
from authorities.access import AuthorityAccess, authority_view
from authorities.enums import Role
from authorities.forms import RolesForm
from authorities.models import Membership, MembershipRequest
from authorities.permissions import Permission
from authorities.selectors import members_view
from authorities.views.submission import posted, submit
from common.errors import DomainError


@authority_view(Permission.MANAGE_MEMBERS)
@require_safe
def member_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the accounts of the authority and the requests that wait."""
    return render(request, "authorities/member_list.html", {"view": members_view(access.authority)})


@authority_view(Permission.MANAGE_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def membership_request_accept(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Accept a request by choosing its roles."""
    asked = _find_request(access, pk)
    form = RolesForm(posted(request), initial={"roles": [Role.COMMITTEE.value]})
    submission = submit(
        request,
        form,
        lambda: services.answer_membership_request(
            request=asked,
            is_accepted=True,
            roles=form.cleaned_data["roles"],
            actor=access.user,
            now=timezone.now(),
        ),
    )
    if submission.is_saved:
        messages.success(request, f"{asked.user} est membre. Un courriel le lui dit.")
        return redirect("authorities:member_list", access.authority.slug)
    context = {"form": form, "asked": asked}
    return render(request, "authorities/membership_request_accept.html", context, status=submission.status)


@authority_view(Permission.MANAGE_MEMBERS)
@require_POST
def membership_request_refuse(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Refuse a request; its author is told."""
    asked = _find_request(access, pk)
    try:
        services.answer_membership_request(
            request=asked, is_accepted=False, roles=[], actor=access.user, now=timezone.now()
        )
    except DomainError as error:
        return _refusal(request, access, error)
    messages.success(request, f"La demande de {asked.user} est refusée. Un courriel le lui dit.")
    return redirect("authorities:member_list", access.authority.slug)


@authority_view(Permission.MANAGE_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def member_update(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Change the roles of a member."""
    membership = _find_member(access, pk)
    form = RolesForm(posted(request), initial={"roles": membership.roles})
    submission = submit(
        request,
        form,
        lambda: services.change_roles(
            membership=membership, roles=form.cleaned_data["roles"], actor=access.user, now=timezone.now()
        ),
    )
    if submission.is_saved:
        messages.success(request, f"Rôles de {membership.user} enregistrés.")
        if membership.user_id == access.user.pk and Role.REFERENT not in membership.role_set:
            return redirect("roadmap:space_list")
        return redirect("authorities:member_list", access.authority.slug)
    context = {"form": form, "membership": membership}
    return render(request, "authorities/member_update.html", context, status=submission.status)


@authority_view(Permission.MANAGE_MEMBERS)
@require_POST
def member_delete(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Remove a member; the authority keeps a référent."""
    membership = _find_member(access, pk)
    is_self = membership.user_id == access.user.pk
    try:
        services.remove_membership(membership=membership, actor=access.user, now=timezone.now())
    except DomainError as error:
        return _refusal(request, access, error)
    messages.success(request, f"{membership.user} n’est plus membre de {access.authority.name}.")
    if is_self:
        return redirect("roadmap:space_list")
    return redirect("authorities:member_list", access.authority.slug)


def _find_request(access: AuthorityAccess, pk: int) -> MembershipRequest:
    requests = MembershipRequest.objects.filter(authority=access.authority).select_related("user")
    return get_object_or_404(requests, pk=pk)


def _find_member(access: AuthorityAccess, pk: int) -> Membership:
    members = Membership.objects.filter(authority=access.authority).select_related("user", "authority")
    return get_object_or_404(members, pk=pk)


def _refusal(request: HttpRequest, access: AuthorityAccess, error: DomainError) -> HttpResponse:
    messages.error(request, error.message)
    return render(request, "authorities/member_list.html", {"view": members_view(access.authority)}, status=422)
