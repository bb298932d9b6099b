"""What an account can open: its authorities by urgency, its participations, its requests."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.signed_in import signed_in
from authorities.selectors import own_spaces
from roadmap.forms.spaces import SpaceFilterForm
from roadmap.selectors.spaces import choose_rows, space_rows

SPACES_PER_PAGE = 12


@require_safe
def space_list(request: HttpRequest) -> HttpResponse:
    """Show what the account can open and what each authority asks, or how to open a first space."""
    user = signed_in(request)
    own = own_spaces(user)
    form = SpaceFilterForm(request.GET)
    rows = space_rows(own.spaces, user=user, now=timezone.now())
    context = {
        "own": own,
        "form": form,
        "asked_count": sum(row.is_asked for row in rows),
        "page_obj": Paginator(choose_rows(rows, form.filters()), SPACES_PER_PAGE).get_page(request.GET.get("page")),
        "has_filters": len(rows) > 1,
    }
    return render(request, "roadmap/space_list.html", context)
