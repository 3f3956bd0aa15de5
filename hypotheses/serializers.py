"""The shape of hypotheses and sprints in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from hypotheses.models import Hypothesis, Sprint, Status
from hypotheses.selectors.sentences import MEASURES

# A draft is nobody's but its writer's.
SENT = [(status.value, status.label) for status in Status if status != Status.DRAFT]


class _Plain(serializers.Serializer[dict[str, Any]]):
    """Plain values in, plain values out."""


class ProposalSerializer(_Plain):
    """A hypothesis to send. Personal data is removed before it is stored."""

    problem = serializers.CharField(max_length=4000, help_text="What customers keep running into.")
    change = serializers.CharField(max_length=2000, help_text="What you would change.")
    title = serializers.CharField(max_length=120, required=False, help_text="Made from the change when left out.")
    effect = serializers.ChoiceField(choices=Hypothesis.Effect.values, default=Hypothesis.Effect.FEWER_CONTACTS)
    metric = serializers.ChoiceField(choices=list(MEASURES), default="contacts_per_1000_orders")
    pages = serializers.ListField(
        child=serializers.CharField(max_length=120), required=False, max_length=24, help_text="Codes of pages."
    )
    theme = serializers.IntegerField(
        required=False, allow_null=True, help_text="Its numbers are frozen with the hypothesis."
    )
    quotes = serializers.ListField(
        child=serializers.IntegerField(), required=False, max_length=3, help_text="Ids of contacts of that theme."
    )


class MoveSerializer(_Plain):
    """What goes with a move."""

    note = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, help_text="ask, answer and decline need one."
    )
    into = serializers.CharField(max_length=20, required=False, help_text="merge: the key of the other hypothesis.")
    sprint = serializers.IntegerField(required=False, help_text="plan: the number of the sprint.")


class ThemeReferenceSerializer(_Plain):
    """A theme by id and name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class HypothesisSerializer(_Plain):
    """One hypothesis in a list."""

    key = serializers.CharField(help_text="HYP-123")
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=SENT)
    source = serializers.ChoiceField(choices=Hypothesis.Source.values)  # type: ignore[assignment]
    proposer = serializers.CharField()
    problem = serializers.CharField()
    change = serializers.CharField()
    effect = serializers.ChoiceField(choices=Hypothesis.Effect.values)
    metric = serializers.CharField()
    pages = serializers.ListField(child=serializers.CharField())
    theme = ThemeReferenceSerializer(allow_null=True)
    score = serializers.IntegerField(allow_null=True, help_text="Points of 100; null without a theme.")
    effort_points = serializers.IntegerField(allow_null=True)
    sprint = serializers.IntegerField(allow_null=True)
    joined = serializers.IntegerField(help_text="How many colleagues see this too.")
    duplicate_of = serializers.CharField(allow_null=True)
    submitted_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField(help_text="Its page.")


class EvidenceSerializer(_Plain):
    """What was frozen on the day it was sent: estimates by metric, or a quote."""

    kind = serializers.CharField()
    facts = serializers.DictField()
    period_from = serializers.DateField(allow_null=True)
    period_to = serializers.DateField(allow_null=True)
    frozen_at = serializers.DateTimeField()


class HistorySerializer(_Plain):
    """One step that was not taken back."""

    name = serializers.CharField()
    from_status = serializers.CharField()
    to_status = serializers.CharField()
    by = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()
    note = serializers.CharField(allow_blank=True)


class HypothesisDetailSerializer(HypothesisSerializer):
    """One hypothesis with its evidence and what happened to it."""

    evidence = EvidenceSerializer(many=True)
    history = HistorySerializer(many=True)


class HypothesisListSerializer(_Plain):
    """A page of hypotheses, latest first."""

    next = serializers.CharField(allow_null=True)
    results = HypothesisSerializer(many=True)


class SprintSerializer(_Plain):
    """One sprint."""

    number = serializers.IntegerField()
    goal = serializers.CharField(allow_blank=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    state = serializers.ChoiceField(choices=Sprint.State.values)
    capacity_points = serializers.IntegerField()
    planned_points = serializers.IntegerField()
    quota = serializers.IntegerField(help_text="Hypotheses from customer service it must hold.")
    from_customer_service = serializers.IntegerField()
    hypotheses = serializers.IntegerField()
    waiver_reason = serializers.CharField(allow_blank=True)
    waived_by = serializers.CharField(allow_null=True)


class SprintListSerializer(_Plain):
    """Sprints, latest first; at most 100."""

    next = serializers.CharField(allow_null=True)
    results = SprintSerializer(many=True)


class FieldErrorSerializer(_Plain):
    """What is wrong with one field."""

    index = serializers.IntegerField(allow_null=True)
    field = serializers.CharField(allow_blank=True)
    message = serializers.CharField()


class RefusalSerializer(_Plain):
    """A refusal: one sentence, and the fields it is about."""

    detail = serializers.CharField()
    errors = FieldErrorSerializer(many=True)  # type: ignore[assignment]
