"""Many rows at once, as fast as each database allows: COPY on PostgreSQL, executemany on SQLite.

Values are None, str, int, float, bool, date or datetime (in UTC). Table and column names come from
models, never from data.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

_BATCH = 500
# None is an empty unquoted cell of COPY's CSV; a text is always quoted.
Value = Any


def columns_of(model: type[models.Model], names: Sequence[str]) -> list[str]:
    """Database columns of these fields."""
    found = (getattr(model._meta.get_field(name), "column", None) for name in names)
    return [str(column) for column in found]


def new_ids(model: type[models.Model], count: int) -> range | list[int]:
    """Primary keys for rows about to be inserted in this transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        # Nobody else writes during this transaction: SQLite has one writer at a time.
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        first: int = cursor.fetchone()[0] + 1
        return range(first, first + count)


def insert(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    """Insert rows that are known not to be there."""
    if not rows:
        return
    table, columns = model._meta.db_table, columns_of(model, names)
    listed = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.cursor.copy_expert(f'COPY "{table}" ({listed}) FROM STDIN WITH (FORMAT csv)', _copy_file(rows))
            return
        places = ", ".join(["%s"] * len(columns))
        cursor.executemany(
            f'INSERT INTO "{table}" ({listed}) VALUES ({places})',  # noqa: S608 - names come from models
            [_sqlite_row(row) for row in rows],
        )


def update(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    """Set these fields; the last value of each row is its primary key."""
    if not rows:
        return
    settings = ", ".join(f'"{column}" = %s' for column in columns_of(model, names))
    statement = f'UPDATE "{model._meta.db_table}" SET {settings} WHERE "{model._meta.pk.column}" = %s'  # noqa: S608
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            from psycopg2.extras import execute_batch

            execute_batch(cursor.cursor, statement, rows, page_size=_BATCH)
            return
        cursor.executemany(statement, [_sqlite_row(row) for row in rows])


def batches(values: Sequence[Any], size: int = _BATCH) -> Iterator[Sequence[Any]]:
    """Pieces of a list, small enough for an IN."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _sqlite_row(row: Sequence[Value]) -> list[Value]:
    """As Django itself stores them: moments as naive UTC text, days as ISO text."""
    return [
        value.replace(tzinfo=None).isoformat(" ")
        if isinstance(value, datetime)
        else value.isoformat()
        if hasattr(value, "isoformat")
        else value
        for value in row
    ]


def _copy_file(rows: Iterable[Sequence[Value]]) -> io.StringIO:
    return io.StringIO("\n".join(",".join(map(_copy_cell, row)) for row in rows) + "\n")


def _copy_cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    if isinstance(value, bool):
        return "t" if value else "f"
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return repr(value)
