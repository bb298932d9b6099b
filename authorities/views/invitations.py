"""Personal links: opening one changes nothing, confirming it opens the participation in this browser."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from authorities import services
from authorities.access import SESSION_KEY
from authorities.forms import LostLinkForm
from authorities.mails import scope_words
from authorities.models import Participant, PersonalLink
from authorities.views.submission import posted
from common.afterwards import do_after
from common.errors import DomainError
from common.limits import limited

LOST_LINK_ANSWER = (
    "Si cette adresse a été invitée, un nouveau lien vient de partir. Regardez aussi dans les courriers indésirables. "
    "Sans message d’ici quelques minutes, demandez à votre référent."
)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Say whose link it is and what it opens; the POST confirms it and opens the participation."""
    link = services.find_link(token)
    now = timezone.now()
    if link is None or not link.is_usable(now):
        return _private(_dead_link(request, link, token))
    if request.method == "POST":
        try:
            services.confirm_link(link=link, now=now, user=_user_or_none(request))
        except DomainError as error:
            link.refresh_from_db()
            if not link.is_usable(now):
                return _private(_dead_link(request, link, token))
            messages.error(request, error.message)
            return _private(_confirmation(request, link, status=403))
        return _private(_open_participation(request, link))
    return _private(_confirmation(request, link, status=200))


@login_not_required
@require_POST
@limited("lost_link")
def invitation_renew(request: HttpRequest, token: str) -> HttpResponse:
    """Send a new link to the address that the dead one was sent to. The answer never tells whether it was known.

    It leaves before anything is looked up: neither its queries nor its length tell it either.
    """
    messages.info(request, LOST_LINK_ANSWER)
    response = _private(redirect("authorities:invitation_lost"))
    return do_after(response, lambda: services.renew_link_of(token=token, now=timezone.now()))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("lost_link")
def invitation_lost(request: HttpRequest) -> HttpResponse:
    """Send their links again to somebody who gives their address. The answer is the same whatever the address.

    It leaves before the address is looked up: neither its queries nor its length tell whether it is known.
    """
    form = LostLinkForm(posted(request))
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return _private(render(request, "authorities/invitation_lost.html", {"form": form}, status=status))
    email = form.cleaned_data["email"]
    messages.info(request, LOST_LINK_ANSWER)
    response = _private(redirect("authorities:invitation_lost"))
    return do_after(response, lambda: services.send_lost_links(email=email, now=timezone.now()))


@require_POST
def own_participation_open(request: HttpRequest) -> HttpResponse:
    """Open the participation of somebody who is signed in, without a mail."""
    participant_pk = request.POST.get("participant", "")
    if not (participant_pk.isascii() and participant_pk.isdigit() and len(participant_pk) < 19):
        raise Http404
    people = Participant.objects.select_related("initiative__authority", "service")
    participant = get_object_or_404(people, pk=int(participant_pk))
    user = request.user
    try:
        if not isinstance(user, User):
            raise Http404
        link = services.open_own_participation(user=user, participant=participant, now=timezone.now())
    except DomainError as error:
        # Somebody else's participation does not exist for this account.
        raise Http404 from error
    return _open_participation(request, link)


def _open_participation(request: HttpRequest, link: PersonalLink) -> HttpResponse:
    """Put the link in a session with a new key: a key known before the confirmation opens nothing."""
    request.session.cycle_key()
    opened = dict(request.session.get(SESSION_KEY, {}))
    opened[str(link.participant_id)] = link.pk
    request.session[SESSION_KEY] = opened
    return redirect("roadmap:participant_home", participant_pk=link.participant_id)


def _confirmation(request: HttpRequest, link: PersonalLink, *, status: int) -> HttpResponse:
    context = {"link": link, "participant": link.participant, "tasks": scope_words(link.scopes)}
    return render(request, "authorities/invitation.html", context, status=status)


def _dead_link(request: HttpRequest, link: PersonalLink | None, token: str) -> HttpResponse:
    """Say that a link does not work, and offer a new one: 404 when nobody knows it, 410 when it is over."""
    if link is None:
        context = {"form": LostLinkForm(), "is_known": False}
        return render(request, "authorities/invitation_dead.html", context, status=404)
    context = {"is_known": True, "token": token, "is_revoked": link.revoked_at is not None, "link": link}
    return render(request, "authorities/invitation_dead.html", context, status=410)


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the address of a personal link out of caches, search engines and the pages that follow."""
    response["Cache-Control"] = "no-store"
    # Never the path, which holds the token; not « no-referrer », under which browsers post a null origin that the
    # protection against forged requests refuses.
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _user_or_none(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
