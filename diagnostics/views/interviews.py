"""Interviews: the référent types what a participant told her, dimension by dimension."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import AuthorityAccess, authority_view
from authorities.models import Participant
from authorities.permissions import Permission
from authorities.views.submission import posted
from common.errors import DomainError
from common.numbers import pluralise
from common.versioning import StaleVersionError
from diagnostics import services
from diagnostics.forms import InterviewAnswerForm
from diagnostics.models import Diagnosis
from diagnostics.selectors import InterviewPage, interview_page
from diagnostics.selectors.interviews import InterviewItem
from diagnostics.views.common import find_diagnosis


@dataclass(frozen=True)
class AnswerField:
    """A question of the page with its form, None when its answer may not be typed."""

    item: InterviewItem
    form: InterviewAnswerForm | None

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """(question, message, id of the control to go to, empty for the whole form) of each error."""
        if self.form is None:
            return []
        controls = {"level": f"{self.form['level'].auto_id}_0", "comment": self.form["comment"].auto_id}
        return [
            (self.item.question.title, str(message), controls.get(name, ""))
            for name, messages in self.form.errors.items()
            for message in messages
        ]


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_http_methods(["GET", "HEAD", "POST"])
def interview_update(
    request: HttpRequest, access: AuthorityAccess, pk: int, rater_pk: int, dimension_code: str
) -> HttpResponse:
    """Type the answers of one dimension; an empty question is left as it is."""
    diagnosis = find_diagnosis(access, pk)
    page = _find_page(access, diagnosis, rater_pk, dimension_code)
    fields = [AnswerField(item, _form(request, item)) for item in page.items]
    status = 200
    if request.method == "POST":
        status = _save(access, page, fields)
        if status == 303:
            return _saved(request, access, page, fields)
    forms = [field.form for field in fields if field.form is not None]
    context = {
        "page": page,
        "fields": fields,
        "errors": [error for field in fields for error in field.errors],
        "stale_form": next((form for form in forms if form.conflict_note), None),
        "is_open": diagnosis.is_open(timezone.now()),
    }
    return render(request, "diagnostics/interview_update.html", context, status=status)


@authority_view(Permission.MANAGE_DIAGNOSIS)
@require_http_methods(["GET", "HEAD"])
def interview_start(request: HttpRequest, access: AuthorityAccess, pk: int, rater_pk: int) -> HttpResponse:
    """Open the first dimension that the participant knows."""
    diagnosis = find_diagnosis(access, pk)
    page = _find_page(access, diagnosis, rater_pk, "")
    return redirect("diagnostics:interview_update", access.authority.slug, pk, rater_pk, page.dimension.code)


def _find_page(access: AuthorityAccess, diagnosis: Diagnosis, rater_pk: int, dimension_code: str) -> InterviewPage:
    people = diagnosis.raters.filter(initiative=access.initiative).select_related("service")
    participant: Participant = get_object_or_404(people, pk=rater_pk)
    page = interview_page(diagnosis, participant, dimension_code, author=access.user)
    if page is None:
        raise Http404
    return page


def _form(request: HttpRequest, item: InterviewItem) -> InterviewAnswerForm | None:
    if item.is_kept:
        return None
    return InterviewAnswerForm(posted(request), rating=item.rating, prefix=item.question.code)


def _save(access: AuthorityAccess, page: InterviewPage, fields: Sequence[AnswerField]) -> int:
    """Save the answers that changed; return 303, or the status of the page to show again."""
    forms = [(field.item.question, field.form) for field in fields if field.form is not None]
    # Every form is read, so that the page shows every error at once.
    if [form for _question, form in forms if not form.is_valid()]:
        return 422
    answers = [
        services.Answer(question=question, **form.answer_values)
        for question, form in forms
        if form.is_filled and form.is_changed
    ]
    if not answers:
        return 303
    try:
        services.record_interview(
            diagnosis=page.diagnosis,
            participant=page.participant,
            answers=answers,
            actor=access.user,
            now=timezone.now(),
        )
    except DomainError as error:
        forms[0][1].add_error(None, error.message)
        return 422
    except StaleVersionError as error:
        stale = error.current
        for question, form in forms:
            if question.pk == getattr(stale, "question_id", None):
                form.add_conflict(stale)
        return 409
    return 303


def _saved(
    request: HttpRequest, access: AuthorityAccess, page: InterviewPage, fields: Sequence[AnswerField]
) -> HttpResponse:
    count = sum(field.form is not None and field.form.is_filled for field in fields)
    words = pluralise(count, "réponse notée", "réponses notées")
    messages.success(request, f"{page.dimension.short_name}\u00a0: {count} {words} pour {page.participant.name}.")
    slug, pk, rater_pk = access.authority.slug, page.diagnosis.pk, page.participant.pk
    if page.following is None:
        return redirect("diagnostics:diagnosis_follow", slug, pk)
    return redirect("diagnostics:interview_update", slug, pk, rater_pk, page.following.code)
