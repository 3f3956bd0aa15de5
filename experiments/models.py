"""What we tried: experiments, variants, results, releases, and what came of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where an experiment stands."""

    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    DECIDED = "decided", _("Decided")
    RELEASED = "released", _("Live")
    MEASURED = "measured", _("Live and measured")


class Decision(models.TextChoices):
    """How it ended."""

    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    INCONCLUSIVE = "inconclusive", _("No difference shown")
    STOPPED = "stopped", _("Stopped early")
    INVALID = "invalid", _("Not valid")


class Experiment(models.Model):
    """An A/B (n) test of one hypothesis. Its key is EXP-<number>."""

    number = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=120)
    hypothesis = models.ForeignKey("hypotheses.Hypothesis", on_delete=models.PROTECT, related_name="experiments")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.PLANNED)
    # The primary metric of the test: conversion, or contacts per visitor.
    primary_metric = models.CharField(max_length=40, default="conversion_rate")
    planned_visitors = models.PositiveIntegerField(default=0)
    planned_days = models.PositiveSmallIntegerField(default=14)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    decision = models.CharField(max_length=14, choices=Decision, blank=True)
    # Required with every decision: what do we know now that we did not know before?
    learning = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # The evaluation as it stood at the decision.
    evaluation = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decision="", decided_at__isnull=True, decided_by__isnull=True)
                | (
                    ~models.Q(decision="")
                    & models.Q(decided_at__isnull=False, decided_by__isnull=False)
                    & ~models.Q(learning="")
                ),
                name="experiment_decision_is_signed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.name}"

    @property
    def key(self) -> str:
        """EXP-38."""
        return f"EXP-{self.number}"


class Variant(models.Model):
    """One arm of a test. The control is position 0."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="variants")
    position = models.PositiveSmallIntegerField(default=0)
    key = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    # Share of the traffic it was meant to get, relative to the other arms.
    weight = models.FloatField(default=1)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "key"], name="variant_once"),
            models.CheckConstraint(condition=models.Q(weight__gt=0), name="variant_weight"),
        ]


class Result(models.Model):
    """Sufficient statistics of one arm on one day (or, without a day, of the whole test)."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="results")
    # The first day of the test where only totals are known.
    day = models.DateField()
    visitors = models.BigIntegerField()
    conversions = models.BigIntegerField()
    revenue_sum = models.FloatField(null=True, blank=True)
    revenue_sumsq = models.FloatField(null=True, blank=True)
    contacts = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "day"], name="result_once"),
            models.CheckConstraint(
                condition=models.Q(conversions__lte=models.F("visitors")) & models.Q(conversions__gte=0),
                name="result_conversions",
            ),
        ]


class Release(models.Model):
    """A change went live for everyone (in some markets, or in all: then none is named)."""

    name = models.CharField(max_length=120)
    released_on = models.DateField()
    experiment = models.OneToOneField(
        Experiment, null=True, blank=True, on_delete=models.PROTECT, related_name="release"
    )
    theme = models.ForeignKey(
        "feedback.Theme", null=True, blank=True, on_delete=models.PROTECT, related_name="releases"
    )
    markets = models.ManyToManyField("accounts.Market", blank=True, related_name="+")
    # Frozen at release, before any later data: theme, comparison themes, weeks, filing date.
    design = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-released_on", "-id"]


class Outcome(models.Model):
    """Contacts avoided by a release, measured against what would have happened. The newest counts."""

    class Grade(models.TextChoices):
        """How strong the evidence is (METHODS: the ladder)."""

        A = "A", _("A, randomised")
        B = "B", _("B, compared with untouched themes")
        C = "C", _("C, its own history only")
        D = "D", _("D, not enough to say")

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="outcomes")
    grade = models.CharField(max_length=1, choices=Grade)
    # A key of `experiments.deflection`: avoided, no_difference, more_contacts, too_early, …
    verdict = models.CharField(max_length=30)
    rate_ratio = models.FloatField(null=True, blank=True)
    rate_ratio_low = models.FloatField(null=True, blank=True)
    rate_ratio_high = models.FloatField(null=True, blank=True)
    contacts_avoided = models.FloatField(null=True, blank=True)
    avoided_low = models.FloatField(null=True, blank=True)
    avoided_high = models.FloatField(null=True, blank=True)
    weeks_before = models.PositiveSmallIntegerField(default=0)
    weeks_after = models.PositiveSmallIntegerField(default=0)
    flags = models.JSONField(default=list)
    # Per week: observed, expected, low, high; and the guardrails with their numbers.
    series = models.JSONField(default=list)
    guardrails = models.JSONField(default=dict)
    measured_through = models.DateField()
    measured_at = models.DateTimeField()
    is_final = models.BooleanField(default=False)

    class Meta:
        # The newest outcome of a release.
        indexes = [models.Index(fields=["release", "-measured_at"], name="outcome_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contacts_avoided__isnull=True)
                | (
                    models.Q(avoided_low__lte=models.F("contacts_avoided"))
                    & models.Q(avoided_high__gte=models.F("contacts_avoided"))
                ),
                name="outcome_value_in_interval",
            )
        ]
