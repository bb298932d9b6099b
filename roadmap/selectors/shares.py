"""Reads of shared actions: what each side may know of the other, and nothing else of its space.

This module and `roadmap/services/sheet_shares.py` are the only ones that go from a side to the other.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q
from django.utils.text import slugify

from authorities.models import Authority, Initiative
from common.text import typography
from roadmap.enums import ActionStatus, EquipmentOwner, ShareSide, ShareState
from roadmap.models import ActionSheet, ActionStep, Roadmap, SheetShare
from roadmap.selectors.sheets import STATUS_BADGES
from roadmap.share_texts import elsewhere_sentence
from roadmap.sheet_proposal import Proposal, read_proposal

MAX_FOUND = 10
MIN_QUERY_CHARACTERS = 3


def find_partners(initiative: Initiative, query: str) -> list[Authority]:
    """Return the authorities of the site whose name contains the words, or that bear the SIREN. One query.

    An authority made of illustration data meets its like only.
    """
    key, compact = slugify(query), re.sub(r"[\s.]", "", query.replace("\x00", ""))
    matches = Q(siren=compact) if re.fullmatch(r"[0-9]{9}", compact) else Q()
    if not matches:
        if len(key) < MIN_QUERY_CHARACTERS:
            return []
        for word in key.split("-"):
            matches &= Q(slug__contains=word)
    own = initiative.authority
    others = Authority.objects.exclude(pk=own.pk).filter(is_demonstration=own.is_demonstration)
    return list(others.filter(matches).order_by("name", "pk")[:MAX_FOUND])


def find_partner(initiative: Initiative, slug: str) -> Authority | None:
    """Return another authority of the site, None when there is none by this slug. One query."""
    own = initiative.authority
    others = Authority.objects.exclude(pk=own.pk).filter(is_demonstration=own.is_demonstration)
    return others.filter(slug=slug.replace("\x00", "")).first()


@dataclass(frozen=True)
class OtherSide:
    """What the other authority lets its partner see of its own sheet, as it is now."""

    title: str
    lead: str
    status_label: str
    badge_kind: str
    span: str
    steps: tuple[ActionStep, ...]


@dataclass(frozen=True)
class ShareView:
    """A shared action seen from one side. `other`: live, None before acceptance, after the end, or once erased."""

    share: SheetShare
    other: OtherSide | None

    @property
    def headline(self) -> str:
        """« Action partagée avec l’EPCI X »."""
        words = "Partage proposé à" if self.share.is_waiting else "Action partagée avec"
        return f"{words} {self.share.other_name}"

    @property
    def equipment_label(self) -> str:
        return equipment_sentence(self.share)

    @property
    def absence_label(self) -> str:
        """Say why nothing is shown of the other side of an accepted share."""
        if self.other is not None or not self.share.is_accepted:
            return ""
        return typography(f"{self.share.other_name} n’a plus d’espace ici : vos textes et son nom restent.")


def equipment_sentence(share: SheetShare) -> str:
    """Say whose equipment the saving concerns, and who counts it."""
    if share.equipment == EquipmentOwner.EACH:
        return typography("Chacune agit sur son propre matériel et compte son gain.")
    if share.is_own_equipment:
        return typography(f"Le matériel est à vous : le gain est compté ici, pas chez {share.other_name}.")
    return typography(f"Le matériel est à {share.other_name} : le gain est compté chez elle, pas ici.")


def shares_of(sheet: ActionSheet) -> tuple[ShareView, ...]:
    """Return the live shares of a sheet. One query without any, three otherwise."""
    return share_views(list(SheetShare.objects.filter(sheet=sheet).live().order_by("other_name", "pk")))


def share_views(shares: Sequence[SheetShare]) -> tuple[ShareView, ...]:
    """Add to each accepted share what the other side shows. Two queries at most."""
    pairs = [share.pair for share in shares if share.is_accepted]
    found: dict[tuple[str, str], OtherSide] = {}
    if pairs:
        steps = Prefetch("sheet__steps", ActionStep.objects.order_by("position", "pk"))
        twins = SheetShare.objects.filter(pair__in=pairs, sheet__isnull=False)
        for twin in twins.select_related("sheet__lead_service").prefetch_related(steps):
            if twin.sheet is not None:
                found[twin.pair, twin.side] = _other_side(twin.sheet)
    return tuple(
        ShareView(share, found.get((share.pair, ShareSide.GUEST if share.is_host else ShareSide.HOST)))
        for share in shares
    )


def _other_side(sheet: ActionSheet) -> OtherSide:
    return OtherSide(
        title=sheet.title,
        lead=sheet.lead_service.name if sheet.lead_service else "",
        status_label=sheet.get_status_display(),
        badge_kind=STATUS_BADGES[ActionStatus(sheet.status)],
        span=sheet.span_label if sheet.is_placed else "",
        steps=tuple(sheet.steps.all()),
    )


# Who counts the saving ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class CountedElsewhere:
    """Sheets of a roadmap whose saving another authority counts, and the names of these authorities."""

    sheet_pks: frozenset[int]
    names: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.sheet_pks)

    @property
    def label(self) -> str:
        """Say in one sentence what is left out; empty when nothing is."""
        return elsewhere_sentence(self.count, self.names)


NOTHING_ELSEWHERE = CountedElsewhere(frozenset(), ())


def counted_elsewhere(roadmap: Roadmap) -> CountedElsewhere:
    """Return the live sheets whose equipment is the other's: its roadmap counts the saving. One query."""
    shares = SheetShare.objects.filter(sheet__roadmap=roadmap).counted_by_the_other()
    live = shares.exclude(sheet__status=ActionStatus.ABANDONED)
    rows = live.order_by("other_name").values_list("sheet_id", "other_name")
    return CountedElsewhere(frozenset(pk for pk, _ in rows), tuple(dict.fromkeys(name for _, name in rows)))


# The page and the notices ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ShareCounts:
    """What the roadmap page and the dashboard say: proposals received that wait, and actions shared."""

    waiting: int = 0
    accepted: int = 0
    sent: int = 0

    @property
    def total(self) -> int:
        return self.waiting + self.accepted + self.sent


def share_counts(initiative: Initiative) -> ShareCounts:
    """Count the live shares of a démarche. One query."""
    live = SheetShare.objects.live().for_initiative(initiative)
    return ShareCounts(
        **live.aggregate(
            waiting=Count("pk", filter=Q(state=ShareState.PROPOSED, side=ShareSide.GUEST)),
            accepted=Count("pk", filter=Q(state=ShareState.ACCEPTED)),
            sent=Count("pk", filter=Q(state=ShareState.PROPOSED, side=ShareSide.HOST)),
        )
    )


@dataclass(frozen=True)
class ShareBoard:
    """Every shared action of a démarche."""

    received: tuple[SheetShare, ...]
    sent: tuple[SheetShare, ...]
    accepted: tuple[SheetShare, ...]
    closed: tuple[SheetShare, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.received or self.sent or self.accepted or self.closed)


def share_board(initiative: Initiative) -> ShareBoard:
    """Return the shared actions of a démarche by what there is to do with them. One query."""
    shares = list(SheetShare.objects.for_initiative(initiative).select_related("sheet"))
    return ShareBoard(
        received=tuple(share for share in shares if share.is_waiting and not share.is_host),
        sent=tuple(share for share in shares if share.is_waiting and share.is_host),
        accepted=tuple(share for share in shares if share.is_accepted),
        closed=tuple(share for share in shares if not share.is_live),
    )


@dataclass(frozen=True)
class SharePage:
    """One shared action: this side, the other, the proposal."""

    view: ShareView
    proposal: Proposal

    @property
    def share(self) -> SheetShare:
        return self.view.share


def share_page(share: SheetShare) -> SharePage:
    """Return one shared action with everything its page shows. Two queries at most."""
    return SharePage(share_views([share])[0], read_proposal(share.proposal))


def linkable_sheets(initiative: Initiative) -> list[ActionSheet]:
    """Return the sheets of a démarche that are not shared yet: a proposal may be tied to one of them. One query."""
    taken = SheetShare.objects.live().for_initiative(initiative).filter(sheet__isnull=False)
    sheets = ActionSheet.objects.for_initiative(initiative).exclude(pk__in=taken.values("sheet"))
    return list(sheets.exclude(status=ActionStatus.ABANDONED).order_by("number"))
