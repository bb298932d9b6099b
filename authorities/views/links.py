"""Personal links: copied, sent again, revoked, printed for a meeting, changed by those who hold them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from authorities import services
from authorities.access import AuthorityAccess, ParticipantAccess, authority_view, participant_view
from authorities.forms import LinkSheetForm
from authorities.link_sheet import render_link_sheet
from authorities.permissions import Permission
from authorities.selectors.participants import people_of_a_sheet, people_of_paper
from authorities.views.participants import find_participant
from authorities.views.submission import posted, submit
from common.errors import DomainError
from common.refusals import refusal_page


@authority_view(Permission.ISSUE_LINKS)
@require_POST
@never_cache
def link_copy(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show a new personal link, once. It is printed at once, for a redirect would have to store the token."""
    participant = find_participant(access, pk)
    try:
        url = services.copy_link(participant=participant, actor=access.user, now=timezone.now())
    except DomainError as error:
        return _refusal(request, access, error)
    response = render(request, "authorities/link_copy.html", {"participant": participant, "url": url})
    response["Referrer-Policy"] = "strict-origin"
    return response


@authority_view(Permission.MANAGE_PARTICIPANTS)
@require_POST
def link_send(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Send a new link to somebody who has confirmed and lost theirs."""
    participant = find_participant(access, pk)
    try:
        services.send_rotated_link(participant=participant, actor=access.user, now=timezone.now())
    except DomainError as error:
        return _refusal(request, access, error)
    messages.success(request, f"Nouveau lien envoyé à {participant.name}. L’ancien s’arrête quand il sera confirmé.")
    return redirect("authorities:participant_list", access.authority.slug)


@authority_view(Permission.ISSUE_LINKS)
@require_POST
def link_revoke(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Kill the personal link of somebody, and the pages that it opened."""
    participant = find_participant(access, pk)
    services.revoke_links(participant=participant, now=timezone.now(), actor=access.user)
    messages.success(request, f"Le lien de {participant.name} ne fonctionne plus.")
    return redirect("authorities:participant_list", access.authority.slug)


@authority_view(Permission.ISSUE_LINKS)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def link_sheet(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Choose the people of a meeting, then send the sheet of their links; it is kept nowhere.

    At first only whoever has no e-mail address is ticked: a link on paper is one that another may pick up.
    """
    people = people_of_a_sheet(access.initiative)
    ticked = people_of_paper(people, request.GET.get("cocher", ""))
    form = LinkSheetForm(posted(request), people=people, initial={"participants": ticked})
    now = timezone.now()
    submission = submit(
        request,
        form,
        lambda: services.issue_sheet_links(
            initiative=access.initiative,
            participants=form.cleaned_data["participants"],
            actor=access.user,
            now=now,
        ),
    )
    if not submission.is_saved:
        context = {"form": form, "has_people": bool(people)}
        return render(request, "authorities/link_sheet.html", context, status=submission.status)
    content = render_link_sheet(initiative=access.initiative, links=submission.result, created_at=now)
    name = f"liens-personnels-{access.authority.slug}.pdf"
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})


@participant_view(None)
@require_POST
def link_rotate(request: HttpRequest, access: ParticipantAccess) -> HttpResponse:
    """Send a new link to the person who asks for it from their own page."""
    home = "roadmap:participant_home"
    try:
        services.rotate_own_link(participant=access.participant, now=timezone.now())
    except DomainError as error:
        return refusal_page(request, error.message, home, access.participant.pk)
    messages.success(request, "Un nouveau lien part à votre adresse. Celui-ci s’arrête quand vous confirmerez l’autre.")
    return redirect(home, participant_pk=access.participant.pk)


def _refusal(request: HttpRequest, access: AuthorityAccess, error: DomainError) -> HttpResponse:
    return refusal_page(
        request, error.message, "authorities:participant_list", access.authority.slug, back_label="Revenir au comité"
    )
