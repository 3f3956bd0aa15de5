"""A customer who is everywhere that a customer can be, and what of them is left afterwards."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import Company, Person
from accounts.services import record
from feedback.models import Contact, ContactTheme, Import, RawRecord, Source, Theme
from feedback.references import References
from feedback.services import search, series
from hypotheses.models import Evidence, Hypothesis
from outbox.models import Job, Message
from tests.feedback.rows import NOW, bring_in

WHO = "Wilhelmina.Quist@example.nl"
SAID = "Waar blijft mijn paarse parasol met de gouden franje"
ANSWERED = "De paraplubak kwam nooit aan en dat is jammer"
CONTACTS = f"""external_id,occurred_at,channel,reason,text,market,customer,order
Q1,2026-03-01T10:00:00Z,chat,Delivery,{SAID},NL,{WHO},LN-777000
Q2,2026-03-02T10:00:00Z,chat,,Nogmaals: {SAID.lower()},NL, {WHO.lower()} ,
K1,2026-03-02T11:00:00Z,phone,Delivery,Waar blijft mijn stoel dan toch,BE,K1,LN-1
"""
SURVEYS = f"""external_id,responded_at,instrument,score,comment,contact,customer
S1,2026-03-01T12:00:00Z,csat,2,{ANSWERED},Q1,
S2,2026-03-02T12:00:00Z,csat,5,Prima geholpen met mijn stoel,K1,K1
"""


@pytest.fixture
def hashed() -> str:
    return References(settings.CUSTOMER_KEY).customer(WHO)


@pytest.fixture
def everything(company: Company, linking_pin: Person, hashed: str) -> None:
    """The customer everywhere that a customer can be."""
    bring_in(CONTACTS)
    bring_in(SURVEYS, "surveys")
    changed = CONTACTS.replace("2026-03-01T10:00:00Z,chat", "2026-03-01T10:00:00Z,phone")
    bring_in(changed, door=Import.Door.COMMAND)
    contact = Contact.objects.get(external_id="Q1")
    theme = Theme.objects.create(name="Delivery", created_at=NOW)
    ContactTheme.objects.get_or_create(contact=contact, theme=theme, origin=ContactTheme.Origin.TEXT)
    _raw(contact, hashed)
    idea = Hypothesis.objects.create(
        title="Show it", problem=f"They write “{SAID}”", proposer=linking_pin, created_at=NOW, updated_at=NOW
    )
    Evidence.objects.create(
        hypothesis=idea,
        kind=Evidence.Kind.QUOTE,
        origin={"contact": contact.pk},
        facts={"text": SAID, "channel": "Chat"},
        frozen_at=NOW,
    )
    Message.objects.create(
        recipient=linking_pin,
        kind="hypothesis_ask",
        parameters={"note": f"zie {SAID}"},
        created_at=NOW,
        deliver_after=NOW,
    )
    Job.objects.create(kind="tests", arguments={"who": [WHO]}, error=f"no {WHO}", run_after=NOW, created_at=NOW)
    record(actor=linking_pin, action="import", name=f"{WHO}.csv", details={"file": WHO.lower(), "n": 3}, now=NOW)
    while size := search.next_size(1_000):
        search.index(size)
    for kind in ("contacts", "surveys"):
        count_all(kind)


def _raw(contact: Contact, hashed: str) -> None:
    source = Source.objects.create(name="zen", system="zendesk", created_at=NOW)
    ticket = {"id": 7, "created_at": "2026-03-01T10:00:00Z", "requester_id": WHO, "description": SAID, "status": "open"}
    comment = {"id": 8, "ticket_id": 7, "body": SAID, "author": {"id": 99, "email": WHO}, "score": 2}
    for stream, external, payload, reference in (("tickets", "7", ticket, hashed), ("comments", "8", comment, "")):
        RawRecord.objects.create(
            source=source, stream=stream, external_id=external, entity="ticket:7", payload=payload,
            payload_sha256=external * 64, customer_ref=reference, order_ref="", received_at=NOW,
            problem="date_missing", problem_value=SAID[:100], problem_parameters={"name": WHO},
        )  # fmt: skip
    Contact.objects.create(
        source=source, external_id="7", occurred_at=NOW, local_day=NOW.date(), customer_ref=hashed, row_hash="x" * 32
    )


def count_all(kind: str) -> None:
    from metrics.models import Kind

    while (found := series.marked(Kind(kind)))[1]:
        series.recount(Kind(kind), *found)


def dump() -> str:
    """Every cell of every table, the index's and the database's own among them, and every file that was sent in."""
    cells: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names come from the database
            cells += [str(cell) for row in cursor.fetchall() for cell in row]
    folder = Path(settings.UPLOAD_DIR)
    cells += [path.read_bytes().decode("latin-1") for path in folder.glob("*")]
    return "\n".join(cells).lower()


def everywhere(text: str, *needles: str) -> Iterator[str]:
    return (needle for needle in needles if needle.lower() in text)


def by_page(client: Client, written: str) -> str:
    """Asked for, typed once more, erased: the pages on the way."""
    asked = client.post("/data/privacy/erase/", {"customer": written})
    assert asked.status_code == 200
    sure = re.search('name="sure" value="([0-9a-f]{32})"', asked.text)
    assert sure
    done = client.post("/data/privacy/erase/", {"customer": written, "sure": sure[1]})
    assert done.status_code == 302
    return asked.text + client.get(done.headers["Location"]).text
