"""The loop on one page: six stations, the days between them, and what is stuck."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import feedback.selectors.contacts
import metrics.selectors
from accounts import formats
from accounts.models import Company, Market, Person
from dashboards import rounds
from dashboards.filters import Question
from dashboards.rounds import Journey, Rounds
from dashboards.selectors import attention, told
from dashboards.selectors.attention import Need
from dashboards.selectors.avoided import AvoidedInPeriod, avoided_in
from dashboards.selectors.rising import Rising, rising
from dashboards.selectors.told import Told
from experiments.models import Experiment, Release
from experiments.models import Status as TestStatus
from feedback.filters import Filters
from feedback.models import Contact, Theme
from feedback.selectors.contacts import Coverage
from hypotheses.models import Hypothesis, Move, Sprint, Status
from hypotheses.selectors import boards
from hypotheses.selectors.boards import Load
from hypotheses.selectors.waiting import promise
from hypotheses.services.evidence import DEFAULT_EFFORT_DAYS
from metrics import formulas
from metrics.estimate import Estimate
from metrics.sums import Sums

_OPEN = [Status.SUBMITTED, Status.ASKED, Status.ACCEPTED, Status.PLANNED, Status.TESTING]
_STATIONS = {"submit": "sent", "test": "tested", "measure": "measured"}


@dataclass(frozen=True)
class Stations:
    """The numbers on the loop."""

    contacts: int
    orders: int
    coverage: Coverage | None
    themes: int
    themes_with_ideas: int
    ideas: int
    ideas_from_service: int
    to_triage: int
    running: int
    ready: int
    avoided: AvoidedInPeriod


@dataclass(frozen=True)
class SprintCard:
    """The sprint under way (or the next one), and which day of it today is."""

    sprint: Sprint
    load: Load
    done: int
    day: int
    days: int
    from_service: list[Hypothesis]


@dataclass(frozen=True)
class Loop:
    """The whole page. `finding` is its title, `detail` the sentence under it."""

    finding: str
    detail: str
    stations: Stations
    rising: list[Rising]
    rounds: Rounds
    needs: list[Need]
    told: list[Told]
    sprint: SprintCard | None


def has_contacts() -> bool:
    """Whether anything was ever brought in."""
    return Contact.objects.exists()


def loop(person: Person, question: Question, now: datetime) -> Loop:
    """The page; a fixed number of queries."""
    risen = rising(question.period.last)
    stations = _stations(question)
    finding, detail = _finding(stations, question)
    return Loop(
        finding=finding,
        detail=detail,
        stations=stations,
        rising=risen,
        rounds=rounds.rounds(journeys(), question.today),
        needs=attention.needs(person, rising=risen, promised=promise(), today=question.today, now=now),
        told=told.told_back(now),
        sprint=_sprint(question.today),
    )


def journeys() -> list[Journey]:
    """Where every idea that was sent has been, and when; four queries."""
    market = Market.objects.first()
    zone = market.tzinfo if market else UTC
    days: dict[int, dict[str, date]] = {}
    rows = Hypothesis.objects.exclude(submitted_at=None).values_list("pk", "submitted_at", "answered_at")
    for pk, sent, answered in rows:
        days[pk] = {"sent": sent.astimezone(zone).date()} if sent else {}
        if answered:
            days[pk]["answered"] = answered.astimezone(zone).date()
    moves = Move.objects.filter(name__in=["test", "measure"], undone_at=None).order_by("at")
    for pk, name, at in moves.values_list("hypothesis_id", "name", "at"):
        days.get(pk, {})[_STATIONS[name]] = at.astimezone(zone).date()
    live = Release.objects.exclude(experiment=None).values_list("experiment__hypothesis_id", "released_on")
    for owner, released_on in live:
        if owner is not None:
            days.get(owner, {})["live"] = released_on
    return [Journey(**found) for found in days.values() if "sent" in found]


def _stations(question: Question) -> Stations:
    ask = metrics.selectors
    contacts = ask.contact_sums(question.slice, only=["contacts"]).get((), Sums()).contacts
    orders = ask.commerce_sums(question.slice).get((), Sums()).orders
    ideas = Hypothesis.objects.filter(status__in=_OPEN).aggregate(
        open=Count("pk"),
        service=Count("pk", filter=Q(source=Hypothesis.Source.CUSTOMER_SERVICE)),
        triage=Count("pk", filter=Q(status=Status.SUBMITTED)),
        themes=Count("theme", distinct=True),
    )
    running = Experiment.objects.filter(status=TestStatus.RUNNING).aggregate(
        running=Count("pk"), ready=Count("pk", filter=Q(ends_on__lt=question.today))
    )
    period = Filters(first=question.period.first, last=question.period.last)
    return Stations(
        contacts=int(contacts),
        orders=int(orders),
        coverage=feedback.selectors.contacts.coverage(period),
        themes=Theme.objects.active().count(),
        themes_with_ideas=ideas["themes"],
        ideas=ideas["open"],
        ideas_from_service=ideas["service"],
        to_triage=ideas["triage"],
        running=running["running"],
        ready=running["ready"],
        avoided=avoided_in(question.period),
    )


def _finding(stations: Stations, question: Question) -> tuple[str, str]:
    total = stations.avoided.total
    days = question.period.days
    if total.value is None:
        return _nothing_measured(stations, days)
    if total.low is None or total.high is None or not total.excludes_zero:
        return _no_difference(stations, total)
    named: dict[str, Any] = {
        "count": formats.decimal(abs(total.value)),
        "days": days,
        "low": formats.decimal(min(abs(total.low), abs(total.high))),
        "high": formats.decimal(max(abs(total.low), abs(total.high))),
        "live": len(stations.avoided.parts),
    }
    if total.value < 0:
        words = _("Changes that went live brought %(count)s contacts more in the last %(days)d days")
        return words % named, _("Somewhere between %(low)s and %(high)s. Look at them one by one.") % named
    finding = _("The loop took away %(count)s contacts in the last %(days)d days") % named
    detail = ngettext(
        "Somewhere between %(low)s and %(high)s, measured against what would have happened without the %(live)d "
        "change that is live and measured.",
        "Somewhere between %(low)s and %(high)s, measured against what would have happened without the %(live)d "
        "changes that are live and measured.",
        len(stations.avoided.parts),
    )
    return finding, f"{detail % named} {_worth(total, stations, question)}".strip()


def _worth(total: Estimate, stations: Stations, question: Question) -> str:
    """What share of all contacts that is, and what answering them would have cost."""
    value = total.value or 0
    share = formats.percent(100 * value / (stations.contacts + value))
    company = Company.objects.first()
    sums = metrics.selectors.contact_sums(question.slice, only=["handle_n", "handle_sum", "handle_sumsq"])
    handling = formulas.metric("aht").compute(sums.get((), Sums())).value
    if company is None or handling is None or not company.handling_minute_cents:
        return _("That is %(share)s of all contacts.") % {"share": share}
    cost = formats.money(value * handling / 60 * company.handling_minute_cents, company.currency)
    return _("That is %(share)s of all contacts, about %(cost)s of handling time.") % {"share": share, "cost": cost}


def _no_difference(stations: Stations, total: Estimate) -> tuple[str, str]:
    count = len(stations.avoided.parts)
    finding = ngettext(
        "%(count)d change is live and measured; no difference in contacts can be shown yet",
        "%(count)d changes are live and measured; no difference in contacts can be shown yet",
        count,
    )
    detail = _("Together between %(low)s and %(high)s contacts avoided: zero is still possible.")
    ends = {"low": formats.decimal(total.low or 0), "high": formats.decimal(total.high or 0)}
    return finding % {"count": count}, detail % ends


def _nothing_measured(stations: Stations, days: int) -> tuple[str, str]:
    live, running = stations.avoided.live, stations.running
    if live:
        finding = ngettext(
            "%(count)d change is live; its effect on contacts is being measured",
            "%(count)d changes are live; their effect on contacts is being measured",
            live,
        )
        return finding % {"count": live}, _("A first reading takes four whole weeks after the change.")
    if running:
        finding = ngettext(
            "%(count)d test is running; nothing is live yet",
            "%(count)d tests are running; nothing is live yet",
            running,
        )
        return finding % {"count": running}, _("The loop closes when a change is live and its effect is measured.")
    if stations.ideas:
        finding = ngettext("%(count)d idea waits to be tested", "%(count)d ideas wait to be tested", stations.ideas)
        return finding % {"count": stations.ideas}, _("The next sprint can take one up.")
    finding = ngettext(
        "%(contacts)s contact heard in %(days)d days, and no idea sent yet",
        "%(contacts)s contacts heard in %(days)d days, and no idea sent yet",
        stations.contacts,
    )
    named = {"contacts": formats.decimal(stations.contacts), "days": days}
    return finding % named, _("Open a theme and say what would spare customers the question.")


def _sprint(today: date) -> SprintCard | None:
    sprint = boards.current_sprint()
    if sprint is None:
        return None
    ideas = list(sprint.hypotheses.select_related("proposer__team").order_by("number"))
    done = {Status.DECIDED, Status.RELEASED, Status.MEASURED}
    return SprintCard(
        sprint=sprint,
        load=boards.load(sprint, ideas),
        done=sum(idea.effort_points or DEFAULT_EFFORT_DAYS for idea in ideas if idea.status in done),
        day=max(0, min((today - sprint.starts_on).days, (sprint.ends_on - sprint.starts_on).days) + 1),
        days=(sprint.ends_on - sprint.starts_on).days + 1,
        from_service=[idea for idea in ideas if idea.source == Hypothesis.Source.CUSTOMER_SERVICE][:3],
    )
