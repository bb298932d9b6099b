"""System checks of what the site needs outside Python."""

import ctypes
import sys
from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

# The library that loads each name on Linux and on macOS, as the layout engine looks for it.
PDF_LIBRARIES = {
    "linux": ("libgobject-2.0.so.0", "libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"),
    "darwin": ("libgobject-2.0.dylib", "libpango-1.0.dylib", "libpangoft2-1.0.dylib", "libharfbuzz-subset.dylib"),
}
PDF_HINT = (
    "Debian ou Ubuntu : apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 "
    "libharfbuzz-subset0. macOS : brew install pango. Le reste du site fonctionne sans elles."
)


@register("pdf")
def check_pdf_libraries(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn when the PDF cannot be made on this machine, and say the line that installs what is missing."""
    missing = [name for name in PDF_LIBRARIES.get(sys.platform, ()) if not _can_load(name)]
    if not missing:
        return []
    text = f"Les documents PDF ne peuvent pas être produits : il manque {', '.join(missing)}."
    return [Warning(text, hint=PDF_HINT, id="common.W001")]


# Caches that each process keeps for itself, or that keep nothing.
UNSHARED_CACHES = ("LocMemCache", "DummyCache")


@register(Tags.security, deploy=True)
def check_shared_cache(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn when the attempts to sign in are counted by each process apart, which multiplies the limits."""
    backend = str(settings.CACHES["default"]["BACKEND"])
    if not backend.endswith(UNSHARED_CACHES):
        return []
    text = "Le cache n’est pas commun aux processus : les limites d’essais de connexion sont multipliées d’autant."
    hint = "Retirez CACHE_URL pour garder le cache dans la base, ou indiquez un cache commun (redis://…)."
    return [Warning(text, hint=hint, id="common.W002")]


def _can_load(name: str) -> bool:
    folders = ("", "/opt/homebrew/lib/", "/usr/local/lib/") if sys.platform == "darwin" else ("",)
    for folder in folders:
        try:
            ctypes.CDLL(folder + name)
        except OSError:
            continue
        return True
    return False
