"""Virtual machines of a lot and what carries them, in words."""

from common.numbers import format_number, format_significant, pluralise
from common.text import typography
from inventory.enums import MachineKey, MachinePlace
from inventory.hosting import share_of_hosts
from inventory.models import Inventory, InventoryLine, MachineHosting


def machine_line(inventory: Inventory, code: str) -> InventoryLine | None:
    """Return the line of a family of virtual machines, None when the lot has none. One query."""
    lines = inventory.lines.select_related("category__group", "hosting__host_category")
    line: InventoryLine | None = lines.filter(category__code=code, category__vcpu__isnull=False).first()
    if line is not None:
        line.inventory = inventory
    return line


def host_lines(inventory: Inventory) -> list[InventoryLine]:
    """Return the lines of servers that may carry virtual machines. One query."""
    return list(inventory.lines.select_related("category").filter(category__is_host=True))


def hosting_sentence(line: InventoryLine) -> str:
    """Say in words what carries the virtual machines of a line, and what the calculation takes of it."""
    hosting, quantity = line.known_hosting, line.quantity or 0
    if hosting is None or not hosting.carried:
        return "Le calcul prend des machines virtuelles moyennes, chez un hébergeur."
    count = f"{format_number(hosting.carried)} {pluralise(hosting.carried, 'machine', 'machines')}"
    verb = pluralise(hosting.carried, "tourne", "tournent")
    share = f"{format_significant(100 * share_of_hosts(hosting, line.category.vcpu or 1))} %"
    if hosting.place == MachinePlace.OWN:
        taken = (
            f"{count} sur {format_number(quantity)} {verb} sur {_hosts(hosting)} de ce lot et en {_takes(hosting)} "
            f"{share} : rien ne s’ajoute, ces serveurs sont déjà comptés."
        )
    else:
        taken = (
            f"{count} sur {format_number(quantity)} {verb} sur {_hosts(hosting)} partagés avec d’autres, hors du lot, "
            f"et en {_takes(hosting)} {share} : le calcul prend cette part de leur fabrication et de leur électricité."
        )
    rest = quantity - hosting.carried
    if rest > 0:
        taken += f" {_rest(rest)}"
    return typography(taken)


def key_sentence(line: InventoryLine) -> str:
    """Say how the part of the hosts is worked out: « 12 machines sur 40 portées »."""
    hosting = line.known_hosting
    if hosting is None or not hosting.carried:
        return ""
    total = format_number(hosting.total)
    if hosting.key == MachineKey.MACHINES:
        return f"{format_number(hosting.carried)} machines sur {total} portées par ces serveurs"
    vcpu = line.category.vcpu or 1
    return (
        f"{format_number(hosting.carried)} machines de {vcpu} vCPU, soit {format_number(hosting.carried * vcpu)} sur "
        f"{total} vCPU portés par ces serveurs"
    )


def _hosts(hosting: MachineHosting) -> str:
    name = hosting.host_category.name.lower() if hosting.host_category else ""
    count = hosting.host_count or 0
    return f"{format_number(count)} {name}" if count >= 2 else f"1 serveur ({name})"


def _takes(hosting: MachineHosting) -> str:
    return pluralise(hosting.carried, "prend", "prennent")


def _rest(rest: int) -> str:
    if rest == 1:
        return "L’autre reste chez un hébergeur, comptée comme une machine moyenne."
    return f"Les {format_number(rest)} autres restent chez un hébergeur, comptées comme des machines moyennes."
