"""Emptying the tables after a transactional test, although the audit trail refuses DELETE.

On PostgreSQL a flush is TRUNCATE, which row triggers do not see. On SQLite it is DELETE, so the
triggers step aside for the flush, in its transaction, and come back.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.db import connection


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_audit_trail() -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
    triggers = import_module("accounts.migrations.0002_append_only_audit")
    plain = connection.ops.sql_flush

    def sql_flush(style: Any, tables: Any, **options: Any) -> list[str]:
        emptying = plain(style, tables, **options)
        return [*triggers.SQLITE_BACK, *emptying, *triggers.SQLITE] if emptying else emptying

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(connection.ops), "sql_flush", staticmethod(sql_flush))
        yield
