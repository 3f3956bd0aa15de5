"""What we tried: experiments, results, releases, outcomes."""

from django.apps import AppConfig


class ExperimentsConfig(AppConfig):
    """What we tried: experiments, results, releases, outcomes."""

    name = "experiments"
    default_auto_field = "django.db.models.BigAutoField"
