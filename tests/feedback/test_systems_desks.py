"""Help desks: the traps that their real payloads hold, each with payloads of our own in the same shape."""

from typing import Any

import pytest

from feedback.systems import Mapped, Record, Settings, Unknown, Unmappable
from tests.feedback import systems_run as run

pytestmark = pytest.mark.slow  # the same on every database

TICKET: dict[str, Any] = {
    "id": 41001, "status": "open", "via": {"channel": "web"}, "created_at": "2026-11-02T09:00:00Z",
    "updated_at": "2026-11-02T10:00:00Z", "generated_timestamp": 1793614000, "subject": "Label", "description": "Waar?",
    "requester_id": 900001, "tags": [], "custom_fields": [],
}  # fmt: skip
CONVERSATION: dict[str, Any] = {
    "type": "conversation", "id": "3001", "created_at": 1793610000, "updated_at": 1793611000, "state": "open",
    "source": {"type": "email", "delivered_as": "customer_initiated", "body": "<p>Waar is mijn pakket?</p>"},
    "contacts": {"contacts": [{"id": "c1", "external_id": None}]}, "tags": {"tags": []}, "statistics": {},
}  # fmt: skip
CASE: dict[str, Any] = {
    "Id": "500Aa00000Bb1CcIAJ", "Subject": "Lamp", "Status": "Closed", "Origin": "Phone", "Reason": "Defect",
    "CreatedDate": "2026-11-02T09:00:00.000+0000", "SystemModstamp": "2026-11-02T09:00:00.000+0000", "IsClosed": True,
}  # fmt: skip


def pulled(name: str, stream: str, *items: dict[str, Any], **config: Any) -> list[Record]:
    return [it for item in items for it in run.system(name).pulled[stream](item, Settings(config=config))]


def mapped(name: str, records: list[Record], **config: Any) -> list[Mapped]:
    return run.rows_of(run.system(name), records, Settings(config=config))


def only(rows: list[Mapped]) -> dict[str, str]:
    assert len(rows) == 1
    assert not rows[0].gone
    return dict(rows[0].fields)


def test_pitfall_1_a_case_that_closed_before_it_was_created_has_no_end() -> None:
    imported = pulled("salesforce", "cases", CASE | {"ClosedDate": "2025-03-11T18:59:51.000+0000", "Description": None})
    real = pulled("salesforce", "cases", CASE | {"ClosedDate": "2026-11-03T09:00:00.000+0000"})

    assert "resolved_at" not in only(mapped("salesforce", imported))
    assert "text" not in only(mapped("salesforce", imported))
    assert only(mapped("salesforce", real))["resolved_at"] == "2026-11-03T09:00:00+00:00"


def test_pitfall_2_the_newest_ticket_is_the_one_generated_last_whenever_it_was_updated() -> None:
    older = TICKET | {"generated_timestamp": 1793614000, "tags": ["vroeg"]}
    # Something around the ticket changed: the same updated_at, a later generated_timestamp.
    newer = TICKET | {"generated_timestamp": 1793999999, "tags": ["laat"]}

    for order in ([older, newer], [newer, older]):
        assert only(mapped("zendesk", pulled("zendesk", "tickets", *order)))["reason"] == "laat"


def test_pitfall_2_a_scrubbed_ticket_keeps_counting_and_says_nothing() -> None:
    scrubbed = TICKET | {
        "status": "deleted", "subject": "SCRUBBED", "description": "X", "generated_timestamp": 1793999999,
    }  # fmt: skip
    records = pulled("zendesk", "tickets", TICKET, scrubbed)

    for some in (records, records[::-1], records[1:]):
        row = only(mapped("zendesk", some))
        assert row["occurred_at"] == "2026-11-02T09:00:00+00:00"
        assert "subject" not in row
        assert "text" not in row


def test_pitfall_3_a_ticket_that_was_merged_away_is_not_counted() -> None:
    merged = TICKET | {"generated_timestamp": 1793999999, "status": "closed", "tags": ["closed_by_merge"]}

    rows = mapped("zendesk", pulled("zendesk", "tickets", TICKET, merged))

    assert [(row.gone, row.fields) for row in rows] == [(True, {"external_id": "41001"})]


def test_pitfall_4_events_and_api_give_the_same_row_of_the_same_entity() -> None:
    event = {
        "type": "zen:event-type:ticket.created", "id": "e1", "time": "2026-11-02T10:00:00Z",
        "subject": "zen:ticket:41001",
        "detail": {
            "id": "41001", "status": "Open", "via": {"channel": "web"}, "created_at": "2026-11-02T09:00:00Z",
            "updated_at": "2026-11-02T10:00:00Z", "requester_id": "900001", "subject": "Label", "description": "Waar?",
        },
    }  # fmt: skip
    sent = list(run.system("zendesk").records(event, Settings()))
    api = pulled("zendesk", "tickets", TICKET)

    assert {record.entity for record in [*sent, *api]} == {"ticket:41001"}
    assert [it.payload["status"] for it in [*sent, *api]] == ["open", "open"]
    assert sent[0].people.customer == api[0].people.customer == "900001"
    assert mapped("zendesk", sent) == mapped("zendesk", api) == mapped("zendesk", [*api, *sent])
    # What has no generated_timestamp is never taken for newer than the export of the same moment.
    assert sent[0].version < api[0].version


def test_an_event_about_anything_but_tickets_is_not_needed() -> None:
    with pytest.raises(Unknown, match=r"user\.active_changed"):
        run.system("zendesk").records({"type": "zen:event-type:user.active_changed", "detail": {}}, Settings())


def test_the_machine_s_own_tags_are_no_reasons_unless_the_settings_say_so() -> None:
    tagged = TICKET | {"tags": ["retour", "intent__returns", "sentiment__negative", "language__nl"]}

    plain = only(mapped("zendesk", pulled("zendesk", "tickets", tagged)))
    assert (plain["reason"], plain["language"]) == ("retour", "nl")
    chosen = only(mapped("zendesk", pulled("zendesk", "tickets", tagged), strip_tags=["sentiment_", "language_"]))
    assert chosen["reason"] == "retour|intent__returns"


def test_a_time_that_is_not_known_is_left_out_and_never_zero() -> None:
    never = {
        "id": 1, "ticket_id": 41001, "updated_at": "2026-11-02T10:00:00Z", "reopens": 0, "replies": 0,
        "solved_at": "2026-11-02T10:00:00Z", "reply_time_in_minutes": {"calendar": None, "business": None},
        "requester_wait_time_in_minutes": {"calendar": 0, "business": 0},
    }  # fmt: skip
    records = [*pulled("zendesk", "tickets", TICKET), *pulled("zendesk", "metrics", never)]

    row = only(mapped("zendesk", records))

    assert "first_response_seconds" not in row
    assert "resolved_first_contact" not in row, "solved without an answer: nobody knows"
    assert row["wait_seconds"] == "0"


@pytest.mark.parametrize(
    ("replies", "reopens", "solved", "outcome"),
    [(1, 0, True, "true"), (2, 0, True, "false"), (1, 1, True, "false"), (1, 0, False, None)],
)
def test_resolved_at_first_contact_is_one_answer_and_no_reopening(
    replies: int, reopens: int, solved: bool, outcome: str | None
) -> None:
    times = {
        "id": 1, "ticket_id": 41001, "updated_at": "2026-11-02T10:00:00Z", "reopens": reopens, "replies": replies,
        "solved_at": "2026-11-02T10:00:00Z" if solved else None,
    }  # fmt: skip
    row = only(mapped("zendesk", [*pulled("zendesk", "tickets", TICKET), *pulled("zendesk", "metrics", times)]))
    assert row.get("resolved_first_contact") == outcome


def test_a_comment_that_was_redacted_takes_the_ticket_s_words_until_it_is_pulled_again() -> None:
    event = {
        "type": "zen:event-type:ticket.comment_redacted", "id": "e2", "time": "2026-11-03T10:00:00Z",
        "detail": {"id": "41001", "status": "Open", "updated_at": "2026-11-03T10:00:00Z", "subject": "Label"},
        "event": {"comment": {"id": "88001"}},
    }  # fmt: skip
    redaction = list(run.system("zendesk").records(event, Settings()))
    before = pulled("zendesk", "tickets", TICKET)
    after = pulled("zendesk", "tickets", TICKET | {"generated_timestamp": 1793800000, "description": "▇▇▇"})

    assert "text" not in only(mapped("zendesk", [*before, *redaction]))
    assert only(mapped("zendesk", [*before, *redaction, *after]))["text"] == "▇▇▇"
    assert only(mapped("zendesk", [*after, *redaction, *before]))["text"] == "▇▇▇"


def test_pitfall_5_a_deleted_conversation_is_named_by_conversation_id_and_keeps_counting() -> None:
    gone = {
        "type": "notification_event", "topic": "conversation.deleted", "created_at": 1793700000,
        "data": {"item": {"type": "conversation", "conversation_id": "3001"}},
    }  # fmt: skip
    deletion = list(run.system("intercom").records(gone, Settings()))
    talk = pulled("intercom", "conversations", CONVERSATION)

    assert (deletion[0].entity, deletion[0].deleted) == (talk[0].entity, True)
    for some in ([*talk, *deletion], [*deletion, *talk]):
        row = only(mapped("intercom", some))
        assert row["external_id"] == "3001"
        assert "text" not in row
    assert mapped("intercom", deletion) == [], "what was never here is no row"


def test_pitfall_5_a_merged_contact_names_nobody_who_is_gone() -> None:
    merged = {"type": "notification_event", "topic": "contact.merged", "data": {"item": {"type": "contact", "id": "a"}}}
    with pytest.raises(Unknown, match=r"contact\.merged"):
        run.system("intercom").records(merged, Settings())


def test_pitfall_5_a_redacted_part_is_not_what_the_customer_said() -> None:
    part = {
        "type": "conversation_part", "id": "p1", "part_type": "comment", "created_at": 1793610100,
        "updated_at": 1793610100, "body": "<p>Mijn geheim</p>", "author": {"type": "user", "id": "u1"},
        "redacted": False,
    }  # fmt: skip
    hidden = part | {"updated_at": 1793611500, "body": "<p><i>This message was deleted</i></p>", "redacted": True}
    silent = CONVERSATION | {"source": None}
    with_part = silent | {"conversation_parts": {"total_count": 1, "conversation_parts": [part]}}
    redacted = silent | {
        "updated_at": 1793611500, "conversation_parts": {"total_count": 1, "conversation_parts": [hidden]},
    }  # fmt: skip

    assert only(mapped("intercom", pulled("intercom", "conversations", with_part)))["text"] == "Mijn geheim"
    both = pulled("intercom", "conversations", with_part, redacted)
    assert "text" not in only(mapped("intercom", both))
    assert "geheim" not in str([it.payload for its in run.stored(run.system("intercom"), both).values() for it in its])


def test_pitfall_5_statistics_are_read_as_iso_text_and_as_seconds_since_1970() -> None:
    for closed in ("2026-11-02T12:00:00.000Z", 1793620800):
        talk = CONVERSATION | {"state": "closed", "statistics": {"last_close_at": closed, "time_to_admin_reply": 211}}
        row = only(mapped("intercom", pulled("intercom", "conversations", talk)))
        assert row["resolved_at"] == "2026-11-02T12:00:00+00:00"
        assert row["first_response_seconds"] == "211"


def test_pitfall_5_a_conversation_without_source_is_counted() -> None:
    row = only(mapped("intercom", pulled("intercom", "conversations", CONVERSATION | {"source": None})))
    assert row == {"external_id": "3001", "occurred_at": "2026-11-02T09:00:00+00:00"}


def test_a_search_after_the_whole_conversation_does_not_lose_its_parts() -> None:
    part = {"id": "p1", "part_type": "comment", "created_at": 1793610100, "body": "Vraag", "author": {"type": "lead"}}
    whole = CONVERSATION | {
        "source": None, "conversation_parts": {"total_count": 1, "conversation_parts": [part]},
    }  # fmt: skip
    found = CONVERSATION | {"source": None, "tags": {"tags": [{"name": "Levertijd"}]}, "updated_at": 1793612000}
    for order in ([whole, found], [found, whole]):
        row = only(mapped("intercom", pulled("intercom", "conversations", *order)))
        assert (row["text"], row["reason"]) == ("Vraag", "Levertijd")


def test_a_rating_that_was_given_again_counts_as_it_is_now() -> None:
    first = CONVERSATION | {"conversation_rating": {"rating": 2, "remark": "Traag", "created_at": 1793611000}}
    again = first | {
        "updated_at": 1793615000, "conversation_rating": {"rating": 5, "remark": "Toch goed", "created_at": 1793614000},
    }  # fmt: skip
    for order in ([first, again], [again, first]):
        survey = mapped("intercom", pulled("intercom", "conversations", *order))[-1]
        assert (survey.kind, survey.fields["score"], survey.fields["comment"]) == ("surveys", "5", "Toch goed")


def test_pitfall_6_survey_times_without_offset_are_in_the_zone_of_the_source() -> None:
    survey = {
        "id": 71, "ticket_id": 6001, "score": 5, "created_datetime": "2026-07-01T12:00:00",
        "sent_datetime": "2026-07-01T12:30:00", "scored_datetime": "2026-07-01T13:00:00",
    }  # fmt: skip
    ticket = {
        "id": 6001, "channel": "email", "from_agent": False, "created_datetime": "2026-07-01T09:00:00.123456+00:00",
        "updated_datetime": "2026-07-01T09:00:00+00:00",
    }  # fmt: skip
    records = [*pulled("gorgias", "surveys", survey), *pulled("gorgias", "tickets", ticket)]

    contact, answer = mapped("gorgias", records)

    assert contact.fields["occurred_at"] == "2026-07-01T09:00:00.123456+00:00"
    assert answer.fields["invited_at"] == "2026-07-01T10:30:00+00:00", "Amsterdam's summer time"
    assert answer.fields["responded_at"] == "2026-07-01T11:00:00+00:00"


def test_an_answer_of_ours_that_began_it_is_no_contact_unless_the_settings_count_it() -> None:
    sent = {
        "id": 6003, "from_agent": True, "channel": "email", "created_datetime": "2026-11-02T09:00:00+00:00",
        "updated_datetime": "2026-11-02T09:00:00+00:00",
        "messages": [{"id": 1, "from_agent": True, "public": True, "created_datetime": "2026-11-02T09:00:00+00:00"}],
    }  # fmt: skip
    assert mapped("gorgias", pulled("gorgias", "tickets", sent))[0].gone
    assert only(mapped("gorgias", pulled("gorgias", "tickets", sent), outbound=True))["external_id"] == "6003"
    answered = {"id": 2, "ticket_id": 6003, "from_agent": False, "created_datetime": "2026-11-02T10:00:00+00:00",
                "body_text": "Dank"}  # fmt: skip
    records = [*pulled("gorgias", "tickets", sent), *pulled("gorgias", "messages", answered)]
    assert only(mapped("gorgias", records))["text"] == "Dank"


def test_freshdesk_s_scale_is_that_of_the_survey() -> None:
    rating = {
        "id": 1, "survey_id": 5, "ticket_id": 9, "ratings": {"default_question": 100},
        "created_at": "2026-11-02T09:00:00Z", "updated_at": "2026-11-02T09:00:00Z",
    }  # fmt: skip
    records = pulled("freshdesk", "ratings", rating)

    usual = only(mapped("freshdesk", records))
    assert (usual["score"], usual["scale_min"], usual["scale_max"]) == ("4", "1", "7")
    three = only(mapped("freshdesk", records, surveys={"5": {"values": [-103, 100, 103]}}))
    assert (three["score"], three["scale_max"]) == ("2", "3")
    with pytest.raises(Unmappable) as fault:
        mapped("freshdesk", records, surveys={"5": {"values": [-103, 103]}})
    assert (fault.value.reason, fault.value.value) == ("score_unknown", "100")


def test_chatwoot_s_times_are_seconds_or_iso_and_its_number_is_the_display_id() -> None:
    talk = {
        "id": 77, "channel": "Channel::Email", "inbox_id": 1, "status": "open", "labels": ["maat"],
        "contact_inbox": {"contact_id": 5}, "created_at": 1793610000, "updated_at": 1793610000.5,
    }  # fmt: skip
    event = run.system("chatwoot").records(talk | {"event": "conversation_created"}, Settings())
    api = pulled(
        "chatwoot", "conversations", talk | {"id": 900, "display_id": 77, "created_at": "2026-11-02T09:00:00Z"}
    )

    assert [it.external_id for it in [*event, *api]] == ["77", "77"]
    assert only(mapped("chatwoot", api)) == only(mapped("chatwoot", list(event)))
    with pytest.raises(Unknown, match="webwidget_triggered"):
        run.system("chatwoot").records({"event": "webwidget_triggered", "id": 1}, Settings())


def test_chatwoot_s_message_belongs_to_the_display_id_and_a_private_note_is_nobody_s_words() -> None:
    said = {
        "event": "message_created", "id": 90, "message_type": "incoming", "created_at": "2026-11-02T09:00:00Z",
        "content": "Waar?", "conversation": {"id": 900, "display_id": 77, "created_at": 1793610000},
    }  # fmt: skip
    chat, message = run.system("chatwoot").records(said, Settings())
    assert (chat.external_id, message.entity) == ("77", "conversation:77")
    note = run.system("chatwoot").records(said | {"private": True, "content": "Lastige klant"}, Settings())
    assert "Lastige" not in str([it.payload for it in note])


def test_what_freshdesk_calls_spam_is_no_contact() -> None:
    ticket = {
        "id": 8, "created_at": "2026-11-02T09:00:00Z", "updated_at": "2026-11-02T10:00:00Z", "status": 2, "source": 1,
    }  # fmt: skip
    spam = ticket | {"updated_at": "2026-11-02T11:00:00Z", "spam": True}
    for some in ([ticket, spam], [spam, ticket]):
        rows = mapped("freshdesk", pulled("freshdesk", "tickets", *some))
        assert [(row.gone, row.fields) for row in rows] == [(True, {"external_id": "8"})]


def test_the_newest_case_is_the_one_that_salesforce_itself_touched_last() -> None:
    older = CASE | {
        "SystemModstamp": "2026-11-03T09:00:00.000+0000",
        "LastModifiedDate": "2026-11-03T08:00:00.000+0000",
    }
    # A trigger or a roll-up changes the case and not when somebody modified it.
    newer = older | {"SystemModstamp": "2026-11-04T09:00:00.000+0000", "Reason": "Garantie"}
    for order in ([older, newer], [newer, older]):
        assert only(mapped("salesforce", pulled("salesforce", "cases", *order)))["reason"] == "Garantie"


def test_an_order_number_stands_in_a_field_or_is_found_in_the_words() -> None:
    ticket = TICKET | {"description": "Bestelling WH-100234 is weg", "custom_fields": [{"id": 7001, "value": "#55"}]}

    by_field = pulled("zendesk", "tickets", ticket, fields={"order": 7001})
    by_words = pulled("zendesk", "tickets", ticket, order_pattern=r"WH-(\d{6})")
    broken = pulled("zendesk", "tickets", ticket, order_pattern="(")

    assert [it[0].people.order for it in (by_field, by_words, broken)] == ["55", "100234", ""]
    assert "55" not in str(by_field[0].payload["own"])


def test_the_short_and_the_long_id_of_a_case_are_one() -> None:
    short, long = (pulled("salesforce", "cases", CASE | {"Id": key}) for key in ("500Aa00000Bb1Cc", CASE["Id"]))
    assert short[0].external_id == long[0].external_id == "500Aa00000Bb1CcIAJ"
