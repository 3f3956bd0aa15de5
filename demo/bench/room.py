"""A throw-away installation: its own folder and its own database, gone afterwards. Never the installation's data."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from demo.bench.lines import CannotMeasure, Line


class Room:
    """Where the parts are measured, each in a process of its own."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self._environ = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        self._environ["HEARBACK_DATA"] = str(folder)
        if database_url:
            self._environ["DATABASE_URL"] = database_url

    def run(self, part: str, *, rows: int) -> list[Line]:
        """Measure one part here; raises CannotMeasure with the last words of its process."""
        answer = self.folder / "answer.json"
        answer.unlink(missing_ok=True)
        self._manage("bench", "--part", part, "--rows", str(rows), "--to", str(answer))
        return [Line(**line) for line in json.loads(answer.read_text())]

    def prepare(self) -> None:
        """Make the tables, and collect the static files that pages name."""
        self._manage("migrate", "--no-input", "--verbosity", "0")
        self._manage("collectstatic", "--no-input", "--verbosity", "0")

    def _manage(self, *arguments: str) -> None:
        command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *arguments]
        done = subprocess.run(command, env=self._environ, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotMeasure((done.stderr.strip() or done.stdout.strip() or "No reason was given.")[-2000:])


@contextmanager
def throw_away(database_url: str) -> Iterator[Room]:
    """A room whose folder, and database on the server of `database_url` (SQLite when empty), go when it is left."""
    with tempfile.TemporaryDirectory(prefix="hearback-bench-") as folder:
        if not database_url.startswith(("postgres://", "postgresql://")):
            yield Room(Path(folder), "")
            return
        name = f"hearback_bench_{secrets.token_hex(6)}"
        _administer(database_url, f'CREATE DATABASE "{name}"')
        try:
            yield Room(Path(folder), urlunsplit(urlsplit(database_url)._replace(path=f"/{name}")))
        finally:
            _administer(database_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _administer(database_url: str, statement: str) -> None:
    import psycopg2

    # The server's own database: that of the installation need not be touched, nor even exist.
    try:
        connection = psycopg2.connect(urlunsplit(urlsplit(database_url)._replace(path="/postgres")))
    except psycopg2.OperationalError as error:
        raise CannotMeasure(f"The server of DATABASE_URL cannot be reached: {error}") from None
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except psycopg2.Error as error:
        raise CannotMeasure(f"No temporary database could be made: {error}") from None
    finally:
        connection.close()
