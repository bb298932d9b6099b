"""What carries the virtual machines of a lot."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import AuthorityAccess, ParticipantAccess, authority_view, participant_view
from authorities.enums import Scope
from authorities.permissions import Permission
from authorities.views.submission import posted, submit
from inventory.desk import Desk, desk_of
from inventory.hosting_forms import HostingForm
from inventory.hosting_services import save_hosting
from inventory.selectors.hosting import host_lines, machine_line
from inventory.views.entry import ENTRY_METHODS, leave_frozen


@authority_view(Permission.FILL_INVENTORY)
@require_http_methods(ENTRY_METHODS)
def hosting_update(request: HttpRequest, access: AuthorityAccess, inventory_pk: int, machine_code: str) -> HttpResponse:
    return _edit(request, desk_of(access), inventory_pk, machine_code)


@participant_view(Scope.INVENTORY)
@require_http_methods(ENTRY_METHODS)
def participant_hosting_update(
    request: HttpRequest, access: ParticipantAccess, inventory_pk: int, machine_code: str
) -> HttpResponse:
    return _edit(request, desk_of(access), inventory_pk, machine_code)


def _edit(request: HttpRequest, desk: Desk, inventory_pk: int, machine_code: str) -> HttpResponse:
    """Say which servers carry the virtual machines of a family."""
    inventory = desk.find_inventory(inventory_pk)
    if inventory.is_frozen and request.method != "POST":
        return leave_frozen(request, desk, inventory)
    line = machine_line(inventory, machine_code)
    if line is None:
        raise Http404
    form = HostingForm(posted(request), line=line, hosts=host_lines(inventory))
    submission = submit(
        request,
        form,
        lambda: save_hosting(
            line=line,
            values=form.values,
            expected_version=form.expected_version,
            actor=desk.actor,
            now=timezone.now(),
        ),
    )
    back = f"{desk.url('group_update', inventory.pk, line.category.group.code)}#famille-{machine_code}"
    if submission.is_saved:
        messages.success(request, f"{line.category.name}\u00a0: enregistré, l’empreinte est recalculée.")
        return redirect(back)
    context = {"desk": desk, "inventory": inventory, "form": form, "line": line, "back_url": back}
    return render(request, "inventory/hosting_update.html", context, status=submission.status)
