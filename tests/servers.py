"""Servers and databases that a test may kill, stop and flush, because they are its own."""

import contextlib
import secrets
from collections.abc import Iterator

import psycopg2
import pytest
from django.conf import settings
from psycopg2 import sql

from launcher import servers
from launcher.services import with_database


@pytest.fixture
def own_redis() -> Iterator[servers.TemporaryRedis]:
    """A running Redis of the test's own: `.url`, `.stop()`, `.start()`."""
    program = servers.redis_program()
    assert program, "tests/passes.py deselects this test where there is no Redis"
    server = servers.TemporaryRedis(program)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def own_postgres() -> Iterator[servers.TemporaryPostgres]:
    """A running PostgreSQL of the test's own: `.url()`, `.crash()`, `.start()`."""
    programs = servers.postgres_programs()
    assert programs, "tests/passes.py deselects this test where there is no PostgreSQL"
    server = servers.TemporaryPostgres(programs)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@contextlib.contextmanager
def a_database() -> Iterator[str]:
    """The DATABASE_URL of an empty database for processes that the test starts; empty text on SQLite.

    On SQLite an installation's database lies in its HEARBACK_DATA, so the test gives its processes a
    HEARBACK_DATA of their own and no DATABASE_URL. On PostgreSQL it is a database on this pass's server.
    """
    if not settings.DATABASE_URL:
        yield ""
        return
    name = f"hearback_own_{secrets.token_hex(4)}"
    maintenance = psycopg2.connect(with_database(settings.DATABASE_URL, "postgres"))
    maintenance.autocommit = True
    cursor = maintenance.cursor()
    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield with_database(settings.DATABASE_URL, name)
    finally:
        cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        maintenance.close()


@pytest.fixture
def own_database() -> Iterator[str]:
    """`a_database()` for one test."""
    with a_database() as url:
        yield url
