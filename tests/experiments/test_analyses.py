"""The shapes that the command prints, from rows of a file."""

import json
from datetime import date, timedelta
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from experiments import analyses

RELEASED = date(2026, 5, 4)


def rows(others: int = 10, exposure: bool = True, effect: float = 0.7) -> Any:
    rng = np.random.default_rng(6)
    start = RELEASED - timedelta(weeks=14)
    for i in range(7 * 20):
        day = start + timedelta(days=i)
        for j in range(others + 1):
            mean = 20.0 if j else 25.0 * (effect if day >= RELEASED else 1)
            row = {"date": day.isoformat(), "series": f"s{j}" if j else "fit", "contacts": str(rng.poisson(mean))}
            yield row | ({"exposure": "800"} if exposure else {})


def test_an_experiment_file() -> None:
    found: dict[str, Any] = analyses.experiment(
        [
            {"variant": "control", "visitors": "10000", "conversions": "500"},
            {"variant": "new", "visitors": "10000", "conversions": "600", "contacts": "12"},
        ]
    )
    assert set(found) == {"srm_p", "blocked", "variants", "verdict"}
    assert (found["srm_p"], found["blocked"], found["verdict"]) == (1.0, False, "winner")
    control, new = found["variants"]
    assert set(new) == {"variant", "rate", "low", "high", "lift", "lift_low", "lift_high", "p", "chance_to_win"}
    assert (new["rate"], new["lift"]) == (pytest.approx(0.06), pytest.approx(0.2))
    assert (control["lift"], control["p"]) == (None, None)
    json.dumps(found, allow_nan=False)


def test_no_conversions_anywhere_is_too_few_and_still_json() -> None:
    empty = [{"variant": name, "visitors": "50", "conversions": "0"} for name in "ab"]
    found = analyses.experiment(empty)
    assert found["verdict"] == "too_few"
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"variant": "b", "visitors": "10", "conversions": "11"}, "Line 3: more conversions than visitors."),
        ({"variant": "", "visitors": "10", "conversions": "1"}, "Line 3: the variant has no name."),
        ({"variant": "b", "visitors": "10"}, "Line 3: visitors and conversions are needed."),
        ({"variant": "b", "visitors": "x", "conversions": "1"}, "Line 3: visitors is not a number of 0 or more: 'x'."),
    ],
)
def test_a_bad_experiment_row_is_named(row: Any, sentence: Any) -> None:
    with pytest.raises(ValueError, match="Line 3") as caught:
        analyses.experiment([{"variant": "a", "visitors": "10", "conversions": "1"}, row])
    assert str(caught.value) == sentence
    with pytest.raises(ValueError, match="at least one variant"):
        analyses.experiment([{"variant": "a", "visitors": "10", "conversions": "1"}])


def test_a_deflection_file() -> None:
    found = analyses.deflection(rows(), series="fit", released_on=RELEASED)
    assert set(found) == {
        *("grade", "rate_ratio", "low", "high", "contacts_avoided", "avoided_low", "avoided_high"),
        *("weeks_before", "weeks_after", "flags", "verdict"),
    }
    assert (found["grade"], found["verdict"], found["weeks_before"], found["weeks_after"]) == ("B", "avoided", 12, 5)
    assert found["low"] < 0.7 < found["high"]  # type: ignore[operator]
    assert found["avoided_low"] <= found["contacts_avoided"] <= found["avoided_high"]  # type: ignore[operator]
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(("exposure", "grade"), [(True, "C"), (False, "D")])
def test_few_series_need_an_exposure(exposure: Any, grade: Any) -> None:
    found = analyses.deflection(rows(others=3, exposure=exposure), series="fit", released_on=RELEASED)
    assert found["grade"] == grade
    assert "few_comparison_series" in found["flags"]  # type: ignore[operator]
    assert (found["rate_ratio"] is None) == (grade == "D")
    json.dumps(found, allow_nan=False)


def test_the_filing_date_takes_its_weeks_out() -> None:
    filed = RELEASED - timedelta(days=10)
    found = analyses.deflection(rows(), series="fit", released_on=RELEASED, proposed_on=filed)
    assert found["weeks_before"] == 9, "fourteen weeks of history, five of them touched"


def test_a_series_that_is_not_there_is_said() -> None:
    with pytest.raises(ValueError, match="no series 'nope'"):
        analyses.deflection(rows(), series="nope", released_on=RELEASED)


def test_the_command_prints_json_alone(tmp_path: Any) -> None:
    file = tmp_path / "test.csv"
    file.write_text("\ufeffvariant,visitors,conversions\na,10000,500\nb,10000,400\n", encoding="utf-8")
    out = StringIO()
    call_command("analyse", "experiment", str(file), "--json", stdout=out)
    assert json.loads(out.getvalue())["verdict"] == "harmful"


def test_the_command_reads_a_deflection_and_signals(tmp_path: Any) -> None:
    file = tmp_path / "days.csv"
    lines = [",".join(row.values()) for row in rows()]
    file.write_text("\n".join(["date,series,contacts,exposure", *lines]), encoding="utf-8")
    out = StringIO()
    call_command("analyse", "deflection", str(file), "--series", "fit", "--released", str(RELEASED), stdout=out)
    assert json.loads(out.getvalue())["grade"] == "B"
    out = StringIO()
    call_command("analyse", "signals", str(file), "--json", stdout=out)
    assert set(json.loads(out.getvalue())) == {"day", "signals"}


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Any) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("analyse", "signals", str(tmp_path / "none.csv"))
