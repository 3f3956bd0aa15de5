"""Many rows at once, as fast as each database allows: COPY on PostgreSQL, executemany on SQLite.

Rows are either values of Python (None, str, int, float, bool, date or datetime in UTC), or parts: columns of
texts that both databases take as they are, which is what millions of rows are made of. Table and column
names come from models, never from data.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, models

_BATCH = 500
_BLOCK = 1 << 18
NULL = "\\N"
# Nearly always nobody else takes ids meanwhile, and the first and the last say it all.
_NEXT_IDS = """
SELECT min(id), max(id), CASE WHEN max(id) - min(id) + 1 > count(*) THEN array_agg(id ORDER BY id) END
FROM (SELECT nextval(%s) AS id FROM generate_series(1, %s)) AS taken"""
_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
Value = Any


class Part(NamedTuple):
    """One or more columns of rows to be written, as texts: days and moments as ISO in UTC, yes and no as 1 and 0."""

    names: tuple[str, ...]
    # One a row; the texts of several columns have tabs between them. NULL is not known.
    texts: Sequence[str]
    # Whether it is anybody's text: one column, never unknown, and every sign in it is meant.
    is_free: bool = False

    def rows(self, start: int, stop: int) -> Part:
        """The same columns of some of the rows."""
        return self if stop - start == len(self.texts) else self._replace(texts=self.texts[start:stop])


def columns_of(model: type[models.Model], names: Iterable[str]) -> list[str]:
    """Database columns of these fields."""
    found = (getattr(model._meta.get_field(name), "column", None) for name in names)
    return [str(column) for column in found]


def new_ids(model: type[models.Model], count: int) -> range | list[int]:
    """Primary keys for rows about to be inserted in this transaction, in rising order."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The name of the sequence is looked up once; asked for within SELECT it would be once a row.
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
            cursor.execute(_NEXT_IDS, [*cursor.fetchone(), count])
            first, last, several = cursor.fetchone()
            return several or range(first, last + 1)
        # Nobody else writes during this transaction: SQLite has one writer at a time.
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        next_id: int = cursor.fetchone()[0] + 1
        return range(next_id, next_id + count)


def find(
    model: type[models.Model], source_id: int, external_ids: Sequence[str], names: Sequence[str]
) -> list[tuple[Any, ...]]:
    """(external id, *values of these fields) of those rows of a source that are there.

    One question, answered by one look into the unique key for each id, however large the table is.
    """
    if not external_ids:
        return []
    columns = ", ".join(f't."{column}"' for column in columns_of(model, ("external_id", *names)))
    parameters: list[Any]
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        # Joined otherwise, the planner would read the whole table sooner than look 20,000 times into its key.
        statement = f"""SELECT found.* FROM unnest(%s::varchar[]) AS wanted(id) CROSS JOIN LATERAL (
            SELECT {columns} FROM "{table}" t WHERE t.source_id = %s AND t.external_id = wanted.id LIMIT 1
        ) AS found"""  # noqa: S608
        parameters = [_array(external_ids), source_id]
    else:
        statement = f"""SELECT {columns} FROM json_each(%s) AS wanted
            CROSS JOIN "{table}" t ON t.source_id = %s AND t.external_id = wanted.value"""  # noqa: S608
        parameters = [json.dumps(external_ids), source_id]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def insert(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    """Insert rows that are known not to be there."""
    if not rows:
        return
    if connection.vendor == "postgresql":
        _copy(model, names, ("\t".join(map(_copy_cell, row)) for row in rows))
    else:
        _execute_many(_insert(model, names), [_sqlite_row(row) for row in rows])


def insert_parts(model: type[models.Model], parts: Sequence[Part]) -> None:
    """Insert rows that are known not to be there; all parts are of the same rows."""
    names = _names(parts)
    if connection.vendor == "postgresql":
        _copy(model, names, _lines(parts))
    else:
        _execute_many(_insert(model, names), _rows(parts))


def update(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    """Set these fields; the last value of each row is its primary key."""
    on_postgresql = connection.vendor == "postgresql"
    _execute_many(_update(model, names), rows if on_postgresql else [_sqlite_row(row) for row in rows])


def update_parts(model: type[models.Model], parts: Sequence[Part]) -> None:
    """Set these fields; the last part is the primary key."""
    _execute_many(_update(model, _names(parts)[:-1]), _rows(parts))


def batches(values: Sequence[Any], size: int = _BATCH) -> Iterator[Sequence[Any]]:
    """Pieces of a list, small enough for an IN."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _insert(model: type[models.Model], names: Sequence[str]) -> str:
    columns = columns_of(model, names)
    places = ", ".join(["%s"] * len(columns))
    return f'INSERT INTO "{model._meta.db_table}" ({_listed(columns)}) VALUES ({places})'  # noqa: S608


def _update(model: type[models.Model], names: Sequence[str]) -> str:
    settings = ", ".join(f'"{column}" = %s' for column in columns_of(model, names))
    return f'UPDATE "{model._meta.db_table}" SET {settings} WHERE "{model._meta.pk.column}" = %s'  # noqa: S608


def _execute_many(statement: str, rows: Sequence[Sequence[Value]]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            from psycopg2.extras import execute_batch

            execute_batch(cursor.cursor, statement, rows, page_size=_BATCH)
        else:
            cursor.executemany(statement, rows)


def _copy(model: type[models.Model], names: Sequence[str], lines: Iterable[str]) -> None:
    statement = f'COPY "{model._meta.db_table}" ({_listed(columns_of(model, names))}) FROM STDIN'
    # What is no text at all, half of a surrogate pair, was replaced long before.
    data = io.BytesIO("\n".join([*lines, ""]).encode("utf-8", "replace"))
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(statement, data, _BLOCK)


def _lines(parts: Sequence[Part]) -> Iterator[str]:
    return map("\t".join, zip(*(_escaped(part.texts) if part.is_free else part.texts for part in parts), strict=True))


def _escaped(texts: Sequence[str]) -> Sequence[str]:
    """Texts as COPY wants them. All at once: most have nothing to escape, and one search over all finds that out."""
    whole = "\0".join(texts)
    if whole.count("\0") >= len(texts):
        # PostgreSQL cannot keep a zero in a text.
        texts = [text.replace("\0", "") for text in texts]
        whole = "\0".join(texts)
    signs = [pair for pair in _ESCAPES if pair[0] in whole]
    if not signs:
        return texts
    for sign, escape in signs:
        whole = whole.replace(sign, escape)
    return whole.split("\0")


def _rows(parts: Sequence[Part]) -> list[tuple[str | None, ...]]:
    columns: list[Iterable[str | None]] = []
    for part in parts:
        if part.is_free:
            columns.append(part.texts)
        elif len(part.names) == 1:
            columns.append([None if text == NULL else text for text in part.texts])
        else:
            several = zip(*(text.split("\t") for text in part.texts), strict=True)
            columns += [
                [None if text == NULL else text for text in texts] if NULL in texts else texts for texts in several
            ]
    return list(zip(*columns, strict=True))


def look_at_sizes() -> None:
    """Let PostgreSQL see how large its tables have become, after a bulk load and outside a transaction.

    Until it does (its own look comes a minute later, or never where autovacuum is off), it reads whole tables
    for the rows of one day: the jobs after 10,000 rows into a million cost 2.6 times as much. SQLite needs none.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _names(parts: Sequence[Part]) -> list[str]:
    return [name for part in parts for name in part.names]


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _array(texts: Sequence[str]) -> str:
    """An array literal of PostgreSQL."""
    whole = "\0".join(texts).replace("\\", "\\\\").replace('"', '\\"')
    return '{"' + whole.replace("\0", '","') + '"}'


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


def _copy_cell(value: Value) -> str:
    if value is None:
        return NULL
    if isinstance(value, str):
        return _escaped([value])[0]
    if isinstance(value, bool):
        return "t" if value else "f"
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return repr(value)
