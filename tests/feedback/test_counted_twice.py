"""Orders and visits that two files count for the same days: said before the import, and on the data health page."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.models import Company, Market, Person
from feedback.models import CommerceDay, Source
from feedback.selectors.counted_twice import Warned, counted_twice
from tests.feedback import exports
from tests.feedback.rows import NOW, bring_in

ClientFor = Callable[[Person], Client]
SHOP = "date,market,orders,revenue\n2026-03-04,NL,5,100\n2026-03-05,NL,6,120\n"
ANALYTICS = "date,market,sessions,orders\n2026-03-05,NL,500,5\n2026-03-06,NL,400,4\n"


@pytest.fixture
def browser(linking_pin: Person, client_for: ClientFor, company: Company, tmp_path: Path, settings: Settings) -> Client:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    return client_for(linking_pin)


def day(name: str, market: str = "", *, system: str = "files", detail: str = "", counts: dict[str, int]) -> None:
    source = Source.objects.get_or_create(name=name, defaults={"created_at": NOW, "system": system})[0]
    place = Market.objects.get_or_create(code=market, defaults={"name": market})[0] if market else None
    CommerceDay.objects.create(
        source=source,
        day=date(2026, 3, 5),
        market=place,
        external_id=f"2026-03-05|{market}|{detail and '|' + detail}",
        row_hash="x",
        **counts,
    )


def only() -> Warned:
    found = counted_twice()
    assert len(found) == 1
    return found[0]


@pytest.mark.django_db
class TestTwoSources:
    def test_orders_of_the_shop_and_of_analytics_say_which_numbers_suffer_and_what_to_do(self) -> None:
        day("Shop", "NL", counts={"orders": 5})
        day("Analytics", "NL", counts={"orders": 4, "sessions": 100})
        warned = only()
        assert warned.title == "Orders of NL count twice"
        assert "contacts per 1,000 orders look too low, and the conversion rate too high" in warned.text
        assert "Keep those of Shop: undo the import of Analytics" in warned.text
        assert warned.url == "/imports/?source=Analytics"

    def test_a_live_system_is_mended_in_its_settings(self) -> None:
        day("Shop", "NL", counts={"orders": 5})
        day("GA4", "NL", system="ga4", counts={"orders": 4, "sessions": 100})
        warned = only()
        assert "have GA4 leave out orders in its settings" in warned.text
        assert warned.url == f"/data/sources/{Source.objects.get(name='GA4').pk}/settings/"

    def test_rows_of_the_company_are_of_every_market(self) -> None:
        day("One", counts={"sessions": 90})
        day("Two", "NL", counts={"sessions": 100})
        assert only().title == "Visits count twice"

    def test_pages_and_days_of_one_source_are_two(self) -> None:
        day("Analytics", detail="page", counts={"sessions": 300})
        day("Analytics", counts={"sessions": 100})
        warned = only()
        assert "by day and split up by page or order" in warned.text
        assert "Undo the import that is split up" in warned.text

    @pytest.mark.parametrize(
        ("market", "counts"),
        [("BE", {"orders": 4}), ("NL", {"sessions": 100}), ("NL", {"orders": 0, "sessions": 10})],
    )
    def test_other_markets_and_other_counts_are_none(self, market: str, counts: dict[str, int]) -> None:
        day("Shop", "NL", counts={"orders": 5})
        day("Other", market, counts=counts)
        assert counted_twice() == []


@pytest.mark.django_db(transaction=True)
class TestOnThePages:
    def test_data_health_says_it(self, browser: Client) -> None:
        bring_in(SHOP, "commerce", source="Shop")
        bring_in(ANALYTICS, "commerce", source="Analytics")
        page = browser.get("/data/").content.decode()
        assert page.count("Orders of Netherlands count twice") == 1

    def test_each_pair_is_said_though_their_titles_are_the_same(self, browser: Client) -> None:
        for name in ("A & B", "C", "D"):
            bring_in(SHOP, kind="commerce", source=name)
        found = counted_twice()
        (title,) = {one.title for one in found}
        assert len({one.text for one in found}) == 3
        assert "/imports/?source=A+%26+B" in {one.url for one in found}
        assert browser.get("/data/").content.decode().count(title) == 3

    def test_the_orders_of_a_second_file_are_left_out_with_one_press(self, browser: Client) -> None:
        bring_in(SHOP, "commerce", source="Shop")
        address = self._upload(browser, ANALYTICS.encode(), "Analytics")
        page = browser.get(address).content.decode()
        assert "has the orders of 1 day of these already" in page
        assert 'value="column-3=-"' in page
        after = browser.post(
            address,
            {"column-0": "date", "column-1": "market", "column-2": "sessions", "column-3": "orders",
             "set": "column-3=-"},
        ).content.decode()  # fmt: skip
        assert "of these already" not in after
        assert "Ready to import" in after

    def test_days_after_pages_lead_to_the_import_that_is_to_be_undone(self, browser: Client) -> None:
        first = bring_in(
            exports.analytics_pages(),
            "commerce",
            source="Analytics",
            fields={"columns": {"date": "Date", "sessions": "Sessions", "detail": "Page path and screen class"}},
        )
        days = "date,sessions\n2026-03-04,400\n"
        page = browser.get(self._upload(browser, days.encode(), "Analytics")).content.decode()
        assert "brought 1 day of these already, split up by page or order" in page
        assert f'href="/imports/{first.pk}/undo/"' in page
        # Of another source it is another matter.
        elsewhere = browser.get(self._upload(browser, days.encode(), "Door counter")).content.decode()
        assert "split up by page or order" not in elsewhere
        assert "has the visits of 1 day of these already" in elsewhere
        assert "Keep one: leave this file out" in elsewhere

    def _upload(self, browser: Client, data: bytes, source: str) -> str:
        file = SimpleUploadedFile("counts.csv", data)
        return str(browser.post("/imports/", {"kind": "commerce", "source": source, "file": file}).headers["Location"])
