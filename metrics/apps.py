"""The book of formulas, the daily series, and the charts that draw them."""

from django.apps import AppConfig


class MetricsConfig(AppConfig):
    """The book of formulas, the daily series, and the charts that draw them."""

    name = "metrics"
    default_auto_field = "django.db.models.BigAutoField"
