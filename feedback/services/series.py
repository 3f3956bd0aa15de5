"""Recounting the days whose rows changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import metrics.selectors
import metrics.services
from feedback import counting
from metrics.models import Kind

DAYS_AT_ONCE = 28


def marked(kind: Kind) -> tuple[list[int], list[date]]:
    """The oldest days to count again, with the ids of their marks; both empty when all is counted."""
    return metrics.selectors.dirty_days(kind, DAYS_AT_ONCE)


def recount(kind: Kind, marks: Sequence[int], days: Sequence[date]) -> None:
    """Count these days again from the rows as they are now."""
    metrics.services.recount(kind, marks, days, counting.STATEMENTS[kind])
