"""Shapes that every floor's API shares."""

from typing import Any

from rest_framework import serializers


class EstimateSerializer(serializers.Serializer[Any]):
    """A number that never travels alone; null is not known, never 0."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    level = serializers.FloatField(help_text="Of the interval, 0.95.")
    n = serializers.IntegerField()
    unit = serializers.CharField(help_text="percent: 0 to 100; ratio: 0 to 1; others by name.")
    method = serializers.CharField()
    flags = serializers.ListField(child=serializers.CharField())
    suppressed = serializers.BooleanField(help_text="A value exists but too few people answered to show it.")
