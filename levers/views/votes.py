"""Voting behind a personal link: overview, one lever at a time, or all in a table. GET changes nothing.

With detached papers the voter first takes a paper: the secret that opens it goes to the browser, by a press of theirs.
"""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import ParticipantAccess, participant_view
from authorities.enums import Scope
from authorities.views.submission import Submission, submit
from levers import services
from levers.forms import VoteForm
from levers.models import Ballot
from levers.selectors import voter_sheet
from levers.selectors.ballots import OwnVote, VoterSheet
from levers.views.frame import page_of
from levers.views.paper_cookie import give_secret, read_secret
from levers.views.tables import papers_of, submit_table, table_form

OVERVIEW_SIZE = 50
TABLE_SIZE = 36


def _find(access: ParticipantAccess, pk: int) -> Ballot:
    """Return a ballot of the démarche where this participant votes; anything else does not exist for them."""
    ballots = Ballot.objects.for_initiative(access.initiative).filter(voters=access.participant)
    return get_object_or_404(ballots.select_related("shortlist"), pk=pk)


@participant_view(Scope.VOTE)
@never_cache
@require_safe
def vote_list(request: HttpRequest, access: ParticipantAccess, pk: int) -> HttpResponse:
    """Show the levers put to the vote, those of the participant's service first, and their own votes."""
    ballot = _find(access, pk)
    is_open = ballot.is_open(timezone.now())
    sheet = _sheet(request, access, ballot)
    if is_open and _lacks_paper(request, access, sheet):
        return redirect("levers:paper_take", access.participant.pk, ballot.pk)
    context = {
        "ballot": ballot,
        "sheet": sheet,
        "page_obj": page_of(request, sheet.items, OVERVIEW_SIZE),
        "is_open": is_open and not sheet.is_elsewhere,
    }
    return render(request, "levers/vote_list.html", context)


@participant_view(Scope.VOTE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def paper_take(request: HttpRequest, access: ParticipantAccess, pk: int) -> HttpResponse:
    """Say what a detached paper is, and give one to this browser."""
    ballot = _find(access, pk)
    sheet = _sheet(request, access, ballot)
    overview = redirect("levers:vote_list", access.participant.pk, ballot.pk)
    if not ballot.is_open(timezone.now()) or not _lacks_paper(request, access, sheet):
        return overview
    if request.method == "POST":
        give_secret(overview, ballot, access.participant)
        return overview
    return render(request, "levers/paper_take.html", {"ballot": ballot, "sheet": sheet})


@participant_view(Scope.VOTE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def vote_update(request: HttpRequest, access: ParticipantAccess, pk: int, lever_pk: int) -> HttpResponse:
    """Vote on one lever; saving leads to the next one."""
    ballot = _find(access, pk)
    now = timezone.now()
    sheet = _sheet(request, access, ballot)
    item = sheet.item(lever_pk)
    if item is None:
        raise Http404
    if request.method != "POST" and not _may_answer(request, access, sheet, now):
        return redirect("levers:vote_list", access.participant.pk, ballot.pk)
    form = VoteForm(request.POST or None, initial=_initial(item))
    submission = submit(
        request,
        form,
        lambda: services.cast_vote(
            ballot=ballot,
            participant=access.participant,
            lever=item.lever,
            grade=form.grade,
            reason=form.cleaned_data["reason"],
            expected_version=form.expected_version,
            secret=read_secret(request, ballot, access.participant),
            now=now,
        ),
    )
    if submission.is_saved:
        return _saved(request, access, sheet, item, submission)
    before, after = sheet.neighbours(item)
    context = {"ballot": ballot, "sheet": sheet, "item": item, "before": before, "after": after, "form": form}
    return render(request, "levers/vote_update.html", context, status=submission.status)


@participant_view(Scope.VOTE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def vote_table(request: HttpRequest, access: ParticipantAccess, pk: int) -> HttpResponse:
    """Vote on all the levers in one table, for wide screens."""
    ballot = _find(access, pk)
    now = timezone.now()
    sheet = _sheet(request, access, ballot)
    if request.method != "POST" and not _may_answer(request, access, sheet, now):
        return redirect("levers:vote_list", access.participant.pk, ballot.pk)
    page_obj = page_of(request, sheet.items, TABLE_SIZE)
    form = table_form(request, list(page_obj.object_list))
    submission = submit_table(
        request,
        form,
        lambda: services.cast_votes(
            ballot=ballot,
            participant=access.participant,
            papers=papers_of(form, sheet.items),
            secret=read_secret(request, ballot, access.participant),
            now=now,
        ),
        sheet.items,
    )
    if submission.is_saved:
        messages.success(request, "Vos votes sont enregistrés. Vous pouvez encore en changer.")
        return redirect("levers:vote_list", access.participant.pk, ballot.pk)
    context = {"ballot": ballot, "sheet": sheet, "form": form, "page_obj": page_obj}
    return render(request, "levers/vote_table.html", context, status=submission.status)


def _sheet(request: HttpRequest, access: ParticipantAccess, ballot: Ballot) -> VoterSheet:
    return voter_sheet(ballot, access.participant, read_secret(request, ballot, access.participant))


def _lacks_paper(request: HttpRequest, access: ParticipantAccess, sheet: VoterSheet) -> bool:
    """Tell whether this voter has yet to take a detached paper."""
    is_waiting = sheet.ballot.is_detached and not sheet.has_turned_out
    return is_waiting and not read_secret(request, sheet.ballot, access.participant)


def _may_answer(request: HttpRequest, access: ParticipantAccess, sheet: VoterSheet, now: datetime) -> bool:
    return sheet.ballot.is_open(now) and not sheet.is_elsewhere and not _lacks_paper(request, access, sheet)


def _initial(item: OwnVote) -> dict[str, object]:
    return {"version": item.version, "choice": item.letter, "reason": item.vote.reason if item.vote else ""}


def _saved(
    request: HttpRequest, access: ParticipantAccess, sheet: VoterSheet, item: OwnVote, submission: Submission
) -> HttpResponse:
    """Answer a saved vote: nothing but the new version to the script, else the next lever, else the overview."""
    if request.headers.get("X-Autosave"):
        response = HttpResponse(status=204)
        response["X-Version"] = str(submission.result.version)
        return response
    _before, after = sheet.neighbours(item)
    if after is None:
        return redirect("levers:vote_list", access.participant.pk, sheet.ballot.pk)
    return redirect("levers:vote_update", access.participant.pk, sheet.ballot.pk, after.lever.pk)
