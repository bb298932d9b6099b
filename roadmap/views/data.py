"""The data of an authority: take them away, erase a person, erase the space."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.models import Membership, Participant
from authorities.permissions import Permission
from authorities.views.submission import posted, submit
from common.dates import format_short_day
from common.errors import DomainError
from common.refusals import press, refusal_page
from roadmap import services
from roadmap.archive import archive_name
from roadmap.forms import EraseAuthorityForm
from roadmap.selectors.data import data_page
from roadmap.selectors.person_copy import person_copy_name


@authority_view(Permission.MANAGE_DATA)
@require_safe
def data_detail(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Offer the archive, the erasure of a person and that of the space."""
    return render(request, "roadmap/data_detail.html", {"page": data_page(access.authority, now=timezone.now())})


@authority_view(Permission.MANAGE_DATA)
@require_POST
def archive_download(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Send the archive of the authority; the trail says who took it."""
    now = timezone.now()
    content = services.export_archive(authority=access.authority, actor=access.user, now=now)
    name = archive_name(access.authority, now)
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type="application/zip", headers={"Content-Disposition": disposition})


@authority_view(Permission.MANAGE_DATA)
@require_POST
def person_download(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Send what concerns a person, for the référent to hand over: no secret answer, and the trail says so."""
    people = Participant.objects.for_authority(access.authority).select_related("initiative__authority", "service")
    participant = get_object_or_404(people, pk=pk)
    now = timezone.now()
    try:
        content = services.take_person_copy(participant=participant, actor=access.user, now=now)
    except DomainError as error:
        return refusal_page(request, error.message, "authorities:participant_list", access.authority.slug)
    name = person_copy_name(participant, now)
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type="application/zip", headers={"Content-Disposition": disposition})


@authority_view(Permission.MANAGE_DATA)
@require_http_methods(["GET", "HEAD", "POST"])
def person_erase(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Erase a person, of the current démarche or of a former one, after saying what goes and what stays."""
    participant = get_object_or_404(Participant.objects.for_authority(access.authority), pk=pk)
    if request.method != "POST" and participant.erased_at is None:
        return render(request, "roadmap/person_erase.html", {"participant": participant})
    try:
        services.require_not_erased(participant)
        services.erase_person(participant=participant, actor=access.user, now=timezone.now())
    except DomainError as error:
        return refusal_page(request, error.message, "authorities:participant_list", access.authority.slug)
    messages.success(request, "La personne est effacée. Ses réponses restent, sans son nom.")
    is_still_member = Membership.objects.filter(authority=access.authority, user=access.user).exists()
    if not is_still_member:
        return redirect("roadmap:space_list")
    return redirect("authorities:participant_list", access.authority.slug)


@authority_view(Permission.MANAGE_DATA)
@require_http_methods(["GET", "HEAD", "POST"])
def authority_erase(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Plan the erasure of the whole space, its name typed by hand."""
    form = EraseAuthorityForm(posted(request), authority=access.authority)
    submission = submit(
        request,
        form,
        lambda: services.plan_erasure(authority=access.authority, actor=access.user, now=timezone.now()),
    )
    if submission.is_saved:
        due_on = format_short_day(timezone.localdate(submission.result.due_at))
        messages.success(request, f"L’espace sera effacé le {due_on}. Vous pouvez l’annuler jusque-là.")
        return redirect("roadmap:data_detail", access.authority.slug)
    context = {"form": form, "delay_days": settings.ERASURE_DELAY_DAYS}
    return render(request, "roadmap/authority_erase.html", context, status=submission.status)


@authority_view(Permission.MANAGE_DATA)
@require_POST
def authority_erase_cancel(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Keep the space after all."""
    return press(
        request,
        lambda: services.cancel_erasure(authority=access.authority, actor=access.user, now=timezone.now()),
        "L’effacement est annulé : l’espace reste ouvert.",
        "roadmap:data_detail",
        access.authority.slug,
    )
