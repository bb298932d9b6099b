"""What every page of the step shares: its tabs, its pages of a list, the version of its buttons."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.urls import reverse


def step_tabs(slug: str) -> list[tuple[str, str, str]]:
    """Return the tabs of the step « Prioriser »: code, text, address."""
    return [
        ("catalogue", "Catalogue", reverse("levers:lever_list", args=[slug])),
        ("shortlist", "Présélection", reverse("levers:shortlist_detail", args=[slug])),
        ("ballot", "Scrutin", reverse("levers:ballot_list", args=[slug])),
        ("decisions", "Décisions", reverse("levers:decision_list", args=[slug])),
    ]


def result_tabs(slug: str, ballot_pk: int) -> list[tuple[str, str, str]]:
    """Return the views of the results of a ballot: code, text, address."""
    views = [
        ("piles", "Trois piles", "ballot_results"),
        ("agenda", "Ordre du jour", "ballot_agenda"),
        ("ranking", "Classement", "ballot_ranking"),
        ("table", "Tableau", "ballot_table"),
        ("services", "Par service", "ballot_services"),
        ("comments", "Raisons", "ballot_comments"),
    ]
    return [(code, text, reverse(f"levers:{name}", args=[slug, ballot_pk])) for code, text, name in views]


def page_of(request: HttpRequest, items: Sequence[Any], size: int) -> Page[Any]:
    """Return the page that the address asks for; the nearest one when it does not exist."""
    return Paginator(items, size).get_page(request.GET.get("page"))


def read_version(request: HttpRequest) -> int:
    """Return the version that a lone button carries; 0, which is always stale, when it is not a number."""
    value = request.POST.get("version", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
