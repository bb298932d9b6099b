"""Ballots: opening, participation, extension, closing, paper ballots."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.enums import ActivityKind
from authorities.models import Participant
from authorities.permissions import Permission
from authorities.selectors.messages import reminder_plan
from authorities.views.submission import posted, submit
from common.refusals import press, turn_back
from common.text import typography
from levers import services
from levers.forms import BallotForm, ClosingForm, ExtensionForm, VoterForm, default_closing
from levers.models import Ballot, Shortlist
from levers.selectors import ballot_follow_up, current_shortlist, voter_sheet
from levers.selectors.ballots import OwnVote, VoterSheet, ballot_rows, possible_voters
from levers.views.frame import page_of, step_tabs
from levers.views.tables import papers_of, submit_table, table_form
from levers.wording import written_moment

PAPER_PAGE_SIZE = 36
VOTER_PAGE_SIZE = 18
MOST_OTHERS = 40


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def ballot_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the ballots of the démarche, or what unlocks the first one."""
    context = {
        "rows": ballot_rows(access.initiative, now=timezone.now()),
        "shortlist": current_shortlist(access.initiative),
        "tabs": step_tabs(access.authority.slug),
    }
    return render(request, "levers/ballot_list.html", context)


@authority_view(Permission.MANAGE_BALLOT)
@require_http_methods(["GET", "HEAD", "POST"])
def ballot_create(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Fix the rules of a ballot and open it."""
    now = timezone.now()
    shortlist = current_shortlist(access.initiative)
    if shortlist is None or not shortlist.is_validated:
        reason = "Faites d’abord valider la présélection par le comité de pilotage."
        return turn_back(request, reason, "levers:shortlist_detail", access.authority.slug)
    voters = possible_voters(access.initiative)
    initial = {"closes_at": default_closing(now), "names_visibility": "referent", "voters": voters, "announces": True}
    form = BallotForm(request.POST or None, voters=voters, initial=initial)
    submission = submit(
        request,
        form,
        lambda: _open(form, shortlist, access, now),
    )
    if submission.is_saved:
        messages.success(request, "Scrutin ouvert. Les votants qui n’ont pas encore confirmé attendent leur lien.")
        return redirect("levers:ballot_detail", access.authority.slug, submission.result.pk)
    kept = [item for item in shortlist.items.all() if not item.is_set_aside]
    context = {"form": form, "shortlist": shortlist, "lever_count": len(kept), "has_voters": bool(voters)}
    return render(request, "levers/ballot_create.html", context, status=submission.status)


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def ballot_detail(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show the participation: who, never what. A closed ballot leads to its results."""
    ballot = _find(access, pk)
    if ballot.is_closed(timezone.now()):
        return redirect("levers:ballot_results", access.authority.slug, ballot.pk)
    return render(request, "levers/ballot_detail.html", _detail_context(request, access, ballot))


@authority_view(Permission.MANAGE_BALLOT)
@require_http_methods(["GET", "HEAD", "POST"])
def ballot_extend(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Move the closing of an open ballot to a later time."""
    ballot = _find(access, pk)
    now = timezone.now()
    # A page sent back is compared with the closing announced, not with the one that was proposed.
    proposed = ballot.closes_at if request.method == "POST" else default_closing(now, ballot)
    form = ExtensionForm(posted(request), initial={"version": ballot.version, "closes_at": proposed})
    submission = submit(
        request,
        form,
        lambda: services.extend_ballot(
            ballot=ballot,
            closes_at=None if form.keeps_stored else form.cleaned_data["closes_at"],
            expected_version=form.expected_version,
            actor=access.user,
            now=now,
        ),
    )
    if submission.is_saved:
        closes_at = written_moment(submission.result.closes_at)
        kept = typography(f"Rien n’a changé : la fermeture reste prévue le {closes_at}.")
        told = "Fermeture repoussée. Les votants la voient sur chaque page du scrutin."
        messages.success(request, kept if form.keeps_stored else told)
        return redirect("levers:ballot_detail", access.authority.slug, ballot.pk)
    context = {"form": form, "ballot": ballot, "is_closed": ballot.is_closed(now)}
    return render(request, "levers/ballot_extend.html", context, status=submission.status)


@authority_view(Permission.MANAGE_BALLOT)
@require_http_methods(["GET", "HEAD", "POST"])
def ballot_close(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Close an open ballot before its hour, for good."""
    ballot = _find(access, pk)
    now = timezone.now()
    form = ClosingForm(request.POST or None, initial={"version": ballot.version})
    submission = submit(
        request,
        form,
        lambda: services.close_ballot(
            ballot=ballot, actor=access.user, now=now, expected_version=form.expected_version
        ),
    )
    if submission.is_saved:
        messages.success(request, "Scrutin clos. Voici ce que le comité en pense.")
        return redirect("levers:ballot_results", access.authority.slug, ballot.pk)
    context = {"form": form, "follow_up": ballot_follow_up(ballot), "is_closed": ballot.is_closed(now)}
    return render(request, "levers/ballot_close.html", context, status=submission.status)


@authority_view(Permission.MANAGE_BALLOT)
@require_POST
def reminder_send(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Remind the voters who have not voted at all."""
    ballot = _find(access, pk)
    return press(
        request,
        lambda: services.remind_silent(ballot=ballot, actor=access.user, now=timezone.now()),
        "Rappel envoyé aux personnes qui ont confirmé et n’ont pas commencé.",
        "levers:ballot_detail",
        access.authority.slug,
        ballot.pk,
    )


@authority_view(Permission.MANAGE_BALLOT)
@require_POST
def voter_create(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Let one more person vote in an open ballot."""
    ballot = _find(access, pk)
    form = VoterForm(request.POST, voters=possible_voters(access.initiative))
    if not form.is_valid():
        context = {**_detail_context(request, access, ballot), "voter_form": form}
        return render(request, "levers/ballot_detail.html", context, status=422)
    return press(
        request,
        lambda: services.add_voter(
            ballot=ballot, participant=form.cleaned_data["voter"], actor=access.user, now=timezone.now()
        ),
        f"{form.cleaned_data['voter']} peut voter.",
        "levers:ballot_detail",
        access.authority.slug,
        ballot.pk,
    )


@authority_view(Permission.MANAGE_BALLOT)
@require_http_methods(["GET", "HEAD", "POST"])
def paper_ballot(request: HttpRequest, access: AuthorityAccess, pk: int, voter_pk: int) -> HttpResponse:
    """Type the paper ballot of a voter; what they answered online is neither shown nor changed."""
    ballot = _find(access, pk)
    voter = get_object_or_404(ballot.voters.select_related("service"), pk=voter_pk)
    now = timezone.now()
    if ballot.is_closed(now):
        reason = "Le scrutin est clos : un bulletin papier ne s’ajoute plus."
        return turn_back(request, reason, "levers:ballot_results", access.authority.slug, ballot.pk)
    sheet = voter_sheet(ballot, voter)
    typable = [item for item in sheet.items if item.vote is None or item.vote.is_on_paper]
    if sheet.is_elsewhere:
        typable = []
    # A detached paper is typed at once: nobody opens it again for a second page.
    page_obj = page_of(request, typable, len(typable) or 1 if ballot.is_detached else PAPER_PAGE_SIZE)
    form = table_form(request, list(page_obj.object_list))
    submission = submit_table(
        request,
        form,
        lambda: services.cast_votes(
            ballot=ballot, participant=voter, papers=papers_of(form, typable), entered_by=access.user, now=now
        ),
        typable,
    )
    if submission.is_saved:
        _tell_paper_saved(request, sheet, typable, voter)
        return redirect("levers:ballot_detail", access.authority.slug, ballot.pk)
    context = {
        "form": form,
        "ballot": ballot,
        "voter": voter,
        "page_obj": page_obj,
        "online_count": 0 if ballot.is_detached else sheet.total - len(typable),
    }
    return render(request, "levers/paper_ballot.html", context, status=submission.status)


def _open(form: BallotForm, shortlist: Shortlist, access: AuthorityAccess, now: datetime) -> Ballot:
    rules = {name: value for name, value in form.cleaned_data.items() if name != "announces"}
    ballot = services.open_ballot(
        initiative=access.initiative, shortlist=shortlist, actor=access.user, now=now, **rules
    )
    if form.cleaned_data["announces"]:
        services.announce_ballot(ballot=ballot, actor=access.user, now=now)
    return ballot


def _tell_paper_saved(request: HttpRequest, sheet: VoterSheet, typable: list[OwnVote], voter: Participant) -> None:
    """Say that the paper ballot is saved, and what was left out because the person voted online meanwhile."""
    messages.success(request, f"Bulletin de {voter} enregistré.")
    online = [item for item in sheet.items if item not in typable and f"g{item.lever.pk}" in request.POST]
    if online:
        titles = ", ".join(f"«\u00a0{item.lever.title}\u00a0»" for item in online)
        messages.warning(request, typography(f"Voté en ligne entre-temps, donc laissé tel quel : {titles}."))


def _find(access: AuthorityAccess, pk: int) -> Ballot:
    ballots = Ballot.objects.for_initiative(access.initiative).select_related("shortlist", "initiative__authority")
    return get_object_or_404(ballots, pk=pk)


def _detail_context(request: HttpRequest, access: AuthorityAccess, ballot: Ballot) -> dict[str, Any]:
    follow_up = ballot_follow_up(ballot)
    known = {state.participant.pk for state in follow_up.voters}
    others = [voter for voter in possible_voters(access.initiative) if voter.pk not in known]
    return {
        "ballot": ballot,
        "follow_up": follow_up,
        "page_obj": page_of(request, follow_up.voters, VOTER_PAGE_SIZE),
        "can_manage": Permission.MANAGE_BALLOT in access.permissions,
        "others": others[:MOST_OTHERS],
        "tabs": step_tabs(access.authority.slug),
        "reminders": reminder_plan(
            ActivityKind.BALLOT_REMINDER, ballot.pk, ballot.opens_at, ballot.closes_at, now=timezone.now()
        ),
    }
