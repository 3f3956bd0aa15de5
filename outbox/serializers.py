"""The shape of a job in the API."""

from typing import Any

from rest_framework import serializers

from outbox.models import Job


class JobSerializer(serializers.Serializer[dict[str, Any]]):
    """How far a job is and what became of it."""

    id = serializers.IntegerField(help_text="What POST answered as `job`.")
    kind = serializers.CharField(help_text="What kind of work it is, such as `feedback.import`.")
    state = serializers.ChoiceField(choices=Job.State.values)
    cursor = serializers.IntegerField(help_text="How many rows are done.")
    total = serializers.IntegerField(allow_null=True, help_text="How many there are; null until it is known.")
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="What became of the rows so far: read, new, changed, …"
    )
    attempts = serializers.IntegerField(help_text="How often it was tried at this place.")
    error = serializers.CharField(allow_blank=True, help_text="Why it failed, or why it is tried again.")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class ErrorSerializer(serializers.Serializer[dict[str, Any]]):
    """A refusal: one sentence."""

    detail = serializers.CharField()
