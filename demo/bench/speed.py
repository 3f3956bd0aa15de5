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
from demo.bench.lines import Line, at_least, at_most, ratio, without_target
from demo.services import company
from feedback.models import Contact
from feedback.services import imports, series
from metrics.models import Kind

SMALL_RATIO = 10
"""The small table has a tenth of the big one's rows and of its days: as many contacts a day, a shorter history."""
NEW_DAYS = 7
TIMES = 5
FEWEST_NEW = 1_000
SINGLE_DAYS = 9
RECOUNT, INDEX = "feedback.recount", "feedback.index_words"


def measure(folder: Path, rows: int) -> list[Line]:
    """All lines but memory and truth, from about 1.3 × `rows` contacts."""
    now = timezone.now()
    company.found(password="linden and oaks", now=now)  # noqa: S106 - gone with the database
    last_day = now.date() - timedelta(days=1)
    few, new = rows // SMALL_RATIO, max(FEWEST_NEW, rows // SMALL_RATIO**2)
    days = sample.DAYS // SMALL_RATIO
    before = last_day - timedelta(days=sample.DAYS)

    def file(name: str, count: int, last: date, over: int) -> Path:
        return sample.write(folder / f"{name}.csv", rows=count, name=name, last_day=last, days=over)

    clock = Clock()
    small_file = file("small", few, before, days)
    taking_in.import_file(clock, small_file)
    # The small table and the big one are minutes apart, in which a virtual machine becomes faster or slower by a third.
    pace_small = taking_in.pace(clock, small_file)
    into_small = _middle(clock, [file(f"more{number}", new, before, NEW_DAYS) for number in range(TIMES)])
    pages_small = pages.times()
    lines = _ingest(clock, file("big", rows, last_day, sample.DAYS))
    slower = ratio(taking_in.pace(clock, small_file), pace_small)
    into_big = _middle(clock, [file(f"later{number}", new, last_day, NEW_DAYS) for number in range(TIMES)])
    pages_big = pages.times()
    lines += _upsert(clock, file("unused", few, last_day, days))
    lines.append(_recount(clock))
    small, big = few + TIMES * new, rows + few + TIMES * new
    name = f"{new} new rows into {big} against into {few}, series included"
    lines.append(at_most(name, ratio(into_big, into_small), 1.2, "×"))
    lines += [
        at_most(
            f"page {path}, {big + TIMES * new} contacts against {small}",
            ratio(seconds, pages_small[path]),
            1.3,
            "×",
        )
        for path, seconds in pages_big.items()
    ]
    # Shown beside them and not taken off: it is one kind of work, and what is judged is what was measured.
    lines.append(without_target("the same work beside the big table against beside the small one", slower, "×"))
    lines.append(at_most("list JSON of 100 contacts", pages.list_over_plain(), 1.2, "× plain JsonResponse"))
    return lines + exactness.measure()


def _middle(clock: Clock, paths: Sequence[Path]) -> float:
    """CPU seconds of a file and the series of its days: of the middle one, since one alone is short and moves."""
    spent = [taking_in.import_file(clock, path) for path in paths]
    return statistics.median(seconds[imports.JOB_KIND] + seconds[RECOUNT] for seconds in spent)


def _ingest(clock: Clock, path: Path) -> list[Line]:
    redacting = taking_in.redaction(clock, path)
    bare = taking_in.bare_load(clock, path)
    seconds = taking_in.import_file(clock, path)
    # Once before and once after, since a busy machine is not equally busy all the time.
    bare = (bare + taking_in.bare_load(clock, path)) / 2
    again = taking_in.import_file(clock, path)[imports.JOB_KIND]
    first = seconds[imports.JOB_KIND]
    unit = "× raw COPY" if connection.vendor == "postgresql" else "× executemany"
    lines = [
        at_most("CSV import without redaction", ratio(first - redacting, bare), 5.5, unit),
        without_target("the same with redaction", ratio(first, bare), unit),
        at_least("redaction", taking_in.redactions_a_second(clock, path), 15_000, "texts of 200 characters/s"),
        at_most("the same file once more against the first time", ratio(again, first), 0.01, "×"),
        without_target("series of its days", ratio(seconds[RECOUNT], bare), unit),
    ]
    if INDEX in seconds:
        lines.append(without_target("search index of its words", ratio(seconds[INDEX], bare), unit))
    return lines


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
