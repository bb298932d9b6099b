from django.apps import AppConfig


class DiagnosticsConfig(AppConfig):
    name = "diagnostics"
    verbose_name = "Diagnostic"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are not loaded yet when this module is imported.
        from authorities.activity import register_news

        # Same reason.
        from authorities.extensions import QuestionnaireAnswers, register_dates, register_questionnaire

        # Same reason.
        from diagnostics.mails import ROUND_NEWS

        # Same reason.
        from diagnostics.selectors import (
            coverage_facts,
            dimensions_of_service,
            open_closing,
            proposed_framework,
            round_dates,
        )

        register_questionnaire(
            QuestionnaireAnswers(dimensions_of_service, coverage_facts, proposed_framework, open_closing)
        )
        register_dates("rounds", round_dates)
        register_news(ROUND_NEWS)
