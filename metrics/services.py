"""Writes of this floor: marks of changed days, and their recount. The floors above hand in the rows as SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection, models, transaction

from metrics.models import CommerceCell, ContactCell, DirtyDay, Kind, SourceCell, SurveyCell

CELLS: dict[Kind, type[models.Model]] = {
    Kind.CONTACTS: ContactCell,
    Kind.SURVEYS: SurveyCell,
    Kind.COMMERCE: CommerceCell,
}
# A file in no order leaves more marks than one statement of SQLite can name.
_MARKS_AT_ONCE = 500


def mark(kind: Kind, days: Iterable[date]) -> None:
    """Append a mark for each day, in the transaction that changed its rows."""
    DirtyDay.objects.bulk_create(DirtyDay(kind=kind, day=day) for day in sorted(set(days)))


@transaction.atomic
def recount(kind: Kind, marks: Sequence[int], days: Sequence[date], statements: Sequence[str]) -> None:
    """Count these days again: delete their cells and insert them anew, then delete just the marks that were read.

    `statements` are `INSERT INTO … SELECT` with one `{days}` for the list of days. They count from the
    rows as they are now, so doing it twice gives the same, and a mark that an import appends meanwhile
    stays for the next time.
    """
    if not days:
        return
    _hold(kind)
    cells = CELLS[kind]
    cells._default_manager.filter(day__in=days).delete()
    SourceCell.objects.filter(kind=kind, day__in=days).delete()
    places = ", ".join(["%s"] * len(days))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.replace("{days}", places), [day.isoformat() for day in days])
    for start in range(0, len(marks), _MARKS_AT_ONCE):
        DirtyDay.objects.filter(pk__in=marks[start : start + _MARKS_AT_ONCE]).delete()


def _hold(kind: Kind) -> None:
    """One recount of a kind at a time (SQLite has one writer anyway), which reads its days by their keys."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"hearback.recount.{kind}"])
            # A few days out of years: by their keys, however the planner estimates them, or a recount would take
            # longer with every row that the table ever gets.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off")
            cursor.execute("SET LOCAL enable_mergejoin = off")
