"""What an organisation takes of what it shares: hosts and their virtual machines, home-working boxes, networks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from inventory.footprint.factors import Factor, Range
from inventory.footprint.lines import FootprintLine

ShareKey = Literal["vcpu", "storage_tb", "weight"]


@dataclass(frozen=True)
class VirtualMachine:
    """A machine on a known host. `weight` is an explicit key, when neither vCPU nor storage tells the share."""

    name: str
    vcpu: float | None = None
    storage_tb: float | None = None
    weight: float | None = None


def host_shares(machines: Sequence[VirtualMachine], *, key: ShareKey) -> dict[str, float]:
    """Return machine → share of the host, 0–1; the shares make 1.

    vCPU over the sum of the vCPU of the machines of the host (compute), storage over the sum (storage), or an explicit
    key. Raises ValueError when a machine lacks the key, or none has any of it.
    """
    amounts = {machine.name: getattr(machine, key) for machine in machines}
    wrong = [name for name, amount in amounts.items() if amount is None or not 0 <= amount < float("inf")]
    if wrong or len(amounts) != len(machines):
        raise ValueError(f"{', '.join(wrong) or 'two machines of one name'}: every machine needs its {key}")
    total = sum(amounts.values())
    if not total:
        raise ValueError(f"no machine has any {key}")
    return {name: amount / total for name, amount in amounts.items()}


def split_host(host: FootprintLine, shares: Mapping[str, float], name: str) -> dict[str, FootprintLine]:
    """Return machine → the line that bears its share of the host, to be counted in the place of the host."""
    return {
        machine: replace(host, use_share=host.use_share * share, host=name, is_part_of_host=True)
        for machine, share in shares.items()
    }


def machines_on_hosts(hosts: FootprintLine, machines: float, share: float, *, category: str) -> FootprintLine:
    """Return the line of some virtual machines carried by hosts that the organisation shares with others.

    They take `share` of the hosts, 0–1, and count in their own family: N is the number of machines, u the part of a
    host that one of them takes, so that N × u is share × hosts. Raises ValueError without any machine.
    """
    if not machines or hosts.quantity is None:
        raise ValueError("no machine, or no host")
    part = split_host(hosts, {category: share}, f"{hosts.category} of {category}")[category]
    taken = part.use_share * hosts.quantity / machines
    return replace(part, category=category, factor_category=hosts.category, quantity=machines, use_share=taken)


def check_hosts(lines: Iterable[FootprintLine]) -> None:
    """Raise ValueError when a host and its virtual machines are in the same total."""
    parts: dict[str, set[bool]] = {}
    for line in lines:
        if line.host:
            parts.setdefault(line.host, set()).add(line.is_part_of_host)
    for name, kinds in parts.items():
        if len(kinds) > 1:
            raise ValueError(f"{name}: a host and its virtual machines are never in the same total")


def home_boxes(people: float, remote_days: float, *, persons_per_household: float, days_per_year: float) -> float:
    """Return how many home-working boxes are taken: people × days of the year at home / persons per household.

    Source: ADEME, RCP « systèmes d'information », Nov. 2024.
    """
    return people * (remote_days / days_per_year) / persons_per_household


def data_impact(volume_gb: float, factor: Factor, *, error: float) -> Range:
    """Return the yearly impact of data transferred, GWP only. An average share of the network: less traffic does not
    lower it at once.
    """
    bounds = factor.range
    low, high = volume_gb * (1 - error), volume_gb * (1 + error)
    return Range(low * bounds.low, volume_gb * bounds.central, high * bounds.high)
