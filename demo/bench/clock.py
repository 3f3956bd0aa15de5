"""A clock that counts work, not waiting: CPU of this process and of its database session."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.db import connection


class Clock:
    """`seconds()` grows with the CPU used here and, on PostgreSQL, by the session that serves this connection.

    A PostgreSQL on another machine shows no CPU; then `is_cpu` is False and the clock tells wall time.
    """

    def __init__(self) -> None:
        self._session = _session_stat() if connection.vendor == "postgresql" else None
        self.is_cpu = connection.vendor != "postgresql" or self._session is not None

    def seconds(self) -> float:
        """Seconds since some moment."""
        if not self.is_cpu:
            return time.perf_counter()
        return time.process_time() + (_cpu_of(self._session) if self._session else 0.0)


def _session_stat() -> Path | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    process = Path("/proc") / str(pid)
    try:
        # Another machine's number may belong to any process of this one.
        return process / "stat" if (process / "comm").read_text().startswith("postgres") else None
    except OSError:
        return None


def _cpu_of(stat: Path) -> float:
    # After the name in brackets: state is field 3, user and system ticks are fields 14 and 15.
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
