"""The roof: the only place that knows everybody."""

from django.apps import AppConfig


class HearbackConfig(AppConfig):
    """Ties the floors together when the process starts."""

    name = "config"
    verbose_name = "Hearback"
