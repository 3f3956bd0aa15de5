"""What must still happen: jobs that survive a crash, due times, messages to people."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """One piece of durable work. The row is the truth; the broker is only a wake-up call."""

    class State(models.TextChoices):
        """Where a job stands."""

        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("At work")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Stopped")

    kind = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    # The same key again gives the same job.
    key = models.CharField(max_length=120, null=True, blank=True, unique=True)
    owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    run_after = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    cursor = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, blank=True)
    # What the handler needs to go on after the cursor, and what it counted so far.
    progress = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    # How often a worker died over it at this place. Whoever pulls a plug is seldom the job: it has a limit of its own.
    cut_offs = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # The relay's question: which rows are due?
            models.Index(fields=["state", "run_after"], name="job_due"),
            # The jobs page, newest first.
            models.Index(fields=["-created_at", "-id"], name="job_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ScheduleTick(models.Model):
    """A due time that was taken. Unique, so that two schedulers run a schedule once."""

    schedule = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule", "due_at"], name="schedule_tick_once")]

    def __str__(self) -> str:
        return f"{self.schedule} {self.due_at:%Y-%m-%d %H:%M}"


class Pulse(models.Model):
    """A sign of life: when this part last went round. Web processes read it, also on another machine."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """Something to tell a person: a kind and its parameters, written out in the reader's language."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="received")
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(max_length=60)
    parameters = models.JSONField(default=dict)
    # What it is about, such as ("hypothesis", 12): an undo finds its unsent messages by this.
    about_kind = models.CharField(max_length=40, blank=True)
    about_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    deliver_after = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # The inbox of one person, newest first.
            models.Index(fields=["recipient", "-deliver_after"], name="message_inbox"),
            # Undo: unsent messages about one thing.
            models.Index(fields=["about_kind", "about_id"], name="message_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
