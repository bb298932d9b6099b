"""What the views of the workshop share: the workshop that is held, its levers, the answer to a script."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from authorities.access import AuthorityAccess
from authorities.enums import Role
from common.refusals import turn_back
from levers.models import Lever, Workshop
from levers.selectors import current_ballot
from levers.selectors.results import ballot_levers
from levers.selectors.workshop import AgendaItem, WorkshopBoard, workshop_board

NOT_BEGUN = "L’atelier n’a pas commencé : commencez-le d’abord."


def read_board(access: AuthorityAccess, *, has_advice: bool = False) -> WorkshopBoard:
    is_referent = Role.REFERENT in access.roles
    return workshop_board(access.initiative, now=timezone.now(), is_referent=is_referent, has_advice=has_advice)


def begun_board(
    request: HttpRequest, access: AuthorityAccess, *, has_advice: bool = False
) -> tuple[WorkshopBoard, Workshop] | HttpResponse:
    """Return the board of a workshop that began, or the answer that says what to do first."""
    board = read_board(access, has_advice=has_advice)
    if board.locked_reason:
        return turn_back(request, board.locked_reason, "levers:decision_list", access.authority.slug)
    if board.workshop is None:
        return not_begun(request, access)
    return board, board.workshop


def not_begun(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    return turn_back(request, NOT_BEGUN, "levers:workshop_detail", access.authority.slug)


def begun_workshop(access: AuthorityAccess) -> Workshop | None:
    """Return the workshop of the last ballot, without its board. Two queries."""
    ballot = current_ballot(access.initiative)
    return Workshop.objects.select_related("ballot").filter(ballot=ballot).first() if ballot else None


def lever_or_404(workshop: Workshop, lever_pk: int) -> Lever:
    """Return a lever of the ballot; anything else does not exist for this workshop."""
    lever = next((lever for lever in ballot_levers(workshop.ballot) if lever.pk == lever_pk), None)
    if lever is None:
        raise Http404
    return lever


def console_url(access: AuthorityAccess, item: AgendaItem | Lever | None) -> str:
    """Return the address of a lever on the console; that of the end when there is none."""
    slug = access.authority.slug
    if item is None:
        return reverse("levers:workshop_end", args=[slug])
    lever = item.lever if isinstance(item, AgendaItem) else item
    return reverse("levers:workshop_lever", args=[slug, lever.pk])


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Lead to an address once the gesture is written; a script is told the address."""
    if request.headers.get("X-Autosave"):
        return HttpResponse(status=204, headers={"X-Next": url})
    return redirect(url)
