"""Numbers and days in two languages, and the tags that every template has."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from accounts import formats, notices

NBSP = "\u00a0"


def render(source: str, request: HttpRequest | None = None, **values: object) -> str:
    """A template string with values; `request` when the tag looks at the address."""
    return Template(source).render(Context({**values, **({"request": request} if request else {})}))


@pytest.mark.parametrize(
    ("language", "value", "places", "expected"),
    [
        ("en", 4310, 0, "4,310"),
        ("nl", 4310, 0, "4.310"),
        ("en", 10.44, 1, "10.4"),
        ("nl", 10.44, 1, "10,4"),
        ("en", -1234.5, 1, "−1,234.5"),
        ("en", -0.04, 1, "0.0"),
        ("nl", 1234567, 0, "1.234.567"),
    ],
)
def test_numbers_in_the_readers_language(language: str, value: float, places: int, expected: str) -> None:
    with translation.override(language):
        assert formats.decimal(value, places) == expected


def test_a_change_always_carries_its_sign() -> None:
    assert formats.signed(3.44, 1) == "+3.4"
    assert formats.signed(-0.8, 1) == "−0.8"
    assert formats.signed(0.04, 1) == "0.0"
    assert formats.signed_percent(2.1) == "+2.1%"


def test_money_from_cents() -> None:
    assert formats.money(1_720_040) == "€17,200"
    assert formats.money(446, "EUR", 2) == "€4.46"
    assert formats.money(-446, "GBP", 2) == "−£4.46"
    assert formats.money(123_400, "SEK") == f"SEK{NBSP}1,234"
    with translation.override("nl"):
        assert formats.money(1_720_040) == f"€{NBSP}17.200"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0 s"), (58, "58 s"), (59.6, "1:00"), (520, "8:40"), (11_400, "3 h 10"), (-45, "−45 s"), (345_600, "4 days")],
)
def test_durations(seconds: float, expected: str) -> None:
    assert formats.duration(seconds) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(941, "941"), (9_999, "9,999"), (58_940, "58.9k"), (99_960, "100k"), (999_600, "1.0m"), (13_000_000, "13.0m")],
)
def test_compact_counts(value: float, expected: str) -> None:
    assert formats.compact(value) == expected


def test_days_and_ranges() -> None:
    assert formats.day(date(2026, 10, 12)) == "12 Oct"
    assert formats.day_range(date(2026, 10, 24), date(2026, 11, 20)) == "24 Oct to 20 Nov 2026"
    assert formats.day_range(date(2026, 11, 16), date(2026, 11, 27)) == "16 to 27 Nov 2026"
    assert formats.day_range(date(2025, 12, 30), date(2026, 1, 4)) == "30 Dec 2025 to 4 Jan 2026"
    assert formats.day_range(date(2026, 11, 16), date(2026, 11, 16)) == "16 Nov 2026"
    with translation.override("nl"):
        assert formats.day(date(2026, 10, 12)) == "12 okt"


def test_a_moment_is_told_in_the_readers_zone() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    with timezone.override("Europe/Amsterdam"):
        assert formats.day(late) == "21 Nov"
        assert formats.moment(late) == "21 Nov 00:30"


def test_unknown_is_a_dash_and_never_zero() -> None:
    source = "{{ v|number }} {{ v|percent }} {{ v|money }} {{ v|duration }} {{ v|signed:1 }}"
    assert render(source, v=None) == "– – – – –"
    assert render(source, v=0) == "0 0.0% €0 0 s 0.0"
    assert render("{{ 0.614|ratio_percent }} {{ 0.021|signed_ratio_percent }} {{ 61|percent:0 }}") == "61.4% +2.1% 61%"


def test_icon_escapes_its_name() -> None:
    assert "icons.svg#bell" in render('{% icon "bell" %}')
    assert "<b>" not in render("{% icon name %}", name='"><b>')


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/themes/", True), ("/themes/12/", True), ("/themesx/", False), ("/", False), ("/ideas/mine/", False)],
)
def test_where_we_are(path: str, expected: bool) -> None:
    shown = render('{% here "themes" "ideas" but="ideas/mine" %}', RequestFactory().get(path))
    assert (shown == ' aria-current="page"') is expected


def test_the_loop_is_current_on_its_own_page_only() -> None:
    assert render('{% here "" %}', RequestFactory().get("/")) == ' aria-current="page"'
    assert render('{% here "" %}', RequestFactory().get("/themes/")) == ""


def test_changing_one_filter_keeps_the_others_and_starts_at_the_first_page() -> None:
    request = RequestFactory().get("/contacts/?q=code&channel=chat&after=99")
    assert render('{% with_query channel=None q="a b&c" %}', request) == "?q=a+b%26c".replace("&", "&amp;")
    assert render("{% with_query after=100 %}", request) == "?q=code&amp;channel=chat&amp;after=100"


def test_theme_of_the_browser_wins_over_the_profile() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert render("{% color_theme %}", request) == ""
    request.COOKIES["hb_theme"] = 'dark" onload="x'
    assert render("{% color_theme %}", request) == ""
    request.COOKIES["hb_theme"] = "dark"
    assert render("{% color_theme %}", request) == "dark"


def test_a_notice_knows_its_way_back() -> None:
    message = Message(25, "Declined", extra_tags="undo:/ideas/12/undo/")
    assert render("{{ message|undo_url }}", message=message) == "/ideas/12/undo/"
    assert notices.undo_address(None) == ""
    assert notices.undo_address("other") == ""


STATIC = Path(__file__).parents[2] / "static"


def test_stylesheet_obeys_the_policy() -> None:
    css = (STATIC / "app.css").read_text()
    assert "data:" not in css
    assert "@import" not in css
    assert "http:" not in css
    assert "https:" not in css
    # A4 is about 703 px wide: without `screen` the phone layout would be printed.
    for number, line in enumerate(css.splitlines(), 1):
        assert "@media (" not in line.replace("@media (prefers-reduced-motion", ""), f"line {number}: {line}"
        assert "@media(" not in line, f"line {number}: {line}"
    assert css.count("{") == css.count("}")


def test_script_obeys_the_policy() -> None:
    script = (STATIC / "app.js").read_text()
    for forbidden in ("eval(", "new Function", "innerHTML", "document.write", "setTimeout('"):
        assert forbidden not in script
