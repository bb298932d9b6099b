"""The workshop of the facilitator: opening page, one lever at a time, parking lot, way back, end."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import posted, submit
from common.errors import DomainError
from common.refusals import refusal_page, turn_back
from levers import services
from levers.forms import ConsensusForm, DecisionForm
from levers.forms_workshop import EndForm, HandsForm, ParkForm, StartForm, UndoForm
from levers.models import Lever, Workshop
from levers.selectors.workshop import AgendaItem, WorkshopBoard, proposed_reason, retained_by_theme
from levers.tally import Pile
from levers.views.decisions import DEFAULT_REASON, consensus_choices
from levers.views.frame import step_tabs
from levers.views.workshop_frame import (
    begun_board,
    begun_workshop,
    console_url,
    go_to,
    lever_or_404,
    not_begun,
    read_board,
)
from levers.wording import saved_label

UNREADABLE = "Ce geste n’a pas été compris : rechargez la page, puis recommencez."
AGENDA_SIZE = 40


@authority_view(Permission.DECIDE_LEVERS)
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_detail(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the agenda, the time it takes and the parking lot; begin the workshop."""
    board = read_board(access)
    if board.locked_reason or board.board.ballot is None:
        return turn_back(request, board.locked_reason, "levers:decision_list", access.authority.slug)
    ballot = board.board.ballot
    form = StartForm(posted(request), initial={"planned_minutes": board.planned_minutes})
    submission = submit(
        request,
        form,
        lambda: services.start_workshop(ballot=ballot, actor=access.user, now=timezone.now(), **form.cleaned_data),
    )
    if submission.is_saved:
        return redirect("levers:workshop_detail", access.authority.slug)
    context = {
        "board": board,
        "form": form,
        "agenda": board.agenda[:AGENDA_SIZE],
        "following": board.next_to_settle(),
        "tabs": step_tabs(access.authority.slug),
    }
    return render(request, "levers/workshop_detail.html", context, status=submission.status)


@authority_view(Permission.DECIDE_LEVERS)
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_lever(request: HttpRequest, access: AuthorityAccess, lever_pk: int) -> HttpResponse:
    """Show one lever to the facilitator and record the decision in one key."""
    begun = begun_board(request, access)
    if isinstance(begun, HttpResponse):
        return begun
    board, workshop = begun
    item = board.item(lever_pk)
    if item is None:
        raise Http404
    if request.headers.get("X-Fragment"):
        return render(request, "levers/_answered.html", _answered(board, item))
    form = DecisionForm(posted(request), initial=_initial(item))
    following = board.next_to_settle(item)
    submission = submit(
        request,
        form,
        lambda: services.decide_in_workshop(
            workshop=workshop,
            lever=item.lever,
            expected_version=form.expected_version,
            following=following.lever if following else None,
            actor=access.user,
            now=timezone.now(),
            **form.changes,
        ),
    )
    if submission.is_saved:
        return go_to(request, console_url(access, following))
    context = _console(board, item) | {"form": form}
    return render(request, "levers/workshop_lever.html", context, status=submission.status)


def _initial(item: AgendaItem) -> dict[str, object]:
    decision = item.row.decision
    if decision is None:
        return {"version": 0, "reason": proposed_reason(item)}
    return {"version": decision.version, "verdict": decision.verdict, "reason": decision.reason}


def _console(board: WorkshopBoard, item: AgendaItem) -> dict[str, object]:
    before, after = board.neighbours(item)
    vote = item.second_vote
    return {
        "board": board,
        "item": item,
        "rank": board.rank(item),
        "before": before,
        "after": after,
        "is_shown": board.workshop is not None and board.workshop.current_id == item.lever.pk,
        "hands": HandsForm(initial={"number": vote.number + 1 if vote else 1}),
        "saved_label": saved_label(item.row.decision.decided_at) if item.row.decision else "",
        **_answered(board, item),
    }


def _answered(board: WorkshopBoard, item: AgendaItem) -> dict[str, int]:
    """How many phones answered; the grades stay hidden until it closes. One query while it is open."""
    vote, results = item.second_vote, board.board.results
    return {
        "answered": vote.answers.count() if vote and vote.is_open else 0,
        "voter_count": results.voter_count if results else 0,
    }


@authority_view(Permission.DECIDE_LEVERS)
@require_POST
def workshop_welcome(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Put the first page on the screen."""
    url = reverse("levers:workshop_detail", args=[access.authority.slug])
    return _gesture(
        request, access, url, lambda workshop: services.show_lever(workshop=workshop, lever=None, now=timezone.now())
    )


@authority_view(Permission.DECIDE_LEVERS)
@require_POST
def workshop_show(request: HttpRequest, access: AuthorityAccess, lever_pk: int) -> HttpResponse:
    """Put a lever on the screen and on the console."""

    def show(workshop: Workshop, lever: Lever) -> None:
        services.show_lever(workshop=workshop, lever=lever, now=timezone.now())

    return _gesture_on(request, access, lever_pk, show)


@authority_view(Permission.DECIDE_LEVERS)
@require_POST
def workshop_park(request: HttpRequest, access: AuthorityAccess, lever_pk: int) -> HttpResponse:
    """Leave a lever for the end, or put it back in its place."""
    form = ParkForm(request.POST)

    def park(workshop: Workshop, lever: Lever) -> None:
        if not form.is_valid():
            raise DomainError(UNREADABLE)
        services.park_lever(
            workshop=workshop, lever=lever, is_parked=form.cleaned_data["is_parked"], actor=access.user,
            now=timezone.now(),
        )  # fmt: skip

    return _gesture_on(request, access, lever_pk, park)


@authority_view(Permission.DECIDE_LEVERS)
@require_POST
def workshop_undo(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Undo the last gesture, and come back to its lever."""
    workshop = begun_workshop(access)
    if workshop is None:
        return not_begun(request, access)
    back = reverse("levers:workshop_detail", args=[access.authority.slug])
    form = UndoForm(request.POST)
    if not form.is_valid():
        return refusal_page(request, UNREADABLE, back)
    try:
        levers = services.undo_decision(workshop=workshop, actor=access.user, now=timezone.now(), **form.cleaned_data)
    except DomainError as error:
        return refusal_page(request, error.message, back)
    return go_to(request, console_url(access, levers[0]) if len(levers) == 1 else back)


@authority_view(Permission.DECIDE_LEVERS)
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_confirm(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Confirm the consensual levers in one gesture that may be undone."""
    begun = begun_board(request, access)
    if isinstance(begun, HttpResponse):
        return begun
    board, workshop = begun
    back = ("levers:workshop_detail", access.authority.slug)
    favourable, unfavourable = (board.board.consensual(pile) for pile in (Pile.FAVOURABLE, Pile.UNFAVOURABLE))
    if not (favourable or unfavourable):
        return turn_back(request, "Aucun levier consensuel n’attend de décision.", *back)
    choices = consensus_choices(favourable, unfavourable)
    initial = {"piles": [pile.value for pile, _label in choices], "reason": DEFAULT_REASON}
    form = ConsensusForm(posted(request), piles=choices, initial=initial)
    submission = submit(
        request,
        form,
        lambda: services.confirm_in_workshop(
            workshop=workshop, actor=access.user, now=timezone.now(), **form.cleaned_data
        ),
    )
    if submission.is_saved:
        return redirect(*back)
    context = {"form": form, "favourable": favourable, "unfavourable": unfavourable, "is_workshop": True}
    return render(request, "levers/decision_confirm.html", context, status=submission.status)


@authority_view(Permission.DECIDE_LEVERS)
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_end(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show what is kept, what is left, and what to look at; end the workshop or take it up again."""
    begun = begun_board(request, access, has_advice=True)
    if isinstance(begun, HttpResponse):
        return begun
    board, workshop = begun
    if request.method == "POST":
        form = EndForm(request.POST)
        if not form.is_valid():
            return refusal_page(request, UNREADABLE, "levers:workshop_end", access.authority.slug)
        write = services.end_workshop if form.cleaned_data["is_over"] else services.resume_workshop
        return _gesture(
            request, access, reverse("levers:workshop_end", args=[access.authority.slug]),
            lambda _workshop: write(workshop=workshop, actor=access.user, now=timezone.now()),
        )  # fmt: skip
    context = {"board": board, "themes": retained_by_theme(board.board), "following": board.next_to_settle()}
    return render(request, "levers/workshop_end.html", context)


def _gesture_on(
    request: HttpRequest, access: AuthorityAccess, lever_pk: int, write: Callable[[Workshop, Lever], object]
) -> HttpResponse:
    """Do a gesture about one lever and show its console, or say why it is refused."""
    workshop = begun_workshop(access)
    if workshop is None:
        return not_begun(request, access)
    lever = lever_or_404(workshop, lever_pk)
    return _gesture(request, access, console_url(access, lever), lambda _workshop: write(workshop, lever))


def _gesture(
    request: HttpRequest, access: AuthorityAccess, url: str, write: Callable[[Workshop], object]
) -> HttpResponse:
    """Do a gesture of a lone button and go on, or say why it is refused."""
    workshop = begun_workshop(access)
    if workshop is None:
        return not_begun(request, access)
    try:
        write(workshop)
    except DomainError as error:
        return refusal_page(request, error.message, url)
    return go_to(request, url)
