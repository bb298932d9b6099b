"""Shortlist: from the catalogue to the validation by the steering committee."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.views.submission import submit
from common.errors import DomainError
from common.refusals import press, refusal_page, turn_back
from levers import services
from levers.cards import render_lever_cards
from levers.forms import PickForm, ProposalForm, ValidationForm
from levers.models import Lever, Shortlist
from levers.selectors import current_ballot, current_shortlist, shortlist_board
from levers.selectors.shortlists import proposed_shortlist
from levers.views.frame import page_of, read_version, step_tabs

PAGE_SIZE = 45


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def shortlist_detail(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the shortlist by theme, with what to look at before it goes further."""
    board = shortlist_board(access.initiative)
    ballot = current_ballot(access.initiative)
    context = {
        "board": board,
        "shortlist": board.shortlist,
        "page_obj": page_of(request, board.items, PAGE_SIZE),
        "ballot": ballot,
        "is_ballot_open": ballot is not None and not ballot.is_closed(timezone.now()),
        "tabs": step_tabs(access.authority.slug),
    }
    return render(request, "levers/shortlist_detail.html", context)


@authority_view(Permission.EDIT_SHORTLIST)
@require_POST
def shortlist_update(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Add one lever or take one out, and go back to where the reader was."""
    form = PickForm(request.POST)
    if not form.is_valid():
        reason = "Choisissez un levier à ajouter ou à retirer."
        return refusal_page(request, reason, "levers:lever_list", access.authority.slug)
    adds = bool(form.cleaned_data["add"])
    lever = get_object_or_404(
        Lever.objects.open_to(access.authority), pk=form.cleaned_data["add"] or form.cleaned_data["remove"]
    )
    try:
        if adds:
            services.shortlist_lever(initiative=access.initiative, lever=lever, actor=access.user, now=timezone.now())
        else:
            services.unshortlist_lever(initiative=access.initiative, lever=lever)
    except DomainError as error:
        return refusal_page(request, error.message, "levers:shortlist_detail", access.authority.slug)
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        # Not `redirect`, which reads a bare word as the name of a route.
        return HttpResponseRedirect(f"{back}#levier-{lever.pk}")
    return redirect("levers:shortlist_detail", access.authority.slug)


@authority_view(Permission.EDIT_SHORTLIST)
@require_http_methods(["GET", "HEAD", "POST"])
def shortlist_suggest(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Propose a shortlist with its reasons; the reader unticks what does not suit."""
    proposal = proposed_shortlist(access.initiative, on=timezone.localdate())
    levers = {item.recommendation.lever.pk: item.recommendation.lever for item in proposal.items}
    form = ProposalForm(request.POST or None, choices=[(pk, lever.title) for pk, lever in levers.items()])
    submission = submit(
        request,
        form,
        lambda: services.shortlist_levers(
            initiative=access.initiative,
            levers=[levers[pk] for pk in form.lever_pks],
            actor=access.user,
            now=timezone.now(),
        ),
    )
    if submission.is_saved:
        messages.success(request, "Les leviers choisis sont présélectionnés. Ajoutez, retirez, puis soumettez.")
        return redirect("levers:shortlist_detail", access.authority.slug)
    ticked = set(request.POST.getlist("levers")) if form.is_bound else {str(pk) for pk in levers}
    context = {"form": form, "proposal": proposal.items, "ticked": ticked, "shortlist": proposal.shortlist}
    return render(request, "levers/shortlist_suggest.html", context, status=submission.status)


@authority_view(Permission.EDIT_SHORTLIST)
@require_POST
def shortlist_submit(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Send the shortlist to the steering committee."""
    shortlist = current_shortlist(access.initiative)
    if shortlist is None:
        reason = "Choisissez au moins un levier avant de soumettre la présélection."
        return refusal_page(request, reason, "levers:lever_list", access.authority.slug)
    return press(
        request,
        lambda: services.submit_shortlist(
            shortlist=shortlist, expected_version=read_version(request), actor=access.user, now=timezone.now()
        ),
        "Présélection soumise. Elle ne change plus jusqu’à l’avis du comité de pilotage.",
        "levers:shortlist_detail",
        access.authority.slug,
    )


@authority_view(Permission.EDIT_SHORTLIST)
@require_POST
def shortlist_withdraw(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Take a submitted shortlist back."""
    shortlist = current_shortlist(access.initiative)
    if shortlist is None:
        return redirect("levers:shortlist_detail", access.authority.slug)
    return press(
        request,
        lambda: services.withdraw_shortlist(
            shortlist=shortlist, expected_version=read_version(request), actor=access.user, now=timezone.now()
        ),
        "Présélection reprise\u00a0: vous pouvez la modifier.",
        "levers:shortlist_detail",
        access.authority.slug,
    )


@authority_view(Permission.EDIT_SHORTLIST)
@require_POST
def shortlist_reopen(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Open a new draft from the validated shortlist."""
    shortlist = current_shortlist(access.initiative)
    if shortlist is None:
        return redirect("levers:shortlist_detail", access.authority.slug)
    return press(
        request,
        lambda: services.reopen_shortlist(shortlist=shortlist, actor=access.user, now=timezone.now()),
        "Présélection rouverte. La précédente reste lisible dans le journal et dans les résultats du scrutin.",
        "levers:shortlist_detail",
        access.authority.slug,
    )


@authority_view(Permission.VALIDATE_SHORTLIST)
@require_http_methods(["GET", "HEAD", "POST"])
def shortlist_validate(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Record the opinion of the steering committee: first what it sets aside, then when, who and why."""
    shortlist = current_shortlist(access.initiative)
    if shortlist is None or not shortlist.is_submitted:
        reason = "Soumettez la présélection au comité de pilotage avant d’enregistrer son avis."
        return turn_back(request, reason, "levers:shortlist_detail", access.authority.slug)
    items = list(shortlist.items.all())
    if request.method != "POST" and "etape" not in request.GET:
        return render(request, "levers/shortlist_validate.html", {"items": items, "shortlist": shortlist})
    ticked = set(request.POST.getlist("ecarte") if request.method == "POST" else request.GET.getlist("ecarte"))
    aside = [item for item in items if str(item.lever_id) in ticked]
    form = ValidationForm(
        request.POST or None,
        today=timezone.localdate(),
        set_aside=aside,
        initial={"version": shortlist.version, "body": "comité de pilotage"},
    )
    submission = submit(request, form, lambda: _validate(form, shortlist, access))
    if submission.is_saved:
        messages.success(request, "Présélection validée. Vous pouvez ouvrir le scrutin.")
        return redirect("levers:shortlist_detail", access.authority.slug)
    context = {"form": form, "aside": aside, "kept_count": len(items) - len(aside), "total": len(items)}
    return render(request, "levers/shortlist_reasons.html", context, status=submission.status)


def _validate(form: ValidationForm, shortlist: Shortlist, access: AuthorityAccess) -> Shortlist:
    return services.validate_shortlist(
        shortlist=shortlist,
        expected_version=form.expected_version,
        validated_on=form.cleaned_data["validated_on"],
        body=form.cleaned_data["body"],
        note=form.cleaned_data["note"],
        set_aside=form.reasons,
        actor=access.user,
        now=timezone.now(),
    )


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def lever_cards(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Send the cards of the shortlisted levers, to print and cut; without any, lead to the shortlist."""
    shortlist = current_shortlist(access.initiative)
    kept = [item.lever for item in shortlist.items.all() if not item.is_set_aside] if shortlist else []
    if shortlist is None or not kept:
        reason = "Présélectionnez d’abord des leviers : leurs cartes se téléchargent ensuite."
        return turn_back(request, reason, "levers:shortlist_detail", access.authority.slug)
    content = render_lever_cards(shortlist=shortlist, levers=kept, created_at=timezone.now())
    name = f"cartes-leviers-{access.authority.slug}.pdf"
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})
