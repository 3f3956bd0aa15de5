"""An installation with something to see on every page, and the address of every page."""

import io
from dataclasses import dataclass, field
from datetime import timedelta

from django.urls import reverse

import accounts.services
import collaboration.services
import experiments.services
import feedback.services
import hypotheses.services
from accounts import matrix
from accounts.models import ApiToken, Invitation, Market, Person, Team
from collaboration.models import Goal
from experiments.models import Experiment
from experiments.services import Arm, Row
from feedback.models import Contact, Import, RawRecord, Source, Theme
from feedback.services import receiving, sources
from feedback.systems import Record, registry
from hypotheses.models import Hypothesis, Sprint
from hypotheses.services.proposals import Words
from outbox.models import Job, Message
from tests import people
from tests.experiments import shop
from tests.feedback import rows
from tests.hypotheses import material

NOW = material.NOW
TODAY = material.TODAY
BROKEN = rows.CONTACTS + "T4,the other day,chat,Returns::Label,Where is it?,NL,K1,false\n"

# Addresses without a page to look at: they answer a form, a program, or a download.
NO_PAGE = {
    "accounts:password-change", "accounts:password-link", "outbox:message-read", "outbox:job-progress",
    "outbox:job-retry", "outbox:job-stop", "feedback:contact-export", "feedback:import-rejects",
    "feedback:import-discard", "feedback:import-stays", "feedback:value-take-back", "feedback:customer-erase",
    "feedback:source-secret", "feedback:source-secret-retire", "feedback:source-act", "feedback:connection-act",
    "feedback:stream-edit", "hypotheses:hypothesis-find", "hypotheses:draft-save", "hypotheses:draft-delete",
    "hypotheses:hypothesis-move", "hypotheses:hypothesis-undo", "hypotheses:hypothesis-join",
    "hypotheses:hypothesis-effort", "hypotheses:sprint-move", "hypotheses:sprint-start",
    "hypotheses:sprint-close", "experiments:card-facts", "experiments:start", "experiments:results",
    "experiments:decide", "experiments:release", "experiments:measure", "dashboards:theme-export",
    "dashboards:theme-take", "collaboration:goal-remove",
}  # fmt: skip


@dataclass
class House:
    """What was made, for tests that need one of them."""

    theme: Theme
    waiting: Hypothesis
    planned: Hypothesis
    running: Experiment
    measured: Experiment
    sprint: Sprint
    next_sprint: Sprint
    pages: dict[str, str] = field(default_factory=dict)


def furnish() -> House:
    """Fill an empty database: contacts, themes, ideas at every stage, sprints, tests, an outcome, and settings."""
    people.company()
    for key in people.CAST:
        people.person(key)
    agent, lead = people.person("agent"), people.person("cro_lead")
    measured = _measured()
    theme = material.theme_with_contacts(contacts=60)
    _imports()
    waiting = material.sent(agent, theme=theme, now=NOW - timedelta(days=20))
    hypotheses.services.join(hypothesis=waiting, person=people.person("other_agent"), now=NOW)
    asked = material.sent(agent, "The invoice has no order number", "print it on the invoice")
    hypotheses.services.ask(hypothesis=asked, actor=lead, question="Which invoice?", now=NOW - timedelta(days=1))
    declined = material.sent(agent, "The shop is closed on Sunday", "open on Sunday")
    hypotheses.services.decline(hypothesis=declined, actor=lead, reason="Not ours to say.", now=NOW)
    material.accepted(agent, lead, "a slot picker in the tracking mail", points=3)
    sprint = material.sprint(lead)
    planned = _planned(agent, lead, "a button to change the slot", sprint)
    started = running(_planned(agent, lead, "slots shown before the order", sprint))
    hypotheses.services.start_sprint(sprint=sprint, actor=lead, now=NOW)
    next_sprint = material.sprint(lead)
    draft = hypotheses.services.save_draft(proposer=lead, words=Words(problem="Something"), now=NOW)
    _settings()
    _live()
    house = House(theme, waiting, planned, started, measured, sprint, next_sprint)
    house.pages = _pages(house, draft)
    return house


def _measured() -> Experiment:
    themes = shop.themes()
    shop.contacts(themes, ratio=0.6)
    release = shop.released(themes[0])
    day = shop.weeks_after(12)
    experiments.services.measure(release=release, today=day, now=shop.at(day))
    return Experiment.objects.get()


def _planned(agent: Person, lead: Person, change: str, sprint: Sprint) -> Hypothesis:
    hypothesis = material.accepted(agent, lead, change, points=5)
    return hypotheses.services.plan(hypothesis=hypothesis, sprint=sprint, actor=lead, now=NOW)


def running(hypothesis: Hypothesis) -> Experiment:
    """The test of a planned idea, with four days of results."""
    member, first = people.person("cro_member"), TODAY - timedelta(days=5)
    made = experiments.services.make(
        hypothesis=hypothesis,
        name="Slots before the order",
        arms=[Arm("A", "As it is"), Arm("B", "Slots first")],
        planned_visitors=40_000,
        planned_days=14,
        actor=member,
        now=NOW,
    )
    started = experiments.services.start(experiment=made, starts_on=first, actor=member, now=NOW)
    results = [Row(arm, first + timedelta(days=day), 1500, 150) for day in range(4) for arm in ("A", "B")]
    experiments.services.enter_results(experiment=started, rows=results, actor=member, now=NOW)
    return started


def _imports() -> None:
    pin = people.person("linking_pin")
    for kind, text in (("commerce", rows.COMMERCE), ("contacts", BROKEN), ("surveys", rows.SURVEYS)):
        rows.bring_in(text, kind, created_by=pin)
    feedback.services.hold(
        file=io.BytesIO(BROKEN.encode()),
        file_name="another desk.csv",
        kind="contacts",
        source=feedback.services.source_named(name="Another desk", now=NOW),
        door=Import.Door.UPLOAD,
        created_by=pin,
        max_bytes=10**6,
        now=NOW,
    )


def _live() -> None:
    """A help desk that sends, a program of somebody's own, and a file with values that nobody has seen before."""
    pin = people.person("linking_pin")
    for name, system in (("Zendesk", "zendesk"), ("Own program", "generic")):
        source = sources.connect(name=name, system=system, actor=pin, now=NOW)
        sources.add_secret(source=source, secret="a secret of sixteen", actor=pin, now=NOW)
        known = registry.get(system)
        assert known
        ticket = {"id": 1, "ticket": {"subject": "Late", "created_at": NOW.isoformat()}}
        receiving.store_records(source=source, system=known, records=[Record("tickets", "1", ticket)], now=NOW)
    rows.bring_in(
        "external_id,occurred_at,channel,reason,text\n"
        "N1,2026-03-02T10:00:00Z,telefoon,Levering > Te laat,waar is het\n",
        source="New desk",
        created_by=pin,
    )


def _settings() -> None:
    admin, pin = people.person("admin"), people.person("linking_pin")
    accounts.services.invite(
        actor=admin, name="Noor Aydin", email="noor@testers.example", role="agent", team=None, now=NOW
    )
    accounts.services.create_token(actor=admin, name="Test tool", scopes=["metrics:read"], expires_at=None, now=NOW)
    terms = collaboration.services.Terms("contacts_per_1000_orders", 60.0, TODAY, 50.0, TODAY + timedelta(days=90), pin)
    collaboration.services.add_goal(terms=terms, actor=pin, now=NOW)


def _pages(house: House, draft: Hypothesis) -> dict[str, str]:
    """The address of every page by the name of its door; those without an argument come by themselves."""
    arguments: dict[str, object] = {
        "accounts:person-edit": people.person("agent").pk,
        "accounts:invitation-withdraw": Invitation.objects.get().pk,
        "accounts:token-revoke": ApiToken.objects.latest("pk").pk,
        "accounts:market-edit": Market.objects.earliest("pk").pk,
        "accounts:team-edit": Team.objects.earliest("pk").pk,
        "accounts:team-remove": Team.objects.earliest("pk").pk,
        "outbox:message": Message.objects.filter(recipient=people.person("agent")).latest("pk").pk,
        "outbox:job-detail": Job.objects.filter(created_by=people.person("linking_pin")).latest("pk").pk,
        "feedback:contact-detail": Contact.objects.filter(words__isnull=False).latest("pk").pk,
        "feedback:import-map": Import.objects.get(state=Import.State.DRAFT).pk,
        "feedback:import-undo": Import.objects.filter(rejected_count__gt=0, dry_run=False).latest("pk").pk,
        "feedback:source-detail": Source.objects.get(system="zendesk").pk,
        "feedback:source-settings": Source.objects.get(system="zendesk").pk,
        "feedback:source-delete": Source.objects.get(system="zendesk").pk,
        "feedback:connection-edit": Source.objects.get(system="zendesk").pk,
        "feedback:record-list": Source.objects.get(system="zendesk").pk,
        "feedback:source-map": Source.objects.get(system="generic").pk,
        "feedback:import-detail": Import.objects.filter(rejected_count__gt=0, dry_run=False).latest("pk").pk,
        "hypotheses:draft-edit": draft.pk,
        "hypotheses:hypothesis-detail": house.waiting.number,
        "hypotheses:sprint-board": house.sprint.number,
        "hypotheses:sprint-edit": house.next_sprint.number,
        "hypotheses:sprint-plan": house.next_sprint.number,
        "experiments:experiment-detail": house.measured.key,
        "collaboration:goal-edit": Goal.objects.get().pk,
        "dashboards:theme-detail": house.theme.pk,
        "dashboards:theme-edit": house.theme.pk,
        "dashboards:theme-merge": house.theme.pk,
    }
    record = RawRecord.objects.earliest("pk")
    found_at = {"feedback:record-detail": [record.source_id, record.pk]}
    names = [name for name in people_doors() if name not in NO_PAGE]
    found = {
        name: reverse(name, args=found_at.get(name) or ([arguments[name]] if name in arguments else []))
        for name in names
    }
    found["experiments:experiment-new"] += f"?hypothesis={house.planned.key}"
    return found


def people_doors() -> list[str]:
    """The names of all addresses that are for signed-in people."""
    return [name for name, rule in matrix.DOORS.items() if isinstance(rule, matrix.People)]
