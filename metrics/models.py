"""The daily series: per day and set of dimensions the additive sums, never a finished ratio.

Keys are plain integers (0 = not known, or "all" for a theme), no foreign key upward:
this floor knows nobody and is told. Field names equal those of `metrics.formulas.Sums`.
"""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    """Which rows a mark or a cell was counted from."""

    CONTACTS = "contacts", "contacts"
    SURVEYS = "surveys", "surveys"
    COMMERCE = "commerce", "commerce"


class DirtyDay(models.Model):
    """A day whose rows changed. Marks are appended, never merged: a recount deletes only the ids it read."""

    kind = models.CharField(max_length=10, choices=Kind)
    day = models.DateField()

    class Meta:
        # A recount takes the oldest days of a kind.
        indexes = [models.Index(fields=["kind", "day"], name="dirty_by_day")]


class ContactCell(models.Model):
    """Sums of contacts for one day, market, channel, stage and theme.

    `theme = 0` holds all contacts once, so that totals never count a contact with two themes twice.
    """

    day = models.DateField()
    theme = models.BigIntegerField(default=0)
    market = models.BigIntegerField(default=0)
    channel = models.BigIntegerField(default=0)
    stage = models.BigIntegerField(default=0)
    contacts = models.BigIntegerField(default=0)
    complaints = models.BigIntegerField(default=0)
    with_reason = models.BigIntegerField(default=0)
    handle_n = models.BigIntegerField(default=0)
    handle_sum = models.FloatField(default=0)
    handle_sumsq = models.FloatField(default=0)
    wait_n = models.BigIntegerField(default=0)
    wait_sum = models.FloatField(default=0)
    wait_sumsq = models.FloatField(default=0)
    first_n = models.BigIntegerField(default=0)
    first_sum = models.FloatField(default=0)
    first_sumsq = models.FloatField(default=0)
    reply_n = models.BigIntegerField(default=0)
    reply_sum = models.FloatField(default=0)
    reply_sumsq = models.FloatField(default=0)
    fcr_known = models.BigIntegerField(default=0)
    fcr_yes = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["theme", "day", "market", "channel", "stage"], name="contact_cell_once"),
            models.CheckConstraint(condition=models.Q(fcr_yes__lte=models.F("fcr_known")), name="contact_cell_fcr"),
        ]
        # "All themes in the last 28 days": the unique key serves one theme over time.
        indexes = [models.Index(fields=["day", "theme"], name="contact_cell_day")]


class SourceCell(models.Model):
    """How many rows of a kind a source has on a day, and how many of them say why, or say anything."""

    kind = models.CharField(max_length=10, choices=Kind)
    source = models.BigIntegerField()
    day = models.DateField()
    rows = models.BigIntegerField(default=0)
    with_reason = models.BigIntegerField(default=0)
    with_text = models.BigIntegerField(default=0)

    class Meta:
        # The last weeks of a source; a recount deletes a kind's days.
        constraints = [models.UniqueConstraint(fields=["kind", "day", "source"], name="source_cell_once")]


class SurveyCell(models.Model):
    """Sums of survey responses for one day, instrument, market, channel, stage and theme (0 = all)."""

    day = models.DateField()
    instrument = models.CharField(max_length=8)
    theme = models.BigIntegerField(default=0)
    market = models.BigIntegerField(default=0)
    channel = models.BigIntegerField(default=0)
    stage = models.BigIntegerField(default=0)
    invited = models.BigIntegerField(default=0)
    n = models.BigIntegerField(default=0)
    # Satisfied (CSAT), agreeing (CES) or yes (GCR).
    hits = models.BigIntegerField(default=0)
    promoters = models.BigIntegerField(default=0)
    detractors = models.BigIntegerField(default=0)
    total = models.FloatField(default=0)
    total_sq = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["theme", "day", "instrument", "market", "channel", "stage"],
                name="survey_cell_once",
            ),
            models.CheckConstraint(condition=models.Q(hits__lte=models.F("n")), name="survey_cell_hits"),
        ]
        indexes = [models.Index(fields=["day", "theme"], name="survey_cell_day")]


class CommerceCell(models.Model):
    """Sums of the shop for one day, market and device (0 = not known)."""

    day = models.DateField()
    market = models.BigIntegerField(default=0)
    device = models.BigIntegerField(default=0)
    sessions = models.BigIntegerField(default=0)
    orders = models.BigIntegerField(default=0)
    checkouts = models.BigIntegerField(default=0)
    revenue_cents = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "market", "device"], name="commerce_cell_once")]
