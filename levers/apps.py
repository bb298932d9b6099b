from django.apps import AppConfig


class LeversConfig(AppConfig):
    name = "levers"
    verbose_name = "Leviers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are not loaded yet when this module is imported.
        from authorities.activity import register_news

        # Same reason.
        from authorities.extensions import register_dates

        # Same reason.
        from levers.mails import BALLOT_NEWS

        # Same reason.
        from levers.selectors.ballots import ballot_dates

        register_dates("ballots", ballot_dates)
        register_news(BALLOT_NEWS)
