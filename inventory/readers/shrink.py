"""Files that hold far fewer devices than the lot declares: said before anything is replaced. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Below this share of what is declared, a file is likely to describe a part of the estate only.
LEAST_SHARE = 0.5
# A family of a few devices may halve without anybody having forgotten a file.
LEAST_DEVICES = 10


@dataclass(frozen=True)
class Shrink:
    """What a file holds far less of: a family, or the whole (`name` is empty)."""

    name: str
    declared: int
    found: int


def find_shrinks(declared: Mapping[str, tuple[str, int | None]], found: Mapping[str, int]) -> list[Shrink]:
    """Return the families, then the whole, of which a file holds less than half of what the lot declares.

    `declared`: family code → its name and its quantity in the lot; `found`: family code → quantity in the file. A
    family that the file does not hold keeps its figures: it only counts in the whole.
    """
    shrinks = [
        Shrink(name, quantity, found[code])
        for code, (name, quantity) in declared.items()
        if quantity is not None and code in found and _is_far_smaller(quantity, found[code])
    ]
    whole, read = sum(quantity or 0 for _name, quantity in declared.values()), sum(found.values())
    if found and _is_far_smaller(whole, read):
        shrinks.append(Shrink("", whole, read))
    return shrinks


def as_rows(shrinks: Iterable[Shrink]) -> list[dict[str, str | int]]:
    """Return the shrinks as the report of a preview keeps them."""
    return [{"name": item.name, "declared": item.declared, "found": item.found} for item in shrinks]


def _is_far_smaller(declared: int, found: int) -> bool:
    return declared >= LEAST_DEVICES and found < declared * LEAST_SHARE
