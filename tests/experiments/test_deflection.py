"""Contacts avoided: the estimator against its reference cases, the design's weeks, the grades and what lowers them."""

import csv
import math
import time
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from experiments import calibrated
from experiments.deflection import Case, measure, portfolio, worth
from experiments.evaluation import Arm, contacts_per_visitor
from experiments.interrupted import step_and_trend
from experiments.weeks import DailyCounts, lay_out, weekly
from metrics.glm import fit_poisson
from tests import reference

START = date(2026, 1, 5)
RELEASED = START + timedelta(weeks=16)


def days(
    *,
    effect: float = 1.0,
    seed: int = 1,
    others: int = 12,
    level: float = 30.0,
    weeks: int = 28,
    drift: float = 0.0,
    orders: bool = True,
) -> Any:
    """A theme and untouched themes with a common shock, day by day; the effect starts with the release."""
    rng = np.random.default_rng(seed)
    n = 7 * weeks
    shared = np.exp(np.cumsum(rng.normal(0, 0.01, n)))
    series = {f"other {i}": rng.poisson(rng.uniform(5, 60) * shared).astype(float) for i in range(others)}
    mean = level * shared * np.exp(drift * np.arange(n) / 7)
    mean[7 * 16 :] *= effect
    series["theme"] = rng.poisson(mean).astype(float)
    return DailyCounts(START, series, np.full(n, 1000.0) if orders else None)


@pytest.mark.parametrize("id", ["D10", "D13"])
def test_reference_series(id: Any) -> None:
    inputs, expected, tolerance = reference.case(id)
    index = int(inputs["data"].split("[")[1].rstrip("]"))
    made = reference.data("deflection_cases.json")[index]
    y, controls = np.array(made["y"], float), np.array(made["controls"], float)
    before = np.arange(len(y)) < 12
    found = calibrated.compare(y, controls, before, ~before)
    assert found is not None
    low, high = found.interval()
    assert math.exp(found.log_ratio) == pytest.approx(expected["rr"], abs=tolerance)
    assert [math.exp(low), math.exp(high)] == pytest.approx(expected["rr_ci95"], abs=tolerance)
    assert found.phi == pytest.approx(expected["phi"], abs=tolerance)
    assert found.tau == pytest.approx(expected["tau"], abs=tolerance)
    assert found.after * math.expm1(-found.log_ratio) == pytest.approx(expected["avoided"], abs=0.01)
    assert math.exp(low) <= expected["must_cover_rr"] <= math.exp(high)


@pytest.mark.parametrize("index", range(4))
def test_every_generated_series(index: Any) -> None:
    made = reference.data("deflection_cases.json")[index]
    y, controls, result = np.array(made["y"], float), np.array(made["controls"], float), made["result"]
    before = np.arange(len(y)) < 12
    found = calibrated.compare(y, controls, before, ~before)
    assert found is not None
    assert found.log_ratio == pytest.approx(result["log_rr"])
    assert (found.total_se, found.tau) == pytest.approx((math.hypot(result["se"], result["tau"]), result["tau"])) or (
        found.total_se == pytest.approx(result["se"])
    )
    trend = calibrated.trend_t(y[before], controls.sum(axis=0)[before])
    assert trend == pytest.approx(made["pretrend"][1])


@pytest.mark.shared_data
def test_d01_sicily_smoking_ban() -> None:
    expected, tolerance = reference.case("D01")[1:]
    with (reference.SHARED / "sicily.csv").open() as file:
        rows = list(csv.DictReader(file))
    y, step, people = (np.array([float(row[name]) for row in rows]) for name in ("aces", "smokban", "stdpop"))
    design = np.column_stack([np.ones(len(y)), np.arange(len(y)), step])
    fit = fit_poisson(y, design, np.log(people))
    half = 1.959964 * math.sqrt(fit.covariance[-1, -1])
    found = [math.exp(fit.coefficients[-1] + arm) for arm in (0, -half, half)]
    assert found[0] == pytest.approx(expected["rr"], abs=tolerance)
    # The published ends are cut, not rounded: .86469 to .92509 here and in statsmodels.
    assert found[1:] == pytest.approx(expected["ci95"], abs=0.001)


@pytest.mark.shared_data
def test_d05_proposition_99() -> None:
    expected, tolerance = reference.case("D05")[1:]
    with (reference.SHARED / "california_prop99.csv").open() as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    cells: dict[tuple[bool, bool], list[float]] = {}
    for row in rows:
        key = row["State"] == "California", int(row["Year"]) >= 1989
        cells.setdefault(key, []).append(float(row["PacksPerCapita"]))
    mean = {key: sum(values) / len(values) for key, values in cells.items()}
    effect = mean[True, True] - mean[True, False] - (mean[False, True] - mean[False, False])
    assert effect == pytest.approx(expected["att"], abs=tolerance)


def test_weeks_are_anchored_at_the_release_and_the_first_is_dropped() -> None:
    design = lay_out(days(), RELEASED)
    roles = [week.role for week in design.weeks]
    assert roles == ["before"] * 12 + ["washout"] + ["after"] * 11
    assert design.weeks[12].starts_on == RELEASED
    assert all((week.starts_on - RELEASED).days % 7 == 0 for week in design.weeks)


def test_weeks_around_the_filing_are_replaced_by_earlier_ones() -> None:
    filed = RELEASED - timedelta(days=17)
    design = lay_out(days(), RELEASED, filed_on=filed)
    before = [week.starts_on for week in design.weeks if week.role == "before"]
    assert len(before) == 11, "16 weeks of history, five of them touched"
    for start in before:
        assert start >= filed or start + timedelta(days=7) <= filed - timedelta(days=28)
    skipped = [week.starts_on for week in design.weeks if week.role == "selection"]
    assert skipped == [RELEASED - timedelta(weeks=k) for k in (7, 6, 5, 4, 3)]


def test_an_unfinished_week_does_not_count() -> None:
    short = days(weeks=28)
    cut = DailyCounts(START, {name: counts[:-1] for name, counts in short.series.items()}, short.exposure)
    assert len(lay_out(cut, RELEASED).indexes("after")) == 10


def test_weekly_sums() -> None:
    assert weekly(np.arange(21.0), [0, 14]).tolist() == [21.0, 119.0]


def test_a_real_fall_is_found_with_its_chart_and_its_worth() -> None:
    found = measure(days(effect=0.7), Case("theme", RELEASED))
    assert (found.grade, found.verdict, found.flags) == ("B", "avoided", ())
    assert found.rate_ratio.low < 0.7 < found.rate_ratio.high  # type: ignore[operator]
    assert 0 < found.avoided.low < found.avoided.value < found.avoided.high  # type: ignore[operator]
    assert (found.weeks_before, found.weeks_after) == (12, 11)
    for week in found.weeks:
        assert week.low <= week.expected <= week.high  # type: ignore[operator]
        assert week.per_1000(week.observed) == pytest.approx(week.observed / 7)
    money = worth(found.avoided, 450)
    assert (money.unit, money.value) == ("cents", pytest.approx(450 * found.avoided.value))  # type: ignore[operator]


def test_the_same_input_gives_the_same_answer_fast() -> None:
    data, case = days(others=20), Case("theme", RELEASED)
    began = time.perf_counter()
    assert measure(data, case) == measure(data, case)
    assert (time.perf_counter() - began) / 2 < 0.05


def test_few_other_themes_leave_the_own_history_or_nothing() -> None:
    with_orders = measure(days(others=7, effect=0.6), Case("theme", RELEASED))
    assert (with_orders.grade, with_orders.verdict) == ("C", "trend_only")
    assert with_orders.rate_ratio.low < 0.6 < with_orders.rate_ratio.high  # type: ignore[operator]
    without = measure(days(others=7, orders=False), Case("theme", RELEASED))
    assert (without.grade, without.rate_ratio.value, without.avoided.value) == ("D", None, None)
    assert without.flags == ("few_comparison_series",)


@pytest.mark.parametrize(
    ("case", "data", "flag"),
    [
        (Case("theme", START + timedelta(weeks=7)), days(), "few_weeks_before"),
        (Case("theme", START + timedelta(weeks=26)), days(), "few_weeks_after"),
        (Case("theme", RELEASED), days(level=0.2), "few_contacts"),
        (Case("theme", RELEASED, other_releases=[RELEASED + timedelta(weeks=3)]), days(), "overlapping_release"),
        (Case("theme", RELEASED, tagging_changed_on=RELEASED - timedelta(weeks=3)), days(), "tagging_changed"),
    ],
)
def test_too_little_is_said_and_no_number_given(case: Any, data: Any, flag: Any) -> None:
    found = measure(data, case)
    assert found.grade == "D"
    assert flag in found.flags
    assert found.rate_ratio.value is None


def test_a_release_of_last_week_is_too_early() -> None:
    found = measure(days(weeks=18), Case("theme", RELEASED))
    assert (found.grade, found.verdict, found.more_weeks) == ("D", "too_early", 1)


def test_a_theme_that_was_falling_anyway_is_not_claimed() -> None:
    found = measure(days(drift=-0.04), Case("theme", RELEASED))
    assert "existing_trend" in found.flags
    assert (found.grade, found.verdict) == ("C", "existing_trend")


def test_contacts_that_moved_to_a_sibling_are_not_avoided() -> None:
    made = days(effect=0.6)
    moved = np.random.default_rng(9).poisson(20.0, made.days).astype(float)
    moved[7 * 16 :] += 12
    data = DailyCounts(START, {**made.series, "sibling": moved}, made.exposure)
    found = measure(data, Case("theme", RELEASED, siblings=["sibling"]))
    assert (found.verdict, "moved" in found.flags) == ("moved", True)
    assert found.guardrails.moved > 0.5 * found.avoided.value  # type: ignore[operator]


def test_a_theme_with_few_contacts_asks_for_more_weeks() -> None:
    found = measure(days(level=3, weeks=19), Case("theme", RELEASED))
    assert found.verdict == "too_early"
    assert found.more_weeks is not None
    assert found.more_weeks > 0


def test_a_theme_too_small_for_any_number_of_weeks_is_never_called_unchanged() -> None:
    found = measure(days(level=0.9, weeks=24), Case("theme", RELEASED))
    assert (found.verdict, found.flags, found.more_weeks) == ("insufficient", ("too_noisy",), None)


def test_the_test_itself_is_the_best_evidence() -> None:
    arms = [
        Arm("a", 50000, 0, contacts=1500, contacts_sumsq=2100),
        Arm("b", 50000, 0, contacts=1200, contacts_sumsq=1650),
    ]
    found = measure(days(effect=0.8), Case("theme", RELEASED, randomised=contacts_per_visitor(*arms)))
    assert (found.grade, found.verdict) == ("A", "avoided")
    assert found.rate_ratio.value == pytest.approx(0.8)


def test_the_portfolio_adds_up_also_what_shows_nothing() -> None:
    found = [measure(days(effect=effect, seed=seed), Case("theme", RELEASED)) for seed, effect in ((1, 0.7), (2, 1.0))]
    total = portfolio([*found, measure(days(level=0.2), Case("theme", RELEASED))])
    assert total.n == 2
    assert total.value == pytest.approx(sum(one.avoided.value for one in found))  # type: ignore[misc]
    widths = [one.avoided.high - one.avoided.low for one in found]  # type: ignore[operator]
    assert total.high - total.low == pytest.approx(math.hypot(*widths))  # type: ignore[operator]
    assert portfolio([]).value is None


def test_the_own_history_finds_a_step_beside_a_trend() -> None:
    data = days(effect=0.6, drift=-0.02, others=1)
    found = step_and_trend(data.series["theme"], data, lay_out(data, RELEASED))
    assert found is not None
    assert abs(found.log_ratio - math.log(0.6)) < 2.5 * found.se


@pytest.mark.slow
@pytest.mark.parametrize("effect", [1.0, 0.8])
def test_the_interval_covers_the_truth(effect: Any) -> None:
    """150 simulated releases: the published coverage of the calibrated estimator is .95 to .99."""
    covered = 0
    for seed in range(150):
        found = measure(days(effect=effect, seed=seed, weeks=22), Case("theme", RELEASED)).rate_ratio
        covered += found.low <= effect <= found.high
    assert covered >= 135


def test_nothing_raises_on_empty_series() -> None:
    zero = DailyCounts(START, {f"s{i}": np.zeros(200) for i in range(12)}, np.zeros(200))
    assert measure(zero, Case("s0", RELEASED)).grade == "D"
    nothing = DailyCounts(START, {"s0": np.zeros(0)}, None)
    assert measure(nothing, Case("s0", RELEASED)).grade == "D"
