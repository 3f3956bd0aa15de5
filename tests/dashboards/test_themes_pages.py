"""The table of themes: numbers, filters, order, files and what stands where nothing is."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from accounts.models import Person
from feedback.models import Theme
from tests.cast import ClientFor
from tests.dashboards import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_for: ClientFor, linking_pin: Person) -> Client:
    return client_for(linking_pin)


@pytest.fixture
def two(linking_pin: Person) -> tuple[Theme, Theme]:
    label, slot = shop.theme("Return label missing"), shop.theme("Changing the delivery slot")
    shop.counts(label, 30)
    shop.counts(slot, 10)
    shop.orders(100)
    return label, slot


def page(browser: Client, query: str = "") -> str:
    response = browser.get(f"/themes/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_numbers_are_counted_by_hand(browser: Client, two: tuple[Theme, Theme]) -> None:
    text = page(browser)
    # 28 days × 30 of 28 × 40 contacts; 28 × 100 orders.
    assert "Most contacts are about “Return label missing”: 75.0% of all" in text
    assert "<b>840</b>" in text
    assert ">300.0</td>" in text
    assert "2 themes from 1,120 contacts, 25 Oct to 21 Nov 2026." in text
    assert "400.0 contacts for every 1,000 orders" in text
    # One minute of handling each, at the company's 62 cents.
    assert "€521" in text


def test_every_count_opens_its_rows(browser: Client, two: tuple[Theme, Theme]) -> None:
    wanted = f"?from=2026-10-25&to=2026-11-21&market=NL&theme={two[0].pk}"
    shop.counts(two[0], 5, market=shop.market().pk)
    assert escape(wanted) in page(browser, "?market=NL")


def test_a_change_is_coloured_only_outside_normal_variation(browser: Client, two: tuple[Theme, Theme]) -> None:
    jumped = shop.theme("Wero pending")
    shop.counts(jumped, {0: 40, 1: 40, 2: 40, 3: 40, 4: 20, 5: 20, 6: 20, 7: 20})
    text = page(browser)
    assert '<span class="delta flat">0%</span>' in text
    assert '<span class="delta bad">+100%' in text


def test_sorting_and_searching_stand_in_the_address(browser: Client, two: tuple[Theme, Theme]) -> None:
    by_name = page(browser, "?sort=name")
    assert by_name.index("Changing the delivery slot") < by_name.index("Return label missing")
    assert 'aria-sort="ascending"' in by_name
    found = page(browser, "?q=LABEL")
    assert "Return label missing" in found
    assert "Changing the delivery slot" not in found


def test_a_filter_without_matches_says_so_and_offers_the_way_back(browser: Client, two: tuple[Theme, Theme]) -> None:
    text = page(browser, "?q=nothing+like+it")
    assert "Nothing matches “nothing like it”." in text
    assert "Clear filters" in text


def test_an_installation_without_contacts_explains_what_will_come(browser: Client, company: object) -> None:
    text = page(browser)
    assert "No themes yet" in text
    assert "Upload contacts" in text


def test_only_importers_are_sent_to_upload(client_for: ClientFor, agent: Person) -> None:
    assert "Upload contacts" not in client_for(agent).get("/themes/").content.decode()


def test_the_top_twelve_are_shown_and_all_on_request(browser: Client, two: tuple[Theme, Theme]) -> None:
    for number in range(12):
        shop.counts(shop.theme(f"Small theme {number}"), 1)
    text = page(browser)
    assert text.count('<tr class="row"') == 12
    assert "Top 12 of 14 themes" in text
    assert page(browser, "?all=1").count('<tr class="row"') == 14


def test_old_data_is_shown_where_nothing_new_came(browser: Client, company: object) -> None:
    old = shop.theme("Late flight")
    for back in range(5):
        day = shop.TODAY - timedelta(days=4000 + back)
        shop.count(old, day, 3)
        shop.count(None, day, 3)
    text = page(browser)
    assert "Late flight" in text
    assert "Orders per day are not known" in text


def test_where_a_theme_is_in_the_loop(browser: Client, two: tuple[Theme, Theme], agent: Person) -> None:
    label, slot = two
    shop.idea(1, agent, label)
    carried = shop.idea(2, agent, slot, "testing", sprint=shop.sprint())
    shop.trial(carried, 7, starts_on=shop.FIRST, ends_on=shop.YESTERDAY)
    text = page(browser)
    assert "To triage, HYP-1" in text
    assert "Decide, EXP-7" in text


def test_the_search_finds_ideas_and_tests_too(browser: Client, two: tuple[Theme, Theme], agent: Person) -> None:
    carried = shop.idea(41, agent, two[0], "testing", sprint=shop.sprint())
    shop.trial(carried, 8)
    assert "HYP-41" in page(browser, "?q=Idea+41")
    assert "EXP-8" in page(browser, "?q=Test+8")


def test_a_rising_theme_is_announced(browser: Client, linking_pin: Person) -> None:
    steady, rising = shop.theme("Steady"), shop.theme("Wero pending")
    shop.counts(steady, 12, days=91)
    shop.counts(rising, {0: 30} | dict.fromkeys(range(1, 13), 2), days=91)
    shop.orders(100, days=91)
    text = page(browser)
    assert "Rising fast: Wero pending." in text
    assert "210 contacts in seven days against an expected 14" in text


def test_the_file_holds_every_theme_with_intervals_and_no_formulas(browser: Client, two: tuple[Theme, Theme]) -> None:
    Theme.objects.filter(pk=two[0].pk).update(name='=HYPERLINK("x")')
    response = browser.get("/themes/export/")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [float(row["contacts"]) for row in rows] == [840, 280]
    assert float(rows[0]["per_1000_orders_low"]) < 300 < float(rows[0]["per_1000_orders_high"])
    assert not rows[0]["theme"].startswith("=")


def test_the_queries_do_not_grow_with_the_themes(browser: Client, two: tuple[Theme, Theme], agent: Person) -> None:
    shop.live(shop.trial(shop.idea(1, agent, two[0], "released"), 1, "released"), shop.FIRST)
    page(browser)
    with CaptureQueriesContext(connection) as few:
        page(browser, "?all=1")
    for number in range(20):
        one = shop.theme(f"Theme {number}")
        shop.counts(one, 2)
        carried = shop.idea(100 + number, agent, one, "released")
        shop.live(shop.trial(carried, 100 + number, "released"), shop.FIRST)
    page(browser)
    with CaptureQueriesContext(connection) as many:
        page(browser, "?all=1")
    assert len(many) <= len(few)
