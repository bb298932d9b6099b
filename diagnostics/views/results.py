"""Results of a finished round."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from common.charts.spread import draw_scale
from diagnostics.selectors import diagnosis_results
from diagnostics.selectors.evidence import evidence_counts
from diagnostics.views.common import find_diagnosis

# What the page shows of each list; the page of all the questions has the rest.
SHOWN_SPREADS = 6
SHOWN_POINTS = 5


@authority_view(Permission.VIEW_RESULTS)
@require_safe
def diagnosis_results_page(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show the finding: radar, attention points, spread, strengths and weaknesses."""
    diagnosis = find_diagnosis(access, pk)
    if diagnosis.agreed_at is None:
        return redirect("diagnostics:diagnosis_detail", access.authority.slug)
    results = diagnosis_results(diagnosis, on=timezone.localdate())
    context = {
        "results": results,
        "spreads": results.dispersed[:SHOWN_SPREADS],
        "strengths": results.strengths[:SHOWN_POINTS],
        "weaknesses": results.weaknesses[:SHOWN_POINTS],
        "scale": draw_scale(),
        "can_manage": Permission.MANAGE_DIAGNOSIS in access.permissions,
    }
    return render(request, "diagnostics/diagnosis_results.html", context)


@authority_view(Permission.VIEW_RESULTS)
@require_safe
def diagnosis_questions(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show every question with its agreed level and its reason."""
    diagnosis = find_diagnosis(access, pk)
    if diagnosis.agreed_at is None:
        return redirect("diagnostics:diagnosis_detail", access.authority.slug)
    results = diagnosis_results(diagnosis, on=timezone.localdate())
    return render(
        request, "diagnostics/diagnosis_questions.html", {"results": results, "evidence": evidence_counts(diagnosis)}
    )
