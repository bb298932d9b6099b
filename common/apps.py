from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "common"
    verbose_name = "Outils communs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers the checks; Django asks for it here, once the applications are loaded.
        from common import checks  # noqa: F401
