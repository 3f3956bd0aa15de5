"""What systems send by themselves or hand out when asked: deliveries, raw records, streams that are pulled.

Two layers. A raw record is what the system said, without personal data, appended and never edited (but
for erasure); rows are made of raw records by pure mappers (`feedback.systems`), so that a better mapper
can make them again without asking the system once more.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models.imports import Source
from outbox import troubles


class Delivery(models.Model):
    """One signed call of a webhook: what makes a replay change nothing, and the history on the source's page."""

    class State(models.TextChoices):
        """What became of it."""

        STORED = "stored", _("Stored")
        IGNORED = "ignored", _("Not needed")
        REFUSED = "refused", _("Could not be read")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="deliveries")
    # The system's own id of the delivery or event, else the hash of the body.
    key = models.CharField(max_length=120)
    event = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.STORED)
    # Why it was not stored: a kind of `feedback.rejections` and its parameters.
    problem = models.CharField(max_length=60, blank=True)
    problem_parameters = models.JSONField(default=dict, blank=True)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveIntegerField(default=0)
    records = models.PositiveIntegerField(default=0)
    # How often it came again.
    repeats = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="delivery_once")]
        indexes = [
            # The deliveries of a source, newest first.
            models.Index(fields=["source", "-received_at"], name="delivery_newest"),
        ]


class RawRecord(models.Model):
    """One version of one object of a system, personal data taken out before it was stored."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="raw_records")
    # What kind of object: "tickets", "ratings", "orders" …
    stream = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)
    # The objects that are mapped together: a ticket with its ratings and messages, the orders of a day.
    entity = models.CharField(max_length=160)
    # The system's own version field as text that sorts; the newest version wins, whenever it arrives.
    version_key = models.CharField(max_length=40, blank=True)
    occurred_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    payload = models.JSONField()
    # Of the object as it came, before anything was taken out.
    payload_sha256 = models.CharField(max_length=64)
    # The system says that the object, or its words, are gone: rows keep counting, words go.
    deleted = models.BooleanField(default=False)
    customer_ref = models.CharField(max_length=32, blank=True)
    order_ref = models.CharField(max_length=32, blank=True)
    agent_ref = models.CharField(max_length=32, blank=True)
    redactions = models.PositiveIntegerField(default=0)
    mapped_at = models.DateTimeField(null=True, blank=True)
    # Why no row came of it: a kind of `feedback.rejections`, its field, its value without personal data.
    problem = models.CharField(max_length=60, blank=True)
    problem_parameters = models.JSONField(default=dict, blank=True)
    problem_column = models.CharField(max_length=80, blank=True)
    problem_value = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            # Equal object: a duplicate, counted by its delivery and stored once.
            models.UniqueConstraint(
                fields=["source", "stream", "external_id", "payload_sha256"], name="raw_record_once"
            )
        ]
        indexes = [
            # The records of an entity, for its mapper.
            models.Index(fields=["source", "entity"], name="raw_record_entity"),
            # What waits for its mapper.
            models.Index(
                fields=["source", "id"], condition=models.Q(mapped_at__isnull=True), name="raw_record_waiting"
            ),
            # What no row could be made of.
            models.Index(fields=["source", "problem"], condition=~models.Q(problem=""), name="raw_record_problem"),
            # What came lately.
            models.Index(fields=["source", "received_at"], name="raw_record_received"),
            # Erasing a customer.
            models.Index(fields=["customer_ref"], condition=~models.Q(customer_ref=""), name="raw_record_customer"),
        ]


class Stream(models.Model):
    """One kind of object that is pulled from a system, and how far the pull has come."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="streams")
    name = models.CharField(max_length=40)
    is_active = models.BooleanField(default=True)
    # Whatever the connector needs to go on: a cursor, a time, a page.
    cursor = models.JSONField(default=dict, blank=True)
    every_minutes = models.PositiveIntegerField(default=15)
    next_run_at = models.DateTimeField()
    last_run_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_count = models.PositiveIntegerField(default=0)
    # Why the last run failed or waits: a kind of `outbox.troubles` and its parameters; empty after a success.
    last_problem = models.CharField(max_length=60, blank=True)
    problem_parameters = models.JSONField(default=dict, blank=True)
    # Runs that failed since the last success.
    failures = models.PositiveIntegerField(default=0)
    # The system asked for a pause until then (Retry-After).
    paused_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["source", "name"]
        constraints = [models.UniqueConstraint(fields=["source", "name"], name="stream_once")]

    @property
    def problem(self) -> str:
        """The sentence of the last problem, in the language in force."""
        return troubles.sentence(self.last_problem, self.problem_parameters) if self.last_problem else ""
