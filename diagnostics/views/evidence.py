"""Evidence: joined by a participant or by the référent, read by those who may, removed by whoever joined it."""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, ParticipantAccess, authority_view, participant_view
from authorities.enums import Scope
from authorities.permissions import Permission
from authorities.views.submission import posted, submit
from common.attachments import CONTENT_TYPES
from common.errors import DomainError
from diagnostics import services
from diagnostics.enums import DiagnosisState
from diagnostics.evidence_forms import EvidenceForm
from diagnostics.models import Diagnosis, Evidence, Question, Rating
from diagnostics.selectors import evidence as selectors
from diagnostics.services.evidence import MAX_EVIDENCE
from diagnostics.views.common import find_diagnosis, refuse
from diagnostics.views.ratings import find_own_diagnosis

logger = logging.getLogger(__name__)

UPLOAD_METHODS = ["GET", "HEAD", "POST"]
JOINED = "Pièce jointe."
REMOVED = "Pièce retirée."
NO_ANSWER = "Répondez d’abord à cette question\u00a0: une pièce appuie une réponse."
NO_LEVEL = "Retenez d’abord un niveau\u00a0: une pièce appuie un niveau retenu."


@participant_view(Scope.RATE)
@require_http_methods(UPLOAD_METHODS)
def participant_evidence(
    request: HttpRequest, access: ParticipantAccess, diagnosis_pk: int, question_code: str
) -> HttpResponse:
    """Show what supports one's own answer, and join a link or a file while the answers are open."""
    now = timezone.now()
    diagnosis = find_own_diagnosis(access, diagnosis_pk)
    question = _find_question(diagnosis, question_code)
    rating = _find_rating(diagnosis, question, participant=access.participant)

    def join(form: EvidenceForm) -> Evidence:
        if rating is None:
            raise DomainError(NO_ANSWER)
        return services.join_to_rating(rating=rating, values=form.values, now=now)

    context = {
        "question": question,
        "lines": selectors.participant_lines(rating, access.participant, is_open=diagnosis.is_open(now)),
        "is_open": diagnosis.is_open(now),
        "has_answer": rating is not None,
        "names_are_shown": diagnosis.are_names_shown,
        "back_url": reverse("diagnostics:rating_update", args=[access.participant.pk, diagnosis.pk, question.code]),
    }
    return _page(request, "diagnostics/participant_evidence.html", context, join)


@participant_view(Scope.RATE)
@require_safe
def participant_evidence_file(request: HttpRequest, access: ParticipantAccess, evidence_pk: int) -> HttpResponse:
    """Send a file that supports one's own answer."""
    return _file_response(get_object_or_404(selectors.seen_by_participant(access.participant), pk=evidence_pk))


@participant_view(Scope.RATE)
@require_POST
def participant_evidence_delete(request: HttpRequest, access: ParticipantAccess, evidence_pk: int) -> HttpResponse:
    """Remove what one joined oneself, until the closing."""
    found = selectors.seen_by_participant(access.participant).select_related("diagnosis", "rating__question")
    evidence: Evidence = get_object_or_404(found, pk=evidence_pk)
    _remove(request, evidence, None)
    question = evidence.rating.question if evidence.rating else None
    code = question.code if question else ""
    return redirect("diagnostics:participant_evidence", access.participant.pk, evidence.diagnosis_id, code)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_http_methods(UPLOAD_METHODS)
def interview_evidence(
    request: HttpRequest, access: AuthorityAccess, pk: int, rater_pk: int, question_code: str
) -> HttpResponse:
    """Show what one joined to an answer that one typed in an interview, and join more while the answers are open."""
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    participant = get_object_or_404(diagnosis.raters.filter(initiative=access.initiative), pk=rater_pk)
    question = _find_question(diagnosis, question_code)
    rating = _find_rating(diagnosis, question, participant=participant, entered_by=access.user)

    def join(form: EvidenceForm) -> Evidence:
        if rating is None:
            raise DomainError("Saisissez d’abord la réponse de cette personne\u00a0: une pièce appuie une réponse.")
        return services.join_to_rating(rating=rating, values=form.values, actor=access.user, now=now)

    own = Evidence.objects.filter(diagnosis=diagnosis, rating=rating, added_by=access.user)
    context = {
        "question": question,
        "lines": selectors.member_lines(
            own if rating else own.none(),
            diagnosis,
            access.user,
            may_remove=diagnosis.is_open(now),
            shows_authors=False,
        ),
        "is_open": diagnosis.is_open(now),
        "has_answer": rating is not None,
        "no_answer": "Saisissez d’abord la réponse de cette personne : une pièce appuie une réponse.",
        "over": f"Entretien avec {participant.name}",
        "back_url": reverse(
            "diagnostics:interview_update", args=[access.authority.slug, pk, rater_pk, question.dimension.code]
        ),
        "back_label": "Revenir à l’entretien",
    }
    return _page(request, "diagnostics/evidence.html", context, join)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_http_methods(UPLOAD_METHODS)
def agreement_evidence(request: HttpRequest, access: AuthorityAccess, pk: int, question_code: str) -> HttpResponse:
    """Show what supports a question in the meeting, and join evidence to its agreed level."""
    now = timezone.now()
    diagnosis = find_diagnosis(access, pk)
    question = _find_question(diagnosis, question_code)
    if not diagnosis.is_revealed(now):
        return refuse(
            request, access, DomainError("Les avis ne sont pas clos : rien ne se lit encore."), now, status=409
        )
    agreed = selectors.find_agreed_level(diagnosis, question)

    def join(form: EvidenceForm) -> Evidence:
        if agreed is None:
            raise DomainError(NO_LEVEL)
        return services.join_to_agreed_level(agreed=agreed, values=form.values, actor=access.user, now=now)

    is_meeting = diagnosis.state_at(now) == DiagnosisState.CLOSED
    context = {
        "question": question,
        "lines": selectors.member_lines(
            Evidence.objects.filter(diagnosis=diagnosis, agreed_level=agreed) if agreed else Evidence.objects.none(),
            diagnosis,
            access.user,
            may_remove=is_meeting,
            shows_authors=True,
        ),
        "is_open": is_meeting,
        "has_answer": agreed is not None,
        "no_answer": NO_LEVEL,
        "over": "Niveau retenu",
        "back_url": reverse("diagnostics:agreement_update", args=[access.authority.slug, pk, question.code]),
        "back_label": "Revenir à la question",
    }
    return _page(request, "diagnostics/evidence.html", context, join)


@authority_view(Permission.VIEW_RESULTS)
@require_safe
def question_evidence(request: HttpRequest, access: AuthorityAccess, pk: int, question_code: str) -> HttpResponse:
    """Show what supports a question, once the round is agreed."""
    diagnosis = find_diagnosis(access, pk)
    question = _find_question(diagnosis, question_code)
    if diagnosis.agreed_at is None:
        return redirect("diagnostics:diagnosis_detail", access.authority.slug)
    context = {
        "question": question,
        "lines": selectors.question_lines(diagnosis, question, access.user),
        "is_open": False,
        "over": "Résultats",
        "back_url": reverse("diagnostics:diagnosis_questions", args=[access.authority.slug, pk]),
        "back_label": "Revenir aux questions",
    }
    return _page(request, "diagnostics/evidence.html", context, None)


@authority_view(Permission.VIEW_RESULTS)
@require_safe
def evidence_file(request: HttpRequest, access: AuthorityAccess, evidence_pk: int) -> HttpResponse:
    """Send a file to whoever may read it: its author before the closing, then by the rule of the round."""
    evidence = _find_evidence(access, evidence_pk)
    leads_meeting = Permission.MANAGE_DIAGNOSIS in access.permissions
    if not selectors.is_seen_by_member(evidence, access.user, now=timezone.now(), leads_meeting=leads_meeting):
        raise Http404
    return _file_response(evidence)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_POST
def evidence_delete(request: HttpRequest, access: AuthorityAccess, evidence_pk: int) -> HttpResponse:
    """Remove what one joined oneself, as long as what it supports may change."""
    evidence = _find_evidence(access, evidence_pk)
    if evidence.added_by_id != access.user.pk:
        raise Http404
    _remove(request, evidence, access.user)
    slug, pk = access.authority.slug, evidence.diagnosis_id
    if evidence.agreed_level is not None:
        return redirect("diagnostics:agreement_evidence", slug, pk, evidence.agreed_level.question.code)
    rating = evidence.rating
    assert rating is not None  # noqa: S101 - evidence has one subject: a constraint of the table
    return redirect("diagnostics:interview_evidence", slug, pk, rating.participant_id, rating.question.code)


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], join: Callable[[EvidenceForm], Evidence] | None
) -> HttpResponse:
    """Show the evidence of a subject, or join one more and come back."""
    form = EvidenceForm(posted(request), request.FILES or None)
    submission = submit(request, form, lambda: join(form) if join else None)
    if submission.is_saved:
        messages.success(request, JOINED)
        return redirect(request.path)
    context |= {"form": form, "is_full": len(context["lines"]) >= MAX_EVIDENCE, "most": MAX_EVIDENCE}
    return render(request, template, context, status=submission.status)


def _remove(request: HttpRequest, evidence: Evidence, actor: Any) -> None:
    try:
        services.remove_evidence(evidence=evidence, actor=actor, now=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, REMOVED)


def _find_question(diagnosis: Diagnosis, code: str) -> Question:
    question: Question = get_object_or_404(diagnosis.asked_questions(), code=code)
    return question


def _find_rating(diagnosis: Diagnosis, question: Question, **filters: Any) -> Rating | None:
    ratings = Rating.objects.filter(diagnosis=diagnosis, question=question, **filters)
    return ratings.select_related("diagnosis__initiative__authority", "participant").first()


def _find_evidence(access: AuthorityAccess, pk: int) -> Evidence:
    found = Evidence.objects.for_initiative(access.initiative).select_related(
        "diagnosis", "rating__question", "agreed_level__question"
    )
    evidence: Evidence = get_object_or_404(found, pk=pk)
    return evidence


def _file_response(evidence: Evidence) -> HttpResponse:
    """Send a file to be saved, never shown as a page of the site; 404 for a link."""
    if not evidence.file:
        raise Http404
    content_type = CONTENT_TYPES[evidence.file_name.rpartition(".")[2]]
    try:
        with evidence.file.open("rb") as stream:
            content = stream.read()
    except FileNotFoundError as error:
        logger.error("a piece of evidence is missing from the storage: %s", evidence.file.name)
        raise Http404 from error
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": content_disposition_header(True, evidence.file_name) or "attachment",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(content, content_type=content_type, headers=headers)
