"""Pages by key, newest first: as fast on the thousandth page as on the first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows by day and id, and the markers of the pages on both sides ("" at an end)."""

    rows: list[Row]
    newer: str = ""
    older: str = ""


def page(rows: QuerySet[Row], *, size: int, after: str = "", before: str = "") -> Page[Row]:
    """The rows older than the marker `after`, or newer than `before`; without one the newest."""
    place, forward = (_place(before), False) if before else (_place(after), True)
    if place is None:
        found = list(rows.order_by("-local_day", "-pk")[: size + 1])
        return Page(found[:size], "", _marker(found[size - 1]) if len(found) > size else "")
    day, key = place
    if forward:
        older = rows.filter(Q(local_day__lt=day) | Q(local_day=day, pk__lt=key))
        found = list(older.order_by("-local_day", "-pk")[: size + 1])
        kept = found[:size]
        return Page(kept, _marker(kept[0]) if kept else "", _marker(kept[-1]) if len(found) > size else "")
    newer = rows.filter(Q(local_day__gt=day) | Q(local_day=day, pk__gt=key))
    found = list(newer.order_by("local_day", "pk")[: size + 1])
    kept = found[:size][::-1]
    return Page(kept, _marker(kept[0]) if len(found) > size else "", _marker(kept[-1]) if kept else "")


def _marker(row: Model) -> str:
    day: date = row.local_day  # type: ignore[attr-defined]
    return f"{day.isoformat()}.{row.pk}"


def _place(marker: str) -> tuple[date, int] | None:
    day, _, key = marker.partition(".")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    try:
        return date.fromisoformat(day), int(key)
    except ValueError:
        return None
