"""The meeting on a projected screen, held with one laptop: an opening page, then one question at a time."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import posted, submit
from common.errors import DomainError
from diagnostics import services
from diagnostics.enums import DiagnosisState
from diagnostics.forms import AgreedLevelForm
from diagnostics.selectors import (
    ProjectedQuestion,
    next_to_settle,
    projected_agenda,
    projected_question,
    proposed_reason,
)
from diagnostics.views.common import find_diagnosis, refuse


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_safe
def projection_start(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show the agenda before the first question, and what comes after the last one."""
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    try:
        agenda = projected_agenda(diagnosis, now=now)
    except DomainError as error:
        return refuse(request, access, error, now, status=409)
    return render(request, "diagnostics/projection_start.html", {"agenda": agenda})


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_http_methods(["GET", "HEAD", "POST"])
def projection_update(request: HttpRequest, access: AuthorityAccess, pk: int, question_code: str) -> HttpResponse:
    """Show one question in large type and record the agreed level with its reason."""
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    try:
        projected = projected_question(diagnosis, question_code, now=now)
    except DomainError as error:
        return refuse(request, access, error, now, status=409)
    if projected is None:
        raise Http404
    item = projected.page.item
    reason = proposed_reason(item.score)
    form = AgreedLevelForm(posted(request), agreed=item.agreed, proposed=projected.page.proposed, reason=reason)
    submission = submit(
        request,
        form,
        lambda: services.record_agreed_level(
            diagnosis=diagnosis, question=item.question, actor=access.user, now=now, **form.agreed_values
        ),
    )
    if submission.is_saved:
        return _go_on(request, access, projected, version=submission.result.version)
    is_locked = projected.page.meeting.state == DiagnosisState.AGREED
    context = {"projected": projected, "form": form, "is_locked": is_locked}
    return render(request, "diagnostics/projection_update.html", context, status=submission.status)


def _go_on(
    request: HttpRequest, access: AuthorityAccess, projected: ProjectedQuestion, *, version: int
) -> HttpResponse:
    """Go to the next question to settle, else to the last screen; a script is told the address."""
    found = projected.page.meeting
    following = next_to_settle(found, after=projected.page.item)
    key = found.diagnosis.pk
    if following is None:
        url = reverse("diagnostics:projection_start", args=[access.authority.slug, key])
    else:
        url = reverse("diagnostics:projection_update", args=[access.authority.slug, key, following.question.code])
    if request.headers.get("X-Autosave"):
        return HttpResponse(status=204, headers={"X-Version": str(version), "X-Next": url})
    return redirect(url)
