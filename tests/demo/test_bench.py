"""The parts of `./hearback bench` that need no clock; the run itself is its own proof."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from demo.bench import room, sample, truth
from demo.bench.lines import CannotMeasure, Line, at_least, at_most, ratio, table, without_target
from demo.management.commands import bench


def test_a_target_is_met_on_its_right_side() -> None:
    assert at_most("a", 1.2, 1.2, "×").ok
    assert not at_most("a", 1.21, 1.2, "×").ok
    assert at_least("a", 0.9, 0.9, "share").ok
    assert not at_least("a", 0.89, 0.9, "share").ok
    assert without_target("a", 99, "×") == Line("a", 99.0, None, "×", True)


def test_the_verdict_is_of_what_was_measured_not_of_what_is_shown() -> None:
    line = at_most("a", 1.2001, 1.2, "×")
    assert (line.measured, line.ok) == (1.2, False)


def test_nothing_is_divided_by_a_step_too_short_for_the_clock() -> None:
    assert ratio(3, 2) == 1.5
    with pytest.raises(CannotMeasure):
        ratio(3, 0)


def test_the_table_says_which_targets_were_missed() -> None:
    rows = table([at_most("quick", 1, 2, "×"), at_most("slow", 3, 2, "×"), without_target("so", 3, "×")]).splitlines()
    assert ["ok" in row.split() for row in rows] == [False, True, False, False]
    assert ["missed" in row.split() for row in rows] == [False, False, True, False]


def test_a_sample_is_the_same_every_time_and_has_contacts_of_two_years(tmp_path: Path) -> None:
    first = sample.write(tmp_path / "a.csv", rows=1_000, name="one", last_day=date(2026, 11, 21))
    again = sample.write(tmp_path / "b.csv", rows=1_000, name="one", last_day=date(2026, 11, 21))
    assert first.read_bytes() == again.read_bytes()
    with first.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["external_id"] for row in rows}) == 1_000
    assert rows[0]["occurred_at"].startswith("2024-11-22")
    assert rows[-1]["occurred_at"].startswith("2026-11-2")
    assert 5 < sum("\n" in row["text"] for row in rows) < 60
    assert len(rows[0]) == 19


def test_truth_counts_intervals_and_claimed_zeros() -> None:
    good = truth.Finding(0.6, 0.5, 0.7)
    missed, zero, claimed = (
        truth.Finding(0.6, 0.7, 0.8),
        truth.Finding(1.0, 0.9, 1.1),
        truth.Finding(1.0, 0.5, 0.9),
    )
    inside, claims = truth.judged([good] * 17 + [zero, missed, claimed])
    assert (inside.measured, inside.ok) == (0.9, True)
    assert (claims.measured, claims.target, claims.ok) == (1.0, 1.0, True)
    inside, claims = truth.judged([good, missed, claimed, claimed])
    assert (inside.ok, claims.ok) == (False, False)
    with pytest.raises(CannotMeasure):
        truth.judged([good])


def test_each_part_is_measured_apart_and_printed_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    def run(self: room.Room, part: str, *, rows: int) -> list[Line]:
        asked.append((part, rows))
        return [at_most(part, float(rows), 10.0, "KiB")]

    monkeypatch.setattr(room.Room, "run", run)
    monkeypatch.setattr(room.Room, "prepare", lambda self: None)
    monkeypatch.setattr("django.conf.settings.DATABASE_URL", "")
    out = io.StringIO()
    call_command("bench", "--rows", "10000", "--json", stdout=out, stderr=io.StringIO())
    rows = json.loads(out.getvalue())
    assert asked == [
        ("speed", 10_000), ("memory", 2_000), ("memory", 10_000), ("beside", 10_000), ("truth", 10_000),
    ]  # fmt: skip
    assert {tuple(row) for row in rows} == {("name", "measured", "target", "unit", "ok")}
    memory = next(row for row in rows if row["name"].startswith("peak memory"))
    assert (memory["measured"], memory["target"], memory["ok"]) == (5.0, 1.1, False)


@pytest.mark.parametrize(
    ("database", "wanted", "expected"),
    [("", ("--part", "beside"), ["beside"]), ("postgres://elsewhere/db", (), ["speed", "memory", "memory", "truth"])],
)
def test_one_part_can_be_asked_for_and_one_is_of_sqlite(
    monkeypatch: pytest.MonkeyPatch, database: str, wanted: tuple[str, ...], expected: list[str]
) -> None:
    asked: list[str] = []

    def run(self: room.Room, part: str, *, rows: int) -> list[Line]:
        asked.append(part)
        return [at_most(part, 1.0, 1.0, "")]

    @contextmanager
    def throw_away(url: str) -> Iterator[room.Room]:
        yield room.Room(Path(), url)

    monkeypatch.setattr(room.Room, "run", run)
    monkeypatch.setattr(room.Room, "prepare", lambda self: None)
    monkeypatch.setattr(bench, "throw_away", throw_away)
    monkeypatch.setattr("django.conf.settings.DATABASE_URL", database)
    call_command("bench", *wanted, stdout=io.StringIO(), stderr=io.StringIO())
    assert asked == expected


def test_what_cannot_be_measured_ends_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: room.Room) -> None:
        raise CannotMeasure("No room.")

    monkeypatch.setattr(room.Room, "prepare", fail)
    monkeypatch.setattr("django.conf.settings.DATABASE_URL", "")
    with pytest.raises(CommandError, match="No room") as raised:
        call_command("bench", stderr=io.StringIO())
    assert raised.value.returncode == 1
    with pytest.raises(CommandError) as raised:
        call_command("bench", "--rows", str(bench.FEWEST_ROWS - 1))
    assert raised.value.returncode == 2
