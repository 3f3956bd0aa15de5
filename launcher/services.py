"""Which databases the suite can run on, and where they are.

In this order: what DATABASE_URL and REDIS_URL name; what answers on this machine's usual ports; the
server programs, started for this run alone. A server that was found lends a throw-away database or a
key prefix and is given back as it was.
"""

import contextlib
import secrets
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from launcher import servers
from launcher.environment import ROOT
from launcher.trouble import Trouble

POSTGRES_PORT, REDIS_PORT = 5432, 6379


@dataclass(frozen=True)
class Service:
    """A server for this run (`url`), or why there is none (`why`)."""

    url: str | None = None
    why: str = ""

    @property
    def status(self) -> str:
        """What the DATABASES line says of it."""
        return "ran" if self.url else f"NOT RUN ({self.why})"


def first(candidates: Iterable[Callable[[], Service | None]], nothing: str) -> Service:
    """The first service that can be used; without one, the reasons of all that nearly could.

    A candidate answers None when it is simply not there, and a service without address when it is
    there and cannot be used. One that was asked for by name ends the search either way.
    """
    reasons = []
    for candidate in candidates:
        service = candidate()
        if service and service.url:
            return service
        if service:
            reasons.append(service.why)
    return Service(why="; ".join(reasons) or nothing)


def with_database(url: str, name: str) -> str:
    """The same server and person, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


class Finder:
    """Looks for the servers with the installed Python, and clears up behind the run."""

    def __init__(self, python: Path, environ: Mapping[str, str], undo: contextlib.ExitStack) -> None:
        self._python = python
        self._environ = environ
        self._undo = undo
        self.name = f"hearback_{secrets.token_hex(4)}"

    def postgres(self) -> Service:
        """PostgreSQL, with a database name that nobody else uses."""
        named = self._environ.get("DATABASE_URL", "")
        if named.startswith(("postgres:", "postgresql:")):
            return self._lent_postgres(named, "DATABASE_URL")
        return first((self._postgres_here, self._own_postgres), "no PostgreSQL server and no server programs found")

    def redis(self) -> Service:
        """Redis, with a key prefix (`self.name`) that nobody else uses."""
        named = self._environ.get("REDIS_URL", "")
        if named:
            return self._lent_redis(named, "REDIS_URL", choose_database=False)
        return first((self._redis_here, self._own_redis), "no Redis server and no server program found")

    def _postgres_here(self) -> Service | None:
        if not servers.answers(POSTGRES_PORT):
            return None
        here = f"127.0.0.1:{POSTGRES_PORT}"
        return self._lent_postgres(f"postgres://postgres@{here}/postgres", here)

    def _lent_postgres(self, url: str, where: str) -> Service:
        # Signing in happens at the maintenance database: the one that is named may hold real data.
        door = with_database(url, "postgres")
        answer, refused = self._ask("postgres-check", door)
        if refused or answer != "yes":
            reason = answer if refused else "this person may not create databases"
            return Service(why=f"{where} cannot be used: {reason}")
        self._undo.callback(self._ask, "postgres-drop", door, f"test_{self.name}")
        return Service(url=with_database(url, self.name))

    def _own_postgres(self) -> Service | None:
        programs = servers.postgres_programs()
        if programs is None:
            return None
        try:
            server = servers.TemporaryPostgres(programs)
            self._undo.callback(server.remove)
            server.start()
        except Trouble as trouble:
            return Service(why=str(trouble))
        return Service(url=server.url(self.name))

    def _redis_here(self) -> Service | None:
        if not servers.answers(REDIS_PORT):
            return None
        here = f"127.0.0.1:{REDIS_PORT}"
        return self._lent_redis(f"redis://{here}/0", here, choose_database=True)

    def _lent_redis(self, url: str, where: str, *, choose_database: bool) -> Service:
        answer, refused = self._ask("redis-empty" if choose_database else "redis-check", url)
        if refused:
            return Service(why=f"{where} cannot be used: {answer}")
        lent = with_database(url, answer) if choose_database else url
        self._undo.callback(self._ask, "redis-forget", lent, self.name)
        return Service(url=lent)

    def _own_redis(self) -> Service | None:
        program = servers.redis_program()
        if program is None:
            return None
        server = servers.TemporaryRedis(program)
        self._undo.callback(server.remove)
        try:
            server.start()
        except Trouble as trouble:
            return Service(why=str(trouble))
        return Service(url=server.url)

    def _ask(self, question: str, url: str, argument: str = "") -> tuple[str, bool]:
        """The answer's line, and whether it is a refusal."""
        asked = subprocess.run(
            [self._python, "-m", "launcher.inside", question, argument],
            input=url, capture_output=True, text=True, cwd=ROOT, check=False,
        )  # fmt: skip
        return asked.stdout.strip() or "no answer", asked.returncode != 0
