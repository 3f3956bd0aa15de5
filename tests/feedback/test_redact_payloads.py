"""What a help desk sends, before it is stored: nobody in it any more, and still enough for a mapper."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.redaction.markup import html_to_text
from feedback.redaction.payloads import CUT, MAX_CHARACTERS, redact_payload

pytestmark = pytest.mark.slow  # the same on every database

TICKET = {
    "id": 46406156941841,
    "external_id": "A-100234",
    "created_at": "2026-05-06T07:46:23Z",
    "status": "open",
    "channel": "email",
    "tags": [{"id": 1, "name": "late delivery"}],
    "requester": {
        "id": 46406156914577,
        "name": "Anna de Groot",
        "email": "anna@example.nl",
        "phone": "+31 6 12345678",
        "avatar_url": "https://cdn.example.net/anna.png",
        "locale": "nl",
    },
    "subject": "Pakket van Anna",
    "html_body": "<p>Bel 0612345678 of mail a.groot&#64;example.nl</p><script>steal()</script><p>Groet,<br>Anna</p>",
    "shipping_address": {
        "street": "Dorpsweg 3", "city": "Haarlem", "zip": "2026BL", "country_code": "NL", "latitude": 52.38,
    },
    "metadata": {"ip_address": "203.0.113.7", "location": "Haarlem, NL"},
    "url": "https://desk.example.net/tickets/46406156941841?email=anna%40example.nl&token=x",
    "raw": json.dumps({"from": "Anna de Groot <anna@example.nl>", "score": 3}),
    "custom_fields": [{"label": "Telefoonnummer", "value": "0687654321"}, {"label": "Order", "value": "LN-1"}],
    "public": True,
    "score": 7.5,
    "assignee": None,
}  # fmt: skip


def test_a_ticket_keeps_what_a_mapper_needs_and_loses_who_wrote_it() -> None:
    payload, count = redact_payload(TICKET)

    assert payload == {
        "id": 46406156941841,
        "external_id": "A-100234",
        "created_at": "2026-05-06T07:46:23Z",
        "status": "open",
        "channel": "email",
        "tags": [{"id": 1, "name": "late delivery"}],
        "requester": {
            "id": 46406156914577, "name": None, "email": None, "phone": None, "avatar_url": None, "locale": "nl",
        },
        "subject": "Pakket van [name]",
        "html_body": "Bel [phone] of mail [email]\n\nGroet,\n[name]",
        "shipping_address": {"street": None, "city": None, "zip": None, "country_code": "NL", "latitude": None},
        "metadata": {"ip_address": None, "location": None},
        "url": "https://desk.example.net/tickets/46406156941841",
        "raw": '{"from":null,"score":3}',
        "custom_fields": [{"label": "Telefoonnummer", "value": None}, {"label": "Order", "value": "LN-1"}],
        "public": True,
        "score": 7.5,
        "assignee": None,
    }  # fmt: skip
    assert count == 16


def test_the_callers_known_values_go_too_and_kept_ones_stay() -> None:
    payload = {"token": "jan@example.nl", "note": "Piet belde", "form_response": {"name": "Jan", "email": "Jan"}}

    found, count = redact_payload(payload, ["Piet"], frozenset({"token", "form_response.name"}))

    assert found == {
        "token": "jan@example.nl", "note": "[name] belde", "form_response": {"name": "Jan", "email": None},
    }  # fmt: skip
    assert count == 2


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("source_id", "+31612345678", "[id]"),
        ("source_id", "31612345678", "31612345678"),
        ("customer_id", "jan@example.nl", "[email]"),
        ("from", "Jan Jansen", None),
        ("from", "web", "web"),
        ("requesterEmail", "x", None),
        ("E-mail adres", "jan@example.nl", None),
        ("phone", 31612345678, None),
        ("email", "", ""),
        ("email", True, True),
        ("name", "Size 42", "Size 42"),
        ("parent_name", "Ladder", "Ladder"),
        ("price", "10.00", "10.00"),
        ("sku", "0612345678", "0612345678"),
        ("order_number", "4111111111111111", "4111111111111111"),
        ("comment", "zie https://x.example/a?mail=jan%40x.nl#b graag", "zie https://x.example/a graag"),
        ("link", "https://jan:pw@x.example/a", "https://x.example/a"),
        ("weight", float("nan"), None),
        ("note", "a\0b\ud800", "ab?"),
    ],
)
def test_the_key_and_the_shape_say_what_stays(key: str, value: object, kept: object) -> None:
    assert redact_payload({key: value})[0] == {key: kept}


def test_an_id_that_is_the_senders_phone_number_goes() -> None:
    chat = {"sender": {"phone_number": "+31 6 12345678"}, "contact_inbox": {"source_id": "31612345678", "id": 3}}
    assert redact_payload(chat)[0]["contact_inbox"] == {"source_id": "[id]", "id": 3}


def test_an_order_that_is_called_by_its_number_keeps_it() -> None:
    assert redact_payload({"name": "#1032", "email": "jan@example.nl"})[0] == {"name": "#1032", "email": None}


def test_personal_data_in_a_key_goes_without_losing_the_value() -> None:
    assert redact_payload({"jan@example.nl": 1, "piet@example.nl": 2})[0] == {"[email]": 1, "[email]_": 2}


def test_what_no_help_desk_sends_is_cut() -> None:
    deep: Any = "jan@example.nl"
    for _ in range(200):
        deep = [deep]
    text = json.dumps(redact_payload(deep)[0])
    assert CUT in text
    assert "jan@" not in text
    long, _ = redact_payload("a" * MAX_CHARACTERS + " jan@example.nl")
    assert long.endswith(CUT)
    nested = "1"
    for _ in range(12):
        nested = json.dumps([nested])
    assert "jan@" not in redact_payload(nested.replace("1", "jan@example.nl"))[0]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Tom &amp; Jerry</p>\n<p>bye</p>", "Tom & Jerry\n\nbye"),
        ("<div>one</div><div>two<br>three</div>", "one\ntwo\nthree"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<td>a</td><td>b&nbsp;c</td>", "a b c"),
        ("<style>p{}</style><script>if(a<b){}</script>ok<!-- no -->", "ok"),
        ("<a title='a > b' href=mailto:x@y.nl>mail</a>", "mail"),
        ("plain\n  text", "plain\n  text"),
        ("a < b, Jan <jan@example.nl>", "a < b, Jan <jan@example.nl>"),
        ("a &lt; b", "a < b"),
        ("<!-- never closed", ""),
        ("<script>never closed", ""),
    ],
)
def test_html_becomes_the_text_that_is_seen(html: str, text: str) -> None:
    assert html_to_text(html) == text


HOSTILE = [
    "<a ",
    "<!--",
    "<",
    "</",
    "<a b='",
    "<script>",
    "<a \"'",
    "<!",
    "&",
    "&#",
    "<b><a",
    "<a:a",
    "[",
    '{"a":',
    "<p> ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_markup_costs_quadratic_time(piece: str) -> None:
    """A hundred thousand characters of it come back; with a quadratic reader this test takes minutes."""
    redact_payload("<b>" + piece * (100_000 // len(piece)))


SECRETS = ("jan@example.nl", "+31612345678", "NL91ABNA0417164300", "Wilhelmina Achternaam")
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["<b>", "&lt;", '{"a": [1]}', "https://x.nl?a=b", "2026-01-01", "groet, ", *SECRETS])
)  # fmt: skip
keys = st.text(max_size=6) | st.sampled_from(["name", "email", "requester", "value", "label", "id", "address", "from"])
payloads = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=20
)


@settings(max_examples=300, deadline=None)
@given(payloads)
def test_whatever_comes_an_answer_without_the_secrets_goes(payload: Any) -> None:
    found, count = redact_payload({"known": payload}, ["Wilhelmina Achternaam"])
    stored = json.dumps(found, allow_nan=False, ensure_ascii=False)
    stored.encode()
    assert "\\u0000" not in stored
    assert not [secret for secret in SECRETS if secret in stored]
    assert count >= 0
    assert redact_payload(found, ["Wilhelmina Achternaam"])[1] == 0
