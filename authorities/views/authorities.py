"""Search of an authority, creation of a space, access requests from outside."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.signed_in import signed_in
from authorities import services
from authorities.access import AuthorityAccess, authority_view
from authorities.enums import AuthorityKind
from authorities.forms import AuthorityForm, ManualAuthorityForm, MembershipRequestForm, TerritoryAuthorityForm
from authorities.models import Authority
from authorities.permissions import Permission
from authorities.selectors import legal_frame, legal_frame_of, search_authorities
from authorities.selectors.authorities import initiatives_of
from authorities.views.submission import posted, submit
from reference.models import Territory

MAX_QUERY = 100


@require_safe
def authority_search(request: HttpRequest) -> HttpResponse:
    """Find an authority in the national list, before opening its space or joining it."""
    query = request.GET.get("q", "").strip()[:MAX_QUERY]
    results = search_authorities(query) if query else []
    return render(request, "authorities/authority_search.html", {"query": query, "results": results})


@require_http_methods(["GET", "HEAD", "POST"])
def authority_create(request: HttpRequest, territory_code: str) -> HttpResponse:
    """Explain the legal duty of an authority of the list, ask what the list does not know, open its space."""
    territory = get_object_or_404(Territory, code=territory_code)
    twin = Authority.objects.filter(territory=territory).first()
    if twin is not None:
        return redirect("authorities:membership_request_create", authority_pk=twin.pk)
    now = timezone.now()
    form = TerritoryAuthorityForm(posted(request), is_group=territory.kind == Territory.Kind.EPCI)
    submission = submit(
        request,
        form,
        lambda: services.create_authority(
            user=signed_in(request),
            name=territory.name,
            kind=AuthorityKind(territory.kind),
            territory=territory,
            now=now,
            **form.cleaned_data,
        ),
    )
    if submission.is_saved:
        return _to_first_page(request, submission.result)
    frame = legal_frame(
        kind=AuthorityKind(territory.kind),
        population=territory.population,
        population_total=territory.population_total,
        on=timezone.localdate(now),
    )
    context = {"territory": territory, "form": form, "frame": frame}
    return render(request, "authorities/authority_create.html", context, status=submission.status)


@require_http_methods(["GET", "HEAD", "POST"])
def authority_create_manual(request: HttpRequest) -> HttpResponse:
    """Open the space of an authority that the list does not hold, typed by hand."""
    form = ManualAuthorityForm(posted(request))
    submission = submit(
        request,
        form,
        lambda: services.create_authority(user=signed_in(request), now=timezone.now(), **form.values),
    )
    if submission.is_saved:
        return _to_first_page(request, submission.result)
    context = {"form": form, "twin": form.twin}
    return render(request, "authorities/authority_create_manual.html", context, status=submission.status)


@require_http_methods(["GET", "HEAD", "POST"])
def membership_request_create(request: HttpRequest, authority_pk: int) -> HttpResponse:
    """Ask to join an authority that already has a space."""
    authority = get_object_or_404(Authority, pk=authority_pk)
    form = MembershipRequestForm(posted(request))
    submission = submit(
        request,
        form,
        lambda: services.request_membership(
            authority=authority, user=signed_in(request), message=form.cleaned_data["message"], now=timezone.now()
        ),
    )
    if submission.is_saved:
        messages.success(
            request, f"Demande envoyée aux référents de {authority.name}. Leur réponse arrivera par courriel."
        )
        return redirect("roadmap:space_list")
    context = {"target": authority, "form": form}
    return render(request, "authorities/membership_request_create.html", context, status=submission.status)


@authority_view(Permission.EDIT_PREPARATION)
@require_http_methods(["GET", "HEAD", "POST"])
def authority_update(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Correct the facts of the authority."""
    form = AuthorityForm(posted(request), authority=access.authority)
    submission = submit(
        request,
        form,
        lambda: services.save_authority(
            authority=access.authority,
            expected_version=form.expected_version,
            actor=access.user,
            now=timezone.now(),
            **{"member_communes_count": None, **form.changes},
        ),
    )
    if submission.is_saved:
        messages.success(request, "Fiche de la collectivité enregistrée.")
        return redirect("authorities:preparation_detail", access.authority.slug)
    return render(request, "authorities/authority_update.html", {"form": form}, status=submission.status)


@authority_view(Permission.VIEW_PREPARATION)
@require_safe
def duty_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Explain what the law asks of this authority today."""
    frame = legal_frame_of(access.authority, timezone.localdate())
    return render(request, "authorities/duty_list.html", {"frame": frame})


@authority_view(Permission.VIEW_DASHBOARD)
@require_safe
def initiative_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """List the démarches of the authority, the current one first."""
    return render(request, "authorities/initiative_list.html", {"initiatives": initiatives_of(access.authority)})


def _to_first_page(request: HttpRequest, authority: Authority) -> HttpResponse:
    messages.success(request, f"L’espace de {authority.name} est ouvert. Réglez d’abord la démarche.")
    return redirect("authorities:initiative_update", authority.slug)
