"""What is not kept for ever: words past their time, uploads that nobody imported, traces of what was deleted."""

from __future__ import annotations

from datetime import date
from typing import NoReturn

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

import accounts.selectors
from accounts.vault import CannotUnseal
from feedback.services import erasure, forgetting, leftovers, retention, unfinished
from outbox import jobs, schedules

WORDS_KIND = "feedback.delete_old_words"
DRAFTS_KIND = "feedback.sweep_drafts"


@jobs.handles(WORDS_KIND, title=_("Delete words past their time"))
def delete_old_words(run: jobs.Run) -> None:
    """Take the words out of everything older than the company keeps them; rows stay and count.

    The cursor counts rows, the progress holds the table, the id behind which it goes on, and what was done.
    """
    before = _before(run)
    if before is None:
        return
    run.expect(run.cursor + sum(retention.due(before).values()))
    done: dict[str, int] = run.progress.setdefault("done", {})
    for number, words in enumerate(retention.TABLES):
        if number < run.progress.setdefault("table", 0):
            continue
        while ids := words.ids(before, run.progress.setdefault("after", 0), jobs.chunk_rows()):
            with run.chunk(to=run.cursor + len(ids)):
                done[words.name] = done.get(words.name, 0) + words.take(ids, before)
                run.progress["after"] = ids[-1]
        run.progress["table"], run.progress["after"] = number + 1, 0
    if any(done.values()) and not run.progress.get("signed"):
        with run.chunk(to=run.cursor):
            run.progress["signed"] = True
            retention.note(counts=done, before=before, now=timezone.now())
    leftovers.delete_old_reports(before=before)


def _before(run: jobs.Run) -> date | None:
    """Fixed when the work begins, so that a run that goes on tomorrow goes on with the same rows."""
    if "before" not in run.progress:
        found = retention.company_cutoff(accounts.selectors.market_day(timezone.now()))
        run.progress["before"] = found.isoformat() if found else ""
    return date.fromisoformat(run.progress["before"]) if run.progress["before"] else None


@jobs.handles(DRAFTS_KIND, title=_("Delete uploads that were never imported"))
def sweep_drafts(run: jobs.Run) -> None:
    """Delete waiting uploads after `DRAFT_DAYS` and tell whoever sent them; clear files of jobs that ended badly."""
    now = timezone.now()
    for imported in leftovers.old_drafts(days=settings.DRAFT_DAYS, now=now):
        with run.chunk(to=run.cursor + 1):
            leftovers.sweep(imported=imported, now=now)
    for imported in leftovers.long_ended(now=now):
        with run.chunk(to=run.cursor + 1):
            leftovers.give_up(imported=imported)
    leftovers.delete_strays(now=now)


@jobs.handles(forgetting.JOB_KIND, title=_("Clear deleted words out of the database file"))
def forget_words(run: jobs.Run) -> None:
    """Merge the search index, then empty the log; doing it once more does no harm."""
    while run.progress.get("rounds", 0) < forgetting.ROUNDS:
        begin = more = True
        while more:
            with run.chunk(to=run.cursor + 1):
                more = forgetting.merge(begin=begin)
            begin = False
        with run.chunk(to=run.cursor):
            run.progress["rounds"] = run.progress.get("rounds", 0) + 1
    try:
        forgetting.empty_log()
    except forgetting.LogInUse as busy:
        _try_later(run, busy)


def _try_later(run: jobs.Run, busy: forgetting.LogInUse) -> NoReturn:
    """As with any job that stumbles, but with a sentence for people instead of the name of an error."""
    if run.attempts >= settings.JOB_MAX_ATTEMPTS:
        raise jobs.Refused(str(busy)) from busy
    run.put_back(pause_seconds=jobs.pause_after(run.attempts), error=str(busy))
    # It is in the queue by now, and stays there as it is.
    raise jobs.Interrupted from busy


@jobs.handles(unfinished.JOB_KIND, title=_("Finish erasing a customer"))
def finish_erasing(run: jobs.Run) -> None:
    """The last step of an erasure that was cut off, whose job then goes; doing it once more does no harm."""
    try:
        erasure.finish(run.job)
    except CannotUnseal as error:
        raise jobs.Refused(str(error)) from error
    forgetting.request(now=timezone.now())


schedules.daily(WORDS_KIND, at="03:10")
schedules.daily(DRAFTS_KIND, at="03:25")
