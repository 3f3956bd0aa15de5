"""What we tried: experiments, results, releases, outcomes."""

from django.apps import AppConfig


class ExperimentsConfig(AppConfig):
    """What we tried: experiments, results, releases, outcomes."""

    name = "experiments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register job handlers, messages and the results that can be imported."""
        from experiments import jobs, messages  # noqa: F401 - importing registers them
        from experiments.services import results_import

        results_import.register()
