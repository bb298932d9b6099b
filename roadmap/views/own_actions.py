"""What a personal link opens to the person who leads an action: their sheets, written where they stand."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import ParticipantAccess, participant_view
from authorities.enums import Scope
from roadmap.desk import SheetDesk, lead_desk
from roadmap.models import ActionSheet
from roadmap.views import desk as desks

FORM_METHODS = ["GET", "HEAD", "POST"]


def _desk(access: ParticipantAccess, pk: int) -> SheetDesk:
    own = ActionSheet.objects.for_initiative(access.initiative).filter(lead_participant=access.participant)
    return lead_desk(access, desks.find_sheet(own, pk, access.initiative))


@participant_view(Scope.ACTIONS)
@require_safe
def participant_sheet(request: HttpRequest, access: ParticipantAccess, pk: int) -> HttpResponse:
    """Show an action that this person leads."""
    return desks.show(request, _desk(access, pk))


@participant_view(Scope.ACTIONS)
@require_http_methods(FORM_METHODS)
def participant_sheet_update(request: HttpRequest, access: ParticipantAccess, pk: int, part_slug: str) -> HttpResponse:
    """Complete one part of an action that this person leads."""
    return desks.update(request, _desk(access, pk), part_slug)


@participant_view(Scope.ACTIONS)
@require_POST
def participant_sheet_confirm(request: HttpRequest, access: ParticipantAccess, pk: int) -> HttpResponse:
    """Keep texts of the catalogue as they stand."""
    return desks.confirm(request, _desk(access, pk))


@participant_view(Scope.ACTIONS)
@require_POST
def participant_sheet_submit(request: HttpRequest, access: ParticipantAccess, pk: int) -> HttpResponse:
    """Hand the sheet over to the steering committee."""
    return desks.submit_sheet(request, _desk(access, pk))


@participant_view(Scope.ACTIONS)
@require_http_methods(FORM_METHODS)
def participant_sheet_notes(request: HttpRequest, access: ParticipantAccess, pk: int) -> HttpResponse:
    """Show the notes of an action and add one."""
    return desks.notes(request, _desk(access, pk))


@participant_view(Scope.ACTIONS)
@require_POST
def participant_sheet_note_delete(
    request: HttpRequest, access: ParticipantAccess, pk: int, note_pk: int
) -> HttpResponse:
    """Remove a note that this person wrote."""
    return desks.delete_note(request, _desk(access, pk), note_pk)


@participant_view(Scope.ACTIONS)
@require_http_methods(FORM_METHODS)
def participant_sheet_files(request: HttpRequest, access: ParticipantAccess, pk: int) -> HttpResponse:
    """Show the files of an action and join one."""
    return desks.files(request, _desk(access, pk))


@participant_view(Scope.ACTIONS)
@require_safe
def participant_sheet_file(request: HttpRequest, access: ParticipantAccess, pk: int, file_pk: int) -> HttpResponse:
    """Send a file of an action."""
    return desks.send_file(_desk(access, pk), file_pk)


@participant_view(Scope.ACTIONS)
@require_POST
def participant_sheet_file_delete(
    request: HttpRequest, access: ParticipantAccess, pk: int, file_pk: int
) -> HttpResponse:
    """Remove a file that this person joined."""
    return desks.delete_file(request, _desk(access, pk), file_pk)
