"""Who is needed today: what, why, for how long, and the one verb that helps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import outbox.jobs
from accounts import formats
from accounts.models import Person
from dashboards.selectors.rising import Rising
from experiments.permissions import may_move
from experiments.selectors.experiments import ready_to_decide, samples
from feedback.models import Import
from feedback.permissions import may_import, may_own
from hypotheses.models import Hypothesis, Status
from hypotheses.selectors import boards
from hypotheses.selectors.waiting import Promise, waiting
from outbox.models import Job
from outbox.selectors import visible_jobs

SHOWN = 5
MOST_OF_A_KIND = 20
LOOKED_BACK = timedelta(days=7)


@dataclass(frozen=True)
class Need:
    """One thing that waits for somebody.

    `tone` is the icon's colour ("r", "n", "g", "e" or ""); `page` and `about` name the address of its page, `post` of a
    form that does it at once.
    """

    glyph: str
    tone: str
    title: str
    text: str
    verb: str
    page: str
    about: int | str | None = None
    post: str = ""


def needs(person: Person, *, rising: list[Rising], promised: Promise, today: date, now: datetime) -> list[Need]:
    """Everything that waits, most pressing first; a fixed number of queries."""
    return [
        *_rising(person, rising),
        *_decisions(person, today),
        *_late_answers(promised, today),
        *_questions(promised, today),
        *_quota(),
        *_failed(person, now),
        *_rejected(person, now),
    ]


def _rising(person: Person, rising: list[Rising]) -> Iterator[Need]:
    for one in rising:
        if one.theme.owner_id is None:
            words = _("%(seen)s contacts in seven days, %(times)s times what was expected. Nobody owns it yet.")
            yield Need(
                "trending-up",
                "r",
                one.theme.name,
                words % {"seen": formats.decimal(one.observed), "times": formats.decimal(one.ratio, 1)},
                _("Take it") if may_own(person) else _("Open theme"),
                "dashboards:theme-detail",
                one.theme.pk,
                post="dashboards:theme-take" if may_own(person) else "",
            )


def _decisions(person: Person, today: date) -> Iterator[Need]:
    ready = ready_to_decide(today)[:MOST_OF_A_KIND]
    seen = samples(ready)
    for test in ready:
        since = (today - test.ends_on).days if test.ends_on else 0
        words = ngettext(
            "%(visitors)s visitors. It has waited %(days)d day for a decision.",
            "%(visitors)s visitors. It has waited %(days)d days for a decision.",
            since,
        )
        yield Need(
            "flask",
            "n",
            _("%(test)s reached its end") % {"test": str(test)},
            words % {"visitors": formats.decimal(seen[test.pk].visitors), "days": since},
            _("Decide") if may_move(person, test, "decide") else _("Open test"),
            "experiments:experiment-detail",
            test.key,
        )


def _late_answers(promised: Promise, today: date) -> Iterator[Need]:
    rows = Hypothesis.objects.filter(status=Status.SUBMITTED, answered_at=None).select_related("proposer")
    for idea in rows.order_by("submitted_at")[:MOST_OF_A_KIND]:
        wait = waiting(idea, promised, today)
        if wait is None or not wait.late:
            continue
        title = ngettext(
            "An idea has waited %(days)d working day for a first answer",
            "An idea has waited %(days)d working days for a first answer",
            wait.days,
        )
        words = ngettext(
            "%(key)s %(title)s, by %(name)s. The promise is %(limit)d working day.",
            "%(key)s %(title)s, by %(name)s. The promise is %(limit)d working days.",
            wait.limit,
        )
        named = {"key": idea.key, "title": idea.title, "name": idea.proposer.name, "limit": wait.limit}
        yield Need("clock", "g", title % {"days": wait.days}, words % named, _("Triage"), "hypotheses:triage")


def _questions(promised: Promise, today: date) -> Iterator[Need]:
    asked_at = Max("moves__at", filter=Q(moves__name="ask", moves__undone_at=None))
    rows = Hypothesis.objects.filter(status=Status.ASKED).select_related("proposer").annotate(asked_at=asked_at)
    for idea in rows.order_by("asked_at")[:MOST_OF_A_KIND]:
        days = (today - promised.day_of(idea.asked_at)).days
        words = ngettext(
            "%(key)s %(title)s. Asked %(days)d day ago.", "%(key)s %(title)s. Asked %(days)d days ago.", days
        )
        yield Need(
            "message-2",
            "g",
            _("A question waits for %(name)s") % {"name": idea.proposer.name},
            words % {"key": idea.key, "title": idea.title, "days": days},
            _("Read it"),
            "hypotheses:hypothesis-detail",
            idea.number,
        )


def _quota() -> Iterator[Need]:
    sprint = boards.current_sprint()
    if sprint is None or sprint.state == sprint.State.CLOSED or sprint.waived_at is not None:
        return
    picked = sprint.hypotheses.filter(source=Hypothesis.Source.CUSTOMER_SERVICE).count()
    if picked >= sprint.quota:
        return
    title = ngettext(
        "Sprint %(number)d misses %(missing)d idea from customer service",
        "Sprint %(number)d misses %(missing)d ideas from customer service",
        sprint.quota - picked,
    )
    yield Need(
        "layout-kanban",
        "n",
        title % {"number": sprint.number, "missing": sprint.quota - picked},
        _("It holds %(picked)d of the %(quota)d that both teams agreed on. It starts on %(day)s.")
        % {"picked": picked, "quota": sprint.quota, "day": formats.day(sprint.starts_on)},
        _("Plan"),
        "hypotheses:sprint-plan" if sprint.state == sprint.State.PLANNING else "hypotheses:sprint-board",
        sprint.number,
    )


def _failed(person: Person, now: datetime) -> Iterator[Need]:
    failed = visible_jobs(person).filter(state=Job.State.FAILED, created_at__gt=now - LOOKED_BACK)
    for job in failed.order_by("-created_at")[:MOST_OF_A_KIND]:
        yield Need(
            "alert-triangle",
            "r",
            _("%(work)s stopped") % {"work": outbox.jobs.title(job.kind)},
            _(job.error) if job.error else "",
            _("Look"),
            "outbox:job-detail",
            job.pk,
        )


def _rejected(person: Person, now: datetime) -> Iterator[Need]:
    if not may_import(person):
        return
    recent = Import.objects.filter(created_at__gt=now - LOOKED_BACK, rejected_count__gt=0, dry_run=False)
    found = recent.aggregate(rows=Sum("rejected_count"), files=Count("pk"), newest=Max("pk"))
    if not found["files"]:
        return
    title = ngettext("%(rows)s row could not be stored", "%(rows)s rows could not be stored", found["rows"])
    words = ngettext(
        "From %(files)d import in the last seven days. Each row has its reason.",
        "From %(files)d imports in the last seven days. Each row has its reason.",
        found["files"],
    )
    named = {"rows": formats.decimal(found["rows"]), "files": found["files"]}
    one = found["newest"] if found["files"] == 1 else None
    page = "feedback:import-detail" if one else "feedback:import-list"
    yield Need("file-text", "", title % named, words % named, _("Look"), page, one)
