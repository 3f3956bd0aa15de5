"""A/B evaluation against published values, and the verdicts."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments import effects, win_rates
from experiments.effects import Mean, Proportion, Ratio
from experiments.evaluation import (
    Arm,
    Guardrail,
    Plan,
    contacts_per_visitor,
    evaluate,
    evaluate_running,
    relative_lift,
    split_check,
)
from metrics import intervals
from tests import reference

STARTED = date(2026, 9, 7)


def means(given: Any) -> Any:
    return [Mean(given[arm]["n"], given[arm]["sum"], given[arm]["sumsq"]) for arm in "ab"]


@pytest.mark.parametrize(("id", "name"), [("A01", "lift"), ("A02", "diff"), ("A19", "diff")])
def test_welch(id: Any, name: Any) -> None:
    inputs, expected, tolerance = reference.case(id)
    control, variant = means(inputs)
    found = effects.welch(control, variant, relative=inputs["relative"])
    assert found is not None
    assert found.value == pytest.approx(expected[name], abs=tolerance)
    assert [found.low, found.high] == pytest.approx(expected["ci95"], abs=tolerance)
    assert found.p == pytest.approx(expected["p"], abs=tolerance)
    if "df" in expected:
        df = intervals.welch_df(control.mean_variance, control.n, variant.mean_variance, variant.n)
        assert df == pytest.approx(expected["df"], abs=tolerance)
        assert abs(found.value / found.se) == pytest.approx(expected["t_abs"], abs=tolerance)


def test_a04_always_valid_interval() -> None:
    inputs, expected, tolerance = reference.case("A04")
    found = effects.sequential(*means(inputs), planned=inputs["nstar"])
    assert found is not None
    assert found.value == pytest.approx(expected["lift"], abs=tolerance)
    assert [found.low, found.high] == pytest.approx(expected["ci95"], abs=tolerance)
    assert found.p == pytest.approx(expected["p"], abs=tolerance)


def test_a06_flat_prior() -> None:
    inputs, expected, tolerance = reference.case("A06")
    a, b = (Proportion(inputs[arm]["n"], inputs[arm]["x"]) for arm in "ab")
    found = effects.bayes(a, b, prior_sd=None)
    assert found is not None
    assert found.value == pytest.approx(expected["lift"], abs=tolerance)
    assert [found.low, found.high] == pytest.approx(expected["ci95"], abs=tolerance)
    assert found.chance_to_win == pytest.approx(expected["chance_to_win"], abs=tolerance)
    assert found.risk_keep == pytest.approx(expected["risk_keep"], abs=tolerance)
    assert found.risk_ship == pytest.approx(expected["risk_ship"], abs=tolerance)


@pytest.mark.parametrize(("id", "broken"), [("A10", True), ("A12", False)])
def test_split_check(id: Any, broken: Any) -> None:
    inputs, expected, tolerance = reference.case(id)
    arms = [Arm(str(i), n, n / 10) for i, n in enumerate(inputs["counts"])]
    assert split_check(arms, inputs["weights"]) == pytest.approx(expected["p"], abs=tolerance)
    assert evaluate(arms, weights=inputs["weights"]).blocked is broken


def test_a13_and_a15_planner() -> None:
    inputs, expected, tolerance = reference.case("A13")
    found = effects.visitors_per_arm(inputs["p1"], inputs["p2"] / inputs["p1"] - 1)
    assert found == pytest.approx(expected["n_exact"], abs=1e-5)
    inputs, expected, tolerance = reference.case("A15")
    mean = effects.visitors_per_arm_mean(inputs["sd"], inputs["delta"], power=inputs["power"])
    assert mean == pytest.approx(expected["n_exact"], abs=tolerance + 0.02)
    assert effects.weeks_needed(1094, 2, 500) == 5
    assert effects.weeks_needed(10, 2, 500) == 2, "never under two weeks"


def test_a21_contacts_per_visitor() -> None:
    inputs, expected, tolerance = reference.case("A21")
    a, b = (
        Arm(arm, inputs[arm]["n"], 0, contacts=inputs[arm]["sum"], contacts_sumsq=inputs[arm]["sumsq"]) for arm in "ab"
    )
    found = contacts_per_visitor(a, b)
    assert found.value == pytest.approx(expected["rel"]["lift"], abs=tolerance)
    assert [found.low, found.high] == pytest.approx(expected["rel"]["ci95"], abs=tolerance)
    always = effects.sequential(*means(inputs), planned=5000)
    assert always is not None
    assert [always.low, always.high] == pytest.approx(expected["seq_ci95_nstar5000"], abs=tolerance)


def test_a23_relative_lift() -> None:
    inputs, expected, tolerance = reference.case("A23")
    control, variant = (Arm(arm, inputs[arm]["n"], inputs[arm]["x"]) for arm in "ab")
    found = relative_lift(control, variant)
    assert found.value == pytest.approx(expected["lift"], abs=tolerance)
    assert [found.low, found.high] == pytest.approx(expected["ci95"], abs=tolerance)


def test_r05_win_rates() -> None:
    inputs, expected, tolerance = reference.case("R05")
    found = win_rates.compare(tuple(inputs["cs"]), tuple(inputs["other"]))
    assert found.service_higher == pytest.approx(expected["prob_cs_higher"], abs=tolerance)
    assert found.difference.value == pytest.approx(expected["diff_mean"], abs=tolerance)
    assert [found.difference.low, found.difference.high] == pytest.approx(expected["ci95_newcombe"], abs=tolerance)
    assert not found.known
    assert win_rates.decided_needed(0.2, 0.3) == 294
    assert win_rates.compare((0, 0), (3, 9)).service_higher is None


def test_a_ratio_metric_knows_its_covariance() -> None:
    rng = np.random.default_rng(3)
    orders = rng.poisson(2, 4000).astype(float)
    revenue = orders * 50 + rng.normal(0, 10, 4000)
    found = Ratio(
        4000, revenue.sum(), (revenue**2).sum(), orders.sum(), (orders**2).sum(), float((revenue * orders).sum())
    )
    resampled = [revenue[pick].sum() / orders[pick].sum() for pick in (rng.integers(0, 4000, 4000) for _ in range(400))]
    assert found.mean_variance**0.5 == pytest.approx(np.std(resampled), rel=0.15)


def test_cuped_takes_out_what_the_covariate_explains() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(10, 2, 3000)
    y = x + rng.normal(0, 1, 3000)
    plain = Mean(3000, y.sum(), (y**2).sum())
    adjusted = effects.cuped(3000, y.sum(), (y**2).sum(), x.sum(), (x**2).sum(), (x * y).sum(), 1.0)
    assert adjusted.mean_variance == pytest.approx(plain.mean_variance / 5, rel=0.1)


def arms(control: Any, variant: Any, visitors: int = 10000) -> Any:
    return [Arm("control", visitors, control), Arm("variant", visitors, variant)]


@pytest.mark.parametrize(
    ("conversions", "verdict"),
    [((500, 600), "winner"), ((600, 500), "harmful"), ((500, 510), "no_difference"), ((500, 9), "too_few")],
)
def test_verdicts_of_a_finished_test(conversions: Any, verdict: Any) -> None:
    assert evaluate(arms(*conversions)).verdict == verdict


def test_a_broken_split_blocks_even_a_clear_win() -> None:
    found = evaluate([Arm("control", 10000, 500), Arm("variant", 11000, 900)])
    assert (found.blocked, found.verdict) == (True, "blocked")


def test_several_variants_pay_for_being_several() -> None:
    three = evaluate([*arms(500, 565), Arm("third", 10000, 505)])
    two = evaluate(arms(500, 565))
    assert (two.verdict, three.verdict) == ("winner", "no_difference")
    assert three.variants[1].p == pytest.approx(2 * two.variants[1].p)  # type: ignore[operator]


def test_a_win_that_costs_contacts_is_no_win() -> None:
    rail = Guardrail("contacts", Mean(10000, 300, 400), Mean(10000, 420, 560), worse="higher")
    assert rail.violated
    assert evaluate(arms(500, 600), guardrails=[rail]).verdict == "guardrail_worse"


def test_the_shrunk_lift_is_smaller_than_the_seen_one() -> None:
    found = evaluate(arms(500, 600)).variants[1]
    assert 0 < found.shrunk.value < found.lift.value  # type: ignore[operator]


@pytest.mark.parametrize(
    ("day", "conversions", "verdict", "final"),
    [
        (10, (500, 570), "running", False),  # significant on a fixed horizon, not yet for daily looks
        (10, (500, 800), "running", False),  # a clear win waits for two whole weeks
        (10, (800, 500), "harmful", False),  # harm does not wait
        (16, (500, 800), "winner", False),
        (28, (500, 570), "winner", True),
    ],
)
def test_a_running_test_is_read_by_the_always_valid_interval(
    day: Any, conversions: Any, verdict: Any, final: Any
) -> None:
    plan = Plan(STARTED, STARTED + timedelta(days=27), visitors=40000)
    found = evaluate_running(arms(*conversions), plan, today=STARTED + timedelta(days=day - 1))
    assert (found.verdict, found.final) == (verdict, final)


def test_a_test_that_was_stopped_says_so() -> None:
    plan = Plan(STARTED, STARTED + timedelta(days=27), visitors=40000)
    stopped = STARTED + timedelta(days=8)
    found = evaluate_running(arms(500, 560), plan, today=stopped + timedelta(days=40), stopped_on=stopped)
    assert (found.verdict, found.final) == ("stopped_early", False)
    assert "not_whole_weeks" in found.flags


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), max_size=4))
def test_evaluation_never_raises_and_orders_its_intervals(counts: Any) -> None:
    found = evaluate([Arm(str(i), visitors, x) for i, (visitors, x) in enumerate(counts)])
    for result in found.variants:
        for one in (result.rate, result.lift, result.always_valid, result.difference, result.shrunk):
            if one.value is not None and one.low is not None and one.high is not None:
                assert one.low <= one.value <= one.high
