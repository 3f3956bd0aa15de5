"""What De Linde agreed on: owners and playbooks of themes, shared goals, and a release that no test went before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import collaboration.services
import experiments.services
import feedback.services.themes
import metrics.selectors
from accounts.models import Person
from demo import world
from demo.generate import Truth
from demo.services.calendar import Timeline, at
from feedback.models import Theme
from metrics.periods import Slice, last_days

OWNERS = {
    "discount-code": "marijke", "where-is-my-order": "marijke", "delivery-slot": "priya", "refund": "marijke",
    "size-advice": "priya", "gift-card": "daan", "damaged": "marijke",
}  # fmt: skip
PLAYBOOKS: Mapping[str, Mapping[str, str]] = {
    "discount-code": {
        "recognise": "“That message is no help, and I understand you want the discount you were promised.”",
        "reframe": "“The code works on full-price items. Let me see which item blocks it.”",
        "resolve": "Remove the sale item and apply the code again, or give the discount by hand.",
        "first_offer": "Apply the code by hand, up to €15",
        "second_offer": "Free delivery on top. No approval needed",
    },
    "refund": {
        "recognise": "“You sent it back and you still miss your money. That is annoying.”",
        "reframe": "“I can see when it left us. Your bank needs two to three days from there.”",
        "resolve": "Look up the day it was sent and mail the confirmation.",
        "first_offer": "Send the proof of payment",
        "second_offer": "Pay out by hand after ten days",
    },
    "where-is-my-order": {
        "recognise": "“You are waiting for it and the page does not help.”",
        "reframe": "“I see the hub it is in, and when that hub's next van leaves.”",
        "resolve": "Name the hub and the day; offer a message when it is on the van.",
        "first_offer": "A message on the day itself",
        "second_offer": "Delivery costs back after three days' delay",
    },
}


# Each goal: its metric, and the target as a multiple of where the metric stood when it was agreed.
GOALS = (("contacts_per_1000_orders", 0.95), ("conversion_rate", 1.02), ("csat", 1.03))
GOALS_BEFORE = 140
GOALS_AHEAD = 45


def plan(people: Mapping[str, Person], themes: Mapping[str, Theme], truth: Truth, timeline: Timeline) -> None:
    """Put it all on the timeline."""
    pin = people["marijke"]
    day = truth.last_day - timedelta(days=60)

    def keep(now: datetime) -> None:
        for slug, login in OWNERS.items():
            if slug in themes:
                feedback.services.themes.take(theme=themes[slug], owner=people[login], actor=pin, now=now)
        for slug, lines in PLAYBOOKS.items():
            if slug in themes:
                until = truth.last_day + timedelta(days=40)
                feedback.services.themes.write_playbook(
                    theme=themes[slug], actor=pin, now=now, playbook_until=until, **lines
                )

    timeline.add(at(day, 11), keep)
    timeline.add(at(truth.last_day - timedelta(days=GOALS_BEFORE), 15), lambda now: _agree(people, now))
    _plan_payment_release(people["priya"], themes.get(world.RISING), truth.rising_from, timeline)


def _agree(people: Mapping[str, Person], now: datetime) -> None:
    """Both teams sign up to three numbers, from where they stood over the last four weeks."""
    today = now.date()
    for metric, factor in GOALS:
        stood = metrics.selectors.value_of(metric, Slice(last_days(today, 28))).value
        if stood is None:
            continue
        terms = collaboration.services.Terms(
            metric=metric,
            baseline=round(stood, 2),
            baseline_on=today,
            target=round(stood * factor, 2),
            due_on=today + timedelta(days=GOALS_BEFORE + GOALS_AHEAD),
            cs_owner=people["ilse"],
            cro_owner=people["daan"],
        )
        collaboration.services.add_goal(terms=terms, actor=people["ilse"], now=now)


def _plan_payment_release(actor: Person, theme: Theme | None, rising_from: date, timeline: Timeline) -> None:
    """The release after which the rising theme rose."""
    live = rising_from - timedelta(days=1)

    def announce(now: datetime) -> None:
        experiments.services.announce(
            name="Wero as a way to pay", released_on=live, markets=[], theme=theme, actor=actor, today=live, now=now
        )

    timeline.add(at(live, 7), announce)
