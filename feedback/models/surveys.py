"""Survey responses with their words, and the shop's counts per day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models.contacts import Contact, DimensionValue
from feedback.models.imports import Import, Source


class SurveyResponse(models.Model):
    """One answer to one instrument; without a score, an invitation that was not answered."""

    class Instrument(models.TextChoices):
        """What was asked; each has its own scale and formula (`metrics.formulas`)."""

        CSAT = "csat", _("CSAT, customer satisfaction")
        STAR = "star", _("Star rating")
        NPS = "nps", _("NPS, net promoter score")
        ENPS = "enps", _("eNPS, employee net promoter score")
        CES = "ces", _("CES, customer effort score")
        VES = "ves", _("VES, value enhancement score")
        GCR = "gcr", _("GCR, goal completion rate")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="survey_responses", db_index=False)
    external_id = models.CharField(max_length=120)
    instrument = models.CharField(max_length=8, choices=Instrument)
    invited_at = models.DateTimeField(null=True, blank=True)
    responded_at = models.DateTimeField(null=True, blank=True)
    # The day it was given (or, unanswered, the day of the invitation) in the market's zone.
    local_day = models.DateField()
    score = models.FloatField(null=True, blank=True)
    score2 = models.FloatField(null=True, blank=True)
    scale_min = models.FloatField()
    scale_max = models.FloatField()
    # On the instrument's own scale: CSAT 1–5 (not rounded), VES the mean of both items, GCR 0 or 1.
    standard_score = models.FloatField(null=True, blank=True)
    market = models.ForeignKey(
        "accounts.Market",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    channel = models.ForeignKey(DimensionValue, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    stage = models.ForeignKey(DimensionValue, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    page = models.ForeignKey(DimensionValue, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    language = models.ForeignKey(DimensionValue, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(
        DimensionValue, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="survey_responses"
    )
    # As it arrived, so that a contact that comes later is still found.
    contact_external_id = models.CharField(max_length=120, blank=True)
    customer_ref = models.CharField(max_length=32, blank=True)
    row_hash = models.CharField(max_length=32)
    imported = models.ForeignKey(Import, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="survey_once"),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True)
                | (models.Q(score__gte=models.F("scale_min")) & models.Q(score__lte=models.F("scale_max"))),
                name="survey_score_on_scale",
            ),
        ]
        indexes = [
            # Recounting a day.
            models.Index(fields=["local_day", "instrument"], name="survey_day"),
            # A contact arrives: which responses wait for it?
            models.Index(
                fields=["contact_external_id"],
                condition=models.Q(contact__isnull=True) & ~models.Q(contact_external_id=""),
                name="survey_waiting",
            ),
        ]


class SurveyText(models.Model):
    """The respondent's words, personal data removed before they were stored."""

    response = models.OneToOneField(SurveyResponse, primary_key=True, on_delete=models.CASCADE, related_name="words")
    text = models.TextField()
    redactions = models.PositiveSmallIntegerField(default=0)
    rules_version = models.PositiveSmallIntegerField(default=1)


class SurveyTheme(models.Model):
    """A response belongs to a theme: its contact's, or by its own text."""

    response = models.ForeignKey(SurveyResponse, on_delete=models.CASCADE, related_name="theme_links")
    theme = models.ForeignKey("feedback.Theme", on_delete=models.CASCADE, related_name="survey_links", db_index=False)
    confidence = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["theme", "response"], name="survey_theme_once")]


class CommerceDay(models.Model):
    """What the shop counted on one day in one market (and on one device, where known)."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="commerce_days")
    day = models.DateField()
    market = models.ForeignKey("accounts.Market", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(DimensionValue, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The day, market and device in one text: nulls are not unique to a database.
    external_id = models.CharField(max_length=120)
    sessions = models.BigIntegerField(null=True, blank=True)
    orders = models.BigIntegerField(null=True, blank=True)
    checkouts = models.BigIntegerField(null=True, blank=True)
    revenue_cents = models.BigIntegerField(null=True, blank=True)
    row_hash = models.CharField(max_length=32)
    imported = models.ForeignKey(Import, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="commerce_day_once")]
        indexes = [models.Index(fields=["day"], name="commerce_day_by_day")]
