"""The counts beside the navigation."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import outbox.services
from accounts.models import Person
from dashboards import context
from tests.dashboards import shop

pytestmark = pytest.mark.django_db


def test_every_count_by_hand_in_three_queries(agent: Person, other_agent: Person) -> None:
    label = shop.theme("Label")
    shop.theme("Merged away", state="merged")
    shop.counts(label, 3)
    shop.idea(1, agent, label)
    shop.idea(2, agent, label, "accepted")
    carried = shop.idea(3, agent, label, "testing", sprint=shop.sprint(24))
    shop.trial(carried, 1)
    shop.live(shop.trial(shop.idea(4, agent, label, "released"), 2, "released"), shop.FIRST)
    outbox.services.tell(recipient=agent, kind="news", parameters={}, now=shop.NOW - timedelta(days=1))
    outbox.services.tell(recipient=other_agent, kind="news", parameters={}, now=shop.NOW - timedelta(days=1))
    outbox.services.tell(recipient=agent, kind="news", parameters={}, now=shop.NOW, undoable=True)
    with CaptureQueriesContext(connection) as queries:
        found = context.counts(agent, shop.NOW)
    assert found == {
        "unread": 1, "to_triage": 1, "themes": 1, "experiments": 1, "results": 1, "sprint": 24, "contacts": 84,
    }  # fmt: skip
    assert len(queries) <= 3


def test_an_empty_installation_has_counts_too(agent: Person) -> None:
    assert context.counts(agent, shop.NOW) == {
        "unread": 0, "to_triage": 0, "themes": 0, "experiments": 0, "results": 0, "sprint": None, "contacts": 0,
    }  # fmt: skip
