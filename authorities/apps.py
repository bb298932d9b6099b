from django.apps import AppConfig


class AuthoritiesConfig(AppConfig):
    name = "authorities"
    verbose_name = "Collectivités"
    default_auto_field = "django.db.models.BigAutoField"
