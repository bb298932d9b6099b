"""People of the committee and their invitations."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities import services
from authorities.access import AuthorityAccess, authority_view
from authorities.forms import InvitationForm, ParticipantForm
from authorities.mails import preview_invitation
from authorities.models import Participant
from authorities.permissions import Permission, scopes_of
from authorities.selectors import invitable_participants, participants_view
from authorities.selectors.participants import (
    ACCEPTED,
    NEW,
    STATES,
    WAITING,
    last_note,
    participant_row,
    people_to_tick,
)
from authorities.views.submission import posted, submit
from common.errors import DomainError

PEOPLE_PER_PAGE = 15


@authority_view(Permission.MANAGE_PARTICIPANTS)
@require_safe
def participant_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the committee: who is there, who has confirmed, who has not, who was sent nothing."""
    return _list(request, access)


@authority_view(Permission.MANAGE_PARTICIPANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def participant_create(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Add somebody to the committee; nothing is sent. The coverage check names the service in the address."""
    form = ParticipantForm(posted(request), service_code=request.GET.get("service", ""))
    submission = submit(
        request,
        form,
        lambda: services.add_participant(
            initiative=access.initiative, values=form.values, actor=access.user, now=timezone.now()
        ),
    )
    if submission.is_saved:
        participant = submission.result
        proposed = ", ".join(dimension.short_name for dimension in participant.dimensions.all())
        told = f" Dimensions connues : {proposed}." if proposed else ""
        messages.success(request, f"{participant.name} est dans le comité.{told} Aucun message n’est parti.")
        return redirect("authorities:participant_list", access.authority.slug)
    return render(request, "authorities/participant_form.html", {"form": form}, status=submission.status)


@authority_view(Permission.MANAGE_PARTICIPANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def participant_update(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Correct somebody of the committee."""
    participant = find_participant(access, pk)
    form = ParticipantForm(posted(request), participant=participant)
    submission = submit(
        request,
        form,
        lambda: services.save_participant(
            participant=participant,
            expected_version=form.expected_version,
            values=form.values,
            actor=access.user,
            now=timezone.now(),
        ),
    )
    if submission.is_saved:
        messages.success(request, f"{participant.name} : modifications enregistrées.")
        return redirect("authorities:participant_list", access.authority.slug)
    context = {"form": form, "participant": participant, "row": participant_row(participant, now=timezone.now())}
    return render(request, "authorities/participant_form.html", context, status=submission.status)


@authority_view(Permission.REMOVE_PARTICIPANTS)
@require_POST
def participant_deactivate(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Take somebody out of the committee; their answers stay."""
    participant = find_participant(access, pk)
    try:
        services.deactivate_participant(participant=participant, actor=access.user, now=timezone.now())
    except DomainError as error:
        return _refusal(request, access, error)
    messages.success(request, f"{participant.name} ne participe plus. Son lien est révoqué, ses réponses restent.")
    return redirect("authorities:participant_list", access.authority.slug)


@authority_view(Permission.REMOVE_PARTICIPANTS)
@require_POST
def participant_reactivate(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Take somebody back into the committee."""
    participant = find_participant(access, pk)
    try:
        services.reactivate_participant(participant=participant, actor=access.user, now=timezone.now())
    except DomainError as error:
        return _refusal(request, access, error)
    messages.success(request, f"{participant.name} participe de nouveau.")
    return redirect("authorities:participant_list", access.authority.slug)


# Invitations -------------------------------------------------------------------------------------------------------


@authority_view(Permission.MANAGE_PARTICIPANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def participant_invite(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Read the invitation as it will be received, then send it to the people ticked."""
    people = invitable_participants(access.initiative)
    wanted = request.GET.get("personne", "")
    ticked = people_to_tick(list(people), person=wanted, state=request.GET.get("etat", ""))
    initial = {"participants": [person.pk for person in ticked], "note": last_note(access.initiative, wanted)}
    form = InvitationForm(posted(request), people=people, initial=initial)
    is_preview = request.POST.get("action") == "preview"
    submission = submit(
        request,
        form,
        lambda: (
            None
            if is_preview
            else services.invite_participants(
                initiative=access.initiative, actor=access.user, now=timezone.now(), **form.cleaned_data
            )
        ),
    )
    if submission.is_saved and not is_preview:
        names = ", ".join(person.name for person in submission.result)
        messages.success(request, f"Invitation envoyée à {names}.")
        return redirect("authorities:participant_list", access.authority.slug)
    context = {"form": form, "has_people": bool(people), "preview": _preview(access, form)}
    status = 200 if submission.is_saved else submission.status
    return render(request, "authorities/participant_invite.html", context, status=status)


@authority_view(Permission.MANAGE_PARTICIPANTS)
@require_POST
def participant_remind(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Send again to one person the invitation that they were sent, with the same word."""
    participant = find_participant(access, pk)
    try:
        if not participant.invitation_count:
            raise DomainError(f"{participant.name} n’a pas encore été invité\u00a0: relisez d’abord l’invitation.")
        services.invite_participants(
            initiative=access.initiative,
            participants=[participant],
            note=participant.invitation_note,
            actor=access.user,
            now=timezone.now(),
        )
    except DomainError as error:
        return _refusal(request, access, error)
    messages.success(request, f"Rappel envoyé à {participant.name}, avec un nouveau lien. L’ancien ne fonctionne plus.")
    return redirect("authorities:participant_list", access.authority.slug)


def find_participant(access: AuthorityAccess, pk: int) -> Participant:
    """Return somebody of the committee; 404 for anybody else, and for somebody whose name was erased."""
    people = Participant.objects.for_initiative(access.initiative).filter(erased_at=None).select_related("service")
    participant: Participant = get_object_or_404(people, pk=pk)
    participant.initiative = access.initiative
    return participant


def _preview(access: AuthorityAccess, form: InvitationForm) -> tuple[str, str]:
    """Return the invitation of the first person ticked, or of a member of the committee."""
    picked = form.picked
    roles = picked.role_set if picked else frozenset()
    return preview_invitation(
        initiative=access.initiative,
        name=picked.name if picked else "(prénom et nom)",
        scopes=sorted(scope.value for scope in scopes_of(roles)) if picked else ["rate", "vote", "read"],
        note=form.typed_note,
        sender=access.user,
        is_repeat=bool(picked and picked.invitation_count),
    )


def _refusal(request: HttpRequest, access: AuthorityAccess, error: DomainError) -> HttpResponse:
    """Show the committee again with the reason of a refusal."""
    messages.error(request, error.message)
    return _list(request, access, status=422)


def _list(request: HttpRequest, access: AuthorityAccess, *, status: int = 200) -> HttpResponse:
    view = participants_view(access.initiative, now=timezone.now())
    state = request.GET.get("etat", "")
    page = Paginator(view.listed(state), PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    url = reverse("authorities:participant_list", args=[access.authority.slug])
    tabs = [
        ("", f"Tout le comité ({len(view.active)})", url),
        (ACCEPTED, f"Ont confirmé ({view.accepted_count})", f"{url}?etat={ACCEPTED}"),
        (WAITING, f"Sans réponse ({view.waiting_count})", f"{url}?etat={WAITING}"),
        (NEW, f"Pas encore invitées ({view.new_count})", f"{url}?etat={NEW}"),
    ]
    context = {"view": view, "page": page, "tabs": tabs, "state": state if state in STATES else ""}
    return render(request, "authorities/participant_list.html", context, status=status)
