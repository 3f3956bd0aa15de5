"""Deleted words out of SQLite's own file: its search index and its log hold them after they are gone from all tables.

The index (FTS5) only notes that a word is deleted, and drops both when it merges its segments. One merge of all
holds the only writer as long as it takes: three to six seconds with 200,000 contacts, and longer with more. In steps
of 500 pages it takes four seconds in all and lets others in after 0.2 at most, so a job does it in steps.
Free pages need no work: every connection overwrites what it deletes (`secure_delete`, see config.settings).

PostgreSQL drops deleted words when it vacuums, by itself.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext_noop

from outbox import jobs, pace
from outbox.models import Job

JOB_KIND = "feedback.forget_words"
ROUNDS = 2
"""What was half merged before the first round began is only brought to its end by it, and taken in by the second."""
PATIENCE = timedelta(minutes=5)
"""So long whoever deletes words may go on before all of them are taken out together."""
_PAGES = 500
_TRIES = 20
_BETWEEN_TRIES = 0.5
# Who empties the log keeps other writers waiting until nobody reads from it.
_PATIENCE_MILLISECONDS = 100


# Shown in the reader's language: what is stored is the English sentence.
IN_USE = gettext_noop(
    "Somebody reads the database all the time, so deleted words cannot be cleared out of its log (the file that ends "
    "in -wal). End programs that hold it open, such as a backup or a shell, and start this job again."
)


class LogInUse(Exception):
    """Somebody reads the database for so long that its log cannot be emptied now; the text is shown to people."""


def request(*, now: datetime) -> None:
    """Have words that are just being deleted taken out of the file in a while, where that takes work."""
    if connection.vendor != "sqlite":
        return
    if not Job.objects.filter(kind=JOB_KIND, state=Job.State.QUEUED, cursor=0).exists():
        jobs.enqueue(JOB_KIND, run_after=now + PATIENCE, now=now)


def merge(*, begin: bool) -> bool:
    """One step of merging all segments into one, in the caller's transaction; whether there is another one."""
    with connection.cursor() as cursor:
        # As its makers tell a merge that has something to do from one that has not.
        before = connection.connection.total_changes
        cursor.execute(
            "INSERT INTO feedback_contactsearch (feedback_contactsearch, rank) VALUES ('merge', %s)",
            [-_PAGES if begin else _PAGES],
        )
        return bool(connection.connection.total_changes - before > 1)


def empty_log() -> None:
    """Bring the log into the file and cut it to nothing; raises LogInUse. Outside a transaction only."""
    if not pace.matters():
        # A database in memory has none.
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (usual,) = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE_MILLISECONDS}")
        try:
            for _try in range(_TRIES):
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                if not cursor.fetchone()[0]:
                    return
                time.sleep(_BETWEEN_TRIES)
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")
    raise LogInUse(IN_USE)
