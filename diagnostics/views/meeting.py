"""The meeting after closing: spread, agreed levels, end."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import posted, submit
from common.charts.spread import draw_scale
from common.errors import DomainError
from common.numbers import pluralise
from diagnostics import services
from diagnostics.enums import DiagnosisState
from diagnostics.forms import AgreedLevelForm, FinishForm
from diagnostics.selectors import meeting, meeting_page
from diagnostics.selectors.evidence import question_lines
from diagnostics.selectors.meeting import Meeting, MeetingPage
from diagnostics.views.common import find_diagnosis, refuse

DISCUSSED_PER_PAGE = 8


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_safe
def agreement_list(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show the questions sorted by spread, what is agreed and what remains."""
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    try:
        found = meeting(diagnosis, now=now)
    except DomainError as error:
        return refuse(request, access, error, now, status=409)
    return render(request, "diagnostics/agreement_list.html", _list_context(request, found))


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_update(request: HttpRequest, access: AuthorityAccess, pk: int, question_code: str) -> HttpResponse:
    """Show what was said of a question and record the agreed level with its reason."""
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    try:
        page = meeting_page(diagnosis, question_code, now=now)
    except DomainError as error:
        return refuse(request, access, error, now, status=409)
    if page is None:
        raise Http404
    form = AgreedLevelForm(posted(request), agreed=page.item.agreed, proposed=page.proposed)
    submission = submit(
        request,
        form,
        lambda: services.record_agreed_level(
            diagnosis=diagnosis, question=page.item.question, actor=access.user, now=now, **form.agreed_values
        ),
    )
    if submission.is_saved:
        return _next(request, access, page)
    evidence = question_lines(diagnosis, page.item.question, access.user)
    context = {"page": page, "form": form, "scale": draw_scale(), "evidence": evidence}
    return render(request, "diagnostics/agreement_update.html", context, status=submission.status)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_POST
def agreement_accept(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Accept every consensual proposal in one gesture."""
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    try:
        accepted = services.accept_consensual_levels(diagnosis=diagnosis, actor=access.user, now=now)
    except DomainError as error:
        return refuse(request, access, error, now)
    words = pluralise(len(accepted), "proposition acceptée", "propositions acceptées")
    messages.success(request, f"{len(accepted)} {words}. Chaque niveau peut encore être corrigé.")
    return redirect("diagnostics:agreement_list", access.authority.slug, pk)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_POST
def diagnosis_agree(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """End the meeting."""
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    form = FinishForm(request.POST)
    try:
        services.agree_diagnosis(
            diagnosis=diagnosis,
            leaves_rest_open=form.is_valid() and form.cleaned_data["leaves_rest_open"],
            actor=access.user,
            now=now,
        )
    except DomainError as error:
        if diagnosis.state_at(now) != DiagnosisState.CLOSED:
            return refuse(request, access, error, now)
        messages.error(request, error.message)
        context = _list_context(request, meeting(diagnosis, now=now))
        return render(request, "diagnostics/agreement_list.html", context, status=422)
    messages.success(request, "Le diagnostic est terminé. Voici ce qu’il dit.")
    return redirect("diagnostics:diagnosis_results", access.authority.slug, pk)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_POST
def meeting_reopen(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Come back to the agreed levels to correct one."""
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    try:
        services.reopen_meeting(diagnosis=diagnosis, actor=access.user, now=now)
    except DomainError as error:
        return refuse(request, access, error, now)
    messages.success(request, "Les niveaux retenus peuvent de nouveau être corrigés.")
    return redirect("diagnostics:agreement_list", access.authority.slug, pk)


def _list_context(request: HttpRequest, found: Meeting) -> dict[str, Any]:
    """Return what the list shows; a long agenda is cut into pages, so that each stays light."""
    pages = Paginator(found.to_discuss, DISCUSSED_PER_PAGE)
    return {"meeting": found, "page_obj": pages.get_page(request.GET.get("page")), "scale": draw_scale()}


def _next(request: HttpRequest, access: AuthorityAccess, page: MeetingPage) -> HttpResponse:
    """Go on with the next question to discuss that nobody settled, else back to the list."""
    slug, diagnosis = access.authority.slug, page.meeting.diagnosis
    messages.success(request, f"«\u00a0{page.item.question.title}\u00a0»\u00a0: niveau enregistré.")
    left = [
        item for item in page.meeting.to_discuss if not item.is_decided and item.question.pk != page.item.question.pk
    ]
    if not left:
        return redirect("diagnostics:agreement_list", slug, diagnosis.pk)
    return redirect("diagnostics:agreement_update", slug, diagnosis.pk, left[0].question.code)
