"""Questions of consistency: read before the end of the meeting, then beside the results. They block nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from common.errors import DomainError
from diagnostics.models import Diagnosis
from diagnostics.selectors import ConsistencyQuestion, consistency_questions
from diagnostics.selectors.consistency import has_agreed_levels, is_latest
from diagnostics.views.common import find_diagnosis, refuse


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_safe
def agreement_review(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show, before the end of the meeting, what its agreed levels ask to read again."""
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    try:
        questions = consistency_questions(diagnosis, now=now)
    except DomainError as error:
        return refuse(request, access, error, now, status=409)
    return _page(request, diagnosis, questions, is_meeting=True)


@authority_view(Permission.VIEW_RESULTS)
@require_safe
def diagnosis_consistency(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show the questions that the results still raise."""
    diagnosis = find_diagnosis(access, pk)
    if diagnosis.agreed_at is None:
        return redirect("diagnostics:diagnosis_detail", access.authority.slug)
    return _page(request, diagnosis, consistency_questions(diagnosis, now=timezone.now()), is_meeting=False)


def _page(
    request: HttpRequest, diagnosis: Diagnosis, questions: list[ConsistencyQuestion], *, is_meeting: bool
) -> HttpResponse:
    """Show the questions; without any, say what was compared."""
    context = {
        "diagnosis": diagnosis,
        "questions": questions,
        "is_meeting": is_meeting,
        "has_levels": bool(questions) or has_agreed_levels(diagnosis),
        "is_former": not questions and not is_latest(diagnosis),
    }
    return render(request, "diagnostics/consistency.html", context)
