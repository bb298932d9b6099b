"""What an authority holds about people: erase a person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import AuthorityAccess, authority_view
from authorities.models import Membership, Participant
from authorities.permissions import Permission
from common.errors import DomainError
from common.refusals import refusal_page
from roadmap import services


@authority_view(Permission.MANAGE_DATA)
@require_http_methods(["GET", "HEAD", "POST"])
def person_erase(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Erase a person, of the current démarche or of a former one, after saying what goes and what stays."""
    participant = get_object_or_404(Participant.objects.for_authority(access.authority), pk=pk)
    if request.method != "POST" and participant.erased_at is None:
        return render(request, "roadmap/person_erase.html", {"participant": participant})
    try:
        services.require_not_erased(participant)
        services.erase_person(participant=participant, actor=access.user, now=timezone.now())
    except DomainError as error:
        return refusal_page(request, error.message, "authorities:participant_list", access.authority.slug)
    messages.success(request, "La personne est effacée. Ses réponses restent, sans son nom.")
    is_still_member = Membership.objects.filter(authority=access.authority, user=access.user).exists()
    if not is_still_member:
        return redirect("authorities:authority_list")
    return redirect("authorities:participant_list", access.authority.slug)
