"""National administration: the requests to join that an authority leaves without an answer."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from authorities.access import staff_view
from authorities.enums import Role
from authorities.forms.arbitration import ArbitrationForm
from authorities.selectors.arbitration import arbitration_rows, find_arbitration
from authorities.services.arbitration import arbitrate_membership_request
from authorities.views.submission import posted, submit


@staff_view
@require_safe
def arbitration_list(request: HttpRequest, staff: User) -> HttpResponse:
    """List the requests left without an answer."""
    context = {"rows": arbitration_rows(now=timezone.now()), "days": settings.MEMBERSHIP_ANSWER_DAYS}
    return render(request, "authorities/arbitration_list.html", context)


@staff_view
@require_http_methods(["GET", "HEAD", "POST"])
def arbitration_answer(request: HttpRequest, staff: User, pk: int) -> HttpResponse:
    """Accept or refuse one of them, with a reason."""
    now = timezone.now()
    row = find_arbitration(pk, now=now)
    if row is None:
        raise Http404
    proposed = [Role.COMMITTEE.value] if row.has_referent else [Role.REFERENT.value]
    form = ArbitrationForm(posted(request), initial={"roles": proposed})
    submission = submit(
        request,
        form,
        lambda: arbitrate_membership_request(request=row.request, actor=staff, now=now, **form.values),
    )
    if submission.is_saved:
        messages.success(request, f"Réponse envoyée à {row.request.user} et aux référents.")
        return redirect("authorities:arbitration_list")
    context = {"form": form, "row": row}
    return render(request, "authorities/arbitration_answer.html", context, status=submission.status)
