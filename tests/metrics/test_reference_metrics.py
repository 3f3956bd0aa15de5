"""Metrics and intervals against the reference cases; the case id stands in every test's name or parameter."""

from typing import Any

import pytest

from metrics import forecasts, intervals, scales
from metrics.comparisons import share_change
from metrics.formulas import metric
from metrics.sums import Sums, add_up
from tests import reference

pytestmark = pytest.mark.slow  # the same on every database


def test_m01_handling_time() -> None:
    given, expected, tolerance = reference.case("M01")
    minutes = given["talk_min"] + given["hold_min"] + given["followup_min"]
    found = metric("aht").compute(Sums(handle_n=given["calls"], handle_sum=60 * minutes, handle_sumsq=1e8))
    assert found.value == pytest.approx(60 * expected["aht_min"], abs=tolerance)
    assert found.unit == "seconds"


def test_m02_speed_of_answer() -> None:
    given, expected, tolerance = reference.case("M02")
    sums = Sums(wait_n=given["calls_handled"], wait_sum=given["queue_seconds"], wait_sumsq=2e7)
    assert metric("asa").compute(sums).value == pytest.approx(expected["asa_s"], abs=tolerance)


def test_m05_first_response_in_both_readings() -> None:
    given, expected, tolerance = reference.case("M05")
    found = scales.first_response_time([(t["first_response_min"], t["resolved"]) for t in given["tickets"]])
    assert found.resolved_cohort == pytest.approx(expected["frt_resolved_cohort_min"], abs=tolerance)
    assert found.literal == pytest.approx(expected["frt_seed_literal_min"], abs=tolerance)


def test_m06_first_contact_resolution() -> None:
    given, expected, tolerance = reference.case("M06")
    found = metric("fcr").compute(Sums(fcr_yes=given["resolved_first_contact"], fcr_known=given["incoming"]))
    assert found.value == pytest.approx(expected["fcr_pct"], abs=tolerance)
    assert [found.low, found.high] == pytest.approx(expected["ci95"], abs=tolerance)


def test_m07_goal_completion() -> None:
    given, expected, tolerance = reference.case("M07")
    answers = add_up(scales.answer_sums("gcr", score) or Sums() for score in [1] * given["yes"] + [0] * given["no"])
    assert metric("gcr").compute(answers).value == pytest.approx(expected["gcr_pct"], abs=tolerance)


def test_m08_promoter_classes() -> None:
    given, expected, tolerance = reference.case("M08")
    answers = add_up(scales.answer_sums("nps", score) or Sums() for score in given["scores"])
    assert (answers.promoters, answers.detractors) == (expected["promoters"], expected["detractors"])
    assert answers.n - answers.promoters - answers.detractors == expected["passives"]
    assert metric("nps").compute(answers).value == pytest.approx(expected["nps"], abs=tolerance)


def test_m09_promoter_score_variance() -> None:
    given, expected, tolerance = reference.case("M09")
    n = sum(given.values())
    sums = Sums(n=n, promoters=given["promoters"], detractors=given["detractors"])
    assert metric("nps").compute(sums).value == pytest.approx(expected["nps"], abs=tolerance)
    se = intervals.nps_se(given["promoters"], given["detractors"], n)
    assert se == pytest.approx(expected["se_wald"], abs=tolerance)


def test_m12_satisfaction_top_two_and_mean() -> None:
    given, expected, tolerance = reference.case("M12")
    answers = add_up(scales.answer_sums("csat", score) or Sums() for score in given["scores_1_5"])
    assert metric("csat").compute(answers).value == pytest.approx(expected["csat_top2_pct"], abs=tolerance)
    assert metric("csat_mean").compute(answers).value == pytest.approx(expected["csat_mean"], abs=tolerance)


def test_m14_value_score_needs_both_answers() -> None:
    given, expected, tolerance = reference.case("M14")
    answers = add_up(scales.answer_sums("ves", *pair) or Sums() for pair in given["answers"])
    assert (answers.n, answers.invited) == (expected["n"], len(given["answers"]))
    mean = answers.total / answers.n
    assert mean == pytest.approx(expected["ves_mean_1_7"], abs=tolerance)
    assert 2 * mean == pytest.approx(expected["ves_sum_2_14"], abs=tolerance)
    assert metric("ves").compute(answers).suppressed, "three answers are too few to show"


def test_m16_days_add_up_to_a_ratio_of_sums() -> None:
    given, expected, tolerance = reference.case("M16")
    days = [
        Sums(handle_n=day["contacts"], handle_sum=60 * day["handle_min"], handle_sumsq=1e7) for day in given.values()
    ]
    value = metric("aht").compute(add_up(days)).value
    assert value is not None
    assert value / 60 == pytest.approx(expected["aht_min"], abs=tolerance)


@pytest.mark.parametrize("id", ["asa", "csat", "nps"])
def test_m17_no_data_is_null(id: Any) -> None:
    found = metric(id).compute(Sums())
    assert (found.value, found.low, found.high, found.n) == (None, None, None, 0)
    assert found.flags == ("no_data",)
    assert reference.case("M17")[1]["nps"] is None


def test_m18_star_rating() -> None:
    given, expected, tolerance = reference.case("M18")
    found = metric("star").compute(Sums(n=given["n"], total=given["sum"], total_sq=given["sumsq"]))
    assert found.value == pytest.approx(expected["mean"], abs=tolerance)
    assert [found.low, found.high] == pytest.approx(expected["ci95"], abs=tolerance)
    spread = intervals.variance(given["n"], given["sum"], given["sumsq"])
    assert spread is not None
    assert spread**0.5 == pytest.approx(expected["sd"], abs=tolerance)


def test_m21_exact_rate() -> None:
    given, expected, tolerance = reference.case("M21")
    found = intervals.poisson_rate(given["count"], given["exposure"])
    assert found == pytest.approx(expected["rate_ci95"], abs=tolerance)


def test_m23_response_times_of_a_thread() -> None:
    given, expected, tolerance = reference.case("M23")
    waits, still_open = scales.reply_waits([(author, at) for author, at in given["thread"]])
    assert waits[0] == pytest.approx(expected["frt_s"], abs=tolerance)
    assert sum(waits) / len(waits) == pytest.approx(expected["art_s"], abs=tolerance)
    assert (len(waits), still_open) == (expected["n_replies"], False)


@pytest.mark.parametrize("id", ["P01", "P03"])
def test_wilson(id: Any) -> None:
    given, expected, tolerance = reference.case(id)
    assert intervals.wilson(given["x"], given["n"]) == pytest.approx(expected["ci95"], abs=tolerance)


@pytest.mark.parametrize("id", ["P10", "P12", "P14", "P16"])
def test_newcombe(id: Any) -> None:
    given, expected, tolerance = reference.case(id)
    found = intervals.newcombe_difference(given["x1"], given["n1"], given["x2"], given["n2"])
    assert found == pytest.approx(expected["ci95"], abs=tolerance)


def test_p20_exact_binomial() -> None:
    given, expected, tolerance = reference.case("P20")
    found = intervals.binomial_p(given["x"], given["n"], given["p0"])
    assert found == pytest.approx(expected["p"], abs=tolerance)


def test_a20_many_tests() -> None:
    given, expected, tolerance = reference.case("A20")
    adjusted = intervals.benjamini_hochberg(given["p"])
    assert adjusted[:4] == pytest.approx(expected["adj_bh_first4"], abs=tolerance)
    assert sum(q <= 0.05 for q in adjusted) == expected["n_bh"]
    assert sum(q <= 0.05 for q in intervals.holm(given["p"])) == expected["n_holm"]
    assert sum(p * len(given["p"]) <= 0.05 for p in given["p"]) == expected["n_bonf"]


def test_d20_two_rates() -> None:
    given, expected, tolerance = reference.case("D20")
    found = intervals.poisson_score_test(given["x1"], given["t1"], given["x2"], given["t2"])
    assert found is not None
    assert found.ratio == pytest.approx(expected["rate_ratio"], abs=tolerance)
    assert found.p == pytest.approx(expected["p_score_two_sided"], abs=tolerance)
    assert [found.low, found.high] == pytest.approx(expected["ci95_score"], abs=tolerance)


def test_g02_satisfaction_before_and_after() -> None:
    given, expected, tolerance = reference.case("G02")
    found = share_change(*given["after"], *given["before"])
    assert found.value == pytest.approx(100 * expected["diff"], abs=100 * tolerance)
    assert [found.low, found.high] == pytest.approx([100 * end for end in expected["ci95"]], abs=100 * tolerance)


def test_g04_goal_already_reached() -> None:
    given, expected, tolerance = reference.case("G04")
    found = forecasts.additive(given["achieved"], given["target"], given["weeks_left"])
    assert found.probability == pytest.approx(expected["probability"], abs=tolerance)
    assert forecasts.additive(50, 100, 0, [9, 9]).probability == 0.0, "no time left"
