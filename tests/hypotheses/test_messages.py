"""What people read about their ideas, and that nothing is claimed which was not measured."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from hypotheses import diagram, scoring, states
from outbox import messages

COMMON: dict[str, Any] = {
    "key": "HYP-112",
    "title": "Return label on the order page",
    "by": "Daan Vermeer",
    "note": "Well seen.",
}
MEASURED = COMMON | {"contacts_avoided": 1410.4, "low": 1020.0, "high": 1790.0, "weeks": 8, "grade": "B"}


UNCLAIMED = ["no_difference", "too_early", "moved", "existing_trend", "trend_only", "insufficient"]


def test_every_move_that_is_told_has_its_words() -> None:
    told = {row.name for row in states.MOVES if row.told} | {"answer"}
    for name in told:
        rendered = messages.write_out(f"hypothesis_{name}", COMMON)
        assert "earlier version" not in rendered.title, name
        assert rendered.url == "/ideas/HYP-112/", name
        assert rendered.about == "HYP-112", name


def test_a_reason_reaches_the_agent() -> None:
    rendered = messages.write_out("hypothesis_decline", COMMON)
    assert rendered.title == "Your idea was not picked: Return label on the order page"
    assert "Daan Vermeer explains: “Well seen.”" in rendered.body


def test_a_question_asks() -> None:
    assert messages.write_out("hypothesis_ask", COMMON).tone == "ask"


def test_an_effect_is_told_in_people_with_its_interval() -> None:
    rendered = messages.write_out("hypothesis_measure", MEASURED | {"verdict": "avoided"})
    assert rendered.title == "Thanks to you, 1,410 customers did not have to ask: Return label on the order page"
    assert "between 1,020 and 1,790" in rendered.body
    assert "after 8 weeks" in rendered.body
    assert rendered.tone == "good"


@pytest.mark.parametrize("verdict", UNCLAIMED)
def test_nothing_is_claimed_without_the_verdict(verdict: str) -> None:
    rendered = messages.write_out("hypothesis_measure", MEASURED | {"verdict": verdict})
    assert rendered.tone == ""
    assert "Thanks to you" not in rendered.title
    assert "1,410" not in rendered.title + rendered.body


def test_more_contacts_are_said_plainly() -> None:
    worse = MEASURED | {"verdict": "more_contacts", "contacts_avoided": -200.0, "low": -350.0, "high": -50.0}
    rendered = messages.write_out("hypothesis_measure", worse)
    assert rendered.title == "More customers asked than before: Return label on the order page"
    assert "200 contacts more than expected after 8 weeks, somewhere between 50 and 350" in rendered.body


@pytest.mark.parametrize(
    ("decision", "start", "tone"),
    [
        ("won", "Your idea won its test", "good"),
        ("inconclusive", "No difference, not going live", ""),
        ("lost", "The test says no, not going live", ""),
    ],
)
def test_a_decision_comes_with_what_was_learned(decision: str, start: str, tone: str) -> None:
    rendered = messages.write_out("hypothesis_decide", COMMON | {"decision": decision})
    assert rendered.title.startswith(start)
    assert "What we learned: Well seen." in rendered.body
    assert rendered.tone == tone


def test_messages_survive_a_percent_sign_and_missing_parameters() -> None:
    odd = COMMON | {"title": "100% of %(key)s", "note": "50% less"}
    for name in {row.name for row in states.MOVES if row.told} | {"answer"}:
        with translation.override("nl"):
            assert messages.write_out(f"hypothesis_{name}", odd).title
        assert messages.write_out(f"hypothesis_{name}", {}).title


def test_the_diagram_in_the_docs_is_the_table() -> None:
    assert Path(settings.BASE_DIR, "docs", "hypothesis-states.md").read_text() == diagram.document()


def test_points_keep_the_order_of_the_product_and_add_up_to_a_hundred() -> None:
    low = {name: least for name, (least, _most) in scoring.POINT_RANGES.items()}
    high = {name: most for name, (_least, most) in scoring.POINT_RANGES.items()}
    assert sum(part.points for part in scoring.points(low)) == pytest.approx(0)
    assert sum(part.points for part in scoring.points(high)) == pytest.approx(100)
    middle = dict(low, reach=3.0)
    better = dict(middle, effort=1.0)
    assert sum(p.points for p in scoring.points(middle)) < sum(p.points for p in scoring.points(better)) < 100
    assert scoring.points({}) == ()
