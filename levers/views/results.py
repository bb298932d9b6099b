"""Results of a closed ballot: piles, agenda, ranking, full table, reasons. Never before the closing."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.enums import Role
from authorities.permissions import Permission
from common.ods import CONTENT_TYPE as ODS_TYPE
from common.xlsx import CONTENT_TYPE as XLSX_TYPE
from levers.exports import (
    ResultFile,
    build_levers_csv,
    build_reasons_csv,
    build_results_ods,
    build_results_xlsx,
    build_rules_csv,
    build_services_csv,
)
from levers.models import Ballot, Decision
from levers.selectors import ballot_results as read_results
from levers.selectors import lever_comments, lever_services
from levers.selectors.results import BallotResults
from levers.tally import Pile
from levers.views.frame import page_of, result_tabs

PILE_SIZE = 5
AGENDA_SIZE = 3
PAGE_SIZE = 12
# The profiles and the table that says the same.
RANKING_SIZE = 8
TABLE_SIZE = 20
COMMENT_SIZE = 8
SERVICE_SIZE = 12
# From this number of grades between two services, the page says that a lever divides them.
WIDE_GAP = 2
CSV_TYPE = "text/csv; charset=utf-8"
# Word of the address → end of the name of the file, type, bytes.
EXPORTS: dict[str, tuple[str, str, Callable[[ResultFile], bytes]]] = {
    "xlsx": ("resultats.xlsx", XLSX_TYPE, build_results_xlsx),
    "ods": ("resultats.ods", ODS_TYPE, build_results_ods),
    "leviers-csv": ("leviers.csv", CSV_TYPE, build_levers_csv),
    "services-csv": ("services.csv", CSV_TYPE, build_services_csv),
    "raisons-csv": ("raisons.csv", CSV_TYPE, build_reasons_csv),
    "regles-csv": ("regles.csv", CSV_TYPE, build_rules_csv),
}


def _results(
    request: HttpRequest, access: AuthorityAccess, pk: int, *, accepts_withheld: bool = False
) -> BallotResults | HttpResponse:
    """Return the results of a closed ballot, or the answer that sends the reader where they may go.

    Before the closing, that is the participation. Withheld results would show zeros as if nobody had voted: only the
    first page, which says why, and the files accept them.
    """
    ballots = Ballot.objects.for_initiative(access.initiative).select_related("shortlist", "initiative__authority")
    ballot = get_object_or_404(ballots, pk=pk)
    now = timezone.now()
    if not ballot.is_closed(now):
        messages.info(request, "Les résultats restent cachés jusqu’à la fermeture du scrutin.")
        return redirect("levers:ballot_detail", access.authority.slug, ballot.pk)
    results = read_results(ballot, now=now, is_referent=Role.REFERENT in access.roles)
    if results.is_withheld and not accepts_withheld:
        return redirect("levers:ballot_results", access.authority.slug, ballot.pk)
    return results


def _verdicts(access: AuthorityAccess) -> dict[int, str]:
    decisions = Decision.objects.for_initiative(access.initiative)
    return {decision.lever_id: decision.verdict for decision in decisions}


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def ballot_results(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show the three piles and the head of the agenda; under three voters, the levers with their grades."""
    results = _results(request, access, pk, accepts_withheld=True)
    if isinstance(results, HttpResponse):
        return results
    context = {
        "results": results,
        "piles": [
            (pile, rows[:PILE_SIZE], len(rows))
            for pile in (Pile.FAVOURABLE, Pile.DEBATE, Pile.UNFAVOURABLE)
            for rows in [results.pile(pile)]
        ],
        "few": results.pile(Pile.FEW_VOTES),
        "listed": page_of(request, results.rows, PAGE_SIZE),
        "agenda": results.agenda[:AGENDA_SIZE],
        "verdicts": _verdicts(access),
        "views": result_tabs(access.authority.slug, pk),
    }
    return render(request, "levers/ballot_results.html", context)


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def ballot_pile(request: HttpRequest, access: AuthorityAccess, pk: int, pile: str) -> HttpResponse:
    """Show one pile whole."""
    results = _results(request, access, pk)
    if isinstance(results, HttpResponse):
        return results
    if pile not in {item.value for item in Pile}:
        raise Http404
    rows = results.pile(Pile(pile))
    context = {
        "results": results,
        "pile": Pile(pile),
        "count": len(rows),
        "page_obj": page_of(request, rows, PAGE_SIZE),
        "verdicts": _verdicts(access),
        "views": result_tabs(access.authority.slug, pk),
    }
    return render(request, "levers/ballot_pile.html", context)


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def ballot_agenda(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show what the workshop discusses, the widest disagreement first."""
    results = _results(request, access, pk)
    if isinstance(results, HttpResponse):
        return results
    context = {
        "results": results,
        "page_obj": page_of(request, results.agenda, PAGE_SIZE),
        "verdicts": _verdicts(access),
        "views": result_tabs(access.authority.slug, pk),
    }
    return render(request, "levers/ballot_agenda.html", context)


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def ballot_ranking(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show the levers by majority judgment, with the merit profile of each."""
    results = _results(request, access, pk)
    if isinstance(results, HttpResponse):
        return results
    context = {
        "results": results,
        "page_obj": page_of(request, results.rows, RANKING_SIZE),
        "views": result_tabs(access.authority.slug, pk),
    }
    return render(request, "levers/ballot_ranking.html", context)


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def ballot_table(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show every figure of the ballot in one table, and its files."""
    results = _results(request, access, pk)
    if isinstance(results, HttpResponse):
        return results
    context = {
        "results": results,
        "page_obj": page_of(request, results.rows, TABLE_SIZE),
        "views": result_tabs(access.authority.slug, pk),
    }
    return render(request, "levers/ballot_table.html", context)


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def ballot_comments(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show the reasons that voters wrote, lever by lever; names as the rule of the ballot says."""
    results = _results(request, access, pk)
    if isinstance(results, HttpResponse):
        return results
    context = {
        "results": results,
        "page_obj": page_of(request, lever_comments(results), COMMENT_SIZE),
        "views": result_tabs(access.authority.slug, pk),
    }
    return render(request, "levers/ballot_comments.html", context)


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def ballot_services(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show how services differ, lever by lever; only what the rule of the ballot lets this reader see."""
    results = _results(request, access, pk)
    if isinstance(results, HttpResponse):
        return results
    rows = lever_services(results)
    context = {
        "results": results,
        "page_obj": page_of(request, rows, SERVICE_SIZE),
        "divided_count": sum(row.breakdown.gap >= WIDE_GAP for row in rows),
        "views": result_tabs(access.authority.slug, pk),
    }
    return render(request, "levers/ballot_services.html", context)


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def ballot_export(request: HttpRequest, access: AuthorityAccess, pk: int, export_slug: str) -> HttpResponse:
    """Send one of the files of the results, with what its reader sees on the pages."""
    if export_slug not in EXPORTS:
        raise Http404
    results = _results(request, access, pk, accepts_withheld=True)
    if isinstance(results, HttpResponse):
        return results
    name, content_type, build = EXPORTS[export_slug]
    decisions = {decision.lever_id: decision for decision in Decision.objects.for_initiative(access.initiative)}
    response = HttpResponse(build(ResultFile(results, decisions, timezone.now())), content_type=content_type)
    file_name = f"{access.authority.slug}-scrutin-{results.ballot.number}-{name}"
    response["Content-Disposition"] = content_disposition_header(True, file_name) or "attachment"
    return response
