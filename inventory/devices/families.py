"""Which family a type and a model belong to: what the authority said, then the rules of the data. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from common.text import normalise
from inventory.devices.tally import Group
from inventory.devices.vocabulary import FamilyRule

# (type, model), both normalised → code of the family, or None when it is out of the perimeter. An empty model stands
# for every model of the type.
Learned = Mapping[tuple[str, str], str | None]


class Fate(StrEnum):
    """What becomes of the devices of a group."""

    COUNTED = "counted"
    OUT = "out"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """The family of a group and who said it. `note`: what is to be known of the rule that decided."""

    fate: Fate
    family: str = ""
    note: str = ""
    is_learned: bool = False


def group_key(group: Group) -> tuple[str, str]:
    """Return what an authority's own choice is kept under."""
    return normalise(group.type or group.chassis), normalise(group.model)


def classify(
    group: Group, *, names: Mapping[str, str], learned: Learned, rules: Sequence[FamilyRule], known: frozenset[str]
) -> Verdict:
    """Return the family of a group.

    `names`: normalised name of a family → its code, for tables whose type is the family itself; `known`: codes that an
    inventory may hold.
    """
    kind, model = group_key(group)
    for key in ((kind, model), (kind, "")):
        if key in learned:
            family = learned[key]
            return Verdict(Fate.COUNTED if family else Fate.OUT, family or "", is_learned=True)
    family = names.get(singular(kind))
    if family:
        return Verdict(Fate.COUNTED, family)
    chassis = normalise(group.chassis)
    texts = {"type": kind, "model": model, "any": " ".join(filter(None, (kind, chassis, model)))}
    for rule in rules:
        if rule.fits(texts):
            if not rule.family:
                return Verdict(Fate.OUT, note=rule.label)
            if rule.family in known:
                return Verdict(Fate.COUNTED, rule.family, rule.label)
    return Verdict(Fate.UNKNOWN)


def singular(name: str) -> str:
    """Return the key of a name, plural or not."""
    return " ".join(word.rstrip("sx") or word for word in normalise(name).split())
