"""No page asks the database more often when it has more rows: every list, few rows and many.

Pages whose rows grow in other ways have tests of their own beside them.
"""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

import hypotheses.services
from accounts.models import Person
from feedback.models import Theme
from hypotheses.models import Hypothesis, Sprint
from tests import furnished, people
from tests.cast import ClientFor
from tests.feedback import rows
from tests.hypotheses import material

LISTS = {
    "agent": ("outbox:inbox", "dashboards:my-ideas"),
    "linking_pin": (
        "feedback:import-list", "feedback:data-health", "feedback:value-list", "outbox:job-list",
        "collaboration:goal-list",
    ),
    "admin": ("accounts:settings", "accounts:audit-list"),
    "cro_lead": (
        "dashboards:loop", "dashboards:theme-list", "dashboards:theme-detail", "dashboards:kpi-page",
        "dashboards:result-list", "feedback:contact-list", "hypotheses:hypothesis-new", "hypotheses:hypothesis-detail",
        "hypotheses:triage", "hypotheses:backlog", "hypotheses:sprint-list", "hypotheses:sprint-board",
        "hypotheses:sprint-plan", "experiments:experiment-list", "experiments:experiment-detail",
    ),
}  # fmt: skip


def grow(house: furnished.House, size: int) -> None:
    """So many more of everything that a list shows."""
    agent, lead, other = (people.person(key) for key in ("agent", "cro_lead", "other_agent"))
    for number in range(size):
        theme = material.theme_with_contacts(f"Grown {number} of {size}", contacts=6)
        rows.bring_in(rows.CONTACTS.replace("T1", f"{size}-{number}"), source=f"Desk {size}-{number}")
        waiting = material.sent(agent, theme=theme)
        hypotheses.services.join(hypothesis=waiting, person=other, now=furnished.NOW)
        hypotheses.services.join(hypothesis=house.waiting, person=_newcomer(f"{size}-{number}"), now=furnished.NOW)
        material.accepted(agent, lead, f"a change {number} of {size}", points=2)
        _into(house.sprint, agent, lead, f"a plan {number} of {size}")
        _into(house.next_sprint, agent, lead, f"a later plan {number} of {size}")
        material.sprint(lead)
        _started(house.sprint, agent, lead, theme, f"a test {number} of {size}")


def _newcomer(name: str) -> Person:
    made: Person = Person.objects.create(email=f"{name}@grown.example", name=f"N {name}", created_at=people.THEN)
    return made


def _into(sprint: Sprint, agent: Person, lead: Person, change: str) -> Hypothesis:
    idea = material.accepted(agent, lead, change, points=1)
    return hypotheses.services.plan(hypothesis=idea, sprint=sprint, actor=lead, now=furnished.NOW)


def _started(sprint: Sprint, agent: Person, lead: Person, theme: Theme, change: str) -> None:
    idea = _into(sprint, agent, lead, change)
    Hypothesis.objects.filter(pk=idea.pk).update(theme=theme)
    furnished.running(idea)


def queries(client_for: ClientFor, house: furnished.House) -> dict[str, int]:
    """How often each list asks, once what is remembered between requests has been filled."""
    found = {}
    for who, names in LISTS.items():
        browser = client_for(people.person(who))
        for name in names:
            address = house.pages[name]
            assert browser.get(address).status_code == 200, address
            with CaptureQueriesContext(connection) as asked:
                browser.get(address)
            found[name] = len(asked)
    return found


@pytest.mark.django_db
def test_no_list_asks_more_often_for_more_rows(client_for: ClientFor, tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path
    with time_machine.travel(furnished.NOW + timedelta(minutes=5), tick=False):
        cache.clear()
        house = furnished.furnish()
        grow(house, 2)
        few = queries(client_for, house)
        grow(house, 7)
        many = queries(client_for, house)
        cache.clear()
    assert {name: (count, many[name]) for name, count in few.items() if many[name] > count} == {}
