"""Stored words, redacted again when the rules find more than they did: redaction is safe to repeat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models

from feedback.models import ContactText, SurveyText
from feedback.redaction import RULES_VERSION, redact

TABLES: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (ContactText, ("subject", "text")),
    (SurveyText, ("text",)),
)
"""Whose words, and in which fields."""


def older(model: type[models.Model], count: int) -> list[Any]:
    """Some rows that older rules redacted."""
    return list(model._default_manager.filter(rules_version__lt=RULES_VERSION).order_by("pk")[:count])


def waiting() -> int:
    """How many rows older rules redacted."""
    return sum(model._default_manager.filter(rules_version__lt=RULES_VERSION).count() for model, _ in TABLES)


def redo(model: type[models.Model], fields: Sequence[str], rows: Sequence[Any]) -> int:
    """Redact these rows by today's rules; how many pieces that took out.

    Rows in which nothing more is found are only marked, so that they stay in the search index as they are.
    """
    changed = []
    pieces = 0
    for row in rows:
        found = {name: redact(getattr(row, name)) for name in fields}
        more = sum(one.total for one in found.values())
        if more:
            for name, one in found.items():
                setattr(row, name, one.text)
            row.redactions += more
            pieces += more
            changed.append(row)
    model._default_manager.bulk_update(changed, [*fields, "redactions"], batch_size=200)
    model._default_manager.filter(pk__in=[row.pk for row in rows]).update(rules_version=RULES_VERSION)
    return pieces
