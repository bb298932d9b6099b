"""Cover of the deck of the restitution: the authority, its logo, the finding, the day."""

import logging
from datetime import date

from django.utils import timezone

from authorities.models import Authority
from common.dates import format_day
from common.slides import Cover
from diagnostics.models import Diagnosis

logger = logging.getLogger(__name__)

_TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}


def draw_cover(diagnosis: Diagnosis, headline: str, *, on: date) -> Cover:
    """Return the cover; an illustration says so."""
    authority = diagnosis.initiative.authority
    content, media_type = _logo(authority)
    lines = [headline, f"Restitution au comité de pilotage, diagnostic du {format_day(on)}"]
    if authority.is_demonstration:
        lines.append("Exemple de démonstration : données d’illustration.")
    ended = format_day(timezone.localdate(diagnosis.agreed_at)) if diagnosis.agreed_at else ""
    return Cover(
        over=authority.name,
        title="Diagnostic de maturité numérique responsable",
        lines=lines,
        logo=content,
        logo_type=media_type,
        logo_alternative=f"Logo, {authority.name}",
        notes=f"Diagnostic n° {diagnosis.number}, terminé le {ended}. Démarche {diagnosis.initiative.period_label}.",
    )


def _logo(authority: Authority) -> tuple[bytes | None, str]:
    """Return the printed logo and its type; nothing when there is none, or when its file is lost."""
    media_type = _TYPES.get(authority.logo.name.rpartition(".")[2].lower(), "") if authority.logo else ""
    if not media_type:
        return None, "image/png"
    try:
        with authority.logo.open("rb") as stream:
            return stream.read(), media_type
    except FileNotFoundError:
        logger.error("a logo is missing from the storage: %s", authority.logo.name)
        return None, media_type
