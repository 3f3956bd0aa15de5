"""The pages of a connection: a key is tried before it is kept, kept encrypted, and never seen again."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import AuditEntry, Person
from feedback import connectors
from feedback.connectors.shapes import Connector
from feedback.forms.connections import WORDINGS, ConnectionForm
from feedback.models import Source, Stream
from feedback.selectors.connections import connection_card
from feedback.services import connections, conversing, pulling
from feedback.services import sources as sources_services
from feedback.systems import registry
from feedback.templatetags.connections import STREAMS
from outbox.models import Job
from tests.cast import ClientFor
from tests.feedback.fake_systems.help_desks import PEM, SECRET, Zendesk
from tests.feedback.fake_systems.server import Said
from tests.feedback.pulled import at, catch_up, ids

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fakes_here")]


@pytest.fixture
def desk() -> Iterator[Zendesk]:
    with Zendesk() as fake:
        for number in range(1, 4):
            fake.put(number, at(60 * number))
        yield fake


@pytest.fixture
def source(linking_pin: Person) -> Source:
    return sources_services.connect(name="Help desk", system="zendesk", actor=linking_pin, now=timezone.now())


@pytest.fixture
def browser(client_for: ClientFor, linking_pin: Person) -> Client:
    return client_for(linking_pin)


def address(source: Source, part: str = "") -> str:
    return f"/data/sources/{source.pk}/connection/{part}"


def entry(desk: Zendesk, **other: str) -> dict[str, str]:
    since = (timezone.now() - timedelta(days=2)).date().isoformat()
    return {**desk.credentials(), "since": since, **other}


def page(browser: Client, source: Source) -> str:
    answer = browser.get(f"/data/sources/{source.pk}/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def enter(browser: Client, source: Source, desk: Zendesk, **other: str) -> str:
    answer = browser.post(address(source), entry(desk, **other), follow=True)
    source.refresh_from_db()
    return unescape(answer.content.decode())


def test_a_key_that_works_is_kept_and_the_first_fetch_begins(browser: Client, source: Source, desk: Zendesk) -> None:
    assert "Sign in to Zendesk" in page(browser, source)
    text = enter(browser, source, desk)
    assert "It works: Zendesk let us in." in text
    assert Stream.objects.filter(source=source).count() == 2
    stream = Stream.objects.get(source=source, name="tickets")
    catch_up(stream)
    assert len(ids(stream)) == 3
    text = page(browser, source)
    assert "by Marijke Claes, kept encrypted and not shown again" in text
    assert "Up to date until" in text
    assert "every 15 minutes" in text


def test_a_wrong_key_is_said_at_once_and_not_kept(browser: Client, source: Source, desk: Zendesk) -> None:
    answer = browser.post(address(source), entry(desk, token="wrong"))
    assert answer.status_code == 422
    assert "Zendesk does not accept what we sign in with" in unescape(answer.content.decode())
    assert "wrong" not in answer.content.decode()
    source.refresh_from_db()
    assert source.credentials == ""
    assert not Stream.objects.exists()


def test_a_system_that_is_down_does_not_keep_anybody_from_entering_the_key(
    browser: Client, source: Source, desk: Zendesk
) -> None:
    desk.fail(503)
    assert "It is kept. But: Zendesk has trouble of its own (status 503)." in enter(browser, source, desk)
    assert source.credentials


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"token": ""}, "This field is required"),
        ({"address": ""}, "This field is required"),
        ({"since": "yesterday"}, "valid date"),
        ({"since": "2009-12-31"}, "between 2010 and today"),
        ({"since": "2999-01-01"}, "between 2010 and today"),
        ({"address": "ftp://x"}, "not an address"),
        ({"address": "[::1"}, "not an address"),
        ({"address": "a b\x00c"}, "ull characters"),
        ({"token": "line\nbreak"}, "does not accept"),
        ({"token": "x" * 10_001}, "10000"),
    ],
)
def test_what_is_entered_wrongly_gets_a_sentence(
    browser: Client, source: Source, desk: Zendesk, wrong: dict[str, str], words: str
) -> None:
    answer = browser.post(address(source), entry(desk, **wrong))
    assert answer.status_code == 422
    assert words in unescape(answer.content.decode())
    source.refresh_from_db()
    assert source.credentials == ""


def test_a_private_address_is_refused(browser: Client, source: Source, desk: Zendesk, settings: Settings) -> None:
    settings.OUTBOUND_PRIVATE = False
    answer = browser.post(address(source), entry(desk, address="https://127.0.0.1"))
    assert "inside a private network" in unescape(answer.content.decode())
    answer = browser.post(address(source), entry(desk))
    assert "has to begin with https://" in unescape(answer.content.decode())
    assert not desk.asked


def test_the_key_is_never_shown_again(
    browser: Client, source: Source, desk: Zendesk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown = enter(browser, source, desk)
    for path in (f"/data/sources/{source.pk}/", address(source), "/data/", "/jobs/", "/messages/"):
        shown += browser.get(path, follow=True).content.decode()
    browser.post(address(source, "act/"), {"action": "try"})
    desk.fail(401)
    shown += browser.post(address(source, "act/"), {"action": "try"}, follow=True).content.decode()
    shown += browser.post(address(source), {**entry(desk), "email": ""}).content.decode()
    dumped = repr([list(model._default_manager.values_list()) for model in apps.get_models()])
    assert SECRET not in shown + dumped + caplog.text
    assert "pin@testers.example" in shown, "who it is may be seen"
    assert SECRET in conversing.credentials_of(source)["token"]


def test_a_private_key_is_not_sent_back_to_the_form(browser: Client, linking_pin: Person, desk: Zendesk) -> None:
    source = sources_services.connect(name="CRM", system="salesforce", actor=linking_pin, now=timezone.now())
    given = {"address": desk.url, "username": "", "client_id": "3MVG9", "private_key": PEM, "since": "2026-01-01"}
    answer = browser.post(address(source), given)
    assert answer.status_code == 422
    assert "3MVG9" in answer.content.decode()
    assert PEM[60:100] not in answer.content.decode()
    cut = browser.post(address(source), {**given, "username": "pin", "private_key": PEM[:300]})
    assert "The private key is not a whole one" in cut.content.decode()


def test_a_key_is_replaced_as_a_whole_so_that_it_goes_to_no_other_address(
    browser: Client, source: Source, desk: Zendesk
) -> None:
    enter(browser, source, desk)
    text = unescape(browser.get(address(source)).content.decode())
    assert "Replace the key" in text
    assert desk.url in text
    answer = browser.post(address(source), {"address": "https://evil.example", "email": "pin@testers.example"})
    assert answer.status_code == 422
    assert conversing.credentials_of(Source.objects.get())["address"] == desk.url


def test_trying_says_what_is_wrong_and_asks_once(browser: Client, source: Source, desk: Zendesk) -> None:
    enter(browser, source, desk)
    desk.asked.clear()
    text = browser.post(address(source, "act/"), {"action": "try"}, follow=True).content.decode()
    assert "It works: Zendesk let us in and answered." in unescape(text)
    assert len(desk.asked) == 1
    for said, words in (
        (Said(b"", 403), "does not let us read this"),
        (Said(b"", 404), "nothing at this address"),
        (Said(b"", 302), "sends us on to another address"),
        (Said(b"<html>"), "something that is no data"),
        (Said(b"", 429, {"Retry-After": "60"}), "asked us to slow down"),
    ):
        desk.disturbances.append(said)
        text = browser.post(address(source, "act/"), {"action": "try"}, follow=True).content.decode()
        assert words in unescape(text)


def test_fetching_at_once_and_again_from_an_earlier_day(browser: Client, source: Source, desk: Zendesk) -> None:
    desk.put(50, timezone.now() - timedelta(days=30))
    enter(browser, source, desk)
    stream = Stream.objects.get(source=source, name="tickets")
    catch_up(stream)
    assert len(ids(stream)) == 3
    desk.put(4, at(900))
    text = browser.post(address(source, "act/"), {"action": "fetch"}, follow=True).content.decode()
    assert "2 streams are being fetched" in text
    catch_up(stream)
    assert len(ids(stream)) == 4
    since = (timezone.now() - timedelta(days=40)).date().isoformat()
    browser.post(address(source, "act/"), {"action": "again", "since": since})
    catch_up(stream)
    assert len(ids(stream)) == len(set(ids(stream))) == 5
    for wrong in ("", "2999-01-01", "x\0"):
        text = browser.post(address(source, "act/"), {"action": "again", "since": wrong}, follow=True).content.decode()
        assert "Choose a day between 2010 and today." in text


def test_a_stream_is_switched_and_timed(browser: Client, source: Source, desk: Zendesk) -> None:
    enter(browser, source, desk)
    stream = Stream.objects.get(source=source, name="ratings")
    Job.objects.all().delete()
    url = address(source, f"streams/{stream.pk}/")
    browser.post(url, {"every_minutes": "360"})
    stream.refresh_from_db()
    assert (stream.is_active, stream.every_minutes) == (False, 360)
    assert [one.name for one in pulling.due(timezone.now())] == ["tickets"]
    for wrong in ("", "7", "-5", "9" * 30, "x\0", "٣"):
        text = browser.post(url, {"every_minutes": wrong}, follow=True).content.decode()
        assert "Choose how often from the list." in text
    stream.refresh_from_db()
    assert stream.every_minutes == 360
    assert browser.post(address(source, "streams/999999/"), {"every_minutes": "5"}).status_code == 404


def test_without_its_key_nothing_is_fetched_and_everything_stays(
    browser: Client, source: Source, desk: Zendesk
) -> None:
    enter(browser, source, desk)
    stream = Stream.objects.get(source=source, name="tickets")
    catch_up(stream)
    browser.post(address(source, "act/"), {"action": "remove"})
    assert Source.objects.get().credentials == ""
    assert pulling.enqueue_due(now=timezone.now() + timedelta(days=2)) == 0
    assert len(ids(stream)) == 3
    assert "Sign in to Zendesk" in page(browser, source)
    text = browser.post(address(source, "act/"), {"action": "try"}, follow=True).content.decode()
    assert "Nothing is entered here" in text
    stream.refresh_from_db()
    cursor = stream.cursor
    enter(browser, source, desk)
    stream.refresh_from_db()
    assert stream.cursor == cursor, "a new key goes on where the old one stopped"


def test_the_page_says_what_is_the_matter(browser: Client, source: Source, desk: Zendesk, settings: Settings) -> None:
    enter(browser, source, desk)
    stream = Stream.objects.get(source=source, name="tickets")
    desk.slow_down(900)
    catch = Job.objects.get(arguments={"stream_id": stream.pk})
    from outbox import jobs

    jobs.perform(catch.pk)
    text = page(browser, source)
    assert "Zendesk asked us to slow down until" in text
    assert "nothing for you to do" in text
    Stream.objects.update(paused_until=None)
    desk.disturbances.clear()
    desk.is_token_dead = True
    catch_up(stream)
    text = page(browser, source)
    assert "Help desk cannot be fetched from at the moment" in text
    assert "Zendesk does not accept what we sign in with. Make a new key there" in text
    settings.VAULT_KEY = "another"
    assert "cannot be read with this server’s vault key" in page(browser, source)
    assert browser.get(address(source)).status_code == 200


def test_the_audit_trail_tells_who_and_no_secret(browser: Client, source: Source, desk: Zendesk) -> None:
    enter(browser, source, desk)
    enter(browser, source, desk)
    stream = Stream.objects.get(source=source, name="ratings")
    browser.post(address(source, f"streams/{stream.pk}/"), {"every_minutes": "360", "is_active": "1"})
    browser.post(address(source, "act/"), {"action": "fetch"})
    browser.post(address(source, "act/"), {"action": "remove"})
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == [
        "connect", "enter credentials", "replace credentials", "change stream", "fetch", "remove credentials",
    ]  # fmt: skip
    assert SECRET not in json.dumps(list(AuditEntry.objects.values_list("details", flat=True)))


def test_only_those_who_bring_data_in_come_here(
    client_for: ClientFor, agent: Person, manager: Person, source: Source, desk: Zendesk
) -> None:
    for person in (agent, manager):
        client = client_for(person)
        assert client.get(address(source)).status_code == 403
        assert client.post(address(source), entry(desk)).status_code == 403
        assert client.post(address(source, "act/"), {"action": "fetch"}).status_code == 403
    assert not desk.asked


def test_a_source_that_is_not_pulled_from_has_no_such_page(browser: Client, linking_pin: Person) -> None:
    source = sources_services.connect(name="Survey", system="typeform", actor=linking_pin, now=timezone.now())
    assert browser.get(address(source)).status_code == 404
    assert connection_card(source, now=timezone.now()) is None
    assert "Fetched from" not in page(browser, source)


def test_the_card_asks_the_database_as_often_with_many_streams(
    source: Source, linking_pin: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    values = {"address": "x", "email": "a", "token": "b"}
    since = timezone.now().date()
    connections.enter(source=source, values=values, since=since, actor=linking_pin, now=timezone.now())
    source.refresh_from_db()
    with django_assert_num_queries(2):
        connection_card(source, now=timezone.now())
    for number in range(20):
        Stream.objects.create(source=source, name=f"more {number}", next_run_at=timezone.now())
    with django_assert_num_queries(2):
        card = connection_card(source, now=timezone.now())
    assert card is not None
    assert len(card.streams) == 22


@pytest.mark.parametrize("connector", connectors.BY_NAME.values(), ids=connectors.BY_NAME.keys())
def test_every_connector_is_explained_and_mapped(connector: Connector) -> None:
    assert set(WORDINGS[connector.name]) == set(connector.fields)
    assert connector.secrets <= set(connector.fields)
    system = registry.get(connector.name)
    assert system is not None
    for name, plan in connector.streams.items():
        assert (plan.pulled or name) in system.pulled
        assert name in STREAMS
        assert plan.every_minutes in connections.EVERY_MINUTES
    form = ConnectionForm(connector=connector, today=timezone.now().date(), asks_since=True)
    assert str(form)
