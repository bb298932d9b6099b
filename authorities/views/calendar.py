"""The calendar: planned backwards, edited by hand, downloaded."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities import services
from authorities.access import AuthorityAccess, authority_view
from authorities.forms import MeetingForm, PlanForm
from authorities.ics import build_calendar, calendar_response
from authorities.models import Meeting
from authorities.permissions import Permission
from authorities.selectors import calendar_view, meetings_of
from authorities.views.submission import posted, submit
from common.errors import DomainError


@authority_view(Permission.VIEW_PREPARATION)
@require_safe
def meeting_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the dates, what is past, the effort, and the files for agendas."""
    view = calendar_view(access.initiative, now=timezone.now())
    return render(request, "authorities/meeting_list.html", {"view": view})


@authority_view(Permission.EDIT_PREPARATION)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_plan(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Choose a preset and the council date; every meeting is dated backwards."""
    form = PlanForm(posted(request), initiative=access.initiative)
    submission = submit(
        request,
        form,
        lambda: services.plan_calendar(
            initiative=access.initiative,
            expected_version=form.expected_version,
            actor=access.user,
            now=timezone.now(),
            **form.changes,
        ),
    )
    if submission.is_saved:
        messages.success(request, "Calendrier planifié. Relisez les dates, puis téléchargez-les dans votre agenda.")
        return redirect("authorities:meeting_list", access.authority.slug)
    edited_count = Meeting.objects.for_initiative(access.initiative).filter(is_edited=True).count()
    context = {"form": form, "edited_count": edited_count}
    return render(request, "authorities/calendar_plan.html", context, status=submission.status)


@authority_view(Permission.EDIT_PREPARATION)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_create(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Add a meeting by hand."""
    form = MeetingForm(posted(request), meeting=None)
    submission = submit(
        request,
        form,
        lambda: services.add_meeting(
            initiative=access.initiative, values=form.values, actor=access.user, now=timezone.now()
        ),
    )
    if submission.is_saved:
        messages.success(request, "Réunion ajoutée au calendrier.")
        return redirect("authorities:meeting_list", access.authority.slug)
    return render(request, "authorities/meeting_form.html", {"form": form}, status=submission.status)


@authority_view(Permission.EDIT_PREPARATION)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_update(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Correct a meeting."""
    meeting = get_object_or_404(Meeting.objects.for_initiative(access.initiative), pk=pk)
    form = MeetingForm(posted(request), meeting=meeting)
    submission = submit(
        request,
        form,
        lambda: services.save_meeting(
            meeting=meeting,
            expected_version=form.expected_version,
            values=form.values,
            actor=access.user,
            now=timezone.now(),
        ),
    )
    if submission.is_saved:
        messages.success(request, "Réunion enregistrée.")
        return redirect("authorities:meeting_list", access.authority.slug)
    context = {"form": form, "meeting": meeting}
    return render(request, "authorities/meeting_form.html", context, status=submission.status)


@authority_view(Permission.EDIT_PREPARATION)
@require_POST
def meeting_delete(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Remove a meeting from the calendar."""
    meeting = get_object_or_404(Meeting.objects.for_initiative(access.initiative), pk=pk)
    try:
        services.delete_meeting(meeting=meeting, actor=access.user, now=timezone.now())
    except DomainError as error:
        form = MeetingForm(meeting=meeting)
        context = {"form": form, "meeting": meeting, "refusal": error.message}
        return render(request, "authorities/meeting_form.html", context, status=422)
    messages.success(request, "Réunion retirée du calendrier.")
    return redirect("authorities:meeting_list", access.authority.slug)


@authority_view(Permission.VIEW_PREPARATION)
@require_safe
def calendar_export(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Download the whole calendar for an agenda."""
    return _ics_response(request, access, meetings_of(access.initiative), f"calendrier-{access.authority.slug}.ics")


@authority_view(Permission.VIEW_PREPARATION)
@require_safe
def meeting_export(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Download one meeting for an agenda."""
    meeting = next((item for item in meetings_of(access.initiative) if item.pk == pk), None)
    if meeting is None:
        raise Http404
    return _ics_response(request, access, [meeting], f"{meeting.code}-{access.authority.slug}.ics")


def _ics_response(
    request: HttpRequest, access: AuthorityAccess, meetings: list[Meeting], filename: str
) -> HttpResponse:
    url = request.build_absolute_uri(reverse("authorities:meeting_list", args=[access.authority.slug]))
    content = build_calendar(access.initiative, meetings, url=url)
    return calendar_response(content, filename)
