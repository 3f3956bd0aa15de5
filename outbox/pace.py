"""Manners of a bulk writer on SQLite: small chunks and pauses while people are using the pages.

SQLite lets one writer in at a time and its queue is not fair: a job that writes big chunks without a
pause keeps every other writer waiting for seconds. Web processes touch one file, and jobs look at how
old that is. On PostgreSQL none of this is needed.
"""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings
from django.db import connection

# A request in the last seconds means that somebody is there.
IN_USE_SECONDS = 3.0
# Measured beside four web writers: 200 rows and 100 ms let them through with a p95 of 86 ms.
PAUSE_SECONDS = 0.1
POLITE_ROWS = 250
FULL_ROWS = 5000


def _mark() -> Path:
    return Path(settings.DATA_DIR) / "web-in-use"


def matters() -> bool:
    """Whether other processes share this database's single writer: SQLite in a file."""
    return connection.vendor == "sqlite" and "memory" not in str(connection.settings_dict["NAME"])


def note_use() -> None:
    """Remember that the web was used just now; costs one system call, and nothing within the same second."""
    mark = _mark()
    try:
        if _age_seconds(mark) >= 1.0:
            mark.touch()
    except OSError:
        # A data folder that cannot be written shows itself elsewhere; a page must not fail here.
        return


def web_in_use() -> bool:
    """Whether anybody used the web in the last seconds, as far as that matters to a writer."""
    return matters() and _age_seconds(_mark()) < IN_USE_SECONDS


def breathe() -> None:
    """Let the web's writers through, if there are any; call it between two transactions."""
    if web_in_use():
        time.sleep(PAUSE_SECONDS)


def chunk_rows() -> int:
    """How many rows a job should write in one transaction at this moment."""
    return POLITE_ROWS if web_in_use() else FULL_ROWS


def _age_seconds(mark: Path) -> float:
    try:
        return time.time() - mark.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
