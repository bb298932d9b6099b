"""Maturity of many authorities at once: what figures about several of them are drawn from."""

from collections import defaultdict
from collections.abc import Collection
from fractions import Fraction

from diagnostics.models import AgreedLevel, Diagnosis
from diagnostics.scoring import score_dimension


def maturity_by_authority(authority_pks: Collection[int]) -> dict[int, dict[str, Fraction]]:
    """Return authority → dimension code → score of its latest finished round. Two queries, whatever their number.

    An authority without a finished round is left out, and so is a dimension of which nothing was answered.
    """
    finished = Diagnosis.objects.filter(initiative__authority__in=authority_pks, agreed_at__isnull=False)
    latest = dict(finished.order_by("agreed_at", "pk").values_list("initiative__authority", "pk"))
    levels: dict[int, dict[str, list[int | None]]] = defaultdict(lambda: defaultdict(list))
    rows = AgreedLevel.objects.filter(diagnosis__in=latest.values(), level__isnull=False)
    for diagnosis, code, level in rows.values_list("diagnosis", "question__dimension__code", "level"):
        levels[diagnosis][code].append(level)
    return {authority: _scores(levels[diagnosis]) for authority, diagnosis in latest.items()}


def _scores(levels: dict[str, list[int | None]]) -> dict[str, Fraction]:
    scored = {code: score_dimension(values).score for code, values in levels.items()}
    return {code: score for code, score in scored.items() if score is not None}
