"""The texts of the roadmap, and the themes of the decree."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import submit
from roadmap import services
from roadmap.forms import RoadmapTextsForm, ThemesForm
from roadmap.selectors.sheets import roadmap_of
from roadmap.selectors.themes import theme_board
from roadmap.views.frame import building_tabs


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def texts_update(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Write the foreword and the governance."""
    roadmap = roadmap_of(access.initiative)
    form = RoadmapTextsForm(request.POST or None, roadmap=roadmap)
    save = partial(services.save_roadmap_texts, actor=access.user, now=timezone.now())
    submission = submit(
        request,
        form,
        lambda: save(
            roadmap=services.ensure_roadmap(initiative=access.initiative),
            expected_version=form.expected_version,
            changes=form.changes,
        ),
    )
    if submission.is_saved:
        messages.success(request, "Textes enregistrés.")
        return redirect("roadmap:texts_update", access.authority.slug)
    context = {"form": form, "tabs": building_tabs(access), "roadmap": roadmap}
    return render(request, "roadmap/texts_update.html", context, status=submission.status)


@authority_view(Permission.EDIT_ROADMAP)
@require_http_methods(["GET", "HEAD", "POST"])
def theme_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show which themes are covered, and say why the others are not retained."""
    board = theme_board(access.initiative)
    uncovered = board.uncovered
    form = ThemesForm(
        request.POST or None,
        themes=[row.theme for row in uncovered],
        reasons={row.theme.number: row.reason for row in uncovered},
        version=board.roadmap.version if board.roadmap else 1,
    )
    save = partial(services.save_theme_explanations, actor=access.user, now=timezone.now())
    submission = submit(
        request,
        form,
        lambda: save(
            roadmap=services.ensure_roadmap(initiative=access.initiative),
            expected_version=form.expected_version,
            reasons=form.reasons,
        ),
    )
    if submission.is_saved:
        messages.success(request, "Thèmes enregistrés.")
        return redirect("roadmap:theme_list", access.authority.slug)
    context = {"form": form, "board": board, "tabs": building_tabs(access)}
    return render(request, "roadmap/theme_list.html", context, status=submission.status)
