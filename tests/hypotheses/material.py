"""A theme with contacts behind it, and ideas at every stage, for the tests of this floor."""

from datetime import UTC, date, datetime, timedelta

from django.test import Client

import metrics.services
from accounts.models import Market, Person
from feedback.models import Contact, ContactReason, ContactText, ContactTheme, DimensionValue, Source, Theme
from hypotheses import services
from hypotheses.models import Hypothesis, Sprint
from hypotheses.services.proposals import Chosen, Words
from metrics.models import CommerceCell, Kind
from outbox import jobs
from tests import people

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
SLOT = "Customers want another delivery slot after ordering and have to call us"


def theme_with_contacts(name: str = "Changing the delivery slot", contacts: int = 40, today: date = TODAY) -> Theme:
    """A theme whose contacts of the last days are counted, each with words that can be quoted."""
    people.company()
    source, _made = Source.objects.get_or_create(name="desk", defaults={"created_at": NOW})
    chat, _made = DimensionValue.objects.get_or_create(dimension="channel", code="chat", defaults={"label": "Chat"})
    market = Market.objects.get(code="NL")
    theme = Theme.objects.create(name=name, created_at=NOW)
    ContactReason.objects.create(name=name, path=f"Delivery > {name}", theme=theme)
    days = [today - timedelta(days=1 + number % 20) for number in range(contacts)]
    made = Contact.objects.bulk_create(
        Contact(
            source=source, external_id=f"{name} {number}", occurred_at=NOW, local_day=day, row_hash="", channel=chat,
            market=market, handle_seconds=300,
        )
        for number, day in enumerate(days)
    )  # fmt: skip
    ContactText.objects.bulk_create(
        ContactText(contact=one, text=f"I only need another slot, number {place}. Why must I call?")
        for place, one in enumerate(made)
    )
    ContactTheme.objects.bulk_create(ContactTheme(contact=one, theme=theme) for one in made)
    for day in sorted(set(days)):
        CommerceCell.objects.get_or_create(day=day, market=market.pk, defaults={"sessions": 4000, "orders": 1000})
    metrics.services.mark(Kind.CONTACTS, sorted(set(days)))
    done = jobs.perform(jobs.enqueue("feedback.recount", {}, now=NOW).pk)
    assert done is not None
    assert done.state == "done", done.error
    return theme


def page(code: str = "tracking", label: str = "Tracking mail") -> DimensionValue:
    """A place on the site."""
    return DimensionValue.objects.create(dimension="page", code=code, label=label)


def sent(
    proposer: Person,
    problem: str = SLOT,
    change: str = "a button in the tracking mail",
    *,
    theme: Theme | None = None,
    now: datetime = NOW,
) -> Hypothesis:
    """An idea that waits for its answer."""
    people.company()
    words = Words(problem=problem, change=change, theme=theme)
    return services.propose(proposer=proposer, words=words, chosen=Chosen(), today=now.date(), now=now)


def accepted(proposer: Person, lead: Person, change: str = "a button", *, points: int | None = None) -> Hypothesis:
    """An idea on the shortlist."""
    hypothesis = services.accept(hypothesis=sent(proposer, change=change), actor=lead, now=NOW)
    if points is not None:
        services.set_effort(hypothesis=hypothesis, points=points, actor=lead, today=TODAY, now=NOW)
        hypothesis.refresh_from_db()
    return hypothesis


def sprint(lead: Person, *, quota: int = 1, capacity: int = 20) -> Sprint:
    """A sprint being planned."""
    people.company()
    return services.make_sprint(
        actor=lead, starts_on=TODAY, ends_on=TODAY + timedelta(days=11), quota=quota, capacity_points=capacity, now=NOW
    )


def answer(client: Client, address: str) -> str:
    """The text of a page that must open."""
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()
