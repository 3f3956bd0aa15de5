"""What must still happen: durable jobs and messages to people."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """What must still happen: durable jobs and messages to people."""

    name = "outbox"
    default_auto_field = "django.db.models.BigAutoField"
