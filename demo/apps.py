"""De Linde, the demo company."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """De Linde, the demo company."""

    name = "demo"
    default_auto_field = "django.db.models.BigAutoField"
