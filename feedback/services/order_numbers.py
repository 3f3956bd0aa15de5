"""The shop's own order numbers: the patterns of the setting, and what a number found in a text refers to."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from django.conf import settings

from accounts.models import Company
from feedback.redaction.orders import BadPattern, OrderPatterns, compiled
from feedback.references import References

log = structlog.stdlib.get_logger("feedback.order_numbers")


def shop_patterns() -> OrderPatterns:
    """The patterns of the company's setting; none where a version of earlier took one that this one does not."""
    written = Company.objects.filter(pk=1).values_list("order_patterns", flat=True).first() or ""
    try:
        return compiled(written)
    except BadPattern as bad:
        log.error("order pattern left out", kind=bad.kind)
        return compiled("")


def reference_to(numbers: Sequence[str]) -> str:
    """The keyed hash of the first number, as the order column of a file would have it; "" without one."""
    return References(settings.CUSTOMER_KEY).order(numbers[0]) if numbers else ""
