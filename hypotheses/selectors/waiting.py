"""How long an idea waits for its first answer, in working days, against what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

import accounts.selectors
from hypotheses.models import Hypothesis, Status

DEFAULT_DAYS = 5
DEFAULT_WORKING_DAYS = "12345"


@dataclass(frozen=True)
class Promise:
    """Every idea is answered within so many working days; `working_days` are ISO digits, days those of `zone`."""

    within_days: int
    working_days: str
    zone: tzinfo = UTC

    def day_of(self, moment: datetime) -> date:
        """The market's day at this moment: an idea sent at half past midnight was not sent the day before."""
        return moment.astimezone(self.zone).date()

    def due_on(self, sent_on: date) -> date:
        """The last day on which an answer keeps the promise."""
        return accounts.selectors.add_working_days(sent_on, self.within_days, self.working_days)

    def days(self, sent_on: date, until: date) -> int:
        """Working days from the day it was sent up to this one."""
        return accounts.selectors.working_days_between(sent_on, until, self.working_days)


@dataclass(frozen=True)
class Waiting:
    """An idea without an answer: how many working days, and whether that is more than promised."""

    days: int
    limit: int
    due_on: date

    @property
    def late(self) -> bool:
        """Past the promise?"""
        return self.days > self.limit


def promise() -> Promise:
    """What the company promised."""
    company = accounts.selectors.company()
    if company is None:
        return Promise(DEFAULT_DAYS, DEFAULT_WORKING_DAYS, accounts.selectors.market_zone())
    return Promise(company.answer_within_days, company.working_days, accounts.selectors.market_zone())


def waiting(hypothesis: Hypothesis, promised: Promise, today: date) -> Waiting | None:
    """How long it has waited for its first answer; None when it is not waiting."""
    if hypothesis.status != Status.SUBMITTED or hypothesis.submitted_at is None or hypothesis.answered_at is not None:
        return None
    sent_on = promised.day_of(hypothesis.submitted_at)
    return Waiting(promised.days(sent_on, today), promised.within_days, promised.due_on(sent_on))
