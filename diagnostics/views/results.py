"""Results of a finished round: the finding, then each dimension, the margins of progress, the comparisons."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from common.charts.spread import draw_scale
from diagnostics.selectors import (
    DiagnosisResults,
    compare_with_peers,
    compare_with_previous,
    diagnosis_results,
    dimension_page,
)
from diagnostics.selectors.evidence import evidence_counts
from diagnostics.views.common import find_diagnosis

# What the page shows of each list; the other pages have the rest.
SHOWN_SPREADS = 3
SHOWN_POINTS = 3
MARGINS_PER_PAGE = 15


def _finished(access: AuthorityAccess, pk: int) -> DiagnosisResults | None:
    """Return the results of a round with the duties of today; None before its end."""
    diagnosis = find_diagnosis(access, pk)
    return diagnosis_results(diagnosis, on=timezone.localdate()) if diagnosis.agreed_at is not None else None


def _not_yet(access: AuthorityAccess) -> HttpResponse:
    return redirect("diagnostics:diagnosis_detail", access.authority.slug)


@authority_view(Permission.VIEW_RESULTS)
@require_safe
def diagnosis_results_page(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show the finding: radar, attention points, spread, strengths, weaknesses, first margin."""
    results = _finished(access, pk)
    if results is None:
        return _not_yet(access)
    context: dict[str, Any] = {
        "results": results,
        "spreads": results.dispersed[:SHOWN_SPREADS],
        "strengths": results.strengths[:SHOWN_POINTS],
        "weaknesses": results.weaknesses[:SHOWN_POINTS],
        "margins": results.margins,
        "scale": draw_scale(),
        "can_manage": Permission.MANAGE_DIAGNOSIS in access.permissions,
    }
    return render(request, "diagnostics/diagnosis_results.html", context)


@authority_view(Permission.VIEW_RESULTS)
@require_safe
def diagnosis_questions(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show every question with its agreed level and its reason."""
    results = _finished(access, pk)
    if results is None:
        return _not_yet(access)
    context = {"results": results, "evidence": evidence_counts(results.diagnosis)}
    return render(request, "diagnostics/diagnosis_questions.html", context)


@authority_view(Permission.VIEW_RESULTS)
@require_safe
def diagnosis_dimension(request: HttpRequest, access: AuthorityAccess, pk: int, dimension_code: str) -> HttpResponse:
    """Show one dimension: strengths, weaknesses, margins, spread, what was left open."""
    results = _finished(access, pk)
    if results is None:
        return _not_yet(access)
    page = dimension_page(results, dimension_code)
    if page is None:
        raise Http404
    return render(request, "diagnostics/diagnosis_dimension.html", {"page": page, "scale": draw_scale()})


@authority_view(Permission.VIEW_RESULTS)
@require_safe
def diagnosis_margins(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show what gains one level on each question, ordered by what counts."""
    results = _finished(access, pk)
    if results is None:
        return _not_yet(access)
    page_obj = Paginator(results.margins, MARGINS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "diagnostics/diagnosis_margins.html", {"results": results, "page_obj": page_obj})


@authority_view(Permission.VIEW_RESULTS)
@require_safe
def diagnosis_comparison(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show what changed since the finished round before, question by question."""
    diagnosis = find_diagnosis(access, pk)
    if diagnosis.agreed_at is None:
        return _not_yet(access)
    context = {"diagnosis": diagnosis, "comparison": compare_with_previous(diagnosis)}
    return render(request, "diagnostics/diagnosis_comparison.html", context)


@authority_view(Permission.VIEW_RESULTS)
@require_safe
def diagnosis_peers(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show the dimensions beside the quartiles of the authorities of the same stratum."""
    diagnosis = find_diagnosis(access, pk)
    if diagnosis.agreed_at is None:
        return _not_yet(access)
    return render(
        request, "diagnostics/diagnosis_peers.html", {"diagnosis": diagnosis, "peers": compare_with_peers(diagnosis)}
    )
