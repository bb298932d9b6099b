"""Computing a frozen lot again, with the set of factors in force: a new result beside the old one."""

from dataclasses import asdict, replace
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from authorities.enums import EventKind
from authorities.events import record_event
from common.errors import DomainError
from inventory.models import Inventory, Recalculation
from inventory.selectors import footprint_of, observed_footprint_of, read_data
from inventory.selectors.data import current_factor_set, factor_table

ALREADY_DONE = "Ce lot est déjà calculé avec le jeu de facteurs en vigueur."


@transaction.atomic
def recalculate_inventory(*, inventory: Inventory, actor: User, now: datetime) -> Recalculation:
    """Compute a frozen lot with the set of factors in force. Its own result stays as it was.

    Raises DomainError when the lot is not frozen, or has that result already.
    """
    if not inventory.is_frozen:
        raise DomainError("Ce lot est en préparation\u00a0: il suit déjà le jeu de facteurs en vigueur.")
    factor_set = current_factor_set()
    if inventory.factor_set == factor_set:
        raise DomainError(ALREADY_DONE)
    data = replace(read_data(inventory), factor_set=factor_set, table=factor_table(factor_set))
    observed = observed_footprint_of(data)
    result = {"reference": asdict(footprint_of(data)), "observed": asdict(observed) if observed else None}
    try:
        with transaction.atomic():
            found = Recalculation.objects.create(
                inventory=inventory, factor_set=factor_set, result=result, computed_at=now, computed_by=actor
            )
    except IntegrityError:
        raise DomainError(ALREADY_DONE) from None
    record_event(
        authority=inventory.initiative.authority,
        kind=EventKind.INVENTORY,
        initiative=inventory.initiative,
        actor=actor,
        verb=f"a recalculé le lot {inventory.number} de l’inventaire avec «\u00a0{factor_set.name}\u00a0»",
        now=now,
    )
    return found
