"""Run one management command on an installation that is ready: `python -m config.prepared COMMAND …`.

Ready means: the database is migrated and, for commands that serve pages, the static files are
collected. Both are looked up in this process, so that a start that finds nothing to do costs no
second start of Django. Standard output stays the command's own.
"""

import contextlib
import fcntl
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command, execute_from_command_line
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

SERVES_PAGES = {"demo", "serve"}
# Any number that no other program uses: who holds it on PostgreSQL is the one that migrates.
ADVISORY_LOCK = 4_327_228


def main(arguments: list[str]) -> None:
    """Make the installation ready, then run the command; exits as the command does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    if not {"-h", "--help"} & set(arguments):
        try:
            migrate_when_needed()
        except DatabaseError as error:
            sys.exit(f"hearback: the database cannot be used: {str(error).strip()}")
        if arguments[:1] and arguments[0] in SERVES_PAGES and not settings.DEBUG:
            collect_static_when_needed()
    execute_from_command_line(["./hearback", *arguments])


def migrate_when_needed() -> None:
    """Bring the database to the newest migration; several processes may ask at once."""
    if _unapplied():
        with _alone():
            if _unapplied():
                sys.stderr.write("Preparing the database.\n")
                call_command("migrate", interactive=False, verbosity=0, stdout=sys.stderr)
    # The command may start other processes; none of them should inherit this connection.
    connection.close()


def collect_static_when_needed() -> None:
    """Collect, hash and compress the static files, unless the collected ones are of these sources."""
    mark = Path(settings.STATIC_ROOT) / ".sources"
    wanted = _static_sources()
    if mark.exists() and mark.read_text() == wanted:
        return
    with _alone():
        call_command("collectstatic", interactive=False, verbosity=0, stdout=sys.stderr)
        mark.write_text(wanted)


def _unapplied() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _static_sources() -> str:
    """A hash over name, size and time of every source file."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: str(found[0])):
            about = os.stat(storage.path(name))
            digest.update(f"{name}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One process at a time, on this machine by a lock file, across machines by the database."""
    with (Path(settings.DATA_DIR) / "prepare.lock").open("w") as handle, contextlib.ExitStack() as held:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if connection.vendor == "postgresql":
            cursor = held.enter_context(connection.cursor())
            cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
            held.callback(cursor.execute, "SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])
        yield


if __name__ == "__main__":
    main(sys.argv[1:])
