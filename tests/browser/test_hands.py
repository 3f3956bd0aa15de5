"""What hands do on the pages: dragging, menus, single keys; and what a printer puts on paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect
from pytest_django import Settings

from hypotheses.models import Hypothesis, Status
from tests import furnished, people
from tests.browser.conftest import SignedIn
from tests.furnished import House


@pytest.fixture
def house(live_server: object, tmp_path: Path, settings: Settings) -> Iterator[House]:
    settings.UPLOAD_DIR = tmp_path
    with time_machine.travel(furnished.NOW):
        yield furnished.furnish()


@pytest.fixture
def lead(signed_in: SignedIn, house: House) -> Page:
    """The CRO lead's screen."""
    return signed_in(people.person("cro_lead"))


def column_of(page: Page, key: str) -> str:
    """The column in which a card stands."""
    return str(page.locator(f".card[data-id={key}]").evaluate("card => card.closest('[data-col]').dataset.col"))


def building(key: str) -> bool:
    return Hypothesis.objects.get(number=int(key.removeprefix("HYP-"))).building_since is not None


def test_a_card_moves_by_drag_by_menu_and_by_key(lead: Page, house: House) -> None:
    key = house.planned.key
    card = lead.locator(f".card[data-id={key}]")
    lead.goto(house.pages["hypotheses:sprint-board"])
    assert column_of(lead, key) == "planned"

    # By drag: the mouse goes in small steps, as a hand does.
    box, goal = card.bounding_box(), lead.locator(".cards[data-col=building]").bounding_box()
    assert box is not None
    assert goal is not None
    lead.mouse.move(box["x"] + 12, box["y"] + box["height"] - 8)
    lead.mouse.down()
    lead.mouse.move(goal["x"] + 40, goal["y"] + 30, steps=12)
    with lead.expect_navigation():
        lead.mouse.up()
    assert column_of(lead, key) == "building"
    assert building(key)

    # By menu.
    card.locator("details.mv summary").click()
    with lead.expect_navigation():
        card.locator("details.mv button[value=planned]").click()
    assert column_of(lead, key) == "planned"
    assert not building(key)

    # By key: m opens the menu of the card in focus, Enter presses its first button.
    card.focus()
    lead.keyboard.press("m")
    first = card.locator("details.mv button").first
    expect(first).to_be_focused()
    wanted = first.get_attribute("value")
    with lead.expect_navigation():
        lead.keyboard.press("Enter")
    assert column_of(lead, key) == wanted != "planned"


def test_keys_walk_the_queue_and_answer_an_idea(lead: Page, house: House) -> None:
    lead.goto(house.pages["hypotheses:triage"])
    lead.keyboard.press("j")
    expect(lead.locator("[data-rows] li.sel")).to_be_focused()
    lead.keyboard.press("k")
    expect(lead.locator("[data-rows] li").first).to_have_class("sel")
    for key, dialog in (("q", "do-ask"), ("d", "do-decline")):
        lead.keyboard.press(key)
        expect(lead.locator(f"dialog#{dialog}")).to_be_visible()
        lead.keyboard.press("Escape")
        expect(lead.locator(f"dialog#{dialog}")).to_be_hidden()
    with lead.expect_navigation():
        lead.keyboard.press("a")
    house.waiting.refresh_from_db()
    assert house.waiting.status == Status.ACCEPTED


def test_keys_go_from_page_to_page(lead: Page, house: House) -> None:
    lead.goto(house.pages["dashboards:loop"])
    lead.keyboard.press("?")
    expect(lead.locator("dialog#help")).to_be_visible()
    lead.keyboard.press("Escape")
    for keys, name in (
        ("gt", "dashboards:theme-list"),
        ("gh", "hypotheses:triage"),
        ("gk", "dashboards:kpi-page"),
        ("gi", "dashboards:my-ideas"),
        ("gl", "dashboards:loop"),
        ("c", "hypotheses:hypothesis-new"),
    ):
        with lead.expect_navigation():
            for key in keys:
                lead.keyboard.press(key)
        assert lead.url.endswith(house.pages[name]), keys


def test_single_keys_can_be_switched_off(lead: Page, house: House) -> None:
    people.person("cro_lead").__class__.objects.update(single_key_shortcuts=False)
    lead.goto(house.pages["dashboards:loop"])
    lead.keyboard.press("?")
    expect(lead.locator("dialog#help")).to_be_hidden()


@pytest.mark.parametrize("name", ["dashboards:loop", "experiments:experiment-detail", "dashboards:kpi-page"])
def test_paper_shows_the_page_and_not_the_frame(lead: Page, house: House, name: str) -> None:
    lead.goto(house.pages[name])
    lead.emulate_media(media="print")
    for frame in (".rail", ".topbar", ".tabbar"):
        expect(lead.locator(frame)).to_be_hidden()
    expect(lead.locator("main h1")).to_be_visible()
    assert lead.pdf(format="A4").startswith(b"%PDF")


def test_a_contact_opens_over_the_list_on_a_phone_and_closes_again(signed_in: SignedIn, house: House) -> None:
    phone = signed_in(people.person("agent"), 390)
    phone.goto(house.pages["feedback:contact-list"])
    phone.locator(".clist a").first.click()
    opened = phone.locator("#contact article")
    expect(opened).to_be_visible()
    expect(phone.locator("#contact a[data-escape]")).to_be_focused()
    phone.reload()
    expect(opened).to_be_visible()
    with phone.expect_navigation():
        phone.keyboard.press("Escape")
    expect(phone.locator(".clist a").first).to_be_visible()
    expect(opened).to_have_count(0)
