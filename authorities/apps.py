from django.apps import AppConfig


class AuthoritiesConfig(AppConfig):
    name = "authorities"
    verbose_name = "Collectivités"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Receivers read the models, which are there only once the applications are loaded.
        from authorities import receivers  # noqa: F401, PLC0415
