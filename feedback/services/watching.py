"""Looks every morning whether each source still brings something, and tells the linking pin once when not."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

import accounts.selectors
import outbox.services
from accounts.models import Person, Role
from feedback.models import Source
from feedback.selectors.health import SourceHealth, health


@transaction.atomic
def watch_sources(*, now: datetime) -> int:
    """Tell every linking pin of each source that fell silent since they were told last; how many sources."""
    silent = health(now=now, today=accounts.selectors.market_day(now)).late
    rows = {row.pk: row for row in Source.objects.select_for_update().filter(pk__in=[one.id for one in silent])}
    found = [one for one in silent if _is_news(one, rows[one.id])]
    curators = list(Person.objects.filter(role=Role.LINKING_PIN, is_active=True))
    for one in found:
        for person in curators:
            outbox.services.tell(
                recipient=person, kind="source_silent", parameters=_told(one), about=("source", one.id), now=now
            )
        Source.objects.filter(pk=one.id).update(silence_told_at=now)
    return len(found)


def _is_news(one: SourceHealth, row: Source) -> bool:
    """Not told yet, or something came since."""
    return row.silence_told_at is None or (one.last is not None and one.last > row.silence_told_at)


def _told(one: SourceHealth) -> dict[str, object]:
    return {
        "source": one.name,
        "late_seconds": one.late_by.total_seconds() if one.late_by else 0,
        "usual_seconds": one.usual.total_seconds() if one.usual else 0,
        "last": one.last.isoformat() if one.last else "",
        "last_day": one.last_day.isoformat() if one.last_day else "",
    }
