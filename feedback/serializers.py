"""The shapes of the API of this floor; they describe and validate, and never save."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

MAX_ROWS = 5000
_Plain = serializers.Serializer[dict[str, Any]]


class BatchSerializer(_Plain):
    """Rows to import. Their fields are the columns of an import file."""

    source = serializers.CharField(  # type: ignore[assignment]
        max_length=80, help_text="The name under which ids are unique."
    )
    rows = serializers.ListField(
        child=serializers.DictField(),
        min_length=1,
        max_length=MAX_ROWS,
        help_text="Objects whose keys are the columns of an import file of this kind.",
    )


class AcceptedSerializer(_Plain):
    """The job that will store the rows."""

    job = serializers.IntegerField()
    url = serializers.CharField(help_text="Where to ask how far it is.")


class RowErrorSerializer(_Plain):
    """What is wrong with one row."""

    index = serializers.IntegerField(allow_null=True)
    field = serializers.CharField()
    message = serializers.CharField()


class BatchErrorSerializer(_Plain):
    """A refusal: one sentence, and what is wrong where."""

    detail = serializers.CharField()
    errors = RowErrorSerializer(many=True, required=False)  # type: ignore[assignment]


class ContactSerializer(_Plain):
    """One contact; its words without personal data."""

    id = serializers.IntegerField()
    external_id = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    occurred_at = serializers.DateTimeField()
    day = serializers.DateField(help_text="In the market's time zone.")
    channel = serializers.CharField()
    market = serializers.CharField(help_text="Code of the market.")
    stage = serializers.CharField()
    page = serializers.CharField()
    location = serializers.CharField()
    language = serializers.CharField()
    product = serializers.CharField()
    subject = serializers.CharField()
    text = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())
    themes = serializers.ListField(child=serializers.CharField())
    csat = serializers.FloatField(allow_null=True, help_text="On a scale of 1 to 5.")
    handle_seconds = serializers.FloatField(allow_null=True)
    wait_seconds = serializers.FloatField(allow_null=True)
    first_response_seconds = serializers.FloatField(allow_null=True)
    resolved_first_contact = serializers.BooleanField(allow_null=True)
    is_complaint = serializers.BooleanField()


class ResponseSerializer(_Plain):
    """One survey response; without a score, an invitation that was not answered."""

    id = serializers.IntegerField()
    external_id = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    instrument = serializers.CharField()
    invited_at = serializers.DateTimeField(allow_null=True)
    responded_at = serializers.DateTimeField(allow_null=True)
    day = serializers.DateField(help_text="In the market's time zone.")
    score = serializers.FloatField(allow_null=True)
    score2 = serializers.FloatField(allow_null=True)
    scale_min = serializers.FloatField()
    scale_max = serializers.FloatField()
    comment = serializers.CharField()
    contact = serializers.IntegerField(allow_null=True)
    channel = serializers.CharField()
    market = serializers.CharField()
    stage = serializers.CharField()
    language = serializers.CharField()
    themes = serializers.ListField(child=serializers.CharField())


class ContactListSerializer(_Plain):
    """A page of contacts."""

    next = serializers.CharField(allow_null=True)
    results = ContactSerializer(many=True)


class ResponseListSerializer(_Plain):
    """A page of survey responses."""

    next = serializers.CharField(allow_null=True)
    results = ResponseSerializer(many=True)
