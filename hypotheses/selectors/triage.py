"""The triage queue: ideas that wait for a first answer, longest waiting first."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, QuerySet

from accounts.models import Person
from accounts.paging import page
from hypotheses.models import Hypothesis, Status
from hypotheses.selectors import rows
from hypotheses.selectors.ideas import IdeaPage, idea_page
from hypotheses.selectors.rows import IdeaRow
from hypotheses.selectors.waiting import Promise, promise

ROWS = 20
MEDIAN_DAYS, MEDIAN_ROWS = 28, 500
WAITING_READ = 1000
TABS = {
    "waiting": (Status.SUBMITTED,),
    "asked": (Status.ASKED,),
    "shortlist": (Status.ACCEPTED,),
    "declined": (Status.DECLINED, Status.DUPLICATE),
}


@dataclass(frozen=True)
class TriagePage:
    """One tab of the queue, with one idea opened beside it."""

    tab: str
    rows: list[IdeaRow]
    counts: dict[str, int]
    late: int
    median_days: float | None
    before: str
    after: str
    opened: IdeaPage | None
    within_days: int


def triage_page(
    person: Person,
    now: datetime,
    today: date,
    *,
    tab: str = "waiting",
    opened: str = "",
    after: str = "",
    before: str = "",
) -> TriagePage:
    """The queue of a tab; `opened` is the key of the idea beside it (default: the first)."""
    tab = tab if tab in TABS else "waiting"
    promised = promise()
    some = _of(tab)
    chosen = page(
        some,
        by="submitted_at" if tab in {"waiting", "asked"} else "updated_at",
        descending=tab not in {"waiting", "asked"},
        size=ROWS,
        after=after,
        before=before,
    )
    wanted = rows.by_key(opened) if opened else None
    hypothesis = wanted or next(iter(chosen.rows), None)
    return TriagePage(
        tab=tab,
        rows=rows.idea_rows(chosen.rows, promised, today),
        counts=_counts(),
        late=_late(today, promised),
        median_days=_median_days(today, promised),
        before=chosen.before,
        after=chosen.after,
        opened=idea_page(hypothesis, person, now, today) if hypothesis else None,
        within_days=promised.within_days,
    )


def _of(tab: str) -> QuerySet[Hypothesis]:
    return rows.sent().filter(status__in=TABS[tab])


def _counts() -> dict[str, int]:
    found = dict(Hypothesis.objects.order_by().values_list("status").annotate(n=Count("pk")))
    return {tab: sum(found.get(status, 0) for status in statuses) for tab, statuses in TABS.items()}


def _late(today: date, promised: Promise) -> int:
    """How many ideas wait longer for their first answer than promised."""
    sent = _of("waiting").filter(answered_at=None).values_list("submitted_at", flat=True)[:WAITING_READ]
    return sum(promised.days(promised.day_of(moment), today) > promised.within_days for moment in sent if moment)


def _median_days(today: date, promised: Promise) -> float | None:
    """Median working days to the first answer, of ideas answered in the last 28 days."""
    since = datetime.combine(today - timedelta(days=MEDIAN_DAYS - 1), time.min, promised.zone)
    answered = Hypothesis.objects.filter(answered_at__gte=since, submitted_at__isnull=False)
    moments = answered.values_list("submitted_at", "answered_at")[:MEDIAN_ROWS]
    waited = [
        promised.days(promised.day_of(sent_at), promised.day_of(answered_at))
        for sent_at, answered_at in moments
        if sent_at and answered_at
    ]
    return statistics.median(waited) if waited else None
