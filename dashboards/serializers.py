"""The shapes of the API of this floor; they describe, and never save."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from metrics.serializers import EstimateSerializer

_Plain = serializers.Serializer[dict[str, Any]]


class ThemeSerializer(_Plain):
    """One theme in a period."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    stage = serializers.CharField()
    page = serializers.CharField()
    contacts = EstimateSerializer()
    share = EstimateSerializer()
    per_1000_orders = EstimateSerializer()
    change = EstimateSerializer(help_text="Against the period of the same length before; 0.1 is 10 % more.")
    csat = EstimateSerializer()
    csat_gap = EstimateSerializer(help_text="Points against all contacts.")
    cost = EstimateSerializer(help_text="Handling time, in cents.")
    place = serializers.CharField(help_text="Where it is in the loop, in words.")


class ThemeListSerializer(_Plain):
    """All themes of a period, most contacts first. `next` is always null: themes are few."""

    next = serializers.CharField(allow_null=True)
    results = ThemeSerializer(many=True)


class WeekSerializer(_Plain):
    """One whole week of a theme."""

    first = serializers.DateField()
    last = serializers.DateField()
    contacts = serializers.IntegerField()
    per_1000_orders = serializers.FloatField(allow_null=True)


class ThemeDetailSerializer(ThemeSerializer):
    """One theme with its last 13 weeks."""

    weeks = WeekSerializer(many=True)


class NumberSerializer(_Plain):
    """One metric of one group."""

    metric = serializers.CharField()
    group = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    unit = serializers.CharField()
    suppressed = serializers.BooleanField()
    flags = serializers.ListField(child=serializers.CharField())
