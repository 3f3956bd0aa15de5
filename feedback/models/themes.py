"""Themes: one customer problem each, found in contacts and survey comments together."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ThemeQuerySet(models.QuerySet["Theme"]):
    """Themes, narrowed by adjectives."""

    def active(self) -> ThemeQuerySet:
        """Those that count; merged and hidden ones are left out."""
        return self.filter(state=Theme.State.ACTIVE)


class Theme(models.Model):
    """One customer problem. Its numbers are in `metrics`, its rows in ContactTheme and SurveyTheme."""

    class State(models.TextChoices):
        """Whether it counts."""

        ACTIVE = "active", _("Active")
        MERGED = "merged", _("Merged")
        HIDDEN = "hidden", _("Hidden")

    class Origin(models.TextChoices):
        """Where it came from."""

        REASON = "reason", _("From a contact reason")
        TEXT = "text", _("Found in the text")

    name = models.CharField(max_length=120)
    subtitle = models.CharField(max_length=200, blank=True)
    # A found name is a proposal until a person accepts it.
    name_is_accepted = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.REASON)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="absorbed")
    # A locked theme never moves at a refit.
    is_locked = models.BooleanField(default=False)
    stage = models.ForeignKey(
        "feedback.DimensionValue", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    page = models.ForeignKey(
        "feedback.DimensionValue", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The playbook: what to tell customers meanwhile.
    recognise = models.TextField(blank=True)
    reframe = models.TextField(blank=True)
    resolve = models.TextField(blank=True)
    first_offer = models.CharField(max_length=200, blank=True)
    second_offer = models.CharField(max_length=200, blank=True)
    playbook_until = models.DateField(null=True, blank=True)
    # Centre of its texts, with the embedder that made it: a refit finds it again.
    centroid = models.BinaryField(null=True, blank=True)
    embedder = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()

    objects = ThemeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
