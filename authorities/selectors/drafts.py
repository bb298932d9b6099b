"""The texts that somebody typed and did not save."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest

from authorities.drafts import KeptText, Place, Writer, as_kept, texts_in_session
from authorities.models import Draft


def kept_texts(request: HttpRequest, writer: Writer, places: list[Place], now: datetime) -> list[KeptText]:
    """Return the texts kept for somebody on these forms, the newest first, one for each page they were typed in."""
    oldest = now - timedelta(days=settings.DRAFT_RETENTION_DAYS)
    # A vote has no draft: its page asks nothing of the base.
    paths = {place.path for place in places if not place.is_secret}
    drafts = Draft.objects.filter(**writer.filters, path__in=paths, saved_at__gte=oldest) if paths else []
    found: dict[tuple[str, str], KeptText] = {}
    for text in [*map(as_kept, drafts), *texts_in_session(request, writer, {place.path for place in places})]:
        known = found.get((text.path, text.key))
        if text.saved_at >= oldest and (known is None or text.saved_at > known.saved_at):
            found[text.path, text.key] = text
    return sorted(found.values(), key=lambda text: text.saved_at, reverse=True)
