"""The search index of contacts' words: what still has to be read, and reading it.

Whoever writes words appends a mark in the same transaction; the job reads the marks, indexes the words and
deletes the marks that it read. What is deleted or changed leaves the index at once, by a trigger.
"""

from __future__ import annotations

from django.db import connection

from feedback.models import SearchMark

JOB_KIND = "feedback.index_words"

_SQLITE = """
INSERT INTO feedback_contactsearch (rowid, subject, body)
SELECT t.contact_id, t.subject, t.text FROM feedback_contacttext t WHERE t.contact_id BETWEEN %s AND %s
AND t.contact_id NOT IN (SELECT rowid FROM feedback_contactsearch WHERE rowid BETWEEN %s AND %s)"""
# Locked, so that nobody takes words away while the index reads them: they would stay in it for ever. Whoever
# waits for this lock finds them in the index then; whoever came first leaves nothing to read, or its new words.
_POSTGRESQL = """
INSERT INTO feedback_contactsearch (contact_id, words)
SELECT t.contact_id, feedback_search_words(t.subject || ' ' || t.text)
FROM feedback_contacttext t WHERE t.contact_id BETWEEN %s AND %s
AND NOT EXISTS (SELECT 1 FROM feedback_contactsearch s WHERE s.contact_id = t.contact_id)
ORDER BY t.contact_id FOR SHARE OF t
ON CONFLICT (contact_id) DO NOTHING"""


def mark(ids: list[int] | range) -> None:
    """The words of these contacts, in rising order, have to be read; neighbours make one mark."""
    SearchMark.objects.bulk_create([SearchMark(first_id=first, last_id=last) for first, last in _stretches(ids)])


def next_size(most: int) -> int:
    """How many ids the next step reads, `most` at most; 0 when all is read."""
    oldest = SearchMark.objects.order_by("pk").first()
    return min(most, oldest.last_id - oldest.first_id + 1) if oldest else 0


def index(size: int) -> None:
    """Read so many ids from the oldest mark on, in the caller's transaction."""
    oldest = SearchMark.objects.order_by("pk").first()
    if oldest is None:
        return
    last = min(oldest.last_id, oldest.first_id + size - 1)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL, [oldest.first_id, last])
        else:
            cursor.execute(_SQLITE, [oldest.first_id, last, oldest.first_id, last])
    if last == oldest.last_id:
        oldest.delete()
    else:
        SearchMark.objects.filter(pk=oldest.pk).update(first_id=last + 1)


def waiting() -> int:
    """How many ids are marked."""
    return sum(last - first + 1 for first, last in SearchMark.objects.values_list("first_id", "last_id"))


def _stretches(ids: list[int] | range) -> list[tuple[int, int]]:
    if isinstance(ids, range) and ids:
        return [(ids[0], ids[-1])]
    found: list[tuple[int, int]] = []
    for key in sorted(ids):
        if found and key <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(key, found[-1][1]))
        else:
            found.append((key, key))
    return found
