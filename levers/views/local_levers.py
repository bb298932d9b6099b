"""Local levers: what an authority adds to the published catalogue."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import posted, submit
from common.errors import DomainError
from common.refusals import press, turn_back
from levers import services
from levers.forms_local import LocalLeverEditForm, LocalLeverForm, ShareForm, form_values
from levers.models import Lever
from levers.selectors.catalogue import catalogue_of
from levers.selectors.local_levers import local_lever_lines, may_share, share_targets, shared_with
from levers.services.local_levers import is_settled, require_writer
from levers.views.frame import page_of, step_tabs

PAGE_SIZE = 20


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def local_lever_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the local levers of the authority, those that are no longer proposed included."""
    lines = local_lever_lines(access.authority)
    context = {
        "page_obj": page_of(request, lines, PAGE_SIZE),
        "can_edit": Permission.EDIT_SHORTLIST in access.permissions,
        "tabs": step_tabs(access.authority.slug),
    }
    return render(request, "levers/local_lever_list.html", context)


@authority_view(Permission.EDIT_SHORTLIST)
@require_http_methods(["GET", "HEAD", "POST"])
def local_lever_create(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Write a lever that the published catalogue lacks."""
    form = LocalLeverForm(posted(request), catalogue=catalogue_of(access.initiative))
    submission = submit(
        request,
        form,
        lambda: services.write_local_lever(
            authority=access.authority, values=form.values, actor=access.user, now=timezone.now()
        ),
    )
    if submission.is_saved:
        messages.success(request, "Levier ajouté à votre catalogue. Présélectionnez-le pour le proposer au vote.")
        return redirect("levers:lever_detail", access.authority.slug, submission.result.pk)
    return render(request, "levers/local_lever_create.html", {"form": form}, status=submission.status)


@authority_view(Permission.EDIT_SHORTLIST)
@require_http_methods(["GET", "HEAD", "POST"])
def local_lever_update(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Change the text of a local lever, or write its next version when it was submitted, voted on or decided."""
    lever = _lever_or_404(access, pk)
    if request.method != "POST":
        try:
            require_writer(lever, access.user)
        except DomainError as error:
            return turn_back(request, error.message, "levers:lever_detail", access.authority.slug, pk)
    initial = {**form_values(lever), "version": lever.version}
    form = LocalLeverEditForm(posted(request), catalogue=catalogue_of(access.initiative), lever=lever, initial=initial)
    submission = submit(
        request,
        form,
        lambda: services.revise_local_lever(
            lever=lever,
            expected_version=form.expected_version,
            values=form.values,
            actor=access.user,
            now=timezone.now(),
        ),
    )
    if submission.is_saved:
        written = submission.result
        text = "Levier enregistré." if written.pk == lever.pk else f"Version {written.revision} du levier créée."
        messages.success(request, text)
        return redirect("levers:lever_detail", access.authority.slug, written.pk)
    context = {
        "form": form,
        "lever": lever,
        "is_settled": is_settled(lever),
        "copies": shared_with(lever, access.user),
    }
    return render(request, "levers/local_lever_update.html", context, status=submission.status)


@authority_view(Permission.EDIT_SHORTLIST)
@require_POST
def local_lever_withdraw(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Propose a local lever no longer."""
    lever = _lever_or_404(access, pk)
    return press(
        request,
        lambda: services.withdraw_local_lever(lever=lever, actor=access.user, now=timezone.now()),
        "Levier retiré du catalogue\u00a0: il reste là où une démarche l’a choisi.",
        "levers:local_lever_list",
        access.authority.slug,
    )


@authority_view(Permission.EDIT_SHORTLIST)
@require_POST
def local_lever_restore(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Propose a withdrawn lever again."""
    lever = _lever_or_404(access, pk)
    return press(
        request,
        lambda: services.restore_local_lever(lever=lever, actor=access.user, now=timezone.now()),
        "Levier remis au catalogue.",
        "levers:local_lever_list",
        access.authority.slug,
    )


@authority_view(Permission.EDIT_SHORTLIST)
@require_http_methods(["GET", "HEAD", "POST"])
def local_lever_share(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Share a lever with other authorities that its author accompanies."""
    lever = _lever_or_404(access, pk)
    offered = share_targets(lever, access.user)
    if not may_share(lever, access.user) or not offered:
        reason = (
            "Seul un accompagnateur partage un levier qu’il a écrit, entre des collectivités qu’il accompagne\u00a0: "
            "celui-ci reste à votre collectivité."
        )
        return turn_back(request, reason, "levers:lever_detail", access.authority.slug, pk)
    copies = shared_with(lever, access.user)
    form = ShareForm(
        posted(request),
        offered=offered,
        initial={"shared_as": lever.shared_as, "authorities": [item.pk for item in copies]},
    )
    submission = submit(
        request,
        form,
        lambda: services.share_local_lever(
            lever=lever,
            authorities=list(form.cleaned_data["authorities"]),
            shared_as=form.cleaned_data["shared_as"],
            actor=access.user,
            now=timezone.now(),
        ),
    )
    if submission.is_saved:
        messages.success(request, "Levier partagé\u00a0: il est au catalogue des collectivités choisies.")
        return redirect("levers:lever_detail", access.authority.slug, pk)
    context = {"form": form, "lever": lever, "copies": copies}
    return render(request, "levers/local_lever_share.html", context, status=submission.status)


def _lever_or_404(access: AuthorityAccess, pk: int) -> Lever:
    return get_object_or_404(Lever.objects.for_authority(access.authority).with_labels(), pk=pk)
