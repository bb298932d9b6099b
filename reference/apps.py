from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "reference"
    verbose_name = "Données de référence"
    default_auto_field = "django.db.models.BigAutoField"
