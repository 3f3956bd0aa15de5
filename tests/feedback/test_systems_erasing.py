"""What a system takes back is gone from everything that is kept, in whichever order it comes; what it counted stays."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.cache import cache

from feedback.models import Contact, ContactText, RawRecord, Source, SurveyResponse, SurveyText
from feedback.services import receiving
from feedback.services.system_settings import settings_of
from feedback.systems import registry
from tests import people
from tests.feedback import fake_desk
from tests.feedback.test_systems_desks import CASE, CONVERSATION, TICKET
from tests.feedback.test_systems_stored import work

pytestmark = pytest.mark.django_db

SECRET = "zeldzaamwoord"
Item = dict[str, Any]

PART: Item = {
    "type": "conversation_part", "id": "p1", "part_type": "comment", "created_at": 1793610100,
    "updated_at": 1793610100, "body": f"<p>{SECRET}</p>", "author": {"type": "user", "id": "u1"},
}  # fmt: skip
TALK = CONVERSATION | {"source": None}
GORGIAS: Item = {
    "id": 7, "created_datetime": "2026-11-02T09:00:00+00:00", "updated_datetime": "2026-11-02T10:00:00+00:00",
    "channel": "email", "subject": SECRET, "status": "open", "customer": {"id": 5}, "messages_count": 1,
    "messages": [{"id": 70, "from_agent": False, "created_datetime": "2026-11-02T09:00:00+00:00",
                  "body_text": f"Mijn {SECRET}"}],
}  # fmt: skip
CHAT: Item = {
    "id": 10,
    "channel": "Channel::WebWidget",
    "created_at": 1793610000,
    "status": "open",
    "timestamp": 1793610000,
}
CHATTED: Item = {
    "event": "message_created", "id": 90, "message_type": "incoming", "created_at": "2026-11-02T09:00:00Z",
    "updated_at": "2026-11-02T09:00:00Z", "content": SECRET, "conversation": CHAT,
}  # fmt: skip
FRESH: Item = {
    "id": 8, "created_at": "2026-11-02T09:00:00Z", "updated_at": "2026-11-02T10:00:00Z", "status": 2, "source": 1,
    "subject": SECRET, "description_text": f"Mijn {SECRET}", "requester_id": 5,
}  # fmt: skip
REVIEW: Item = {"id": "r1", "stars": 2, "text": SECRET, "createdAt": "2026-11-02T09:00:00Z", "consumer": {"id": "c"}}


def parts(*said: Item, updated_at: int = 1793611000) -> Item:
    """A conversation with these parts."""
    return TALK | {
        "updated_at": updated_at,
        "conversation_parts": {"total_count": len(said), "conversation_parts": list(said)},
    }


def event(kind: str, **more: Any) -> Item:
    """An event of Zendesk about the ticket."""
    detail = {"id": "41001", "status": "Open", "updated_at": "2026-11-05T10:00:00Z", "subject": SECRET}
    return {
        "type": f"zen:event-type:ticket.{kind}",
        "id": kind,
        "time": "2026-11-05T10:00:00Z",
        "detail": detail,
        **more,
    }


@dataclass(frozen=True)
class Case:
    """What was said, and how the system takes it back; each pulled by the name of a stream, or sent ("")."""

    system: str
    stream: str
    said: Item
    taken_stream: str
    taken: Item
    left: str = ""
    """What of the words may still be read."""
    others: Sequence[tuple[str, Item]] = field(default=())


ZENDESK = TICKET | {"description": f"Mijn {SECRET}", "subject": f"Over {SECRET}"}
LATER = {"generated_timestamp": 1793999999}
CASES = {
    "zendesk scrubbed": Case("zendesk", "tickets", ZENDESK, "tickets",
                             TICKET | LATER | {"subject": "SCRUBBED", "description": "SCRUBBED"}),
    "zendesk status deleted": Case("zendesk", "tickets", ZENDESK, "tickets", ZENDESK | LATER | {"status": "deleted"}),
    "zendesk blacked out": Case("zendesk", "tickets", ZENDESK, "tickets",
                                TICKET | LATER | {"subject": "Over", "description": "Mijn ▇▇▇▇"}, "Mijn ▇▇▇▇"),
    "zendesk blacked out, said by an event": Case(
        "zendesk", "tickets", ZENDESK, "tickets",
        TICKET | LATER | {"subject": "Over", "description": "Mijn ▇▇▇▇"}, "Mijn ▇▇▇▇",
        [("", event("created", detail={**event("")["detail"], "updated_at": "2026-11-02T09:00:00Z"}))],
    ),
    **{f"zendesk {kind}": Case("zendesk", "tickets", ZENDESK, "", event(kind))
       for kind in ("deleted", "soft_deleted", "permanently_deleted", "comment_redacted")},
    "zendesk comment redacted": Case(
        "zendesk", "tickets", TICKET | {"description": ""}, "",
        event("comment_redacted", event={"comment": {"id": "88"}}), "",
        [("comments", {"id": 88, "ticket_id": 41001, "created_at": "2026-11-02T09:00:00Z", "staff": False,
                       "plain_body": SECRET})],
    ),
    "intercom part redacted": Case(
        "intercom", "conversations", parts(PART), "conversations",
        parts(PART | {"updated_at": 1793611500, "body": "<p><i>This message was deleted</i></p>", "redacted": True},
              updated_at=1793611500),
    ),
    "intercom source redacted": Case(
        "intercom", "conversations", CONVERSATION | {"source": {**CONVERSATION["source"], "body": SECRET}},
        "conversations", CONVERSATION | {
            "updated_at": 1793611500,
            "source": {**CONVERSATION["source"], "body": "<p><i>This message was deleted</i></p>", "redacted": True}},
    ),
    "intercom deleted": Case(
        "intercom", "conversations", parts(PART), "",
        {"topic": "conversation.deleted", "created_at": 1793700000, "data": {"item": {"conversation_id": "3001"}}},
    ),
    "gorgias trashed": Case(
        "gorgias", "tickets", GORGIAS, "tickets",
        GORGIAS | {"trashed_datetime": "2026-11-03T09:00:00+00:00", "updated_datetime": "2026-11-03T09:00:00+00:00"},
    ),
    "chatwoot message deleted": Case(
        "chatwoot", "", CHATTED, "",
        CHATTED | {"event": "message_updated", "updated_at": "2026-11-02T10:00:00Z",
                   "content": "This message was deleted", "content_attributes": {"deleted": True}},
    ),
    "freshdesk deleted": Case("freshdesk", "tickets", FRESH, "tickets",
                              FRESH | {"updated_at": "2026-11-03T10:00:00Z", "deleted": True}),
    "salesforce deleted": Case(
        "salesforce", "cases", CASE | {"Description": f"Mijn {SECRET}"}, "cases",
        CASE | {"Description": f"Mijn {SECRET}", "SystemModstamp": "2026-11-03T09:00:00.000+0000", "IsDeleted": True},
    ),
    "trustpilot deleted": Case("trustpilot", "reviews", REVIEW, "",
                               {"events": [{"eventName": "service-review-deleted", "eventData": {"id": "r1"}}]}),
}  # fmt: skip


def bring(source: Source, came: Sequence[tuple[str, Item]]) -> None:
    """Store these one by one, each mapped before the next."""
    system = registry.BY_NAME[source.system]
    for stream, item in came:
        read = system.pulled[stream] if stream else system.records
        records = read(item, settings_of(source))
        receiving.store_records(source=source, system=system, records=records, now=fake_desk.NOW)
        receiving.request_mapping(source=source, now=fake_desk.NOW)
        work()


def kept() -> str:
    """Every word that is kept of what came."""
    return json.dumps(
        [
            list(RawRecord.objects.values_list("payload", flat=True)),
            list(ContactText.objects.values_list("subject", "text")),
            list(SurveyText.objects.values_list("text", flat=True)),
        ],
        ensure_ascii=False,
    )


@pytest.mark.parametrize("order", ["straight", "backwards", "twice"])
@pytest.mark.parametrize("name", CASES)
def test_what_is_taken_back_is_gone_from_everything_that_is_kept(name: str, order: str) -> None:
    case = CASES[name]
    people.company()
    cache.clear()
    source = fake_desk.source(name="Desk", system=case.system)
    said = [*case.others, (case.stream, case.said)]
    bring(source, said if order != "backwards" else [(case.taken_stream, case.taken)])
    if order != "backwards":
        assert SECRET in kept()
    bring(source, [(case.taken_stream, case.taken)] if order != "backwards" else said[::-1])
    if order == "twice":
        bring(source, said)
    left = kept()
    assert SECRET not in left
    assert "This message was deleted" not in left
    assert Contact.objects.count() + SurveyResponse.objects.count() == 1
    texts = [text for text in ContactText.objects.values_list("text", flat=True) if text]
    assert texts == [case.left] * bool(case.left)
