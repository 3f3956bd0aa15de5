"""What we believe: hypotheses, evidence, triage, sprints."""

from django.apps import AppConfig


class HypothesesConfig(AppConfig):
    """What we believe: hypotheses, evidence, triage, sprints."""

    name = "hypotheses"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register how messages about ideas are written out, and what of a customer is erased here."""
        from feedback import erasing
        from hypotheses import messages  # noqa: F401 - importing registers the renderers
        from hypotheses.services.erasure import erase_quotes

        erasing.register("hypotheses", erase_quotes)
