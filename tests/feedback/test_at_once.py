"""Imports and recounts at the same moment, on real connections: the series say what the rows say, every time."""

import random
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.models import Count, Sum
from django.utils import timezone
from pytest_django import Settings

from feedback.models import Contact, Import
from metrics.models import ContactCell, DirtyDay
from outbox import jobs
from outbox.models import Job
from tests.feedback.rows import queue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROUNDS = 100
ROWS = 20
CHUNK = 5
DAYS = 8


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    monkeypatch.setattr(jobs, "chunk_rows", lambda: CHUNK)


def _file(chance: random.Random) -> str:
    """Rows that are often there already, on another day and with another reason."""
    lines = ["external_id,occurred_at,channel,reason,is_complaint"]
    for _row in range(ROWS):
        day, reason = 1 + chance.randrange(DAYS), chance.choice(["Returns", "Delivery", ""])
        lines.append(
            f"T{chance.randrange(2 * ROWS)},2026-03-0{day}T10:00:00Z,chat,{reason},{chance.choice(['true', 'false'])}"
        )
    return "\n".join(lines)


def _all_at_once(works: Sequence[Callable[[], None]]) -> None:
    """Each in a thread with a connection of its own, begun at the same moment; raises what any of them met."""
    gate, errors = threading.Barrier(len(works)), list[BaseException]()

    def run(work: Callable[[], None]) -> None:
        try:
            gate.wait(timeout=20)
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive(), "somebody waits for somebody"
    if errors:
        raise errors[0]


def _perform(job_id: int | None) -> None:
    """The job and those that follow it."""
    assert job_id
    done = jobs.perform(job_id)
    assert done
    assert done.state == Job.State.DONE, done.error
    for following in done.progress.get("follow_ups", []):
        if Job.objects.get(pk=following).kind == "feedback.assign_themes":
            _perform(following)


def _counted(rows: Any, *by: str) -> dict[tuple[Any, ...], int]:
    return {tuple(row[name] for name in by): row["n"] for row in rows.values(*by).annotate(n=Count("pk"))}


def _series_equal_the_rows() -> None:
    raw = _counted(Contact.objects.all(), "local_day", "is_complaint")
    cells = ContactCell.objects.filter(theme=0).values("day").annotate(all=Sum("contacts"), bad=Sum("complaints"))
    said = {
        (row["day"], is_bad): row["bad"] if is_bad else row["all"] - row["bad"]
        for row in cells
        for is_bad in (True, False)
    }
    assert {key: count for key, count in said.items() if count} == raw
    by_theme = _counted(Contact.objects.filter(theme_links__isnull=False), "local_day", "theme_links__theme")
    themed = ContactCell.objects.exclude(theme=0).values("day", "theme").annotate(all=Sum("contacts"))
    assert {(row["day"], row["theme"]): row["all"] for row in themed} == by_theme


def _bring_in_beside_a_refresh(imports: Sequence[Import]) -> None:
    over: list[Import] = []

    def bring_in(imported: Import) -> None:
        try:
            _perform(imported.job_id)
        finally:
            over.append(imported)

    def refresh() -> None:
        while len(over) < len(imports):
            _perform(jobs.enqueue("feedback.recount", now=timezone.now()).pk)

    _all_at_once([*(partial(bring_in, imported) for imported in imports), refresh])


def test_two_imports_and_a_refresh_at_once_a_hundred_times() -> None:
    chance = random.Random(20261122)
    for number in range(ROUNDS):
        # In turns of one source, where they write the same rows, and of two.
        sources = ("desk", "desk" if number % 2 else "shop")
        _bring_in_beside_a_refresh([queue(_file(chance), source=name) for name in sources])
        _perform(jobs.enqueue("feedback.recount", now=timezone.now()).pk)
        assert not DirtyDay.objects.exists()
        _series_equal_the_rows()
        assert Contact.objects.count() == Contact.objects.values("source", "external_id").distinct().count()
