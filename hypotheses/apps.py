"""What we believe: hypotheses, evidence, triage, sprints."""

from django.apps import AppConfig


class HypothesesConfig(AppConfig):
    """What we believe: hypotheses, evidence, triage, sprints."""

    name = "hypotheses"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register how messages about ideas are written out."""
        from hypotheses import messages  # noqa: F401 - importing registers the renderers
