"""What we believe: hypotheses with frozen evidence, their moves, and the sprints that take them up."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a hypothesis stands; `hypotheses.states.MOVES` says how it gets on."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for an answer")
    ASKED = "asked", _("Question asked")
    ACCEPTED = "accepted", _("On the shortlist")
    DECLINED = "declined", _("Not picked")
    DUPLICATE = "duplicate", _("Merged with another idea")
    PLANNED = "planned", _("In a sprint")
    TESTING = "testing", _("Test running")
    DECIDED = "decided", _("Decided")
    RELEASED = "released", _("Live")
    MEASURED = "measured", _("Live and measured")


class Sprint(models.Model):
    """The CRO team's planning period, with the customer-service quota."""

    class State(models.TextChoices):
        """Where a sprint stands."""

        PLANNING = "planning", _("Being planned")
        RUNNING = "running", _("Running")
        CLOSED = "closed", _("Closed")

    number = models.PositiveIntegerField(unique=True)
    goal = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    capacity_points = models.PositiveSmallIntegerField(default=20)
    # How many hypotheses from customer service it must hold.
    quota = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=8, choices=State, default=State.PLANNING)
    started_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Starting below the quota needs a written reason, which stays visible.
    waiver_reason = models.TextField(blank=True)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    waived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="sprint_dates"),
            models.CheckConstraint(
                condition=models.Q(waived_at__isnull=True, waived_by__isnull=True, waiver_reason="")
                | (models.Q(waived_at__isnull=False, waived_by__isnull=False) & ~models.Q(waiver_reason="")),
                name="sprint_waiver_is_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"Sprint {self.number}"


class Hypothesis(models.Model):
    """ "Because we saw *evidence*, we believe *change* will cause *effect*, measured by *metric*." """

    class Effect(models.TextChoices):
        """What the change should bring about."""

        FEWER_CONTACTS = "fewer_contacts", _("fewer contacts about this")
        MORE_ORDERS = "more_orders", _("more completed orders")
        HAPPIER = "happier", _("happier customers")

    class Source(models.TextChoices):
        """Which department it came from."""

        CUSTOMER_SERVICE = "cs", _("Customer service")
        OPTIMISATION = "cro", _("Conversion optimisation")
        OTHER = "other", _("Another department")

    # Its key is HYP-<number>; a draft has none until it is sent.
    number = models.PositiveIntegerField(unique=True, null=True, blank=True)
    title = models.CharField(max_length=120)
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="hypotheses")
    source = models.CharField(max_length=5, choices=Source)
    theme = models.ForeignKey(
        "feedback.Theme", null=True, blank=True, on_delete=models.PROTECT, related_name="hypotheses"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    # The sentence, kept in parts and rendered in the reader's language.
    problem = models.TextField()
    change = models.TextField(blank=True)
    effect = models.CharField(max_length=16, choices=Effect, default=Effect.FEWER_CONTACTS)
    # An id of the metric registry.
    metric = models.CharField(max_length=40, default="contacts_per_1000_orders")
    # Codes of the "page" dimension.
    pages = models.JSONField(default=list)
    # Parts of the evidence score with their factors, as last computed.
    score = models.FloatField(null=True, blank=True)
    score_parts = models.JSONField(default=dict)
    effort_points = models.PositiveSmallIntegerField(null=True, blank=True)
    duplicate_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates")
    sprint = models.ForeignKey(Sprint, null=True, blank=True, on_delete=models.PROTECT, related_name="hypotheses")
    # Order within its column of the board.
    position = models.PositiveIntegerField(default=0)
    # Work on the site has begun (the board's "Building" column).
    building_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "hypotheses"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="draft") | models.Q(number__isnull=False, submitted_at__isnull=False),
                name="hypothesis_sent_has_number",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="duplicate") | models.Q(duplicate_of__isnull=False),
                name="hypothesis_duplicate_names_it",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["planned", "testing"]) | models.Q(sprint__isnull=False),
                name="hypothesis_planned_has_sprint",
            ),
        ]
        indexes = [
            # Triage: those that wait, longest first.
            models.Index(fields=["status", "submitted_at"], name="hypothesis_waiting"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def key(self) -> str:
        """HYP-127, or empty for a draft."""
        return f"HYP-{self.number}" if self.number else ""


class Supporter(models.Model):
    """A colleague who sees the same problem and joined instead of sending it again."""

    hypothesis = models.ForeignKey(Hypothesis, on_delete=models.CASCADE, related_name="supporters")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="supports")
    note = models.TextField(blank=True)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hypothesis", "person"], name="supporter_once")]


class Evidence(models.Model):
    """A number or a quote as it was on the day the hypothesis was sent. It does not change."""

    class Kind(models.TextChoices):
        """What was frozen."""

        THEME = "theme", _("Theme")
        SURVEY = "survey", _("Survey")
        QUOTE = "quote", _("Quote")

    hypothesis = models.ForeignKey(Hypothesis, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=8, choices=Kind)
    theme = models.ForeignKey("feedback.Theme", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The contact or survey response a quote came from: {"contact": id} or {"response": id}.
    origin = models.JSONField(default=dict)
    period_from = models.DateField(null=True, blank=True)
    period_to = models.DateField(null=True, blank=True)
    # Estimates by metric id (`Estimate.as_json`), or {"text": …, "language": …} for a quote.
    facts = models.JSONField(default=dict)
    frozen_at = models.DateTimeField()


class Move(models.Model):
    """One step in the life of a hypothesis: dated and signed."""

    hypothesis = models.ForeignKey(Hypothesis, on_delete=models.CASCADE, related_name="moves")
    name = models.CharField(max_length=12)
    from_status = models.CharField(max_length=10, choices=Status)
    to_status = models.CharField(max_length=10, choices=Status)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # A question, an answer, a reason: what one person wrote to another.
    note = models.TextField(blank=True)
    # Fields of the hypothesis as they were before the move: what an undo puts back.
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # The history of one hypothesis, in order.
        indexes = [models.Index(fields=["hypothesis", "at"], name="move_history")]
