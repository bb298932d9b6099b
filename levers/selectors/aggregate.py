"""Levers decided by many authorities at once."""

from collections.abc import Collection

from levers.enums import Verdict
from levers.models import Decision


def retained_by_authority(authority_pks: Collection[int]) -> dict[int, frozenset[str]]:
    """Return authority → codes of the published levers kept in its current démarche, for those that decided.

    A local lever is nobody else's to know: it is left out. One query.
    """
    decisions = Decision.objects.filter(
        initiative__authority__in=authority_pks, initiative__is_current=True, lever__authority=None
    )
    kept: dict[int, set[str]] = {}
    for authority, code, verdict in decisions.order_by().values_list("initiative__authority", "lever__code", "verdict"):
        kept.setdefault(authority, set()).update([code] if verdict == Verdict.RETAINED else [])
    return {authority: frozenset(codes) for authority, codes in kept.items()}
