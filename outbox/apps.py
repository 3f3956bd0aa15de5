"""What must still happen: durable jobs and messages to people."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """What must still happen: durable jobs and messages to people."""

    name = "outbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this floor's own job."""
        from outbox import tidying  # noqa: F401
