"""The hub, and a round from its preparation to its closing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.enums import ActivityKind
from authorities.permissions import Permission
from authorities.selectors.messages import reminder_plan
from authorities.views.submission import posted, submit
from common.dates import format_day
from common.errors import DomainError
from common.numbers import pluralise
from common.text import typography
from diagnostics import services
from diagnostics.enums import DiagnosisState
from diagnostics.forms import ExtendForm, RaterForm, RoundForm, proposed_round, stored_round
from diagnostics.selectors import (
    addable_raters,
    committee_coverage,
    follow_up,
    planned_closing,
    questionnaire_move,
    rater_candidates,
    version_choice,
    working_diagnosis,
)
from diagnostics.views.common import find_diagnosis, hub_context, refuse

# Each shows ten sentences at most: a page stays light.
COMPARED_PER_PAGE = 5


@authority_view(Permission.VIEW_RESULTS)
@require_safe
def diagnosis_detail(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the step: the latest round in its state, the finished ones, the inventory."""
    return render(request, "diagnostics/diagnosis_detail.html", hub_context(access, timezone.now()))


@authority_view(Permission.VIEW_RESULTS)
@require_safe
def coverage(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show who knows what, and the service to invite for the questions that nobody knows."""
    committee = committee_coverage(access.initiative)
    can_add = Permission.MANAGE_PARTICIPANTS in access.permissions
    return render(request, "diagnostics/coverage.html", {"committee": committee, "can_add": can_add})


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_http_methods(["GET", "HEAD", "POST"])
def diagnosis_create(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Prepare a round; nobody is told yet."""
    now = timezone.now()
    latest = working_diagnosis(access.initiative)
    if latest is not None and latest.state_at(now) == DiagnosisState.DRAFT and request.method != "POST":
        return redirect("diagnostics:diagnosis_update", access.authority.slug, latest.pk)
    candidates = rater_candidates(access.initiative)
    proposed = proposed_round(candidates, planned_closing(access.initiative), now)
    choice = version_choice(access.initiative, now=now)
    versions = choice.versions if choice else []
    form = RoundForm(posted(request), candidates=candidates, proposed=proposed, versions=versions)
    submission = submit(
        request,
        form,
        lambda: services.create_diagnosis(initiative=access.initiative, values=form.values, actor=access.user, now=now),
    )
    if submission.is_saved:
        return redirect("diagnostics:diagnosis_detail", access.authority.slug)
    committee = committee_coverage(access.initiative)
    context = {"form": form, "candidates": candidates, "committee": committee, "choice": choice}
    return render(request, "diagnostics/diagnosis_form.html", context, status=submission.status)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_safe
def questionnaire_compare(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show what a newer version of the questionnaire would change; looking writes nothing."""
    move = questionnaire_move(access.initiative, now=timezone.now())
    pages = Paginator(move.with_new_levels if move else [], COMPARED_PER_PAGE)
    context = {"move": move, "page_obj": pages.get_page(request.GET.get("page"))}
    return render(request, "diagnostics/questionnaire_compare.html", context)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_http_methods(["GET", "HEAD", "POST"])
def diagnosis_update(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Correct a round that is not open yet."""
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    candidates = rater_candidates(access.initiative)
    choice = version_choice(access.initiative, now=now, draft=diagnosis)
    form = RoundForm(
        posted(request),
        candidates=candidates,
        proposed=stored_round(diagnosis),
        version=diagnosis.version,
        versions=choice.versions if choice else [],
    )
    if request.method != "POST" and diagnosis.state_at(now) != DiagnosisState.DRAFT:
        return redirect("diagnostics:diagnosis_detail", access.authority.slug)
    submission = submit(
        request,
        form,
        lambda: services.save_diagnosis(
            diagnosis=diagnosis,
            expected_version=form.expected_version,
            values=form.values,
            actor=access.user,
            now=now,
        ),
    )
    if submission.is_saved:
        return redirect("diagnostics:diagnosis_detail", access.authority.slug)
    context = {
        "form": form,
        "candidates": candidates,
        "diagnosis": diagnosis,
        "committee": committee_coverage(access.initiative, diagnosis.questionnaire),
        "choice": choice,
    }
    return render(request, "diagnostics/diagnosis_form.html", context, status=submission.status)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_POST
def diagnosis_open(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Open a prepared round, and tell those who have accepted when it was asked for."""
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    try:
        opened = services.open_diagnosis(diagnosis=diagnosis, actor=access.user, now=now)
        told = []
        if request.POST.get("announce"):
            told = services.announce_opening(diagnosis=opened, actor=access.user, now=now)
    except DomainError as error:
        return refuse(request, access, error, now)
    reached = pluralise(len(told), "personne a reçu son lien", "personnes ont reçu leur lien")
    sent = f"{len(told)} {reached}." if told else ""
    messages.success(request, f"Les avis sont ouverts. {sent}".strip())
    return redirect("diagnostics:diagnosis_follow", access.authority.slug, pk)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_safe
def diagnosis_follow(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show who answered how many questions, without any level."""
    return _follow(request, access, pk, RaterForm(candidates=[]))


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_POST
def rater_add(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Ask one more person."""
    diagnosis = find_diagnosis(access, pk)
    form = RaterForm(request.POST, candidates=addable_raters(diagnosis))
    submission = submit(
        request,
        form,
        lambda: services.add_rater(
            diagnosis=diagnosis,
            participant=form.cleaned_data["participant"],
            actor=access.user,
            now=timezone.now(),
        ),
    )
    if submission.is_saved:
        messages.success(request, f"{form.cleaned_data['participant'].name} peut maintenant donner son avis.")
        return redirect("diagnostics:diagnosis_follow", access.authority.slug, pk)
    return _follow(request, access, pk, form, status=submission.status)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_POST
def reminder_send(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Remind the silent, at most once a day."""
    diagnosis = find_diagnosis(access, pk)
    try:
        people = services.remind_silent(diagnosis=diagnosis, actor=access.user, now=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return _follow(request, access, pk, RaterForm(candidates=[]), status=422)
    messages.success(request, f"Rappel envoyé à {', '.join(person.name for person in people)}.")
    return redirect("diagnostics:diagnosis_follow", access.authority.slug, pk)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_http_methods(["GET", "HEAD", "POST"])
def diagnosis_extend(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Put the closing off."""
    diagnosis = find_diagnosis(access, pk)
    form = ExtendForm(posted(request), initial={"closes_at": diagnosis.closes_at, "version": diagnosis.version})
    submission = submit(
        request,
        form,
        lambda: services.extend_diagnosis(
            diagnosis=diagnosis,
            closes_at=None if form.keeps_stored else form.cleaned_data["closes_at"],
            expected_version=form.expected_version,
            actor=access.user,
            now=timezone.now(),
        ),
    )
    if submission.is_saved:
        closing = timezone.localtime(submission.result.closes_at)
        announced = f"{format_day(closing.date())} à {closing:%H:%M}"
        kept = typography(f"Rien n’a changé : la clôture reste annoncée pour le {announced}.")
        told = "La clôture est repoussée. Le journal en garde la trace."
        messages.success(request, kept if form.keeps_stored else told)
        return redirect("diagnostics:diagnosis_follow", access.authority.slug, pk)
    context = {"form": form, "diagnosis": diagnosis, "is_open": diagnosis.is_open(timezone.now())}
    return render(request, "diagnostics/diagnosis_extend.html", context, status=submission.status)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_http_methods(["GET", "HEAD", "POST"])
def diagnosis_close(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Close the ratings at once, after a page that says that it is for good."""
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    if request.method == "POST":
        try:
            services.close_diagnosis(diagnosis=diagnosis, actor=access.user, now=now)
        except DomainError as error:
            return refuse(request, access, error, now)
        messages.success(request, "Les avis sont clos. Vous pouvez tenir la réunion de partage.")
        return redirect("diagnostics:agreement_list", access.authority.slug, pk)
    if not diagnosis.is_open(now):
        return redirect("diagnostics:diagnosis_detail", access.authority.slug)
    return render(request, "diagnostics/diagnosis_close.html", {"follow_up": follow_up(diagnosis, now=now)})


def _follow(
    request: HttpRequest, access: AuthorityAccess, pk: int, form: RaterForm, *, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    if diagnosis.state_at(now) == DiagnosisState.DRAFT:
        return redirect("diagnostics:diagnosis_detail", access.authority.slug)
    addable = addable_raters(diagnosis) if diagnosis.is_open(now) else []
    if not form.is_bound:
        form = RaterForm(candidates=addable)
    context = {
        "follow_up": follow_up(diagnosis, now=now),
        "form": form,
        "addable": addable,
        "reminders": reminder_plan(
            ActivityKind.ROUND_REMINDER, diagnosis.pk, diagnosis.opened_at, diagnosis.closes_at, now=now
        ),
    }
    return render(request, "diagnostics/diagnosis_follow.html", context, status=status)
