"""Rising themes: the detector against its reference case, published bounds and statsmodels."""

import csv
import time
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import analyses
from metrics.glm import fit_poisson, weekday_design
from metrics.signals import calm_again, scan, theme_day
from tests import reference

pytestmark = pytest.mark.slow  # the same on every database

INSECT_SPRAYS = {  # R datasets::InsectSprays (Beall 1942)
    "A": [10, 7, 20, 14, 14, 12, 10, 23, 17, 20, 14, 13],
    "B": [11, 17, 21, 11, 16, 14, 17, 17, 19, 21, 7, 13],
    "C": [0, 1, 7, 2, 3, 1, 2, 1, 3, 0, 1, 4],
    "D": [3, 5, 12, 6, 4, 3, 5, 5, 5, 5, 2, 4],
    "E": [3, 5, 3, 5, 3, 6, 1, 1, 3, 2, 6, 4],
    "F": [11, 9, 15, 22, 15, 16, 13, 10, 26, 26, 24, 13],
}


def test_e05_exactly_the_injected_themes_are_raised() -> None:
    inputs, expected, _ = reference.case("E05")
    made = reference.data(inputs["data"].split("/")[1])
    found = scan(made["themes"], made["exposure"], made["dow"])
    assert [one.series for one in found if one.level != "none"] == expected["raised"]
    assert {one.series: one.level for one in found if one.level != "none"} == expected["levels"]


def test_e07_dispersion_of_the_insect_sprays() -> None:
    expected, tolerance = reference.case("E07")[1:]
    y = np.concatenate([np.array(counts, float) for counts in INSECT_SPRAYS.values()])
    design = np.column_stack([np.ones(72), np.kron(np.eye(6), np.ones((12, 1)))[:, 1:]])
    fit = fit_poisson(y, design)
    assert fit.phi == pytest.approx(expected["phi"], abs=tolerance)
    assert fit.coefficients[2] == pytest.approx(expected["coef_sprayC"], abs=tolerance)
    assert fit.se(2) == pytest.approx(expected["se"], abs=tolerance)


@pytest.mark.shared_data
def test_e01_weekly_bounds_of_the_published_detector() -> None:
    """EARS C1: mean + z sd of the seven weeks before; the series we tune on reproduces the published bounds."""
    expected, tolerance = reference.case("E01")[1:]
    with (reference.SHARED / "salmNewportGermany.csv").open() as file:
        rows = list(csv.DictReader(file))
    counts = np.array([float(row["n"]) for row in rows])
    first = next(i for i, row in enumerate(rows) if (row["iso"], row["wk"]) == ("2011", "1"))
    windows = [counts[i - 7 : i] for i in range(first, first + 4)]
    bounds = [window.mean() + 1.6448536 * window.std(ddof=1) for window in windows]
    assert bounds == pytest.approx(expected["ub"], abs=tolerance)


def test_the_regression_equals_statsmodels_with_weights_and_offset() -> None:
    rng = np.random.default_rng(5)
    days = np.arange(56.0)
    orders, weights = rng.uniform(500, 1500, 56), rng.uniform(0.2, 1, 56)
    y = rng.poisson(orders * 0.01).astype(float)
    fit = fit_poisson(y, weekday_design(days % 7), np.log(orders), weights)
    theirs = sm.GLM(
        y, weekday_design(days % 7), family=sm.families.Poisson(), offset=np.log(orders), freq_weights=weights
    ).fit()
    assert fit.coefficients == pytest.approx(np.asarray(theirs.params), abs=1e-7)
    assert fit.covariance == pytest.approx(np.asarray(theirs.cov_params()), abs=1e-6)


def test_a_weekday_without_contacts_does_not_break_the_fit() -> None:
    y = np.array([5, 6, 4, 5, 7, 3, 0] * 8, float)
    fit = fit_poisson(y, weekday_design(np.arange(56.0) % 7))
    assert fit.mu[6] < 1e-3
    assert fit.mu[:6] == pytest.approx(y[:6], rel=1e-6)


def daily(days: int = 80, level: float = 6.0, seed: int = 2) -> Any:
    return np.random.default_rng(seed).poisson(level, days).astype(float).tolist()


def test_a_new_theme_rises_from_nothing() -> None:
    counts = [0.0] * 75 + [2.0, 3.0, 4.0, 6.0, 8.0]
    (found,) = scan({"new": counts}, [1000.0] * 80, [i % 7 for i in range(80)])
    assert (found.level, found.observed) == ("alert", 23)
    assert found.expected == pytest.approx(0.5 * 7 / 56)


def test_a_theme_that_only_follows_the_orders_is_no_signal() -> None:
    orders = [1000.0] * 73 + [2500.0] * 7
    counts = daily()
    grown = counts[:73] + daily(7, level=15.0)
    weekdays = [i % 7 for i in range(80)]
    assert scan({"t": grown}, orders, weekdays)[0].level == "none"
    assert scan({"t": grown}, [1000.0] * 80, weekdays)[0].level == "alert"


def test_a_few_contacts_are_never_a_signal() -> None:
    counts = [0.0] * 76 + [1.0] * 4
    assert scan({"t": counts}, [1.0] * 80, [i % 7 for i in range(80)])[0].level == "none"


def test_too_short_a_history_is_left_out() -> None:
    assert theme_day(daily(30), [1.0] * 30, [0] * 30) is None
    assert scan({"young": daily(30)}, [1.0] * 30, [0] * 30) == []


def test_a_day_without_known_orders_counts_as_a_typical_one() -> None:
    orders = [1000.0] * 80
    weekdays = [i % 7 for i in range(80)]
    holes = orders.copy()
    holes[40], holes[79] = 0.0, float("nan")
    assert theme_day(daily(), holes, weekdays) == theme_day(daily(), orders, weekdays)


def test_an_alarm_closes_after_seven_calm_days() -> None:
    assert calm_again([0.01, *[0.5] * 7])
    assert not calm_again([0.5] * 6)
    assert not calm_again([0.5] * 6 + [0.1])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=63, max_size=80), st.floats(0, 5000))
def test_no_series_raises(counts: Any, orders: Any) -> None:
    found = theme_day([float(x) for x in counts], [orders] * len(counts), [i % 7 for i in range(len(counts))])
    assert found is not None
    assert 0 <= found.p <= 1
    assert found.expected > 0


def test_a_hundred_themes_take_less_than_a_second() -> None:
    themes = {str(i): daily(seed=i) for i in range(100)}
    began = time.perf_counter()
    assert len(scan(themes, [1000.0] * 80, [i % 7 for i in range(80)])) == 100
    assert time.perf_counter() - began < 1


def rows(days: int = 80, jump: bool = False) -> Any:
    start = date(2026, 8, 1)
    for i in range(days):
        day = (start + timedelta(days=i)).isoformat()
        yield {"date": day, "series": "calm", "contacts": str(int(daily(days)[i])), "exposure": "1000"}
        extra = 25 if jump and i >= days - 4 else 0
        yield {"date": day, "series": "rising", "contacts": str(int(daily(days, seed=8)[i]) + extra)}


def test_a_file_gives_the_day_and_its_signals() -> None:
    found: dict[str, Any] = analyses.signals(rows(jump=True))
    assert found["day"] == "2026-10-19"
    (signal,) = found["signals"]
    assert (signal["series"], signal["level"]) == ("rising", "alert")
    assert set(signal) == {"series", "level", "observed", "expected", "q"}


def test_an_earlier_day_of_a_file_knows_nothing_of_later_ones() -> None:
    found = analyses.signals(rows(jump=True), day=date(2026, 10, 15))
    assert found == {"day": "2026-10-15", "signals": []}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"date": "soon", "series": "a", "contacts": "1"}, "Line 2: not a date like 2026-11-22: 'soon'."),
        ({"date": "2026-01-01", "series": "", "contacts": "1"}, "Line 2: the series has no name."),
        ({"date": "2026-01-01", "series": "a", "contacts": ""}, "Line 2: contacts is empty."),
        (
            {"date": "2026-01-01", "series": "a", "contacts": "-3"},
            "Line 2: contacts is not a number of 0 or more: '-3'.",
        ),
    ],
)
def test_a_bad_row_is_named(row: Any, sentence: Any) -> None:
    with pytest.raises(ValueError, match="Line 2") as caught:
        analyses.signals([row])
    assert str(caught.value) == sentence


def test_a_day_outside_the_file_and_an_empty_file_are_said() -> None:
    with pytest.raises(ValueError, match="no rows for 2027-01-01"):
        analyses.signals(rows(), day=date(2027, 1, 1))
    with pytest.raises(ValueError, match="no rows"):
        analyses.signals([])
