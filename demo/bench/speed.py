"""The ratios of import, recount and pages, on one database that grows while it is measured."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

import metrics.services
from demo.bench import exactness, pages, sample, taking_in
from demo.bench.clock import Clock
from demo.bench.lines import Line, at_most, ratio, without_target
from demo.services import company
from feedback.models import Contact
from feedback.services import series
from metrics.models import Kind

SMALL_RATIO = 10
"""The small table has a tenth of the big one's rows, and so has each file of new rows."""
SINGLE_DAYS = 9


def measure(folder: Path, rows: int) -> list[Line]:
    """All lines but memory and truth, from about 1.3 × `rows` contacts."""
    now = timezone.now()
    company.found(password="linden and oaks", now=now)  # noqa: S106 - gone with the database
    last_day = now.date() - timedelta(days=1)
    few = max(200, rows // SMALL_RATIO)
    names = (("small", few), ("more", few), ("big", rows), ("later", few), ("unused", few))
    files = {
        name: sample.write(folder / f"{name}.csv", rows=count, name=name, last_day=last_day) for name, count in names
    }
    clock = Clock()
    taking_in.import_file(clock, files["small"])
    into_small = taking_in.import_file(clock, files["more"])
    pages_small = pages.times()
    lines = _ingest(clock, files["big"])
    into_big = taking_in.import_file(clock, files["later"])
    pages_big = pages.times()
    lines += _upsert(clock, files["unused"])
    lines.append(_recount(clock))
    lines.append(
        at_most(f"{few} new rows into {rows + 2 * few} against into {few}", ratio(into_big, into_small), 1.2, "×")
    )
    lines += [
        at_most(f"page {path}, {rows + 3 * few} contacts against {2 * few}", ratio(big, pages_small[path]), 1.3, "×")
        for path, big in pages_big.items()
    ]
    lines.append(at_most("list JSON of 100 contacts", pages.list_over_plain(), 1.2, "× plain JsonResponse"))
    return lines + exactness.measure()


def _ingest(clock: Clock, path: Path) -> list[Line]:
    bare = taking_in.bare_load(clock, path)
    redacting = taking_in.redaction(clock, path)
    first = taking_in.import_file(clock, path)
    again = taking_in.import_file(clock, path)
    unit = "× raw COPY" if connection.vendor == "postgresql" else "× executemany"
    return [
        at_most("CSV import without redaction", ratio(first - redacting, bare), 5.5, unit),
        without_target("redaction of its messages", ratio(redacting, bare), unit),
        at_most("the same file once more against the first time", ratio(again, first), 0.01, "×"),
    ]


def _upsert(clock: Clock, path: Path) -> list[Line]:
    looked, plain = taking_in.upsert_over_insert(clock, path)
    if connection.vendor == "postgresql":
        return [without_target("upsert of new rows", ratio(looked, plain), "× bare insert")]
    return [at_most("upsert of new rows", ratio(looked, plain), 1.25, "× bare insert")]


def _recount(clock: Clock) -> Line:
    days = sorted(set(Contact.objects.values_list("local_day", flat=True).distinct()))
    step = max(1, len(days) // SINGLE_DAYS)
    one = statistics.median(_recounted(clock, [day]) for day in days[::step])
    return at_most(f"one changed day against all {len(days)}", ratio(one, _recounted(clock, days)), 1 / 300, "×")


def _recounted(clock: Clock, days: Sequence[date]) -> float:
    metrics.services.mark(Kind.CONTACTS, days)

    def work() -> None:
        while (found := series.marked(Kind.CONTACTS))[1]:
            series.recount(Kind.CONTACTS, *found)

    return taking_in.taken(clock, work)
