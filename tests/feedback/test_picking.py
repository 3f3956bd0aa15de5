"""From cells to fields: several columns, and words turned into other words."""

import pytest

from feedback.normalise import Problem
from feedback.picking import PATH_MARK, picker

pytestmark = pytest.mark.slow  # the same on every database


def test_cells_are_stripped_and_empty_ones_left_out() -> None:
    pick = picker({"channel": (0,), "market": (1,)}, {"language": "nl", "stage": ""})

    assert pick([" mail ", "  "]) == {"language": "nl", "channel": "mail"}


def test_several_columns_are_levels_of_a_reason_or_a_date_and_a_time() -> None:
    pick = picker({"reason": (0, 1, 2), "occurred_at": (3, 4)}, {})

    assert pick(["Delivery", "", "Late", "2026-03-01", " 09:30 "]) == {
        "reason": f"Delivery{PATH_MARK}Late",
        "occurred_at": "2026-03-01 09:30",
    }
    assert pick(["", "", "", "2026-03-01", ""]) == {"occurred_at": "2026-03-01"}


def test_a_converter_sees_each_distinct_cell_once() -> None:
    seen: list[str] = []

    def upper(cell: str) -> str:
        seen.append(cell)
        return "" if cell == "-" else cell.upper()

    pick = picker({"channel": (0,), "reason": (1, 2)}, {}, {"channel": upper, "reason": upper})

    assert pick([" mail", "a", "b"]) == {"channel": "MAIL", "reason": f"A{PATH_MARK}B"}
    assert pick(["mail ", "-", "b"]) == {"channel": "MAIL", "reason": "B"}
    assert pick(["-", "-", ""]) == {}
    assert seen == ["mail", "a", "b", "-", "-"]


def test_what_a_converter_refuses_is_refused_every_time() -> None:
    def refuse(cell: str) -> str:
        raise Problem("channel", cell, "not_yes_no")

    pick = picker({"channel": (0,)}, {}, {"channel": refuse})

    for _ in range(2):
        with pytest.raises(Problem):
            pick(["x"])
