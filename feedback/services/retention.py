"""Words past their time: contacts, survey answers, raw records and former values keep counting without them.

So do the rows that an old import rejected: their line, column and reason stay. A run goes through five tables by
rising id, a chunk at a time; where it stands is in the job's progress, so that it goes on after a crash and never
looks at a row twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from accounts.models import Company
from accounts.services import record
from feedback.models import ContactText, FormerRow, ImportReject, RawRecord, SurveyText
from feedback.services import forgetting, wordless
from feedback.services.system_settings import keep_of, system_of

DONE = "words_deleted"
"""Stands in the payload of a raw record whose words are gone, so that no later run reads it again."""
_MONTHS_A_YEAR = 12
_AT_ONCE = 200
# Rows that are read and written with all they hold: so many in a transaction.
_WHOLE = 500


@dataclass(frozen=True)
class Words:
    """Rows of one table that still have words and are old enough: how to find some, and how to take them."""

    name: str
    ids: Callable[[date, int, int], list[int]]
    """(before this day, behind this id, how many at most) → rising ids."""
    take: Callable[[Sequence[int], date], int]
    """How many of these rows lost words."""
    count: Callable[[date], int]


def cutoff(months: int | None, today: date) -> date | None:
    """The first day whose words stay; None when all stay. The day of the month is at most the 28th."""
    if not months:
        return None
    past = today.year * _MONTHS_A_YEAR + today.month - 1 - months
    return date(past // _MONTHS_A_YEAR, past % _MONTHS_A_YEAR + 1, min(today.day, 28))


def company_cutoff(today: date) -> date | None:
    """By the company's setting."""
    months = Company.objects.filter(pk=1).values_list("retention_months", flat=True).first()
    return cutoff(months, today)


def due(before: date) -> dict[str, int]:
    """How many rows of each table would lose their words now."""
    return {words.name: words.count(before) for words in TABLES}


def note(*, counts: dict[str, int], before: date, now: datetime) -> None:
    """Sign what was deleted, and have it leave the database's own file, too."""
    forgetting.request(now=now)
    record(
        actor=None,
        action="delete old words",
        target=Company.objects.filter(pk=1).first(),
        details={**counts, "before": before.isoformat()},
        now=now,
    )


def _contact_texts(before: date) -> Any:
    return ContactText.objects.filter(contact__local_day__lt=before)


def _survey_texts(before: date) -> Any:
    return SurveyText.objects.filter(response__local_day__lt=before)


def _raw(before: date) -> Any:
    moment = Q(occurred_at__date__lt=before) | Q(occurred_at__isnull=True, received_at__date__lt=before)
    return RawRecord.objects.filter(moment).exclude(payload__has_key=DONE)


def _former(before: date) -> Any:
    # Of a row, not of the change: what an old contact said before a change of today is as old as the contact.
    return FormerRow.objects.filter(values__has_key="texts", values__row__local_day__lt=before.isoformat())


def _rejects(before: date) -> Any:
    # Of the import: when a row was about is often just what could not be read.
    return ImportReject.objects.filter(imported__created_at__date__lt=before).exclude(value="")


def _behind(rows: Any, key: str, after: int, count: int) -> list[int]:
    return list(rows.filter(**{f"{key}__gt": after}).order_by(key).values_list(key, flat=True)[:count])


def _blank(ids: Sequence[int]) -> int:
    by_source: dict[Any, list[int]] = {}
    for raw in RawRecord.objects.filter(pk__in=ids).select_related("source").defer("payload"):
        by_source.setdefault(raw.source, []).append(raw.pk)
    for source, own in by_source.items():
        system = system_of(source)
        wordless.blank(own, keep_of(source, system) if system else ())
    rows = list(RawRecord.objects.filter(pk__in=ids))
    for row in rows:
        row.payload = {**row.payload, DONE: True} if isinstance(row.payload, dict) else {DONE: True}
    RawRecord.objects.bulk_update(rows, ["payload"], batch_size=_AT_ONCE)
    return len(rows)


def _without_texts(ids: Sequence[int]) -> int:
    rows = list(FormerRow.objects.filter(pk__in=ids))
    for row in rows:
        row.values.pop("texts", None)
    FormerRow.objects.bulk_update(rows, ["values"], batch_size=_AT_ONCE)
    return len(rows)


TABLES: tuple[Words, ...] = (
    Words(
        "contacts",
        lambda before, after, count: _behind(_contact_texts(before), "contact_id", after, count),
        lambda ids, before: ContactText.objects.filter(contact_id__in=ids).delete()[0],
        lambda before: _contact_texts(before).count(),
    ),
    Words(
        "responses",
        lambda before, after, count: _behind(_survey_texts(before), "response_id", after, count),
        lambda ids, before: SurveyText.objects.filter(response_id__in=ids).delete()[0],
        lambda before: _survey_texts(before).count(),
    ),
    Words(
        "raw_records",
        lambda before, after, count: _behind(_raw(before), "id", after, min(count, _WHOLE)),
        lambda ids, before: _blank(ids),
        lambda before: _raw(before).count(),
    ),
    Words(
        "former_rows",
        lambda before, after, count: _behind(_former(before), "id", after, min(count, _WHOLE)),
        lambda ids, before: _without_texts(ids),
        lambda before: _former(before).count(),
    ),
    Words(
        "rejects",
        lambda before, after, count: _behind(_rejects(before), "id", after, count),
        lambda ids, before: ImportReject.objects.filter(pk__in=ids).update(value=""),
        lambda before: _rejects(before).count(),
    ),
)
"""In the order in which a run goes through them."""
