"""One row goes all the way round: from an uploaded file to the letter that tells an agent what came of it.

The steps are those of "The life of one row" in ARCHITECTURE; everything goes through the doors that
people use, and the night shift does its jobs between them.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts import formats
from accounts.models import Person
from dashboards.selectors.avoided import avoided_in
from experiments.models import Experiment, Outcome
from feedback.models import Import, Theme
from hypotheses.models import Hypothesis, Sprint
from metrics.periods import Period
from outbox import jobs
from outbox.models import Message
from tests.journeys import shop
from tests.journeys.nights import on

pytestmark = pytest.mark.django_db

ClientFor = Callable[[Person], Client]


def text_of(client: Client, address: str) -> str:
    """What a page says, without its tags, on one line."""
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def send(client: Client, address: str, **values: object) -> str:
    """Send a form that must be taken; the address it leads to."""
    answer = client.post(address, values)
    assert answer.status_code == 302, (address, answer.status_code, answer.content.decode()[:3000])
    location = str(answer.headers["Location"])
    assert not location.startswith(reverse("accounts:sign-in"))
    return location


def upload(client: Client, kind: str, rows: str) -> Import:
    """Upload a file, keep the columns as they are proposed, import."""
    file = SimpleUploadedFile(f"{kind}.csv", rows.encode())
    mapping = send(client, reverse("feedback:import-list"), kind=kind, source=f"Our {kind}", file=file)
    headings = rows.split("\n", 1)[0].split(",")
    send(client, mapping, action="import", **{f"column-{place}": name for place, name in enumerate(headings)})
    imported = Import.objects.latest("pk")
    assert imported.job_id
    jobs.perform(imported.job_id)
    imported.refresh_from_db()
    return imported


def letters(client_for: ClientFor, person: Person, day: date) -> str:
    """What stands in somebody's inbox that day."""
    with on(day, 12):
        return text_of(client_for(person), reverse("outbox:inbox"))


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path


def test_a_row_goes_once_round_the_loop(
    client_for: ClientFor, agent: Person, cro_member: Person, cro_lead: Person, linking_pin: Person
) -> None:
    # 1, 2. The files of sixteen weeks are uploaded and read.
    with on(shop.FILED):
        pin = client_for(linking_pin)
        assert upload(pin, "commerce", shop.commerce(shop.FIRST, shop.FILED)).new_count == 112
        imported = upload(pin, "contacts", shop.contacts(shop.FIRST, shop.FILED))
        assert imported.new_count == sum(shop.came(reason, shop.FIRST, shop.FILED) for reason in shop.REASONS)
        assert imported.rejected_count == 0

    # 3, 4. Days are counted, contacts have their themes, and every number opens the rows behind it.
    theme = Theme.objects.get(name=shop.LABEL)
    month = shop.FILED - timedelta(days=28)
    before = shop.came(shop.REASONS[0], month, shop.FILED)
    with on(shop.FILED):
        reader = client_for(agent)
        page = reader.get(reverse("dashboards:theme-detail", args=[theme.pk])).content.decode()
        rows_address = re.search(rf'<a href="([^"]+)">{before}</a>', page)
        assert rows_address, "the number of contacts is a link"
        rows = text_of(reader, rows_address[1].replace("&amp;", "&"))
        assert f"{before} contacts" in rows

    # 5. The agent proposes; the numbers are frozen as they are that day.
    with on(shop.FILED, 11):
        reader = client_for(agent)
        idea_address = send(
            reader,
            reverse("hypotheses:hypothesis-new"),
            problem="Customers cannot find the return label and call us.",
            change="Put the return label on the order page",
            effect="fewer_contacts",
            metric="contacts_per_1000_orders",
            theme=theme.pk,
            suggested=theme.pk,
            shown=theme.pk,
            use_theme="on",
            act="send",
        )
        idea = Hypothesis.objects.get()
        assert idea.evidence.get(kind="theme").facts["contacts"]["value"] == before
        assert "Sent to the CRO team as HYP-101" in text_of(reader, idea_address)

    # 6. A lead may not refuse without a reason, and accepts; the agent is told.
    with on(shop.FILED + timedelta(days=2)):
        lead = client_for(cro_lead)
        assert idea.title in text_of(lead, reverse("hypotheses:triage"))
        declined = lead.post(reverse("hypotheses:hypothesis-move", args=[idea.number, "decline"]), {"note": " "})
        assert declined.status_code == 422
        send(lead, reverse("hypotheses:hypothesis-move", args=[idea.number, "accept"]))
    assert "Your idea is on the shortlist" in letters(client_for, agent, shop.FILED + timedelta(days=3))

    # 7. A sprint without an idea from customer service does not start.
    with on(shop.STARTED):
        lead = client_for(cro_lead)
        frame = {"starts_on": shop.STARTED, "ends_on": shop.STARTED + timedelta(days=13)}
        send(lead, reverse("hypotheses:sprint-new"), **frame, capacity_points=20, quota=1)
        refused = text_of(lead, send(lead, reverse("hypotheses:sprint-start", args=[1])))
        assert "Sprint 1 needs one more idea from customer service" in refused
        assert Sprint.objects.get().state == Sprint.State.PLANNING
        send(lead, reverse("hypotheses:sprint-move", args=[1]), hypothesis=idea.key, column="planned")
        send(lead, reverse("hypotheses:sprint-start", args=[1]))
        sprint = Sprint.objects.get()
        assert (sprint.state, sprint.waived_at) == (Sprint.State.RUNNING, None)

    # 8. The experiment runs; results come in and are judged when it has ended.
    with on(shop.STARTED, 11):
        tester = client_for(cro_member)
        arms = {"arm_A": "The order page of today", "arm_B": "With the label on top"}
        plan = f"{reverse('experiments:experiment-new')}?hypothesis={idea.key}"
        experiment_address = send(tester, plan, name="Label on top", weeks=2, weekly=20_000, baseline=5, **arms)
        experiment = Experiment.objects.get()
        send(tester, reverse("experiments:start", args=[experiment.key]), starts_on=shop.STARTED)
    with on(shop.DECIDED):
        tester, lead = client_for(cro_member), client_for(cro_lead)
        control = {"visitors_0": 20_000, "conversions_0": 1_000}
        change = {"visitors_1": 20_050, "conversions_1": 1_150}
        send(tester, reverse("experiments:results", args=[experiment.key]), **control, **change)
        decide = reverse("experiments:decide", args=[experiment.key])
        assert lead.post(decide, {"decision": "won", "learning": ""}).status_code == 422
        send(lead, decide, decision="won", learning="They look for the label where they see the order.")
        page = text_of(lead, experiment_address)
        assert "“Label on top” won: conversion rose 14.7%" in page
        assert "no sample ratio mismatch" in page

    # 9. The winner is released, in all markets.
    with on(shop.LIVE):
        send(client_for(cro_lead), reverse("experiments:release", args=[experiment.key]), released_on=shop.LIVE)

    # 10. Weeks later: did contacts fall, against what would have happened?
    with on(shop.MEASURED, 6):
        pin = client_for(linking_pin)
        upload(pin, "commerce", shop.commerce(shop.FILED, shop.MEASURED))
        upload(pin, "contacts", shop.contacts(shop.FILED, shop.MEASURED))
    with on(shop.MEASURED, 7):
        jobs.enqueue("experiments.measure", now=timezone.now())
    outcome = Outcome.objects.get()
    assert (outcome.grade, outcome.verdict, outcome.weeks_after) == ("B", "avoided", shop.WEEKS_AFTER)
    low, avoided, high = outcome.avoided_low, outcome.contacts_avoided, outcome.avoided_high
    assert low is not None
    assert avoided is not None
    assert high is not None
    assert 0 < low < shop.truly_avoided() < high
    number = formats.decimal(avoided)
    with on(shop.MEASURED):
        page = text_of(client_for(agent), experiment_address)
        assert f"“Label on top” took away {number} contacts in 8 weeks" in page
        assert f"{formats.decimal(low)} to {formats.decimal(high)} in 8 weeks" in page
    thanks = f"Thanks to you, {number} customers did not have to ask"
    assert thanks in letters(client_for, agent, shop.MEASURED)
    told = Message.objects.filter(recipient=agent).order_by("deliver_after").values_list("kind", flat=True)
    moves = ("accept", "plan", "test", "decide", "release", "measure")
    assert list(told) == [f"hypothesis_{move}" for move in moves]

    # 11, 12. Everybody sees it on the shared pages.
    with on(shop.MEASURED, 11):
        reader = client_for(agent)
        loop = text_of(reader, reverse("dashboards:loop"))
        month = shop.MEASURED - timedelta(days=28)
        shown = avoided_in(Period(month, shop.MEASURED - timedelta(days=1))).total
        assert (shown.low or 0) < shop.truly_avoided() * 4 / shop.WEEKS_AFTER < (shown.high or 0)
        share = formats.decimal(shown.value or 0)
        assert f"The loop took away {share} contacts in the last 28 days" in loop
        assert f"Sanne heard: {number} contacts avoided" in loop
        assert "3 of 20 points planned 3 done" in loop
        kpis = text_of(reader, reverse("dashboards:kpi-page"))
        # The last four weeks as they are in the files: 28 days of orders, and 20 visits to each of them.
        a_thousand = 1000 * sum(shop.came(reason, month, shop.MEASURED) for reason in shop.REASONS) / 28 / shop.ORDERS
        assert re.search(rf"Contacts per 1,000 orders [^C]*{formats.decimal(a_thousand, 1)} ", kpis)
        assert f"n {formats.decimal(28 * 20 * shop.ORDERS)}" in kpis
