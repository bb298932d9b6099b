"""Rules of the virtual machines carried by known hosts: what may be declared, and the lines of the calculation."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from common.errors import DomainError
from common.numbers import format_number, pluralise
from common.text import typography
from inventory.enums import MachineKey, MachinePlace
from inventory.footprint import FootprintLine, VirtualMachine, host_shares, machines_on_hosts
from inventory.models import Inventory, InventoryLine, MachineHosting

OURS, OTHERS = "ours", "others"
COPIED_FIELDS = ("place", "host_category_id", "machine_count", "host_count", "key", "total")


def share_of_hosts(hosting: MachineHosting, vcpu: int) -> float:
    """Return the part of the hosts that the machines of the line take, 0–1. `vcpu`: of one machine."""
    ours = _amount(hosting, vcpu)
    others = (hosting.total or 0) - ours
    if hosting.key == MachineKey.VCPU:
        machines = [VirtualMachine(OURS, vcpu=ours), VirtualMachine(OTHERS, vcpu=others)]
        return host_shares(machines, key="vcpu")[OURS]
    return host_shares([VirtualMachine(OURS, weight=ours), VirtualMachine(OTHERS, weight=others)], key="weight")[OURS]


def carried_lines(line: InventoryLine, plain: FootprintLine) -> list[FootprintLine]:
    """Return what the calculation reads of a line: the machines of providers, then those on shared hosts.

    Machines on hosts of the lot are a line that takes no part of anything: the hosts are counted, once.
    """
    hosting = line.known_hosting
    if hosting is None or not hosting.carried or plain.quantity is None:
        return [plain]
    rest = replace(plain, quantity=max(plain.quantity - hosting.carried, 0))
    host = hosting.host_category.code if hosting.host_category else ""
    if hosting.place == MachinePlace.OWN:
        return [rest, replace(plain, quantity=hosting.carried, use_share=0.0, factor_category=host)]
    hosts = FootprintLine(
        category=host,
        quantity=hosting.host_count,
        confidence=plain.confidence,
        use_share=plain.use_share,
        pue=plain.pue,
        zone=plain.zone,
    )
    share = share_of_hosts(hosting, line.category.vcpu or 1)
    return [rest, machines_on_hosts(hosts, hosting.carried, share, category=plain.category)]


def check_hostings(inventory: Inventory) -> None:
    """Raise DomainError when the machines of a lot are more than what carries them, or the other way round.

    Called by whatever writes lines: a quantity that falls below what is carried is refused too. Two queries at most.
    """
    found = list(
        MachineHosting.objects.filter(line__inventory=inventory)
        .exclude(place=MachinePlace.PROVIDER)
        .select_related("line__category", "host_category")
        .order_by("line__category__position")
    )
    if not found:
        return
    hosts = dict(inventory.lines.filter(category__is_host=True).values_list("category_id", "quantity"))
    for hosting in found:
        _check_count(hosting)
        if hosting.place == MachinePlace.OWN:
            _check_own_hosts(hosting, hosts.get(hosting.host_category_id))
    check_totals(found)


def copy_hostings(source: Iterable[InventoryLine], target: Sequence[InventoryLine]) -> None:
    """Give the lines of a copied lot the hostings of the former ones."""
    kept = {line.category_id: line.known_hosting for line in source}
    MachineHosting.objects.bulk_create(
        [
            MachineHosting(line=line, **{name: getattr(hosting, name) for name in COPIED_FIELDS})
            for line in target
            if (hosting := kept.get(line.category_id)) is not None
        ]
    )


def _amount(hosting: MachineHosting, vcpu: int) -> int:
    """Return what the machines of the line weigh, in the unit of the total."""
    return hosting.carried * (vcpu if hosting.key == MachineKey.VCPU else 1)


def _check_count(hosting: MachineHosting) -> None:
    quantity = hosting.line.quantity or 0
    if hosting.carried <= quantity:
        return
    carried = f"{format_number(hosting.carried)} {pluralise(hosting.carried, 'machine', 'machines')}"
    raise DomainError(
        typography(
            f"{hosting.line.category.name} : {carried} sur des serveurs connus, mais la famille en compte "
            f"{format_number(quantity)} en tout. Corrigez l’un des deux nombres."
        )
    )


def _check_own_hosts(hosting: MachineHosting, quantity: int | None) -> None:
    name, count = _host_name(hosting), hosting.host_count or 0
    if quantity is None:
        raise DomainError(
            typography(f"{name} : indiquez d’abord combien sont en service, puis ceux qui portent vos machines.")
        )
    if count > quantity:
        raise DomainError(
            typography(
                f"{name} : le lot en compte {format_number(quantity)}, vous en déclarez {format_number(count)} pour "
                "porter vos machines. Corrigez ce nombre ; des serveurs qui ne sont pas les vôtres sont partagés, ou "
                "ceux d’un hébergeur."
            )
        )


def check_totals(found: Sequence[MachineHosting]) -> None:
    """Raise DomainError when the machines of several families on the same hosts are more than these carry."""
    sums: dict[tuple[object, ...], list[MachineHosting]] = defaultdict(list)
    for item in found:
        sums[item.place, item.host_category_id, item.host_count, item.key, item.total].append(item)
    for items in sums.values():
        first = items[0]
        ours, total = sum(_amount(item, item.line.category.vcpu or 1) for item in items), first.total or 0
        if ours <= total:
            continue
        unit = "vCPU" if first.key == MachineKey.VCPU else "machines"
        names = ", ".join(item.line.category.name for item in items)
        raise DomainError(
            typography(
                f"{names} : ces serveurs portent {format_number(total)} {unit} en tout, les vôtres en font "
                f"{format_number(ours)}. Le total comprend vos machines et celles des autres : corrigez-le."
            )
        )


def _host_name(hosting: MachineHosting) -> str:
    return hosting.host_category.name if hosting.host_category else ""
