"""Writes about what carries virtual machines."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from common.errors import DomainError
from common.text import typography
from common.versioning import StaleVersionError, save_versioned
from inventory.enums import MachinePlace
from inventory.hosting import check_hostings, check_totals
from inventory.models import InventoryLine, MachineHosting
from inventory.services import Actor, lock_draft, record_edit, touch

NUMBERS = ("host_category", "machine_count", "host_count", "total")


@transaction.atomic
def save_hosting(
    *, line: InventoryLine, values: Mapping[str, Any], expected_version: int, actor: Actor, now: datetime
) -> MachineHosting:
    """Say where the virtual machines of a line run: field of `MachineHosting` → value. 0: nothing was said before.

    Raises StaleVersionError, and DomainError on a frozen lot, on a family that is no virtual machine, and on numbers
    that contradict each other or the lot.
    """
    inventory = lock_draft(line.inventory)
    if line.category.vcpu is None:
        raise DomainError(typography("Cette famille n’est pas celle de machines virtuelles : rien ne la porte."))
    fields = {name: values[name] for name in ("place", "key", *NUMBERS)}
    if fields["place"] == MachinePlace.PROVIDER:
        fields |= dict.fromkeys(NUMBERS)
    elif any(not fields[name] for name in NUMBERS):
        raise DomainError("Indiquez les serveurs qui portent ces machines, et les trois nombres.")
    check_totals([MachineHosting(line=line, **fields)])
    hosting = MachineHosting.objects.filter(line=line).first()
    if hosting is None and expected_version == 0:
        hosting = MachineHosting.objects.create(line=line, **fields)
    elif hosting is None:
        raise DomainError("Cette réponse n’existe plus\u00a0: rechargez la page.")
    elif expected_version == 0:
        raise StaleVersionError(hosting)
    else:
        for name, value in fields.items():
            setattr(hosting, name, value)
        save_versioned(hosting, expected_version=expected_version, update_fields=list(fields))
    check_hostings(inventory)
    touch(inventory)
    record_edit(inventory, actor, now)
    return hosting
