"""What both teams agreed: shared goals."""

from django.apps import AppConfig


class CollaborationConfig(AppConfig):
    """What both teams agreed: shared goals."""

    name = "collaboration"
    default_auto_field = "django.db.models.BigAutoField"
