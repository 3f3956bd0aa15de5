"""The pages of sources: connect, secrets, what came, what did not become a row, settings, field map, disconnect."""

import html
import json
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import vault
from accounts.models import AuditEntry, Person
from feedback.forms.guides import GUIDES, SETTINGS
from feedback.models import Contact, Delivery, RawRecord, Source
from feedback.services import disconnecting, sources
from feedback.systems import registry
from outbox import jobs
from outbox.models import Job
from tests.cast import ClientFor
from tests.feedback import fake_desk
from tests.feedback.fake_desk import send, ticket
from tests.feedback.test_generic_system import TICKET


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.BY_NAME, "fake", fake_desk.FAKE)
    cache.clear()


@pytest.fixture
def browser(client_for: ClientFor, linking_pin: Person) -> Client:
    return client_for(linking_pin)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def work() -> None:
    for job in Job.objects.filter(kind__in=("feedback.map_records", "feedback.map_again"), state=Job.State.QUEUED):
        done = jobs.perform(job.pk)
        assert done is not None
        assert done.state == Job.State.DONE, done.error


def test_every_system_has_a_guide_and_every_guide_settings_that_exist() -> None:
    assert set(GUIDES) == {name for name in registry.BY_NAME if name != "fake"}
    assert {key for guide in GUIDES.values() for key in guide.settings} == set(SETTINGS)
    assert all(guide.steps and guide.brings for guide in GUIDES.values())


@pytest.mark.parametrize("system", sorted(GUIDES))
def test_every_system_can_be_connected_and_its_settings_saved(browser: Client, system: str) -> None:
    assert registry.BY_NAME[system].label in text(browser.get(f"/data/sources/new/?system={system}"))
    browser.post(f"/data/sources/new/?system={system}", {"name": f"Our {system}"})
    source = Source.objects.get(system=system)
    assert source.slug == f"our-{system}"
    assert browser.get(f"/data/sources/{source.pk}/").status_code == 200
    page = f"/data/sources/{source.pk}/settings/"
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"zone": "Europe/Paris"}).status_code == 302
    source.refresh_from_db()
    assert (source.zone, source.config) == ("Europe/Paris", {})


def test_a_secret_that_we_make_is_shown_once_and_kept_sealed(browser: Client) -> None:
    source = fake_desk.source(name="Desk", system="typeform")
    Source.objects.update(secrets=[])
    made = text(browser.post(f"/data/sources/{source.pk}/secret/", {"make": "1"}))
    source.refresh_from_db()
    secret = vault.unseal(source.secrets[0]["secret"])
    assert secret in made
    assert secret not in json.dumps(source.secrets)
    assert secret not in text(browser.get(f"/data/sources/{source.pk}/"))
    entry = AuditEntry.objects.get(action="add secret")
    assert secret not in json.dumps([entry.details, entry.object_name])


@pytest.mark.parametrize(("system", "config"), [("trustpilot", {}), ("generic", {"signature": "token"})])
def test_a_system_that_does_not_sign_gets_an_address_that_works(
    browser: Client, system: str, config: dict[str, str]
) -> None:
    source = fake_desk.source(name="Desk", system=system, config=config)
    made = text(browser.post(f"/data/sources/{source.pk}/secret/", {"make": "1"}))
    shown = re.search(r'<code id="secret"[^>]*>http://testserver([^<]*)</code>', made)
    assert shown is not None
    sent = Client().post(html.unescape(shown[1]), {"events": []}, content_type="application/json")
    assert sent.status_code == 200


def test_a_secret_with_any_sign_can_stand_in_an_address(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    source = fake_desk.source(name="Desk", system="trustpilot")
    monkeypatch.setattr(sources, "new_secret", lambda source: "a+b/c=&d e%41")
    made = text(browser.post(f"/data/sources/{source.pk}/secret/", {"make": "1"}))
    address = re.search(r'<code id="secret"[^>]*>http://testserver([^<]*)</code>', made)
    assert address is not None
    sent = Client().post(html.unescape(address[1]), {"events": []}, content_type="application/json")
    assert sent.status_code == 200


def test_their_secret_is_taken_and_the_old_one_retired(browser: Client) -> None:
    source = fake_desk.source()
    page = f"/data/sources/{source.pk}/secret/"
    assert browser.post(page, {"secret": "  pasted from over there  "}).status_code == 302
    source.refresh_from_db()
    assert [vault.unseal(kept["secret"]) for kept in source.secrets] == ["pasted from over there", fake_desk.SECRET]
    assert [browser.post(page, {"secret": short}).status_code for short in ("", "whsec_", "short")] == [422] * 3
    browser.post(f"{page}retire/", {"secret": "first"})
    browser.post(f"{page}retire/", {"secret": "not there"})
    source.refresh_from_db()
    assert len(source.secrets) == 1
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["add secret", "retire secret"]


def test_the_page_says_what_came_and_what_became_of_it(browser: Client) -> None:
    source = fake_desk.source()
    page = f"/data/sources/{source.pk}/"
    assert "has not sent anything yet" in text(browser.get(page))
    send(ticket(1, 1), {**ticket(2, 1), "at": "someday, anna@example.com"}, type="ticket.created")
    send(type="nothing")
    fake_desk.send_raw(b"no json")
    work()
    shown = text(browser.get(page))
    assert "1 thing that Fake desk sent did not become a row" in shown
    assert "This is not a date." in shown
    assert "anna@example.com" not in shown
    assert "What was sent is not JSON." in shown
    assert "ticket.created" in shown
    raw = RawRecord.objects.exclude(problem="").get()
    assert "someday" in text(browser.get(f"{page}records/{raw.pk}/"))
    assert "1 record of" in text(browser.get(f"{page}records/?q=2"))
    assert "No record is like that" in text(browser.get(f"{page}records/?q=\0nobody"))
    browser.post(f"{page}act/", {"action": "retry"})
    assert Job.objects.filter(kind="feedback.map_records", state="queued").exists()


def test_a_source_is_paused_goes_on_and_is_mapped_again(browser: Client) -> None:
    source = fake_desk.source()
    send(ticket(1, 1))
    work()
    act = f"/data/sources/{source.pk}/act/"
    browser.post(act, {"action": "pause"})
    assert "Fake desk is paused" in text(browser.get(f"/data/sources/{source.pk}/"))
    send(ticket(2, 1))
    browser.post(act, {"action": "resume"})
    browser.post(act, {"action": "remap"})
    browser.post(act, {"action": "anything"})
    work()
    assert Contact.objects.count() == 2
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["pause", "resume", "map again"]


def test_settings_are_read_line_by_line_and_say_which_line_is_wrong(browser: Client) -> None:
    source = fake_desk.source(name="Survey", system="typeform")
    page = f"/data/sources/{source.pk}/settings/"
    wrong = browser.post(page, {"zone": "Europe/Amsterdam", "questions": "q1 = csat 1 5\nno sign here"})
    assert wrong.status_code == 422
    assert "“no sign here” is not" in text(wrong)
    assert browser.post(page, {"zone": "Nowhere/At all"}).status_code == 422
    questions = "csat_question = csat 1 5\nWhat a = b? = comment\nnps_q = nps"
    saved = browser.post(page, {"zone": "Europe/Amsterdam", "questions": questions, "markets": "be = BE\n\n nl = NL "})
    assert saved.status_code == 302
    source.refresh_from_db()
    assert source.config == {
        "questions": {
            "csat_question": {"as": "score", "instrument": "csat", "low": 1, "high": 5},
            "What a = b?": "comment",
            "nps_q": "nps",
        },
        "markets": {"be": "BE", "nl": "NL"},
    }
    shown = text(browser.get(page))
    assert "csat_question = csat 1 5" in shown
    assert AuditEntry.objects.get(action="configure").details == {"parts": ["markets", "questions"]}


def test_what_a_line_cannot_say_of_an_experiment_stays(browser: Client) -> None:
    kept = {"key": "EXP-1", "variants": {"0": "A"}, "goal": "m1"}
    source = fake_desk.source(name="Tests", system="growthbook", config={"experiments": {"exp_a": kept}})
    page = f"/data/sources/{source.pk}/settings/"
    browser.post(page, {"zone": "Europe/Amsterdam", "experiments": "exp_a = EXP-1\nexp_b = EXP-2"})
    source.refresh_from_db()
    assert source.config == {"experiments": {"exp_a": kept, "exp_b": "EXP-2"}}


def test_a_field_map_is_made_from_what_came(browser: Client) -> None:
    source = fake_desk.source(name="Program", system="generic", config={"signature": "token"})
    page = f"/data/sources/{source.pk}/map/"
    assert "Nothing has come yet" in text(browser.get(page))
    sent = {"data": {"tickets": [TICKET, {**TICKET, "ref": 8}]}}
    Client().post(f"/hooks/program/?token={fake_desk.SECRET}", sent, content_type="application/json")
    shown = text(browser.get(page))
    assert "via.name" in shown
    assert "Web form" in shown
    assert "jo@example.com" not in shown
    data = {
        "kind": "contacts", "kind-was": "contacts", "records": "data.tickets", "id": "ref", "version": "updated",
        "path-0": "opened", "field-0": "occurred_at", "path-1": "via.name", "field-1": "channel",
        "path-2": "messages[0].body", "field-2": "text", "path-3": "who.mail", "field-3": "customer",
        "path-4": "][", "field-4": "stage", "fixed-field-0": "market", "fixed-value-0": "NL", "signature": "token",
    }  # fmt: skip
    preview = browser.post(page, {**data, "action": "preview"})
    assert preview.status_code == 200
    assert "where is it?" in text(preview)
    without = browser.post(page, {**data, "field-0": "", "action": "save"})
    assert without.status_code == 422
    assert "No place says “Date and time”" in text(without)
    assert "Say where the id stands" in text(browser.post(page, {**data, "id": "", "action": "save"}))
    assert browser.post(page, {**data, "action": "save"}).status_code == 302
    source.refresh_from_db()
    assert source.config["fields"] == {
        "occurred_at": "opened", "channel": "via.name", "text": "messages[0].body", "customer": "who.mail",
    }  # fmt: skip
    work()
    assert sorted(Contact.objects.values_list("external_id", flat=True)) == ["7", "8"]
    assert browser.get(page).status_code == 200, "with a map in force"


def test_disconnecting_asks_first(browser: Client) -> None:
    source = fake_desk.source()
    send(ticket(1, 1))
    work()
    page = f"/data/sources/{source.pk}/disconnect/"
    assert "Its next call is refused" in text(browser.get(page))
    assert RawRecord.objects.exists()
    gone = browser.post(page)
    assert "its next call is refused. What it sent is being deleted" in text(browser.get(gone.headers["Location"]))
    assert send(ticket(2, 1)).status_code == 401
    jobs.perform(Job.objects.get(kind=disconnecting.JOB_KIND).pk)
    assert not RawRecord.objects.exists()
    assert Contact.objects.count() == 1
    assert browser.get(page).status_code == 404


def test_a_name_that_is_taken_is_said_and_a_source_of_files_goes_on(browser: Client) -> None:
    fake_desk.source(name="Taken")
    taken = browser.post("/data/sources/new/?system=zendesk", {"name": "Taken"})
    assert taken.status_code == 422
    assert "There is a source of this name already" in text(taken)
    files = Source.objects.create(name="Files", created_at=fake_desk.NOW)
    browser.post("/data/sources/new/?system=zendesk", {"name": "Files"})
    files.refresh_from_db()
    assert (files.system, files.slug) == ("zendesk", "files")


def test_the_pages_of_a_source_ask_no_more_for_more(browser: Client) -> None:
    source = fake_desk.source()
    pages = [f"/data/sources/{source.pk}/", f"/data/sources/{source.pk}/records/"]

    def asked() -> list[int]:
        counts = []
        for page in pages:
            browser.get(page)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(page).status_code == 200
            counts.append(len(queries))
        return counts

    def bring(start: int, count: int) -> None:
        for number in range(start, start + count):
            send({**ticket(number, 1), "at": "someday"}, ticket(number + 1000, 1))
        work()

    bring(0, 2)
    few = asked()
    bring(10, 20)
    assert asked() <= few
    assert Delivery.objects.count() == 22
    raw = RawRecord.objects.latest("pk")
    with CaptureQueriesContext(connection) as one:
        browser.get(f"/data/sources/{source.pk}/records/{raw.pk}/")
    assert len(one) < 12
