"""The logo of an authority, kept in two sizes, replaced or removed in one gesture; and the colour of its documents.

Frozen versions hold their own copy of it: what happens here changes none of them.
"""

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image

from accounts.models import User
from authorities.events import record_event
from authorities.models import Authority
from common.attachments import delete_on_commit
from common.images import EncodedImage, encode_image
from common.versioning import save_versioned

# A logo of 60 mm at 300 points an inch takes 700 points; the frozen versions carry a copy each.
PRINT_SIDE_PX, PRINT_BYTES = 1200, 200 * 1024
# Twice what the pages show (200 by 72), for fine screens; light, for nothing behind a gate is kept by the browser, so
# that it comes again with each page.
SCREEN_WIDTH_PX, SCREEN_HEIGHT_PX, SCREEN_BYTES = 400, 144, 5 * 1024
_FIELDS = ("logo", "logo_screen", "logo_width_px", "logo_height_px")


@transaction.atomic
def save_logo(
    *, authority: Authority, expected_version: int, image: Image.Image, actor: User, now: datetime
) -> Authority:
    """Keep an image, already checked, as the logo; the files of the former one go once this one is kept.

    Raises `StaleVersionError` when somebody saved the authority in between.
    """
    kept = Authority.objects.get(pk=authority.pk)
    former = _file_names(kept)
    printed = encode_image(image, max_width_px=PRINT_SIDE_PX, max_height_px=PRINT_SIDE_PX, max_bytes=PRINT_BYTES)
    shown = encode_image(image, max_width_px=SCREEN_WIDTH_PX, max_height_px=SCREEN_HEIGHT_PX, max_bytes=SCREEN_BYTES)
    kept.logo, kept.logo_screen = _file(printed, "imprime"), _file(shown, "ecran")
    kept.logo_width_px, kept.logo_height_px = shown.width_px, shown.height_px
    save_versioned(kept, expected_version=expected_version, update_fields=_FIELDS)
    delete_on_commit(former)
    record_event(authority=kept, verb="a changé le logo de la collectivité", now=now, actor=actor)
    return kept


@transaction.atomic
def remove_logo(*, authority: Authority, actor: User, now: datetime) -> None:
    """Remove the logo from the pages and from the documents to come; without one, nothing happens."""
    kept = Authority.objects.select_for_update().get(pk=authority.pk)
    former = _file_names(kept)
    if not former:
        return
    kept.logo = kept.logo_screen = ""
    kept.logo_width_px = kept.logo_height_px = None
    save_versioned(kept, expected_version=kept.version, update_fields=_FIELDS)
    delete_on_commit(former)
    record_event(authority=kept, verb="a retiré le logo de la collectivité", now=now, actor=actor)


def _file(image: EncodedImage, use: str) -> ContentFile:
    digest = hashlib.sha256(image.content).hexdigest()
    return ContentFile(image.content, name=f"{digest[:16]}-{use}.{image.extension}")


def _file_names(authority: Authority) -> list[str]:
    return [file.name for file in (authority.logo, authority.logo_screen) if file]


@transaction.atomic
def save_color(*, authority: Authority, expected_version: int, color: str, actor: User, now: datetime) -> Authority:
    """Keep the colour of the documents to come, « #0b5c5f », already checked; empty: that of the site.

    Raises `StaleVersionError` when somebody saved the authority in between.
    """
    kept = Authority.objects.get(pk=authority.pk)
    kept.color = color
    save_versioned(kept, expected_version=expected_version, update_fields=("color",))
    verb = f"a choisi la couleur {color} pour les documents" if color else "a rendu aux documents la couleur du site"
    record_event(authority=kept, verb=verb, now=now, actor=actor)
    return kept
