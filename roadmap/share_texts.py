"""Sentences about shared actions, the same on pages and in documents. Pure."""

from collections.abc import Sequence

from common.text import enumerate_french, typography


def elsewhere_sentence(count: int, names: Sequence[str]) -> str:
    """Say which actions are left out of the saving, for another authority counts them; empty when none is."""
    if not count:
        return ""
    owners = enumerate_french(names)
    if count == 1:
        return typography(f"Une action partagée n’est pas comptée ici : son matériel est à {owners}, qui la compte.")
    verb = "qui les compte" if len(names) == 1 else "qui les comptent"
    return typography(f"{count} actions partagées ne sont pas comptées ici : leur matériel est à {owners}, {verb}.")


def share_line(other: str, own_part: str, other_part: str, equipment: str) -> str:
    """Write « Action partagée avec X : notre part, … ; sa part, … », and who counts the saving.

    `equipment`: « own », « other » or « each », seen from the authority that writes.
    """
    counted = {
        "own": "Le matériel est à nous : son gain est compté ici.",
        "other": f"Le matériel est à {other}, qui en compte le gain.",
        "each": "Chacune compte le gain de son propre matériel.",
    }.get(equipment, "")
    own, its = own_part.rstrip(" ."), other_part.rstrip(" .")
    return typography(f"Action partagée avec {other} : notre part, {own} ; sa part, {its}. {counted}".strip())
