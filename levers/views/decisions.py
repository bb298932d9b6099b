"""Decisions: one by one with a reason, the consensual ones in one gesture; what the choice leaves out."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.enums import Role
from authorities.permissions import Permission
from authorities.views.submission import submit
from common.charts.matrix import MatrixPoint, effort_impact_matrix
from common.numbers import pluralise
from common.refusals import turn_back
from common.text import typography
from levers import services
from levers.forms import ConsensusForm, DecisionForm
from levers.selectors import decision_board
from levers.selectors.decisions import DecisionBoard, DecisionRow
from levers.tally import Pile
from levers.views.frame import page_of, step_tabs

PAGE_SIZE = 36
MATRIX_SIZE = 30
DEFAULT_REASON = "Consensus du comité technique au scrutin."


def _board(access: AuthorityAccess) -> DecisionBoard:
    return decision_board(access.initiative, now=timezone.now(), is_referent=Role.REFERENT in access.roles)


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def decision_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show what is decided and what is left, with the warnings."""
    board = _board(access)
    context = {
        "board": board,
        "page_obj": page_of(request, board.rows, PAGE_SIZE),
        "consensual_count": len(board.consensual(Pile.FAVOURABLE)) + len(board.consensual(Pile.UNFAVOURABLE)),
        "can_decide": Permission.DECIDE_LEVERS in access.permissions and not board.locked_reason,
        "tabs": step_tabs(access.authority.slug),
    }
    return render(request, "levers/decision_list.html", context)


@authority_view(Permission.DECIDE_LEVERS)
@require_http_methods(["GET", "HEAD", "POST"])
def decision_update(request: HttpRequest, access: AuthorityAccess, lever_pk: int) -> HttpResponse:
    """Decide about one lever, with a reason."""
    board = _board(access)
    row = board.row(lever_pk)
    if row is None:
        if board.locked_reason:
            return turn_back(request, board.locked_reason, "levers:decision_list", access.authority.slug)
        raise Http404
    decision = row.decision
    initial: dict[str, object] = {"version": decision.version if decision else 0}
    if decision:
        initial |= {"verdict": decision.verdict, "reason": decision.reason}
    form = DecisionForm(request.POST or None, initial=initial)
    submission = submit(
        request,
        form,
        lambda: services.record_decision(
            initiative=access.initiative,
            lever=row.lever,
            expected_version=form.expected_version,
            actor=access.user,
            now=timezone.now(),
            **form.changes,
        ),
    )
    if submission.is_saved:
        messages.success(request, typography(f"« {row.lever.title} » : {submission.result.get_verdict_display()}."))
        return redirect("levers:decision_list", access.authority.slug)
    context = {"form": form, "row": row, "board": board}
    return render(request, "levers/decision_update.html", context, status=submission.status)


@authority_view(Permission.DECIDE_LEVERS)
@require_http_methods(["GET", "HEAD", "POST"])
def decision_confirm(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Confirm the consensual levers in one gesture, with one reason."""
    board = _board(access)
    favourable, unfavourable = (board.consensual(pile) for pile in (Pile.FAVOURABLE, Pile.UNFAVOURABLE))
    ballot = board.ballot
    if ballot is None or board.locked_reason or not (favourable or unfavourable):
        messages.info(request, typography(board.locked_reason or "Aucun levier consensuel n’attend de décision."))
        return redirect("levers:decision_list", access.authority.slug)
    choices = consensus_choices(favourable, unfavourable)
    initial = {"piles": [pile.value for pile, _label in choices], "reason": DEFAULT_REASON}
    form = ConsensusForm(request.POST or None, piles=choices, initial=initial)
    submission = submit(
        request,
        form,
        lambda: services.confirm_consensus(ballot=ballot, actor=access.user, now=timezone.now(), **form.cleaned_data),
    )
    if submission.is_saved:
        count = len(submission.result)
        messages.success(request, f"{count} {pluralise(count, 'décision enregistrée', 'décisions enregistrées')}.")
        return redirect("levers:decision_list", access.authority.slug)
    context = {"form": form, "favourable": favourable, "unfavourable": unfavourable}
    return render(request, "levers/decision_confirm.html", context, status=submission.status)


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def decision_matrix(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the retained levers by effort and impact; before any decision, those to decide about."""
    board = _board(access)
    rows = board.retained or list(board.rows)
    page_obj = page_of(request, rows, MATRIX_SIZE)
    numbered = list(enumerate(page_obj.object_list, start=page_obj.start_index() or 1))
    points = [
        MatrixPoint(number, row.lever.effort, row.lever.impact, row.lever.is_quick_win) for number, row in numbered
    ]
    title = f"{len(points)} {pluralise(len(points), 'levier', 'leviers')} selon l’effort et l’impact, de 1 à 5"
    context = {
        "board": board,
        "numbered": numbered,
        "page_obj": page_obj,
        "matrix": effort_impact_matrix(points, typography(title)),
        "tabs": step_tabs(access.authority.slug),
    }
    return render(request, "levers/decision_matrix.html", context)


def consensus_choices(favourable: Sequence[DecisionRow], unfavourable: Sequence[DecisionRow]) -> list[tuple[Pile, str]]:
    """Return the consensus piles that wait for a confirmation, each with what it confirms."""
    choices = []
    if favourable:
        choices.append((Pile.FAVOURABLE, _confirmation(len(favourable), "favorable", "retenu", "retenus")))
    if unfavourable:
        choices.append((Pile.UNFAVOURABLE, _confirmation(len(unfavourable), "défavorable", "écarté", "écartés")))
    return choices


def _confirmation(count: int, side: str, singular: str, plural: str) -> str:
    levers = pluralise(count, "levier", "leviers")
    return typography(f"Consensus {side} : {count} {levers} {pluralise(count, singular, plural)}")
