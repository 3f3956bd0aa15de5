import csv
from collections import defaultdict
from datetime import date

import pytest

from demo import generate, world
from experiments.evaluation import Arm, Evaluation, evaluate
from tests.demo.conftest import LAST_DAY

Lines = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def lines(linde: generate.Written) -> Lines:
    """Result rows by the slug of their experiment."""
    names = {key: slug for slug, key in world.keys().items()}
    found: Lines = defaultdict(list)
    (path,) = linde.files["results"]
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[names[row["experiment"]]].append(row)
    return found


def _evaluate(rows: list[dict[str, str]]) -> Evaluation:
    arms = []
    for name in ("A", "B"):
        own = [row for row in rows if row["variant"] == name]
        arms.append(
            Arm(
                name=name,
                visitors=sum(int(row["visitors"]) for row in own),
                conversions=sum(int(row["conversions"]) for row in own),
                revenue_sum=sum(float(row["revenue_sum"]) for row in own),
                revenue_sumsq=sum(float(row["revenue_sumsq"]) for row in own),
            )
        )
    return evaluate(arms)


@pytest.mark.parametrize("item", world.EXPERIMENTS, ids=lambda item: item.slug)
def test_each_test_ends_as_its_story_says(lines: Lines, item: world.Experiment) -> None:
    if item.ending == "planned":
        assert item.slug not in lines
        return
    found = _evaluate(lines[item.slug])
    expected = {"won": "winner", "lost": "harmful", "invalid": "blocked"}.get(item.ending, "no_difference")
    if item.ending != "running":
        assert found.verdict == expected
    assert found.srm_p is not None
    assert (found.srm_p < 0.001) == (item.ending == "invalid")
    if item.ending == "won":
        low = found.variants[1].lift.low
        assert low is not None
        assert low > 0


def test_tests_run_for_whole_weeks_and_running_ones_stop_at_the_last_day(lines: Lines) -> None:
    for item in world.EXPERIMENTS:
        if item.slug not in lines:
            continue
        days = {date.fromisoformat(row["date"]) for row in lines[item.slug]}
        start, end = world.run_period(item, LAST_DAY)
        assert min(days) == start
        assert max(days) == min(end, LAST_DAY)
        assert (end > LAST_DAY) == (item.ending == "running")
        assert item.days % 7 == 0
        visitors = sum(int(row["visitors"]) for row in lines[item.slug]) / 2
        assert item.ending == "running" or 20_000 <= visitors <= 60_000


def test_counted_contacts_are_those_that_carry_the_variant(lines: Lines, linde: generate.Written) -> None:
    tagged: dict[tuple[str, str], int] = defaultdict(int)
    seen: set[str] = set()
    for path in linde.files["contacts"]:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["experiment"] and row["external_id"].startswith("T") and row["external_id"] not in seen:
                    seen.add(row["external_id"])
                    tagged[row["experiment"], row["variant"]] += 1
    for item in world.EXPERIMENTS:
        for arm in ("A", "B"):
            counted = [row["contacts"] for row in lines.get(item.slug, []) if row["variant"] == arm]
            if item.counts_contacts:
                assert sum(map(int, counted)) == tagged[world.keys()[item.slug], arm]
            else:
                assert set(counted) <= {""}


def test_squares_are_possible(lines: Lines) -> None:
    for rows in lines.values():
        for row in rows:
            orders, total, squares = int(row["conversions"]), float(row["revenue_sum"]), float(row["revenue_sumsq"])
            assert int(row["visitors"]) >= orders
            assert squares * orders >= total**2 * 0.9999
