"""Run on the base of the site under test: an authority whose roadmap is open to all, frozen twice, and shared.

Its référente also follows a second authority, with which she may share the lever that she wrote.
"""

from typing import Any

from django.utils import timezone
from PIL import Image

from accounts.models import User
from accounts.services import create_confirmed_account
from authorities.enums import AuthorityKind, Role
from authorities.models import Authority, Initiative, Membership
from authorities.services import create_authority, save_logo
from levers.models import Lever
from reference.models import Service, Territory, Theme
from roadmap.demonstration.people import PASSWORD
from roadmap.documents.content import build_content
from roadmap.models import RoadmapVersion, SheetShare
from roadmap.services import publish_version
from tests.factories_roadmap import leave_shares, make_full_sheet, make_resolution, make_roadmap, make_version
from tests.spaces import add_local_lever

PUBLISHED_EMAIL = "publiee@exemple.fr"
TERRITORY = "Saint-Brieuc Armor Agglomération"
FOLLOWED = "Saumur Val de Loire"


def ensure_published() -> Authority:
    """Return the authority, built the first time."""
    if not User.objects.filter(email=PUBLISHED_EMAIL).exists():
        _build()
    return Authority.objects.get(memberships__user__email=PUBLISHED_EMAIL, territory__name=TERRITORY)


def published_pages() -> list[tuple[str, list[Any], str]]:
    """Return the pages that only such an authority opens: the route, its arguments, who visits."""
    authority = ensure_published()
    slug = authority.slug
    shares = SheetShare.objects.for_initiative(Initiative.objects.for_authority(authority).get())
    proposed, accepted = shares.get(state="proposed").pk, shares.get(state="accepted").pk
    lever = Lever.objects.for_authority(authority).get().pk
    return [
        *((f"roadmap:public_{name}", [slug], "") for name in ("roadmap", "pdf", "data", "logo")),
        ("roadmap:version_differences", [slug, 2], PUBLISHED_EMAIL),
        ("roadmap:share_list", [slug], PUBLISHED_EMAIL),
        ("roadmap:share_detail", [slug, proposed], PUBLISHED_EMAIL),
        ("roadmap:share_detail", [slug, accepted], PUBLISHED_EMAIL),
        *((f"roadmap:share_{name}", [slug, proposed], PUBLISHED_EMAIL) for name in ("accept", "decline")),
        ("roadmap:share_end", [slug, accepted], PUBLISHED_EMAIL),
        ("levers:local_lever_share", [slug, lever], PUBLISHED_EMAIL),
    ]


def _build() -> None:
    now = timezone.now()
    referent = create_confirmed_account(email=PUBLISHED_EMAIL, password=PASSWORD, full_name="Référente qui publie")
    territory = Territory.objects.get(name=TERRITORY)
    authority = create_authority(
        user=referent, name=territory.name, kind=AuthorityKind.EPCI, territory=territory, now=now
    )
    authority = save_logo(
        authority=authority,
        expected_version=authority.version,
        image=Image.new("RGB", (300, 100), "#1d4f91"),
        actor=referent,
        now=now,
    )
    initiative = authority.initiatives.get()
    roadmap = make_roadmap(initiative)
    make_full_sheet(roadmap, theme=Theme.objects.get(number=1), lead_service=Service.objects.get(code="dsi"))
    _freeze_twice_and_publish(roadmap, referent)
    leave_shares(initiative, referent)
    Membership.objects.filter(authority=authority, user=referent).update(roles=[Role.REFERENT, Role.ADVISER])
    Membership.objects.create(authority=Authority.objects.get(name=FOLLOWED), user=referent, roles=[Role.ADVISER])
    add_local_lever(authority, initiative, referent)


def _freeze_twice_and_publish(roadmap: Any, referent: User) -> None:
    """Leave two versions that differ by their foreword and an action; the first one is adopted and open to all."""
    content = RoadmapVersion.objects.exclude(roadmap=roadmap).order_by("pk")[0].content
    # With the name, the colour and the logo of the authority.
    content |= {"authority": build_content(roadmap, on=timezone.localdate())["authority"]}
    first = make_version(roadmap, 1, content=content)
    changed = content | {"foreword": {"text": "Un autre mot.", "author": "L’élue"}, "sheets": content["sheets"][1:]}
    make_version(roadmap, 2, content=changed)
    make_resolution(first)
    publish_version(version=first, actor=referent, now=timezone.now())
