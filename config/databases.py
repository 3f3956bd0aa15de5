"""How each database is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url

_SQLITE = {
    # Writers queue up instead of failing half-way; readers never wait for them.
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
        # What is deleted is overwritten in the file, whatever this SQLite was built to do.
        " PRAGMA secure_delete=ON;"
    ),
}
# PostgreSQL's defaults are of the days of spinning disks: with them a look at the themes of one week's contacts reads
# those of all years, and compiling a statement takes longer than running it.
_POSTGRESQL = "-c random_page_cost=1.1 -c jit=off -c work_mem=16MB"


def sqlite(path: Path) -> dict[str, Any]:
    """The embedded database in this file."""
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": dict(_SQLITE)}


def at(url: str) -> dict[str, Any]:
    """The database at this address; `?options=` in it comes after ours and wins."""
    found: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    if found["ENGINE"] == "django.db.backends.postgresql":
        options = found.setdefault("OPTIONS", {})
        options["options"] = f"{_POSTGRESQL} {options.get('options', '')}".strip()
    return found
