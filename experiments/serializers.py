"""The shape of experiments, their results and releases in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from experiments.models import Decision, Outcome, Status
from metrics.serializers import EstimateSerializer

MOST = 10**15
MOST_ROWS = 5000


class _Plain(serializers.Serializer[dict[str, Any]]):
    """Plain values in, plain values out."""


class ExperimentSerializer(_Plain):
    """One experiment in a list."""

    key = serializers.CharField(help_text="EXP-45")
    name = serializers.CharField()
    hypothesis = serializers.CharField(help_text="HYP-123")
    status = serializers.ChoiceField(choices=Status.choices)
    decision = serializers.ChoiceField(choices=[*Decision.values, ""], help_text="Empty until it is decided.")
    learning = serializers.CharField()
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True, help_text="Last planned day.")
    planned_visitors = serializers.IntegerField()
    visitors = serializers.IntegerField(help_text="Seen so far, over all variants.")
    url = serializers.URLField()


class ExperimentListSerializer(_Plain):
    """A page of experiments, newest first."""

    next = serializers.URLField(allow_null=True, help_text="The next page; null at the end.")
    results = ExperimentSerializer(many=True)


class VariantSerializer(_Plain):
    """One variant; the numbers of a running test are null until its planned end."""

    key = serializers.CharField()
    name = serializers.CharField()
    visitors = serializers.IntegerField()
    conversions = serializers.IntegerField(allow_null=True)
    contacts = serializers.IntegerField(allow_null=True)
    rate = EstimateSerializer(allow_null=True)
    lift = EstimateSerializer(allow_null=True, help_text="Against the first variant; null for that one.")
    p = serializers.FloatField(allow_null=True, help_text="Two-sided, Holm-adjusted.")
    chance_to_win = serializers.FloatField(allow_null=True)


class OutcomeSerializer(_Plain):
    """What came of it since it went live."""

    grade = serializers.ChoiceField(choices=Outcome.Grade.values)
    verdict = serializers.CharField()
    rate_ratio = serializers.FloatField(allow_null=True, help_text="After against expected; 0.8 is a fifth fewer.")
    rate_ratio_low = serializers.FloatField(allow_null=True)
    rate_ratio_high = serializers.FloatField(allow_null=True)
    contacts_avoided = serializers.FloatField(allow_null=True)
    avoided_low = serializers.FloatField(allow_null=True)
    avoided_high = serializers.FloatField(allow_null=True)
    weeks_before = serializers.IntegerField()
    weeks_after = serializers.IntegerField()
    flags = serializers.ListField(child=serializers.CharField())
    measured_through = serializers.DateField()
    is_final = serializers.BooleanField()


class ExperimentDetailSerializer(ExperimentSerializer):
    """One experiment with its evaluation and outcome."""

    verdict = serializers.CharField(help_text="winner, no_difference, harmful, guardrail_worse, too_few, blocked, …")
    srm_p = serializers.FloatField(allow_null=True, help_text="Of the split; below 0.001 the test is blocked.")
    variants = VariantSerializer(many=True)
    released_on = serializers.DateField(allow_null=True)
    outcome = OutcomeSerializer(allow_null=True)


class ResultRowSerializer(_Plain):
    """One variant on one day. Money in the market's currency, not in cents."""

    variant = serializers.CharField(max_length=40)
    date = serializers.DateField()
    visitors = serializers.IntegerField(min_value=0, max_value=MOST)
    conversions = serializers.IntegerField(min_value=0, max_value=MOST)
    revenue_sum = serializers.FloatField(required=False, allow_null=True, min_value=0, max_value=MOST)
    revenue_sumsq = serializers.FloatField(required=False, allow_null=True, min_value=0)
    contacts = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=MOST)


class ResultsSerializer(_Plain):
    """Results of one experiment; the same variant and day again replaces what was there."""

    rows: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=ResultRowSerializer(), allow_empty=False, max_length=MOST_ROWS
    )


class StoredSerializer(_Plain):
    """How many rows were stored."""

    stored = serializers.IntegerField()


class ReleaseSerializer(_Plain):
    """A change went live."""

    name = serializers.CharField(max_length=120)
    released_on = serializers.DateField()
    markets = serializers.ListField(
        child=serializers.CharField(max_length=12), required=False, max_length=100, help_text="Codes; none: all."
    )
    experiment = serializers.CharField(
        max_length=20, required=False, allow_null=True, help_text="EXP-45, when it was tested here."
    )


class ReleasedSerializer(_Plain):
    """The release as it was recorded."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    released_on = serializers.DateField()
    markets = serializers.ListField(child=serializers.CharField())
    experiment = serializers.CharField(allow_null=True)
