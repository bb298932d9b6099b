from django.apps import AppConfig


class AuthoritiesConfig(AppConfig):
    name = "authorities"
    verbose_name = "Collectivités"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are not loaded yet when this module is imported.
        from accounts.outbox import register_guard

        # Same reason.
        from authorities.services.activity import why_message_is_over

        register_guard(why_message_is_over)
        # Receivers read the models, which are there only once the applications are loaded.
        from authorities import receivers  # noqa: F401, PLC0415
