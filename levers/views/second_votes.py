"""Second vote of the workshop: hands counted, phones opened and closed; and the page of each phone."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import (
    SESSION_KEY,
    AuthorityAccess,
    ParticipantAccess,
    authority_view,
    participant_view,
    usable_link,
)
from authorities.enums import Scope
from authorities.permissions import Permission
from authorities.views.submission import posted, submit
from common.errors import DomainError
from common.refusals import refusal_page
from levers import services
from levers.forms_workshop import HandsForm, PhonesForm, SecondVoteForm, letter_of
from levers.models import SecondVote
from levers.selectors.second_votes import own_answer, votes_open_to
from levers.selectors.workshop import last_second_votes
from levers.views.workshop import UNREADABLE
from levers.views.workshop_frame import begun_workshop, console_url, go_to, lever_or_404, not_begun


@authority_view(Permission.DECIDE_LEVERS)
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_hands(request: HttpRequest, access: AuthorityAccess, lever_pk: int) -> HttpResponse:
    """Type the hands that were counted about a lever."""
    workshop = begun_workshop(access)
    if workshop is None:
        return not_begun(request, access)
    lever = lever_or_404(workshop, lever_pk)
    last = last_second_votes(workshop).get(lever.pk)
    form = HandsForm(posted(request), initial={"number": last.number + 1 if last else 1})
    submission = submit(
        request,
        form,
        lambda: services.record_hands(
            workshop=workshop,
            lever=lever,
            number=form.cleaned_data["number"],
            counts=form.counts,
            actor=access.user,
            now=timezone.now(),
        ),
    )
    back = console_url(access, lever)
    if submission.is_saved:
        return go_to(request, back)
    context = {"form": form, "lever": lever, "back_url": back}
    return render(request, "levers/workshop_hands.html", context, status=submission.status)


@authority_view(Permission.DECIDE_LEVERS)
@require_POST
def workshop_phones(request: HttpRequest, access: AuthorityAccess, lever_pk: int) -> HttpResponse:
    """Open the second vote on a lever to the phones, or close it."""
    workshop = begun_workshop(access)
    if workshop is None:
        return not_begun(request, access)
    lever = lever_or_404(workshop, lever_pk)
    back = console_url(access, lever)
    form = PhonesForm(request.POST)
    if not form.is_valid():
        return refusal_page(request, UNREADABLE, back)
    now = timezone.now()
    try:
        if form.cleaned_data["is_open"]:
            services.open_phones(workshop=workshop, lever=lever, actor=access.user, now=now)
        elif (last := last_second_votes(workshop).get(lever.pk)) is not None:
            services.close_phones(second_vote=last, actor=access.user, now=now)
    except DomainError as error:
        return refusal_page(request, error.message, back)
    return go_to(request, back)


@login_not_required
@never_cache
@require_safe
def workshop_entry(request: HttpRequest) -> HttpResponse:
    """Lead whoever this browser knows to the second vote that is open; tell the others what to do."""
    keys = [int(key) for key in request.session.get(SESSION_KEY, {}) if key.isdecimal()]
    for vote_pk, participant_pk in votes_open_to(keys):
        if usable_link(request, participant_pk) is not None:
            return redirect("levers:second_vote_update", participant_pk, vote_pk)
    return render(request, "levers/workshop_entry.html", {"is_known": bool(keys)})


@participant_view(Scope.VOTE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_vote_update(request: HttpRequest, access: ParticipantAccess, vote_pk: int) -> HttpResponse:
    """Answer a second vote from a phone, and change one's mind until it closes."""
    votes = SecondVote.objects.filter(
        workshop__ballot__initiative=access.initiative, workshop__ballot__voters=access.participant
    )
    vote = get_object_or_404(votes.select_related("lever", "workshop__ballot"), pk=vote_pk)
    answer = own_answer(vote, access.participant)
    initial = {"version": answer.version if answer else 0, "choice": letter_of(answer)}
    form = SecondVoteForm(posted(request), initial=initial)
    submission = submit(
        request,
        form,
        lambda: services.answer_second_vote(
            second_vote=vote,
            participant=access.participant,
            grade=form.grade,
            expected_version=form.expected_version,
            now=timezone.now(),
        ),
    )
    if submission.is_saved:
        if request.headers.get("X-Autosave"):
            return HttpResponse(status=204, headers={"X-Version": str(submission.result.version)})
        return redirect("levers:second_vote_update", access.participant.pk, vote.pk)
    context = {"vote": vote, "answer": answer, "form": form}
    return render(request, "levers/second_vote_update.html", context, status=submission.status)
