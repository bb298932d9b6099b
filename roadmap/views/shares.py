"""Shared actions: propose one to another authority, answer, see both parts, end."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import posted, submit
from common.text import typography
from roadmap import services
from roadmap.forms.shares import AcceptShareForm, DeclineShareForm, EndShareForm, ShareForm
from roadmap.models import ActionSheet, SheetShare
from roadmap.selectors.shares import find_partner, find_partners, linkable_sheets, share_board, share_page
from roadmap.views.desk import find_sheet

FORM_METHODS = ["GET", "HEAD", "POST"]
MAX_QUERY_CHARACTERS = 100


def _share(access: AuthorityAccess, pk: int) -> SheetShare:
    shares = SheetShare.objects.for_initiative(access.initiative).select_related("sheet")
    share: SheetShare = get_object_or_404(shares, pk=pk)
    share.initiative = access.initiative
    return share


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def share_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """List what is shared with other authorities, and what they propose."""
    return render(request, "roadmap/share_list.html", {"board": share_board(access.initiative)})


@authority_view(Permission.SHARE_SHEETS)
@require_http_methods(FORM_METHODS)
def sheet_share(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Propose a sheet to another authority: `q` finds it, `avec` names it."""
    sheet = find_sheet(ActionSheet.objects.for_initiative(access.initiative), pk, access.initiative)
    query = request.GET.get("q", "").strip()[:MAX_QUERY_CHARACTERS]
    slug = request.GET.get("avec", "")[:MAX_QUERY_CHARACTERS]
    other = find_partner(access.initiative, slug) if slug else None
    if other is None:
        found = find_partners(access.initiative, query) if query else []
        context = {"sheet": sheet, "query": query, "found": found, "is_unknown": bool(slug)}
        status = 422 if request.method == "POST" else 200
        return render(request, "roadmap/share_search.html", context, status=status)
    form = ShareForm(posted(request), own_name=access.authority.name, other_name=other.name)
    propose = partial(services.propose_share, sheet=sheet, other_slug=slug, actor=access.user, now=timezone.now())
    submission = submit(request, form, lambda: propose(values=form.values))
    if submission.is_saved:
        messages.success(request, typography(f"Proposition envoyée à {other.name}."))
        return redirect("roadmap:sheet_detail", access.authority.slug, sheet.pk)
    context = {"form": form, "sheet": sheet, "other": other}
    return render(request, "roadmap/share_propose.html", context, status=submission.status)


def _page(
    request: HttpRequest, access: AuthorityAccess, share: SheetShare, form: AcceptShareForm | None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"page": share_page(share), "form": form}
    return render(request, "roadmap/share_detail.html", context, status=status)


def _accept_form(request: HttpRequest, access: AuthorityAccess) -> AcceptShareForm:
    return AcceptShareForm(posted(request), sheets=linkable_sheets(access.initiative))


@authority_view(Permission.VIEW_ROADMAP)
@require_safe
def share_detail(request: HttpRequest, access: AuthorityAccess, share_pk: int) -> HttpResponse:
    """Show a shared action: the proposal while it waits, then both parts and what the other does."""
    share = _share(access, share_pk)
    may_answer = share.is_waiting and not share.is_host and Permission.SHARE_SHEETS in access.permissions
    return _page(request, access, share, _accept_form(request, access) if may_answer else None)


@authority_view(Permission.SHARE_SHEETS)
@require_POST
def share_accept(request: HttpRequest, access: AuthorityAccess, share_pk: int) -> HttpResponse:
    """Accept a proposal."""
    share = _share(access, share_pk)
    form = _accept_form(request, access)
    accept = partial(services.accept_share, share=share, actor=access.user, now=timezone.now())
    submission = submit(request, form, lambda: accept(sheet=form.chosen))
    if submission.is_saved:
        sheet = submission.result
        messages.success(request, typography(f"Fiche {sheet.number} partagée avec {share.other_name}."))
        return redirect("roadmap:sheet_detail", access.authority.slug, sheet.pk)
    return _page(request, access, _share(access, share_pk), form, submission.status)


@authority_view(Permission.SHARE_SHEETS)
@require_http_methods(FORM_METHODS)
def share_decline(request: HttpRequest, access: AuthorityAccess, share_pk: int) -> HttpResponse:
    """Decline a proposal, with a reason."""
    share = _share(access, share_pk)
    form = DeclineShareForm(posted(request))
    decline = partial(services.decline_share, share=share, actor=access.user, now=timezone.now())
    submission = submit(request, form, lambda: decline(reason=form.cleaned_data["reason"]))
    if submission.is_saved:
        messages.success(request, typography(f"Proposition de {share.other_name} refusée."))
        return redirect("roadmap:share_list", access.authority.slug)
    context = {"form": form, "page": share_page(share), "verb": "Refuser la proposition"}
    return render(request, "roadmap/share_end.html", context, status=submission.status)


@authority_view(Permission.SHARE_SHEETS)
@require_http_methods(FORM_METHODS)
def share_end(request: HttpRequest, access: AuthorityAccess, share_pk: int) -> HttpResponse:
    """Withdraw a shared action, or leave it."""
    share = _share(access, share_pk)
    form = EndShareForm(posted(request))
    end = partial(services.end_share, share=share, actor=access.user, now=timezone.now())
    submission = submit(request, form, lambda: end(reason=form.cleaned_data["reason"]))
    if submission.is_saved:
        messages.success(request, typography(f"Partage avec {share.other_name} terminé : votre fiche reste."))
        return redirect("roadmap:share_list", access.authority.slug)
    verb = "Retirer la proposition" if share.is_waiting else "Mettre fin au partage"
    context = {"form": form, "page": share_page(share), "verb": verb}
    return render(request, "roadmap/share_end.html", context, status=submission.status)
