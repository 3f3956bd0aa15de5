"""A dictionary of texts on disk: as long as a file, in memory that does not grow. Pure.

It is nobody's but this process's, and gone with it: SQLite's own temporary database.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

_MEMORY = "-8000"  # Kilobytes of its cache; the rest is on disk.


class Spill:
    """Keys and values, both texts."""

    def __init__(self) -> None:
        # One thread at a time: that of the job which made it, or of the one that goes on with it.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for setting in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = {_MEMORY}"):
            self._database.execute(f"PRAGMA {setting}")
        self._database.execute("CREATE TABLE kept (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")

    def find(self, keys: Sequence[str]) -> dict[str, str]:
        """The values of those keys that are there."""
        found = self._database.execute(
            "SELECT kept.key, kept.value FROM json_each(?) AS wanted CROSS JOIN kept ON kept.key = wanted.value",
            [json.dumps(keys)],
        )
        return dict(found)

    def put(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Keep values; the last one of a key counts."""
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", pairs)
        self._database.execute("COMMIT")
