"""Charts are drawings with words: what must hold is that they say the right thing and that no word becomes markup."""

import json
import re
from xml.etree import ElementTree

import pytest
from django.template import Context, Template

from metrics import charts
from metrics.charts.svg import Scale, area, nice_ticks, path, short

pytestmark = pytest.mark.slow  # the same on every database

HOSTILE = """</script><script>alert("1")</script>'&"""


def parse(drawing: charts.Svg) -> ElementTree.Element:
    """The drawing as a tree: fails when it is not well-formed."""
    return ElementTree.fromstring(f"<root>{drawing.markup}</root>")  # noqa: S314 (our own markup)


def every_chart(words: str) -> dict[str, charts.Svg]:
    """One drawing of each kind, with `words` in every place that takes words."""
    line = charts.LineChart(
        label=words,
        series=[charts.Series([1.0, None, 3.0], "gold", label=words), charts.Series([2.0, 2.0, 2.0], dashed=True)],
        x_labels=[(0, words), (2, words)],
        format=lambda value: words,
        band=charts.Band([1.0, 1.0, 1.0], [3.0, 3.0, 3.0]),
        fill=charts.Fill([2.0, 2.0, 2.0], [1.0, None, 1.0], start=0),
        marks=[charts.Mark(0, words, "rel", short=words), charts.Mark(2, words, "live", row=1, short=words)],
        target=charts.Target(2.5, words),
        shade=(0, 1),
        crosshair=charts.Crosshair(words, [words] * 3, [(words, [words] * 3)]),
    )
    interval = charts.Interval(words, 1.0, 0.5, 1.5, "green", goal=1.2)
    curve = charts.Curve(words, [(1, 9.0), (8, 2.0)], [1, 8], [0, 10], words, (4, 5.0), words, 3.0, words)
    stage = charts.Stage(words, 3, 9, words, limit=5)
    return {
        "time_series": charts.time_series(line),
        "responsive": charts.responsive(line),
        "small_multiple": charts.small_multiple(line),
        "sparkline": charts.sparkline([1.0, 2.0], words),
        "forest": charts.forest([interval], words, span=(0, 2), ticks=[0, 1, 2], format_=lambda value: words),
        "forest_both": charts.forest_both([interval], words, span=(0, 2), ticks=[0, 2]),
        "interval_cell": charts.interval_cell(interval, words, span=(0, 2), ticks=[0, 1]),
        "interval_axis": charts.interval_axis([0, 1], span=(0, 2), format_=lambda value: words),
        "curve": charts.curve(curve),
        "dots": charts.dots(2, 1, words),
        "bar": charts.bar(0.4, label=words, mark=0.5),
        "stack": charts.stack([(0.5, 1), (0.2, 3)], words),
        "swatch": charts.swatch(2),
        "progress": charts.progress(1, 4, words),
        "capacity": charts.capacity(5, 10, 20, words),
        "goal_track": charts.goal_track(3.04, 3.17, 3.25, words),
        "days_per_stage": charts.days_per_stage([stage], words, ticks=[0, 5, 10]),
        "quota": charts.quota([(words, 1), (words, 0)], words),
        "calendar": charts.calendar([charts.Stretch(words, 1, 3)], words, ticks=[(0, words)], span=(0, 8), today=2),
    }


@pytest.mark.parametrize("kind", every_chart("x"))
def test_hostile_words_stay_words(kind: str) -> None:
    drawing = every_chart(HOSTILE)[kind]
    tree = parse(drawing)
    assert all(node.get("type") == "application/json" for node in tree.iter("script"))
    assert "<script>" not in drawing.markup
    for node in tree.iter():
        assert not any(name.startswith("on") or name == "style" for name in node.attrib)


@pytest.mark.parametrize("kind", sorted(set(every_chart("x")) - {"swatch", "interval_axis"}))
def test_every_chart_says_its_finding(kind: str) -> None:
    finding = "3,180 contacts fewer, 2,390 to 3,940"
    images = [node for node in parse(every_chart(finding)[kind]).iter("svg") if node.get("role") == "img"]
    assert images
    assert all(node.get("aria-label") == finding for node in images)


def test_decoration_is_hidden_from_screen_readers() -> None:
    for drawing in (charts.swatch(1), charts.bar(0.5)):
        (svg,) = parse(drawing).iter("svg")
        assert svg.get("aria-hidden") == "true"
        assert svg.get("role") is None


def test_the_chart_tag_takes_drawings_only() -> None:
    page = Template("{% load charts %}{% chart drawing %}")
    shown = page.render(Context({"drawing": charts.bar(0.5, label="half <b>")}))
    assert 'aria-label="half &lt;b&gt;"' in shown
    assert "<svg" in shown
    assert page.render(Context({"drawing": None})) == ""
    with pytest.raises(TypeError, match="not str"):
        page.render(Context({"drawing": "<script>"}))


def test_crosshair_data_survives_the_page() -> None:
    chart = charts.LineChart(
        "Falling",
        [charts.Series([3.0, 2.0])],
        crosshair=charts.Crosshair("Weekly values", ["Week 46", HOSTILE], [("Observed", ["3.0", HOSTILE])]),
    )
    markup = charts.time_series(chart).markup
    block = re.search(r'<script type="application/json">(.*?)</script>', markup, re.DOTALL)
    assert block
    data = json.loads(block[1])
    assert data["labels"] == ["Week 46", HOSTILE]
    assert data["series"] == [{"name": "Observed", "values": ["3.0", HOSTILE]}]
    assert data["n"] == 2


def test_line_goes_up_when_the_number_does_and_gaps_stay_gaps() -> None:
    chart = charts.LineChart("Rising", [charts.Series([1.0, 2.0, None, 4.0], "gold")], low=0, high=4)
    frame = charts.Frame(100, 100, 0, 0, 0, 0)
    (line,) = [
        node for node in parse(charts.time_series(chart, frame)).iter("path") if "k-gold" in node.get("class", "")
    ]
    assert line.get("d") == "M0 75L33.3 50M100 0"


def test_avoided_area_starts_where_it_is_told() -> None:
    chart = charts.LineChart(
        "Avoided",
        [charts.Series([4.0, 3.0, 1.0])],
        fill=charts.Fill([4.0, 4.0, 4.0], [4.0, 3.0, 1.0], start=1),
        low=0,
        high=4,
    )
    drawing = charts.time_series(chart, charts.Frame(100, 100, 0, 0, 0, 0))
    (filled,) = [node for node in parse(drawing).iter("path") if "b-green" in node.get("class", "")]
    assert filled.get("d") == "M50 0L100 0L100 75L50 25Z"


def test_a_chart_without_a_known_value_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one known value"):
        charts.time_series(charts.LineChart("Nothing", [charts.Series([None, None])]))


def test_bars_start_at_zero_and_never_overflow() -> None:
    def width(share: float) -> str | None:
        rects = [node for node in parse(charts.bar(share)).iter("rect") if "bf" in node.get("class", "")]
        return rects[0].get("width")

    assert [width(share) for share in (-1, 0, 0.001, 0.5, 7)] == ["0", "0", "1.5", "60", "120"]


def test_goal_track_runs_the_way_that_is_better() -> None:
    def places(start: float, now: float, goal: float) -> tuple[float, float, float]:
        tree = parse(charts.goal_track(start, now, goal, "x"))
        circles = {node.get("class", "").split()[0]: float(node.get("cx", "")) for node in tree.iter("circle")}
        upright = next(float(node.get("x1", "")) for node in tree.iter("line"))
        return circles["ga"], circles["gn"], upright

    for way in ((158.4, 142.9, 138.0), (3.04, 3.17, 3.25)):
        start, now, goal = places(*way)
        assert start < now < goal


def test_intervals_are_held_inside_the_axis() -> None:
    drawing = charts.interval_cell(charts.Interval("", 1, -50, 50), "wide", span=(0, 2), ticks=[0])
    (line,) = [node for node in parse(drawing).iter("line") if node.get("class") == "w"]
    assert (line.get("x1"), line.get("x2")) == ("6", "184")


@pytest.mark.parametrize(
    ("low", "high", "steps", "expected"),
    [
        (0, 10, 4, [0, 2.5, 5, 7.5, 10]),
        (6.9, 10.1, 4, [6, 7, 8, 9, 10, 11]),
        (0.2, 0.4, 2, [0.2, 0.3, 0.4]),
        (5, 5, 4, [4, 6]),
        (-3, 3, 3, [-4, -2, 0, 2, 4]),
    ],
)
def test_ticks_are_round_and_cover_the_values(low: float, high: float, steps: int, expected: list[float]) -> None:
    ticks = nice_ticks(low, high, steps)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert ticks == pytest.approx(expected)


def test_small_geometry() -> None:
    assert short(12.04) == "12"
    assert short(-0.01) == "0"
    assert path([(0, 0), None, (1, 2.25), (2, 3)]) == "M0 0M1 2.2L2 3"
    assert area([], [(0, 1)]) == ""
    assert Scale(5, 5, 0, 100)(5) == 50
