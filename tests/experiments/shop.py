"""A shop whose contacts are known: themes with Poisson counts, one of which truly falls at a day."""

from datetime import UTC, date, datetime, timedelta

import numpy as np

from accounts.models import Person
from experiments import services
from experiments.models import Experiment, Release
from experiments.services import Arm, Row
from feedback.models import Theme
from hypotheses import services as hypotheses
from hypotheses.models import Hypothesis
from hypotheses.services.proposals import Chosen, Words
from metrics.models import CommerceCell, ContactCell
from tests import people

FIRST = date(2026, 1, 5)
FILED = date(2026, 4, 6)
STARTED = date(2026, 5, 4)
DECIDED = date(2026, 5, 25)
LIVE = date(2026, 6, 1)
DAYS = 7 * 36
ORDERS = 2000


def at(day: date) -> datetime:
    """Ten in the morning of a day."""
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


def themes(count: int = 12) -> list[Theme]:
    """Themes without a stage, so that all are comparisons and none are siblings."""
    return [Theme.objects.create(name=f"Theme {number}", created_at=people.THEN) for number in range(count)]


def contacts(
    found: list[Theme], *, ratio: float = 1.0, live: date = LIVE, days: int = DAYS, per_day: float = 30, seed: int = 7
) -> float:
    """Contacts of every theme and day; those of the first theme fall to `ratio` from `live` on.

    Returns how many contacts of the first theme were truly spared from the second week after `live` on.
    """
    rng = np.random.default_rng(seed)
    cells, spared = [], 0.0
    for number, theme in enumerate(found):
        for offset in range(days):
            day = FIRST + timedelta(days=offset)
            rate = per_day * (1 + 0.2 * np.sin(2 * np.pi * offset / 7))
            if number == 0 and day >= live:
                if day >= live + timedelta(days=7):
                    spared += rate * (1 - ratio)
                rate *= ratio
            cells.append(ContactCell(day=day, theme=theme.pk, contacts=int(rng.poisson(rate))))
    totals: dict[date, int] = {}
    for cell in cells:
        totals[cell.day] = totals.get(cell.day, 0) + cell.contacts
    ContactCell.objects.bulk_create([*cells, *(ContactCell(day=d, theme=0, contacts=n) for d, n in totals.items())])
    CommerceCell.objects.bulk_create(
        CommerceCell(day=FIRST + timedelta(days=offset), sessions=10 * ORDERS, orders=ORDERS) for offset in range(days)
    )
    return spared


def planned(theme: Theme | None = None, change: str = "A label on the order page") -> Hypothesis:
    """An agent's idea that is in a sprint."""
    people.company()
    agent, lead = people.person("agent"), people.person("cro_lead")
    words = Words(problem="Where is my label?", change=change, theme=theme)
    idea = hypotheses.propose(proposer=agent, words=words, chosen=Chosen(), today=FILED, now=at(FILED))
    idea = hypotheses.accept(hypothesis=idea, actor=lead, now=at(FILED))
    sprint = hypotheses.make_sprint(
        actor=lead, starts_on=STARTED, ends_on=STARTED + timedelta(days=13), now=at(STARTED)
    )
    return hypotheses.plan(hypothesis=idea, sprint=sprint, actor=lead, now=at(STARTED))


def made(theme: Theme | None = None, actor: Person | None = None) -> Experiment:
    """Its test, planned."""
    return services.make(
        hypothesis=planned(theme),
        name="Return label on the order page",
        arms=[Arm("A", "Today’s order page"), Arm("B", "Label on top")],
        planned_visitors=40_000,
        planned_days=14,
        actor=actor or people.person("cro_member"),
        now=at(STARTED),
    )


def running(theme: Theme | None = None) -> Experiment:
    """Its test, started."""
    return services.start(experiment=made(theme), starts_on=STARTED, actor=people.person("cro_member"), now=at(STARTED))


def rows(*, lift: float = 0.1, days: int = 14, visitors: int = 1500, broken: bool = False) -> list[Row]:
    """Results day by day: 10 % of the control convert, and in B so many more. 1 in 50 visitors writes."""
    found = []
    for offset in range(days):
        day = STARTED + timedelta(days=offset)
        conversions = round(visitors * 0.1)
        found.append(Row("A", day, visitors, conversions, conversions * 5e3, conversions * 4e7))
        ours = visitors // 2 if broken else visitors
        won = round(ours * 0.1 * (1 + lift))
        found.append(Row("B", day, ours, won, won * 5e3, won * 4e7))
    return found


def decided(theme: Theme | None = None, *, lift: float = 0.1, decision: str = "won") -> Experiment:
    """Its test, decided."""
    experiment = running(theme)
    lead = people.person("cro_lead")
    services.enter_results(experiment=experiment, rows=rows(lift=lift), actor=lead, now=at(DECIDED))
    return services.decide(
        experiment=experiment,
        decision=decision,
        learning="Customers look for the label where they see the order.",
        actor=lead,
        today=DECIDED,
        now=at(DECIDED),
    )


def released(theme: Theme, live: date = LIVE) -> Release:
    """Its change, live everywhere."""
    return services.release(
        experiment=decided(theme),
        released_on=live,
        markets=[],
        actor=people.person("cro_lead"),
        today=live,
        now=at(live),
    )


def weeks_after(weeks: int, live: date = LIVE) -> date:
    """The day on which so many whole weeks have passed, the week of the release itself not counted."""
    return live + timedelta(weeks=weeks + 1)
