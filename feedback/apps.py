"""What customers said: contacts, survey responses, imports, themes."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """What customers said: contacts, survey responses, imports, themes."""

    name = "feedback"
    default_auto_field = "django.db.models.BigAutoField"
