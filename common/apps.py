from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate

from common.logs import install_masking


class CommonConfig(AppConfig):
    name = "common"
    verbose_name = "Outils communs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers the checks; Django asks for it here, once the applications are loaded.
        from common import checks  # noqa: F401

        install_masking()
        # From the last application that has tables: the signal is never sent for one without models, as this one.
        last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
        post_migrate.connect(_make_cache_table, sender=last)


def _make_cache_table(*, using: str, **_arguments: Any) -> None:
    """Make the table of the cache with the others, so that no set-up forgets it."""
    call_command("createcachetable", database=using, verbosity=0)
