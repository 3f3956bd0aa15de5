"""What we believe: hypotheses, evidence, triage, sprints."""

from django.apps import AppConfig


class HypothesesConfig(AppConfig):
    """What we believe: hypotheses, evidence, triage, sprints."""

    name = "hypotheses"
    default_auto_field = "django.db.models.BigAutoField"
