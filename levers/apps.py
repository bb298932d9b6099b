from django.apps import AppConfig


class LeversConfig(AppConfig):
    name = "levers"
    verbose_name = "Leviers"
    default_auto_field = "django.db.models.BigAutoField"
