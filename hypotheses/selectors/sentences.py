"""The sentence of a hypothesis, put together from its parts in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import formats
from hypotheses.models import Hypothesis

# Metrics that an idea may be measured by, in the words of the sentence.
MEASURES: dict[str, str | LazyText] = {
    "contacts_per_1000_orders": gettext_lazy("contacts about this per 1,000 orders"),
    "conversion_rate": gettext_lazy("the share of visits that end in an order"),
    "csat": gettext_lazy("satisfaction after a contact about this (CSAT)"),
}


@dataclass(frozen=True)
class Sentence:
    """Because … we believe that … will result in … measured by …"""

    because: str
    change: str
    effect: str
    measure: str


def because(theme_name: str, contacts: float | None, problem: str, days: int = 28) -> str:
    """Why: the theme's contacts when they are known, else the problem in the proposer's words."""
    if not theme_name or contacts is None:
        return problem.strip().rstrip(".")
    count = round(contacts)
    return ngettext(
        "customers contacted us %(contacts)s time in %(days)d days about “%(theme)s”",
        "customers contacted us %(contacts)s times in %(days)d days about “%(theme)s”",
        count,
    ) % {"contacts": formats.decimal(count), "days": days, "theme": theme_name}


def sentence(hypothesis: Hypothesis, frozen: Mapping[str, Any] | None = None) -> Sentence:
    """The idea in one sentence; `frozen` are the facts of its theme on the day it was sent."""
    facts = frozen or {}
    return Sentence(
        because=because(str(facts.get("name", "")), frozen_value(facts, "contacts"), hypothesis.problem),
        change=hypothesis.change.strip().rstrip(".") or _("something we still have to find"),
        effect=hypothesis.get_effect_display(),
        measure=str(MEASURES.get(hypothesis.metric, hypothesis.metric)),
    )


def frozen_value(facts: Mapping[str, Any], name: str) -> float | None:
    """The value of a frozen estimate, or None."""
    estimate = facts.get(name)
    value = estimate.get("value") if isinstance(estimate, dict) else None
    return float(value) if value is not None else None
