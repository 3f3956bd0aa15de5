"""The signed webhook that any program can use, and the paths of its field map."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings as installation
from django.core.cache import cache
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from feedback import signatures
from feedback.models import CommerceDay, Contact, RawRecord, Source, SurveyResponse
from feedback.references import References
from feedback.services import erasure, forgetting, sources
from feedback.systems import Settings, Unmappable, generic, paths, registry
from outbox import jobs
from outbox.models import Job
from tests import people
from tests.feedback import fake_desk

MAP: dict[str, Any] = {
    "kind": "contacts",
    "records": "data.tickets",
    "id": "ref",
    "version": "updated",
    "deleted": "gone",
    "fields": {
        "occurred_at": "opened",
        "channel": "via.name",
        "reason": "tags[*].label",
        "subject": "title",
        "text": "messages[0].body",
        "customer": "who.mail",
        "order": 'extra["order.no"]',
        "is_complaint": "complaint",
    },
    "constants": {"market": "NL"},
}
TICKET: dict[str, Any] = {
    "ref": 7,
    "updated": "2026-11-19T11:00:00Z",
    "opened": "2026-11-19T10:00:00Z",
    "via": {"name": "Web form"},
    "tags": [{"label": "Delivery::Late"}, {"label": "Damaged"}],
    "title": "Late",
    "messages": [{"body": "I am Jo Visser, where is it?"}, {"body": "hello?"}],
    "who": {"mail": "jo@example.com", "name": "Jo Visser"},
    "extra": {"order.no": "A-100"},
    "complaint": True,
}


def test_paths_lead_through_names_positions_and_lists() -> None:
    value = {"a": {"b c": [{"n": 1}, {"n": 2}, {}], 'q"x.y': 3}, "$": 0}
    assert paths.find(value, "a.b c[*].n") == [1, 2]
    assert paths.find(value, "$.a.b c[1].n") == [2]
    assert paths.find(value, "a.b c[9].n") == []
    assert paths.find({"x.y": {"z": 1}}, '["x.y"].z') == [1]
    assert paths.find(value, "") == [value]
    assert paths.keys('a.b c[*]["n.m"]') == "a.b c.n.m"
    assert paths.lists({"a": {"b": [{"c": [{"d": 1}]}], "e": [1]}}) == ["a.b"]


@pytest.mark.parametrize("path", ["a..b", "a[", "a[x]", "]", "a[-1]", ".", "a" + ".b" * 30, "x" * 400])
def test_what_is_no_path_is_said(path: str) -> None:
    with pytest.raises(paths.BadPath):
        paths.compiled(path)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=10,
)


@given(value=_JSON)
def test_every_path_that_is_offered_leads_somewhere(value: Any) -> None:
    for path in paths.leaves(value):
        assert paths.find(value, path), path


@given(body=_JSON, config=st.fixed_dictionaries({}, optional=dict.fromkeys(MAP, _JSON | st.text(max_size=9))))
def test_any_body_and_any_map_give_records_or_a_sentence(body: Any, config: dict[str, Any]) -> None:
    for settings in (Settings(config=config), Settings(config={**MAP, **config}), Settings(config=MAP)):
        generic.kept(settings.config)
        try:
            for record in generic.records(body, settings):
                generic.rows(record.entity, [record], settings)
        except Unmappable:
            continue


def test_a_record_says_who_is_in_it_and_which_version_it_is() -> None:
    (record,) = generic.records({"data": {"tickets": [TICKET]}}, Settings(config=MAP))
    assert (record.external_id, record.stream, record.deleted) == ("7", "items", False)
    assert record.people.customer == "jo@example.com"
    assert record.people.order == "A-100"
    assert record.occurred_at == datetime(2026, 11, 19, 10, tzinfo=UTC)
    later = generic.records(
        {"data": {"tickets": [{**TICKET, "updated": "2026-11-19T11:00:01Z"}]}}, Settings(config=MAP)
    )
    assert later[0].version > record.version
    numbered = [
        generic.records({"data": {"tickets": [{**TICKET, "updated": number}]}}, Settings(config=MAP))[0].version
        for number in (2, 10, "11")
    ]
    assert numbered == sorted(numbered)


@pytest.fixture
def program(db: None) -> Source:
    cache.clear()
    # Signed as GrowthBook signs, which the tests' own sender knows.
    return fake_desk.source(name="Program", system="generic")


def deliver(monkeypatch: pytest.MonkeyPatch, body: Any) -> None:
    monkeypatch.setitem(signatures.SCHEMES, "standard", signatures.SCHEMES["growthbook"])
    answer = fake_desk.send_raw(json.dumps(body).encode(), to="program")
    assert answer.status_code == 200, answer.content


def work() -> None:
    for job in Job.objects.filter(kind__in=("feedback.map_records", sources.REMAP_JOB), state=Job.State.QUEUED):
        done = jobs.perform(job.pk)
        assert done is not None
        assert done.state == Job.State.DONE, done.error


def test_what_came_before_there_was_a_map_is_not_lost(program: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(monkeypatch, {"data": {"tickets": [TICKET, {**TICKET, "ref": 8}]}})
    work()
    assert not Contact.objects.exists()
    raw = RawRecord.objects.get()
    assert (raw.stream, raw.problem) == ("bodies", "map_missing")
    assert "Visser" not in json.dumps(raw.payload)
    Source.objects.filter(pk=program.pk).update(config=MAP)
    sources.retry_problems(source=program, actor=people.person("linking_pin"), now=fake_desk.NOW)
    work()
    contact = Contact.objects.get(external_id="7")
    assert Contact.objects.count() == 2
    assert contact.words.text == "I am [name], where is it?"
    assert contact.words.subject == "Late"
    assert contact.channel is not None
    assert contact.channel.code == "web form"
    assert contact.market is not None
    assert contact.market.code == "NL"
    assert contact.is_complaint
    assert {tag.reason.path for tag in contact.reason_tags.all()} == {"Delivery > Late", "Damaged"}
    assert not RawRecord.objects.exclude(problem="").exists()


def test_with_a_map_customers_are_hashed_and_words_go_when_they_are_deleted(
    program: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    Source.objects.filter(pk=program.pk).update(config=MAP)
    deliver(monkeypatch, {"data": {"tickets": [TICKET]}})
    work()
    contact = Contact.objects.get()
    assert len(contact.customer_ref) == len(contact.order_ref) == 32
    assert not Job.objects.filter(kind=forgetting.JOB_KIND)
    deliver(monkeypatch, {"data": {"tickets": [{"ref": 7, "updated": "2026-11-20T00:00:00Z", "gone": "yes"}]}})
    work()
    contact.refresh_from_db()
    assert not hasattr(Contact.objects.get(), "words")
    assert Job.objects.filter(kind=forgetting.JOB_KIND).exists() is (connection.vendor == "sqlite")
    assert contact.channel is not None
    assert contact.channel.code == "web form"
    assert contact.reason_tags.count() == 2
    assert "where is it" not in json.dumps(list(RawRecord.objects.values_list("payload", flat=True)))


def test_what_is_mapped_to_names_and_ids_is_redacted_and_numbers_are_not(
    program: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "Jan de Vries 06-12345678 jan@example.nl"
    config = {
        "kind": "contacts",
        "id": "ref",
        "version": "at",
        "fields": {"occurred_at": "at", "reason": "why", "page": "where", "handle_seconds": "took", "team": "to.t"},
    }
    Source.objects.filter(pk=program.pk).update(config=config)
    ticket = {"at": "2026-11-19T10:00:00Z", "why": said, "where": said, "to": {"t": said}, "took": "120"}
    for ref in ("jan@example.nl", "+31612345678", "A-7"):
        deliver(monkeypatch, {**ticket, "ref": ref})
    work()
    stored = json.dumps(list(RawRecord.objects.values("payload", "external_id", "entity", "problem_value")))
    assert "jan@" not in stored
    assert "06-12" not in stored
    assert "31612345678" not in stored
    assert generic.untouched(config, {**ticket, "ref": "A-7"}) == {"at", "took", "ref"}
    assert generic.untouched(config, {**ticket, "ref": "jan@example.nl", "took": said}) == {"at"}
    deliver(monkeypatch, {**ticket, "ref": "jan@example.nl", "at": "2026-11-19T11:00:00Z"})
    work()
    ids = set(Contact.objects.values_list("external_id", flat=True))
    assert len(ids) == 3
    assert "A-7" in ids
    assert not any("[" in one or "@" in one for one in ids)


def test_an_address_mapped_to_the_contact_of_an_answer_is_its_customer(
    program: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = {
        "kind": "surveys", "id": "ref", "constants": {"instrument": "csat"},
        "fields": {"responded_at": "at", "score": "score", "contact": "about", "customer": "who"},
    }  # fmt: skip
    Source.objects.filter(pk=program.pk).update(config=config)
    answer = {"at": "2026-11-19T10:00:00Z", "score": 4}
    for ref, more in (("1", {"about": "Jan@example.nl"}), ("2", {"about": "jan@example.nl", "who": "K1"})):
        deliver(monkeypatch, {**answer, "ref": ref, **more})
    deliver(monkeypatch, {**answer, "ref": "3", "about": "T1"})
    work()
    customer = References(installation.CUSTOMER_KEY).customer
    assert list(SurveyResponse.objects.order_by("external_id").values_list("customer_ref", "contact_external_id")) == [
        (customer("jan@example.nl"), ""),
        (customer("K1"), ""),
        ("", "T1"),
    ]
    stored = json.dumps(list(RawRecord.objects.values("payload", "external_id", "entity", "problem_value")))
    assert "example.nl" not in stored.lower()
    assert erasure.find(["jan@example.nl"]).responses == set(
        SurveyResponse.objects.filter(external_id="1").values_list("pk", flat=True)
    )


def test_days_that_are_counted_need_no_id(program: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    config = {"kind": "commerce", "fields": {"date": "day", "orders": "n"}, "constants": {"market": "NL"}}
    Source.objects.filter(pk=program.pk).update(config=config)
    deliver(monkeypatch, {"day": "2026-11-18", "n": 5})
    deliver(monkeypatch, {"day": "2026-11-18", "n": 9})
    work()
    assert CommerceDay.objects.get().orders == 9


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(registry.BY_NAME))
@trials(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=_JSON)
def test_whatever_any_system_says_is_answered_and_mapped(name: str, body: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    scheme = registry.BY_NAME[name].signature
    monkeypatch.setitem(signatures.SCHEMES, scheme, signatures.SCHEMES["growthbook"])
    if not Source.objects.filter(slug=name).exists():
        fake_desk.source(name=name, system=name)
    assert fake_desk.send_raw(json.dumps(body).encode(), to=name).status_code == 200
    work()
