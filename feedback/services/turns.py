"""One writer of a source at a time, and a number that tells whether another one was there meanwhile."""

from __future__ import annotations

from django.db import connection

from feedback.models import Turn

_TAKE = """
INSERT INTO feedback_turn (source_id, number) VALUES (%s, 1)
ON CONFLICT (source_id) DO UPDATE SET number = feedback_turn.number + 1
RETURNING number"""
# "WHERE 1 = 1": without it SQLite takes ON for that of a join.
_TAKE_ALL = """
INSERT INTO feedback_turn (source_id, number) SELECT id, 1 FROM feedback_source WHERE 1 = 1 ORDER BY id
ON CONFLICT (source_id) DO UPDATE SET number = feedback_turn.number + 1
RETURNING source_id, number"""


def last(source_id: int) -> int:
    """How many turns there were; read it before looking at what is stored."""
    return Turn.objects.filter(pk=source_id).values_list("number", flat=True).first() or 0


def take(source_id: int) -> int:
    """Wait for the turn and keep it until the transaction ends; how many there were before.

    Whoever writes rows of a source calls this first. When the number is the one that `last` gave, nobody
    has written since, and what was looked up then still holds.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [source_id])
        (number,) = cursor.fetchone()
    return int(number) - 1


def numbers() -> dict[int, int]:
    """How many turns there were of each source that had any; as `last`, for `take_all`."""
    return dict(Turn.objects.values_list("source_id", "number"))


def take_all() -> dict[int, int]:
    """As `take`, of every source at once."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_ALL)
        return {source: number - 1 for source, number in cursor.fetchall() if number > 1}
