"""What customers said: contacts, survey responses, imports, themes."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """What customers said: contacts, survey responses, imports, themes."""

    name = "feedback"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register job handlers, messages and the kinds of rows that can be imported."""
        from feedback import jobs, messages  # noqa: F401 - importing registers them
        from feedback.redaction import redact
        from feedback.services import own_kinds
        from outbox.jobs import clean_reasons

        own_kinds.register()
        clean_reasons(lambda said: redact(said).text)
