"""The hub of the preparation, its settings and its lists."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorities import services
from authorities.access import AuthorityAccess, authority_view
from authorities.forms import ActorForm, ChecklistItemForm, DocumentForm, InitiativeForm, StateOfPlayForm
from authorities.models import SourceDocument, TerritoryActor
from authorities.permissions import Permission
from authorities.selectors import prerequisite_rows, sub_steps
from authorities.selectors.preparation import documents_view, find_document_kind, find_prerequisite_row
from authorities.tracks import propose_track
from authorities.views.submission import posted, submit


@authority_view(Permission.VIEW_PREPARATION)
@require_safe
def preparation_detail(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the sub-steps of the preparation with their state."""
    return render(request, "authorities/preparation_detail.html", {"sub_steps": sub_steps(access.initiative)})


@authority_view(Permission.EDIT_PREPARATION)
@require_http_methods(["GET", "HEAD", "POST"])
def initiative_update(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Settle the period, the track, the perimeter and the council date."""
    form = InitiativeForm(posted(request), initiative=access.initiative)
    submission = submit(
        request,
        form,
        lambda: services.save_initiative(
            initiative=access.initiative,
            expected_version=form.expected_version,
            actor=access.user,
            now=timezone.now(),
            **form.changes,
        ),
    )
    if submission.is_saved:
        messages.success(request, "Démarche enregistrée.")
        return redirect("authorities:preparation_detail", access.authority.slug)
    authority = access.authority
    context = {"form": form, "proposal": propose_track(authority.population, authority.has_it_department)}
    return render(request, "authorities/initiative_update.html", context, status=submission.status)


@authority_view(Permission.EDIT_PREPARATION)
@require_http_methods(["GET", "HEAD", "POST"])
def state_of_play_update(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Write the texts of the state of play; they are kept while typing."""
    form = StateOfPlayForm(posted(request), initiative=access.initiative)
    submission = submit(
        request,
        form,
        lambda: services.save_state_of_play(
            initiative=access.initiative,
            expected_version=form.expected_version,
            actor=access.user,
            now=timezone.now(),
            **form.changes,
        ),
    )
    if submission.is_saved and request.headers.get("X-Autosave"):
        return HttpResponse(status=204, headers={"X-Version": str(submission.result.version)})
    if submission.is_saved:
        messages.success(request, "État des lieux enregistré.")
        return redirect("authorities:preparation_detail", access.authority.slug)
    return render(request, "authorities/state_of_play_update.html", {"form": form}, status=submission.status)


# Prerequisites ------------------------------------------------------------------------------------------------------


@authority_view(Permission.EDIT_PREPARATION)
@require_safe
def prerequisite_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the checklist; what the base can tell ticks itself."""
    rows = prerequisite_rows(access.initiative)
    context = {"rows": rows, "done_count": sum(row.is_done for row in rows)}
    return render(request, "authorities/prerequisite_list.html", context)


@authority_view(Permission.EDIT_PREPARATION)
@require_http_methods(["GET", "HEAD", "POST"])
def prerequisite_update(request: HttpRequest, access: AuthorityAccess, code: str) -> HttpResponse:
    """Tick a prerequisite by hand, with a note."""
    row = find_prerequisite_row(access.initiative, code)
    form = ChecklistItemForm(posted(request), is_done=row.is_done, note=row.note, version=row.version)
    submission = submit(
        request,
        form,
        lambda: services.save_checklist_item(
            initiative=access.initiative,
            prerequisite=row.prerequisite,
            expected_version=form.expected_version,
            actor=access.user,
            now=timezone.now(),
            **form.changes,
        ),
    )
    if submission.is_saved:
        messages.success(request, "Prérequis enregistré.")
        return redirect("authorities:prerequisite_list", access.authority.slug)
    return render(request, "authorities/prerequisite_update.html", {"form": form, "row": row}, status=submission.status)


# Existing documents -------------------------------------------------------------------------------------------------


@authority_view(Permission.EDIT_PREPARATION)
@require_safe
def document_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """List the documents that exist, and the kinds to look for."""
    return render(request, "authorities/document_list.html", {"view": documents_view(access.initiative)})


@authority_view(Permission.EDIT_PREPARATION)
@require_http_methods(["GET", "HEAD", "POST"])
def document_create(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Add a document; `?type=<code>` prefills its kind."""
    form = DocumentForm(posted(request), document=None, kind=find_document_kind(request.GET.get("type", "")))
    submission = submit(
        request,
        form,
        lambda: services.add_document(
            initiative=access.initiative, actor=access.user, now=timezone.now(), **form.changes
        ),
    )
    if submission.is_saved:
        messages.success(request, "Document ajouté.")
        return redirect("authorities:document_list", access.authority.slug)
    return render(request, "authorities/document_form.html", {"form": form}, status=submission.status)


@authority_view(Permission.EDIT_PREPARATION)
@require_http_methods(["GET", "HEAD", "POST"])
def document_update(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Correct a document of the list."""
    document = get_object_or_404(SourceDocument.objects.for_initiative(access.initiative), pk=pk)
    form = DocumentForm(posted(request), document=document)
    submission = submit(
        request,
        form,
        lambda: services.save_document(
            document=document,
            expected_version=form.expected_version,
            actor=access.user,
            now=timezone.now(),
            **form.changes,
        ),
    )
    if submission.is_saved:
        messages.success(request, "Document enregistré.")
        return redirect("authorities:document_list", access.authority.slug)
    context = {"form": form, "document": document}
    return render(request, "authorities/document_form.html", context, status=submission.status)


@authority_view(Permission.EDIT_PREPARATION)
@require_POST
def document_delete(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Remove a document from the list."""
    document = get_object_or_404(SourceDocument.objects.for_initiative(access.initiative), pk=pk)
    services.delete_document(document=document, actor=access.user, now=timezone.now())
    messages.success(request, "Document retiré de la liste.")
    return redirect("authorities:document_list", access.authority.slug)


# Actors of the territory --------------------------------------------------------------------------------------------


@authority_view(Permission.EDIT_PREPARATION)
@require_safe
def actor_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """List the public and private actors of the territory."""
    actors = list(TerritoryActor.objects.for_initiative(access.initiative))
    return render(request, "authorities/actor_list.html", {"actors": actors})


@authority_view(Permission.EDIT_PREPARATION)
@require_http_methods(["GET", "HEAD", "POST"])
def actor_create(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Add an actor of the territory."""
    form = ActorForm(posted(request), territory_actor=None)
    submission = submit(
        request,
        form,
        lambda: services.add_actor(initiative=access.initiative, actor=access.user, now=timezone.now(), **form.changes),
    )
    if submission.is_saved:
        messages.success(request, "Acteur ajouté.")
        return redirect("authorities:actor_list", access.authority.slug)
    return render(request, "authorities/actor_form.html", {"form": form}, status=submission.status)


@authority_view(Permission.EDIT_PREPARATION)
@require_http_methods(["GET", "HEAD", "POST"])
def actor_update(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Correct an actor of the territory."""
    territory_actor = get_object_or_404(TerritoryActor.objects.for_initiative(access.initiative), pk=pk)
    form = ActorForm(posted(request), territory_actor=territory_actor)
    submission = submit(
        request,
        form,
        lambda: services.save_actor(
            territory_actor=territory_actor,
            expected_version=form.expected_version,
            actor=access.user,
            now=timezone.now(),
            **form.changes,
        ),
    )
    if submission.is_saved:
        messages.success(request, "Acteur enregistré.")
        return redirect("authorities:actor_list", access.authority.slug)
    context = {"form": form, "territory_actor": territory_actor}
    return render(request, "authorities/actor_form.html", context, status=submission.status)


@authority_view(Permission.EDIT_PREPARATION)
@require_POST
def actor_delete(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Remove an actor from the list."""
    territory_actor = get_object_or_404(TerritoryActor.objects.for_initiative(access.initiative), pk=pk)
    services.delete_actor(territory_actor=territory_actor, actor=access.user, now=timezone.now())
    messages.success(request, "Acteur retiré de la liste.")
    return redirect("authorities:actor_list", access.authority.slug)
