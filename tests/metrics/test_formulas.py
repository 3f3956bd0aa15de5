"""The registry: sums in, an honest estimate out."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.estimate import UNITS
from metrics.formulas import REGISTRY, metric
from metrics.scales import answer_sums, csat_satisfied, csat_scaled, reply_waits
from metrics.sums import FIELDS, Sums, add_up

pytestmark = pytest.mark.slow  # the same on every database

CELLS = st.builds(Sums, **{name: st.integers(0, 1000) for name in FIELDS})


def test_every_kpi_of_the_guide_is_in_the_registry() -> None:
    assert set(REGISTRY) == {
        *("conversion_rate", "contacts_per_1000_orders", "complaints_per_1000_orders"),
        *("csat", "csat_mean", "star", "nps", "enps", "ces", "ces_agree", "ves", "gcr"),
        *("frt", "asa", "art", "aht", "fcr"),
    }


@pytest.mark.parametrize("id", REGISTRY)
def test_an_entry_reads_only_sums_that_exist_and_says_its_unit(id: Any) -> None:
    entry = metric(id)
    assert set(entry.needs) <= set(FIELDS)
    assert entry.unit in UNITS
    assert entry.compute(Sums()).unit == entry.unit
    assert entry.name
    assert entry.formula
    assert entry.reference


def test_handling_time_is_nobodys_target() -> None:
    assert metric("aht").direction == "none"
    assert metric("contacts_per_1000_orders").direction == "down"


@given(st.lists(CELLS, max_size=5), st.sampled_from(sorted(REGISTRY)))
def test_estimates_never_raise_and_hold_their_value(cells: Any, id: Any) -> None:
    found = metric(id).compute(add_up(cells), phi=2.5)
    if found.value is None:
        assert found.low is None
        assert found.high is None
        assert found.flags
    elif found.low is not None and found.high is not None:
        assert found.low <= found.value <= found.high
    json.dumps(found.as_json(), allow_nan=False)


@given(CELLS, CELLS, CELLS)
def test_cells_add_up_in_any_order(a: Any, b: Any, c: Any) -> None:
    assert add_up([a, b, c]) == (a + b) + c == a + (c + b)
    assert (a + b) - b == a


@pytest.mark.parametrize(
    ("n", "suppressed", "flags"), [(4, True, ("hidden",)), (5, False, ("small",)), (30, False, ())]
)
def test_surveys_are_hidden_then_grey_then_plain(n: Any, suppressed: Any, flags: Any) -> None:
    found = metric("enps").compute(Sums(n=n, promoters=n))
    assert (found.suppressed, found.flags, found.n) == (suppressed, flags, n)
    assert (found.value is None) == suppressed


@pytest.mark.parametrize(("n", "flags"), [(49, ("rough",)), (50, ())])
def test_durations_over_few_contacts_are_rough(n: Any, flags: Any) -> None:
    assert metric("frt").compute(Sums(first_n=n, first_sum=60 * n, first_sumsq=7200 * n)).flags == flags


def test_one_contact_has_a_duration_and_no_interval() -> None:
    found = metric("aht").compute(Sums(handle_n=1, handle_sum=300, handle_sumsq=90000))
    assert (found.value, found.low, found.high) == (300, None, None)
    assert set(found.flags) == {"rough", "no_interval"}


def test_contacts_without_orders_have_no_rate() -> None:
    found = metric("contacts_per_1000_orders").compute(Sums(contacts=12))
    assert (found.value, found.flags) == (None, ("no_exposure",))


def test_no_contacts_is_a_rate_of_zero_with_an_upper_end() -> None:
    found = metric("contacts_per_1000_orders").compute(Sums(orders=1000))
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(3.688879, abs=1e-5)  # chi-square(0.975, 2) / 2


def test_more_orders_than_sessions_is_said_not_bent() -> None:
    found = metric("conversion_rate").compute(Sums(sessions=10, orders=11))
    assert (found.value, found.flags) == (None, ("impossible",))


def test_dispersion_widens_the_contact_rate() -> None:
    sums = Sums(contacts=200, orders=10000)
    narrow, wide = (metric("contacts_per_1000_orders").compute(sums, phi=phi) for phi in (1, 4))
    assert narrow.value == wide.value == 20
    assert wide.low < narrow.low < narrow.high < wide.high  # type: ignore[operator]


def test_sums_read_a_database_row() -> None:
    assert Sums.of({"contacts": 3, "orders": None, "day": "2026-11-22"}) == Sums(contacts=3)


@pytest.mark.parametrize(
    ("score", "scale", "scaled"),
    [
        (3, (-5, 5), 4.2),
        (-5, (-5, 5), 1),
        (75, (0, 100), 4),
        (6, (1, 5), None),
        (None, (1, 5), None),
        (1, (1, 1), None),
    ],
)
def test_satisfaction_on_another_scale(score: Any, scale: Any, scaled: Any) -> None:
    found = csat_scaled(score, *scale)
    assert found == (None if scaled is None else pytest.approx(scaled))


def test_on_minus_five_to_five_three_and_up_is_satisfied() -> None:
    satisfied = [x for x in range(-5, 6) if csat_satisfied(csat_scaled(x, -5, 5) or 0)]
    assert satisfied == [3, 4, 5]


def test_a_score_outside_its_scale_is_rejected() -> None:
    assert answer_sums("nps", 11) is None
    assert answer_sums("ves", 3, 9) is None
    assert answer_sums("csat", None) == Sums(invited=1)


def test_an_effort_answer_of_five_agrees() -> None:
    assert [(answer_sums("ces", score) or Sums()).hits for score in (4, 5, 7)] == [0, 1, 1]


def test_customer_messages_in_a_row_are_one_turn_and_an_unanswered_one_stays_open() -> None:
    found = reply_waits([("customer", 0), ("customer", 50), ("agent", 60), ("agent", 70), ("customer", 90)])
    assert (found.waits, found.open) == ((60,), True)
