"""Scores: the definitions, and the evidence score with every factor shown."""

import math
from dataclasses import replace
from typing import Any

import pytest

from hypotheses import scoring
from hypotheses.scoring import Counted, Evidence, evidence_score
from tests import reference

KNOWN = Evidence(
    reach=Counted(400, 20000),
    recent=Counted(220, 10000),
    previous=Counted(360, 20000),
    typical_per_order=0.01,
    prior_orders=5000,
    csat_gap=0.5,
    wins=6,
    trials=14,
    effort_days=4,
)


def test_r01_rice() -> None:
    given, expected, tolerance = reference.case("R01")
    assert scoring.rice(**given) == pytest.approx(expected["rice"], abs=tolerance)
    assert scoring.rice(500, 3, 1, 0) is None


def test_r02_ice() -> None:
    given, expected, tolerance = reference.case("R02")
    assert scoring.ice(**given) == pytest.approx(expected["ice_mean"], abs=tolerance)
    assert scoring.ice(**given, product=True) == pytest.approx(expected["ice_product"], abs=tolerance)


def test_pie_is_a_mean_and_pxl_a_sum_with_a_lid() -> None:
    assert scoring.pie(8, 6, 7) == 7
    assert scoring.pxl({"ease": 9, "user_testing": 1, "unknown": 5}) == 4
    assert scoring.pxl({"mine": 2}, {"mine": 1}) == 1


def test_the_evidence_score_by_hand() -> None:
    found = evidence_score(KNOWN)
    reach = 1000 * (400 + 5000 * 0.01) / 25000
    trend = math.sqrt((220.5 / 10000) / (360.5 / 20000))
    assert found.value == pytest.approx(reach * math.exp(0.15) * trend * (10 / 30) / 4)
    assert found.value == pytest.approx(math.prod(factor.multiplier for factor in found.factors))
    assert [factor.id for factor in found.factors] == ["reach", "satisfaction", "trend", "chance", "effort"]


@pytest.mark.parametrize(
    ("changed", "higher"),
    [
        ({"reach": Counted(500, 20000)}, True),
        ({"csat_gap": 1.0}, True),
        ({"recent": Counted(300, 10000)}, True),
        ({"wins": 8}, True),
        ({"effort_days": 8}, False),
        ({"impact": 9}, True),
        ({"impact": 2}, False),
    ],
)
def test_each_factor_pulls_its_own_way(changed: Any, higher: Any) -> None:
    assert (evidence_score(replace(KNOWN, **changed)).value > evidence_score(KNOWN).value) is higher


def test_what_is_not_known_changes_nothing() -> None:
    nothing = replace(KNOWN, csat_gap=None, recent=Counted(0, 0), wins=0, trials=0)
    multipliers = {factor.id: factor.multiplier for factor in evidence_score(nothing).factors}
    assert (multipliers["satisfaction"], multipliers["trend"], multipliers["chance"]) == (1, 1, 0.25)


def test_extremes_are_capped() -> None:
    wild = replace(KNOWN, csat_gap=9, recent=Counted(9000, 10), effort_days=0)
    multipliers = {factor.id: factor.multiplier for factor in evidence_score(wild).factors}
    assert multipliers["satisfaction"] == pytest.approx(math.exp(0.6))
    assert multipliers["trend"] == pytest.approx(math.sqrt(2))
    assert multipliers["effort"] == 2


def test_the_company_mean_replaces_one_in_four() -> None:
    assert scoring.company_prior(0, 0) == (4, 12)
    assert scoring.company_prior(0, 15) == (4, 12)
    assert scoring.company_prior(30, 60) == (8, 8)
    assert scoring.company_prior(0, 16) == (0.5, 15.5)
