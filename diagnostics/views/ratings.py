"""Pages of a participant, behind a personal link. A GET changes nothing; only the button does."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import ParticipantAccess, participant_view
from authorities.enums import Scope
from authorities.views.submission import posted, submit
from diagnostics import services
from diagnostics.forms import RatingForm
from diagnostics.models import Diagnosis
from diagnostics.selectors import RatingPage, participant_diagnosis, rating_overview, rating_page


@participant_view(Scope.RATE)
@require_safe
def rating_list(request: HttpRequest, access: ParticipantAccess) -> HttpResponse:
    """Show the questions of the latest round, those that the participant knows first."""
    diagnosis = participant_diagnosis(access.participant)
    overview = rating_overview(diagnosis, access.participant, now=timezone.now()) if diagnosis else None
    return render(request, "diagnostics/rating_list.html", {"overview": overview})


@participant_view(Scope.RATE)
@require_safe
def rating_end(request: HttpRequest, access: ParticipantAccess, diagnosis_pk: int) -> HttpResponse:
    """Say what is answered and what may still be."""
    diagnosis = find_own_diagnosis(access, diagnosis_pk)
    overview = rating_overview(diagnosis, access.participant, now=timezone.now())
    return render(request, "diagnostics/rating_end.html", {"overview": overview})


@participant_view(Scope.RATE)
@require_http_methods(["GET", "HEAD", "POST"])
def rating_update(
    request: HttpRequest, access: ParticipantAccess, diagnosis_pk: int, question_code: str
) -> HttpResponse:
    """Show one question and record its answer; after closing, the answer can be read only."""
    now = timezone.now()
    diagnosis = find_own_diagnosis(access, diagnosis_pk)
    page = rating_page(diagnosis, access.participant, question_code, now=now)
    if page is None:
        raise Http404
    form = RatingForm(posted(request), rating=page.item.rating)
    submission = submit(
        request,
        form,
        lambda: services.record_rating(
            diagnosis=diagnosis,
            participant=access.participant,
            question=page.item.question,
            now=now,
            **form.answer_values,
        ),
    )
    if submission.is_saved and request.headers.get("X-Autosave"):
        return HttpResponse(status=204, headers={"X-Version": str(submission.result.version)})
    if submission.is_saved:
        # The piece supports an answer: it is saved first, whatever the speed of the network.
        return redirect(page.evidence_url if request.POST.get("then") == "evidence" else _after(access, page))
    return render(request, "diagnostics/rating_update.html", {"page": page, "form": form}, status=submission.status)


def find_own_diagnosis(access: ParticipantAccess, pk: int) -> Diagnosis:
    """Return an opened round of this démarche that asks this participant, or 404."""
    rounds = access.participant.diagnoses.filter(initiative=access.initiative, opened_at__isnull=False)
    diagnosis: Diagnosis = get_object_or_404(rounds.select_related("questionnaire"), pk=pk)
    diagnosis.initiative = access.initiative
    return diagnosis


def _after(access: ParticipantAccess, page: RatingPage) -> str:
    """Return the address of the next question, or of the end."""
    if page.following is not None:
        return page.following.url
    return page.overview.end_url
