"""The frame of every page: it stands with and without numbers, and the error pages stand without anything."""

import re

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from accounts.models import Person
from metrics import charts
from metrics import estimate as units


def page(person: Person | None = None, path: str = "/themes/", **values: object) -> str:
    """An empty page in the frame, as `person` sees it."""
    request = RequestFactory().get(path)
    user = person or Person(name="Sanne de Wit", role="agent", email="sanne@example.org")
    request.user = user
    return Template('{% extends "base.html" %}{% block content %}<p>x</p>{% endblock %}').render(
        Context({"request": request, "user": user, "csrf_token": "token", **values})
    )


def test_the_rail_shows_counts_when_there_are_any() -> None:
    without = page()
    assert 'class="n"' not in without
    rail = {"contacts": 58_940, "themes": 41, "to_triage": 7, "sprint": 24, "experiments": 4, "results": 6, "unread": 2}
    shown = page(rail=rail)
    assert re.findall(r'class="n(?: hot)?">([^<]+)<', shown) == ["58.9k", "41", "7", "24", "4", "6"]
    assert "Inbox, 2 new" in shown
    assert 'class="pip"' in shown


def test_the_rail_marks_where_we_are() -> None:
    current = re.findall(r'<a [^>]*aria-current="page"[^>]*>(?:<svg.*?</svg>)?([^<]+)', page(path="/themes/12/"))
    assert set(current) == {"Themes"}


def test_single_letter_keys_can_be_switched_off() -> None:
    person = Person(name="Daan Vermeer", role="cro_lead", email="d@example.org", single_key_shortcuts=False)
    assert 'data-keys="off"' in page(person)
    assert "data-keys" not in page()


def test_settings_are_for_administrators() -> None:
    admin = Person(name="Noor Haddad", role="administrator", email="n@example.org")
    assert ">Settings</a>" in page(admin)
    assert ">Settings</a>" not in page()


def test_theme_of_the_person_is_rendered() -> None:
    assert 'data-theme="dark"' in page(Person(name="A B", role="agent", email="a@example.org", theme="dark"))
    assert "data-theme=" not in page()


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_need_nothing(name: str) -> None:
    shown = render_to_string(name)
    assert shown.count("<h1>") == 1
    assert 'href="/"' in shown


@pytest.mark.parametrize("name", ["500.html"])
def test_pages_obey_the_policy(name: str) -> None:
    for shown in (page(), render_to_string(name)):
        assert not re.search(r'\sstyle=|<style|\son[a-z]+="|<script>|javascript:|hx-on', shown)


def component(name: str, **values: object) -> str:
    """One component with its values."""
    return render_to_string(f"components/{name}.html", values)


def test_an_estimate_says_its_interval_or_why_not() -> None:
    known = units.estimate(61.4, (60.2, 62.6), n=9412, unit=units.PERCENT, method="wilson")
    shown = component("estimate", estimate=known, show_n=True)
    assert "<b>61%</b> <span>60 to 63</span> <span>n 9,412</span>" in shown
    few = units.hidden(units.estimate(61.4, None, n=3, unit=units.PERCENT, method="wilson"))
    assert "Too few to show: 3 answers" in component("estimate", estimate=few)
    assert "61" not in component("estimate", estimate=few)
    assert "Not known" in component("estimate", estimate=units.no_data(units.PERCENT))
    grey = units.estimate(520.0, (500, 540), n=12, unit=units.SECONDS, method="t", flags=(units.ROUGH,))
    assert 'class="est thin"' in component("estimate", estimate=grey)
    assert "8:20 to 9:00" in component("estimate", estimate=grey)
    cost = units.estimate(1_720_000, (1_290_000, 2_130_000), n=6, unit=units.CENTS, method="t")
    assert "€17,200" in component("estimate", estimate=cost)
    assert "12,900 to 21,300" in component("estimate", estimate=cost)


def test_a_customers_words_are_escaped_and_marked() -> None:
    shown = component("verbatim", text="<script>x</script> I am [name]", language="nl", source="Chat & mail")
    assert "<script>" not in shown
    assert '<span class="red">[name]</span>' in shown
    assert 'lang="nl"' in shown
    assert "Chat &amp; mail" in shown


def test_a_pager_has_no_dead_links() -> None:
    shown = component("pager", text="9 of 286", older="?after=9")
    assert shown.count("<a ") == 1
    assert 'href="?after=9"' in shown
    assert 'aria-disabled="true"' in shown


def test_progress_stops_asking_when_done() -> None:
    drawing = charts.progress(1, 4, "a quarter")
    going = component("progress", url="/imports/1/", id="p", drawing=drawing, text="1 of 4 rows", running=True)
    assert 'hx-get="/imports/1/"' in going
    assert "hx-get" not in component("progress", url="/imports/1/", id="p", drawing=drawing, text="4 of 4 rows")
    assert 'aria-label="a quarter"' in going


def test_a_journey_names_its_stops() -> None:
    stops = [{"name": "Heard", "text": "1 Sep", "state": "done"}, {"name": "Tested", "text": "", "state": "now"}]
    shown = component("journey", stops=stops)
    assert shown.count("<li") == 2
    assert 'class="d now" aria-current="step"' in shown


def test_a_change_is_never_told_by_colour_alone() -> None:
    assert "worse" in component("delta", text="+6 s", kind="bad")
    assert 'class="delta flat"' in component("delta", text="+1%")


def test_menu_items_that_write_are_forms() -> None:
    shown = component(
        "menu", label="More", items=[{"text": "Undo", "post": "/x/undo/"}, {"text": "Open", "url": "/x/"}]
    )
    assert '<form method="post" action="/x/undo/">' in shown
    assert '<a href="/x/">' in shown


def test_small_pieces() -> None:
    assert component("tag", text="<b>", kind="g") == '<span class="tag g">&lt;b&gt;</span>\n'
    assert '<a class="tag o" href="/new/">' in component("tag", text="No idea yet", kind="o", url="/new/")
    assert "2,390 to 3,940" in component("fact", label="Avoided", value="3,180", detail="2,390 to 3,940")
    assert "<h2>No themes yet</h2>" in component(
        "empty", title="No themes yet", text="Upload.", url="/x", action="Upload"
    )
    assert 'href="/contacts/"' in component("none", text="Nothing matches phone.", clear="/contacts/")
