"""Reads about the local levers of an authority."""

from dataclasses import dataclass

from accounts.models import User
from authorities.models import Authority
from levers.enums import ShortlistState
from levers.models import Decision, Lever, ShortlistedLever
from levers.services.local_levers import accompanied_authorities


@dataclass(frozen=True)
class LocalLeverLine:
    """A local lever as its authority keeps it. `is_settled`: its text no longer changes."""

    lever: Lever
    is_settled: bool


def local_lever_lines(authority: Authority) -> list[LocalLeverLine]:
    """Return the local levers of an authority, the proposed ones first, the newest first. Three queries."""
    own = Lever.objects.for_authority(authority)
    shortlisted = ShortlistedLever.objects.filter(lever__in=own).exclude(shortlist__state=ShortlistState.DRAFT)
    settled = {*shortlisted.values_list("lever", flat=True)}
    settled.update(Decision.objects.filter(lever__in=own).values_list("lever", flat=True))
    lines = [LocalLeverLine(lever, lever.pk in settled) for lever in own.light().order_by("-position")]
    return sorted(lines, key=lambda line: not line.lever.is_proposed)


def newest_version(lever: Lever) -> Lever | None:
    """Return the last version of a local lever when it is another row, else None. One query at most."""
    if not lever.is_local or lever.is_proposed:
        return None
    versions = Lever.objects.filter(authority=lever.authority_id, code__startswith=f"{lever.stem}.")
    newest = versions.order_by("-revision").first()
    return newest if newest is not None and newest.pk != lever.pk else None


def may_share(lever: Lever, user: User) -> bool:
    """Tell whether an account wrote this whole lever, proposed in an authority that it accompanies."""
    return lever.is_proposed and lever.author_id == user.pk and lever.authority_id in accompanied_authorities(user)


def share_targets(lever: Lever, user: User) -> list[Authority]:
    """Return the authorities that an account accompanies, besides that of the lever. Two queries."""
    keys = accompanied_authorities(user)
    return list(Authority.objects.filter(pk__in=keys).exclude(local_levers=lever).order_by("name"))


def shared_with(lever: Lever, user: User) -> list[Authority]:
    """Return the authorities that this account accompanies and that hold a copy of the lever."""
    if not lever.share_key:
        return []
    copies = Lever.objects.filter(share_key=lever.share_key, author=user).values("authority")
    return [
        authority for authority in share_targets(lever, user) if authority.pk in {row["authority"] for row in copies}
    ]
