"""What we tried: experiments, results, releases, outcomes."""

from django.apps import AppConfig


class ExperimentsConfig(AppConfig):
    """What we tried: experiments, results, releases, outcomes."""

    name = "experiments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register job handlers, messages, the results that can be imported, and how often tests won."""
        from experiments import jobs, messages  # noqa: F401 - importing registers them
        from experiments.selectors import track_record
        from experiments.services import results_import
        from hypotheses.track_record import told_by

        results_import.register()
        told_by(track_record.decided)
