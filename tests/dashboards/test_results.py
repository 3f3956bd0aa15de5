"""The results page: its title claims no more than the interval allows, over the same days as the loop."""

from datetime import date, timedelta

import pytest

from accounts.models import Person
from dashboards.selectors.avoided import avoided_in
from metrics.periods import last_days
from tests.cast import ClientFor
from tests.dashboards import shop

pytestmark = pytest.mark.django_db


def _live(ratio: tuple[float, float, float], agent: Person, *, stopped_on: date = shop.TODAY) -> None:
    label = shop.theme("Return label")
    test = shop.trial(shop.idea(101, agent, label), 1, "measured")
    shop.live(test, shop.TODAY - timedelta(days=60), ratio=ratio)
    for back in range(1, 57):
        day = shop.TODAY - timedelta(days=back)
        if day < stopped_on:
            shop.count(label, day, 10)
            shop.count(None, day, 10)


@pytest.mark.parametrize(
    ("ratio", "title"),
    [
        ((0.8, 0.7, 0.9), "<h1>1 live change, 70 contacts fewer in 28 days</h1>"),
        ((0.9, 0.7, 1.1), "<h1>1 change is live and measured; no difference in contacts can be shown yet</h1>"),
        (
            (1.25, 1.1, 1.4),
            "<h1>Changes that went live brought 56 contacts more in the last 28 days</h1>",
        ),
    ],
)
def test_the_title_says_what_the_interval_allows(
    agent: Person, client_for: ClientFor, ratio: tuple[float, float, float], title: str
) -> None:
    _live(ratio, agent)
    assert title in client_for(agent).get("/results/").content.decode()


def test_when_data_stop_it_covers_the_same_days_as_the_loop(agent: Person, client_for: ClientFor) -> None:
    stopped_on = shop.TODAY - timedelta(days=10)
    _live((0.8, 0.7, 0.9), agent, stopped_on=stopped_on)
    shop.contact(1)
    total = avoided_in(last_days(stopped_on, 28)).total
    assert total.value == pytest.approx(70)
    browser = client_for(agent)
    assert "70 contacts fewer in 28 days" in browser.get("/results/").content.decode()
    assert "The loop took away 70 contacts in the last 28 days" in browser.get("/").content.decode()
