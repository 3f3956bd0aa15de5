"""Pages composed from several floors."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """Pages composed from several floors."""

    name = "dashboards"
    default_auto_field = "django.db.models.BigAutoField"
