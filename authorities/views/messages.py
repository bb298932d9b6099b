"""Mail of an authority, and what a participant wants to receive."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.enums import MailFate
from accounts.views_mail import SAVED, preference_form
from authorities.access import AuthorityAccess, ParticipantAccess, authority_view, participant_view
from authorities.permissions import Permission
from authorities.selectors.messages import count_by_fate, count_waiting_news, message_row, messages_of

MESSAGES_PER_PAGE = 15
TABS = (
    ("", "Tous"),
    (MailFate.SENT, "Envoyés"),
    (MailFate.PENDING, "En attente"),
    (MailFate.FAILED, "Non remis"),
    (MailFate.WITHHELD, "Retenus"),
)


@authority_view(Permission.VIEW_MESSAGES)
@require_safe
def message_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show what left by mail, to whom, and what became of it."""
    fate = request.GET.get("etat", "")
    fate = fate if fate in MailFate.values else ""
    counts = count_by_fate(access.authority)
    url = reverse("authorities:message_list", args=[access.authority.slug])
    page = Paginator(messages_of(access.authority, fate), MESSAGES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [message_row(tie) for tie in page],
        "tabs": [
            (code, f"{label} ({counts.get(code, 0) if code else sum(counts.values())})", _tab_url(url, code))
            for code, label in TABS
        ],
        "fate": fate,
        "failed_count": counts.get(MailFate.FAILED, 0),
        "waiting_count": count_waiting_news(access.authority),
    }
    return render(request, "authorities/message_list.html", context)


@participant_view(None)
@require_http_methods(["GET", "HEAD", "POST"])
def participant_mail(request: HttpRequest, access: ParticipantAccess) -> HttpResponse:
    """Choose the news that one's address receives."""
    email = access.participant.email
    if not email:
        return render(request, "authorities/participant_mail.html", {"form": None, "email": ""})
    form, status = preference_form(request, email)
    if status == 303:
        messages.success(request, SAVED)
        return redirect("authorities:participant_mail", participant_pk=access.participant.pk)
    return render(request, "authorities/participant_mail.html", {"form": form, "email": email}, status=status)


def _tab_url(url: str, code: str) -> str:
    return f"{url}?etat={code}" if code else url
