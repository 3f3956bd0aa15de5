"""What came lately is asked for often, of tables that only grow: an index answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from feedback.models import RawRecord, Source
from feedback.selectors import health
from tests.feedback.rows import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("silent", [0, 1, 3])
def test_what_came_lately_is_found_by_an_index(silent: int) -> None:
    """And so is what came last from whoever has been silent for long."""
    for number in range(silent):
        source = Source.objects.create(name=f"s{number}", slug=f"s{number}", system="zendesk", created_at=NOW)
        RawRecord.objects.create(
            source=source, stream="t", external_id="1", entity="t:1", payload={}, payload_sha256="1",
            received_at=NOW - timedelta(days=60),
        )  # fmt: skip
    asked: list[tuple[str, Any]] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        sources = list(Source.objects.annotate(received_at=health._last_received()))
        health._arrivals(NOW, {}, sources)
        health._live_counts(NOW)
    with connection.cursor() as cursor:
        plans = []
        for sql, params in asked:
            if connection.vendor == "sqlite":
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            else:
                # Its plan goes by the sizes of its tables, which are nothing here: that they are there has to do.
                cursor.execute("SELECT indexname FROM pg_indexes")
            plans.append(str(cursor.fetchall()))
    names = ("raw_record_received", "raw_record_received", "raw_record_received", "delivery_newest")
    assert [name for name, plan in zip(names, plans, strict=True) if name not in plan] == []
