from django.apps import AppConfig


class RoadmapConfig(AppConfig):
    name = "roadmap"
    verbose_name = "Feuille de route"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are not loaded yet when this module is imported.
        from authorities.activity import register_news

        # Same reason.
        from roadmap.news import SHEET_NEWS

        register_news(SHEET_NEWS)
