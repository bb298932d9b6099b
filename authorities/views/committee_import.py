"""Import of a list of people into the committee: read, checked line by line, then confirmed. It mails nobody."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.committee_template import build_committee_template
from authorities.forms.committee_import import CommitteeLineForm, CommitteeListForm, ServiceWordsForm
from authorities.models import CommitteeImport
from authorities.permissions import Permission
from authorities.selectors.committee_import import committee_preview, find_line
from authorities.services import committee_import as services
from authorities.views.submission import posted, submit
from common.errors import DomainError
from common.numbers import pluralise
from common.versioning import StaleVersionError
from common.xlsx import CONTENT_TYPE

LINES_PER_PAGE = 15
STALE_MESSAGE = "Cette liste a été corrigée entre-temps\u00a0: relisez-la, puis confirmez."


@authority_view(Permission.MANAGE_PARTICIPANTS)
@require_safe
def committee_template(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Give the spreadsheet to fill."""
    content = build_committee_template(access.authority, now=timezone.now())
    name = content_disposition_header(True, f"comite-{access.authority.slug}.xlsx") or "attachment"
    return HttpResponse(content, content_type=CONTENT_TYPE, headers={"Content-Disposition": name})


@authority_view(Permission.MANAGE_PARTICIPANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def committee_import(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Read a list and go to its preview; nobody is added yet."""
    form = CommitteeListForm(posted(request), request.FILES or None)
    submission = submit(
        request,
        form,
        lambda: services.prepare_committee_import(
            initiative=access.initiative, source=form.source, lines=form.lines, actor=access.user, now=timezone.now()
        ),
    )
    if submission.is_saved:
        return redirect("authorities:committee_import_detail", access.authority.slug, submission.result.pk)
    return render(request, "authorities/committee_import.html", {"form": form}, status=submission.status)


@authority_view(Permission.MANAGE_PARTICIPANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def committee_import_detail(request: HttpRequest, access: AuthorityAccess, import_pk: int) -> HttpResponse:
    """Show what a list would add, line by line, and take the services of its words."""
    waiting = _find(access, import_pk)
    if waiting.state == CommitteeImport.State.APPLIED:
        return _already_done(request, access)
    form = ServiceWordsForm(posted(request), preview=committee_preview(waiting))
    submission = submit(
        request,
        form,
        lambda: services.choose_services(waiting=waiting, expected_version=form.expected_version, services=form.chosen),
    )
    if submission.is_saved:
        messages.success(request, "Services enregistrés dans la liste. Personne n’est encore ajouté.")
        return redirect("authorities:committee_import_detail", access.authority.slug, waiting.pk)
    return _preview(request, waiting, form, submission.status)


@authority_view(Permission.MANAGE_PARTICIPANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def committee_import_line(request: HttpRequest, access: AuthorityAccess, import_pk: int, place: int) -> HttpResponse:
    """Correct one line of a list."""
    waiting = _find(access, import_pk)
    if waiting.state == CommitteeImport.State.APPLIED:
        return _already_done(request, access)
    checked = find_line(waiting, place)
    if checked is None:
        raise Http404
    form = CommitteeLineForm(posted(request), waiting=waiting, checked=checked)
    submission = submit(
        request,
        form,
        lambda: services.correct_line(waiting=waiting, expected_version=form.expected_version, line=form.corrected),
    )
    if submission.is_saved:
        messages.success(request, f"Ligne {checked.line.number} corrigée.")
        return redirect("authorities:committee_import_detail", access.authority.slug, waiting.pk)
    context = {"form": form, "waiting": waiting, "checked": checked}
    return render(request, "authorities/committee_import_line.html", context, status=submission.status)


@authority_view(Permission.MANAGE_PARTICIPANTS)
@require_POST
def committee_import_confirm(request: HttpRequest, access: AuthorityAccess, import_pk: int) -> HttpResponse:
    """Add the people of the lines that are ready, or forget the list."""
    waiting = _find(access, import_pk)
    if "discard" in request.POST:
        services.discard_committee_import(waiting=waiting)
        messages.info(request, "La liste est abandonnée\u00a0: personne n’a été ajouté.")
        return redirect("authorities:committee_import", access.authority.slug)
    seen = request.POST.get("version", "")
    expected = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
    try:
        count = services.confirm_committee_import(
            waiting=waiting, expected_version=expected, actor=access.user, now=timezone.now()
        )
    except (DomainError, StaleVersionError) as error:
        messages.error(request, error.message if isinstance(error, DomainError) else STALE_MESSAGE)
        return _refused(request, access, import_pk)
    words = pluralise(count, "personne ajoutée", "personnes ajoutées")
    messages.success(request, f"{count} {words} au comité. Aucun message n’est parti\u00a0: invitez quand vous voulez.")
    return redirect("authorities:participant_list", access.authority.slug)


def _find(access: AuthorityAccess, pk: int) -> CommitteeImport:
    waiting: CommitteeImport = get_object_or_404(CommitteeImport.objects.for_initiative(access.initiative), pk=pk)
    waiting.initiative = access.initiative
    return waiting


def _preview(request: HttpRequest, waiting: CommitteeImport, form: ServiceWordsForm, status: int) -> HttpResponse:
    preview = committee_preview(waiting)
    page = Paginator([*preview.refused, *preview.ready, *preview.present], LINES_PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"preview": preview, "form": form, "page": page, "waiting": waiting}
    return render(request, "authorities/committee_import_detail.html", context, status=status)


def _refused(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show the list again, as it is now, with the reason of a refusal."""
    waiting = _find(access, pk)
    if waiting.state == CommitteeImport.State.APPLIED:
        return redirect("authorities:participant_list", access.authority.slug)
    return _preview(request, waiting, ServiceWordsForm(preview=committee_preview(waiting)), 409)


def _already_done(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    messages.info(request, "Cette liste est déjà enregistrée.")
    return redirect("authorities:participant_list", access.authority.slug)
