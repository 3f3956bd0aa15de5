"""What `./hearback demo --once` says."""

from __future__ import annotations

from datetime import date
from typing import Any

import metrics.selectors
from experiments.models import Experiment, Outcome
from feedback.models import Contact, SurveyResponse
from feedback.selectors import theme_numbers
from hypotheses.models import Hypothesis, Sprint
from metrics.periods import Slice

THEMES = 5
THEME_DAYS = 28


def is_loaded() -> bool:
    """Has the story been told here?"""
    return Hypothesis.objects.exists()


def summary(*, today: date, seconds: float) -> dict[str, Any]:
    """Counts, the five largest themes of the last 28 counted days, and the newest outcome of every release."""
    numbers, _totals = theme_numbers.theme_numbers(Slice(metrics.selectors.counted_days(today, THEME_DAYS)))
    return {
        "ready": True,
        "contacts": Contact.objects.count(),
        "survey_responses": SurveyResponse.objects.count(),
        "themes": [
            {
                "name": found.theme.name,
                "contacts": int(found.contacts.value or 0),
                "per_1000_orders": found.per_1000_orders.value,
            }
            for found in numbers[:THEMES]
        ],
        "hypotheses": Hypothesis.objects.exclude(number=None).count(),
        "sprints": Sprint.objects.count(),
        "experiments": Experiment.objects.count(),
        "outcomes": _outcomes(),
        "seconds": round(seconds, 1),
    }


def _outcomes() -> list[dict[str, Any]]:
    newest: dict[int, Outcome] = {}
    for outcome in Outcome.objects.select_related("release__experiment").order_by("measured_at", "pk"):
        newest[outcome.release_id] = outcome
    return [
        {
            "experiment": outcome.release.experiment.key if outcome.release.experiment else outcome.release.name,
            "contacts_avoided": outcome.contacts_avoided,
            "low": outcome.avoided_low,
            "high": outcome.avoided_high,
        }
        for outcome in newest.values()
    ]
