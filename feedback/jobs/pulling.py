"""Fetches what happened since from a system, page after page. The cursor that counts is the stream's own."""

from __future__ import annotations

import time

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.connectors.shapes import Asking, StreamPlan
from feedback.models import Stream
from feedback.services import conversing, pulling
from feedback.systems import System
from outbox import jobs, schedules, troubles
from outbox.answers import Passing, SlowDown, Trouble
from outbox.jobs import Run
from outbox.models import Job

EVERY_MINUTES = 5
MAX_CIRCLES = 3


@jobs.handles(pulling.JOB_KIND, title=_("Fetch from a system"))
def pull(run: Run) -> None:
    """Fetch one stream to its end: `{"stream_id": …}`. Ends early, and goes on later, when asked for a pause."""
    stream = Stream.objects.select_related("source__market").filter(pk=run.arguments["stream_id"]).first()
    how = pulling.plan_of(stream) if stream else None
    if stream is None or how is None or not _may_run(run, stream):
        return
    connector, plan, system = how
    try:
        credentials = conversing.credentials_of(stream.source)
        key = f"{connector.name}:{stream.source_id}"
        with conversing.with_system(connector, credentials, key=key, keep_alive=run.extend) as ask:
            _fetch(run, stream, plan, system, ask)
    except pulling.Overtaken:
        return
    except SlowDown as slow:
        pulling.pause(stream=stream, slow=slow, now=timezone.now())
    except Trouble as trouble:
        if pulling.fail(stream=stream, trouble=trouble, now=timezone.now()):
            stream.refresh_from_db()
            raise jobs.Refused(troubles.sentence(stream.last_problem, stream.problem_parameters)) from None


def _may_run(run: Run, stream: Stream) -> bool:
    """Not when it is over, switched off, told to wait, or at work elsewhere."""
    if run.progress.get("over") or not stream.is_active or stream.source.paused_at:
        return False
    now = timezone.now()
    if stream.paused_until and stream.paused_until > now:
        return False
    others = Job.objects.filter(
        kind=pulling.JOB_KIND, arguments=run.arguments, state=Job.State.RUNNING, lease_until__gt=now
    )
    return not others.exclude(pk=run.job.pk).filter(pk__lt=run.job.pk).exists()


def _fetch(run: Run, stream: Stream, plan: StreamPlan, system: System, ask: Asking) -> None:
    while True:
        now = timezone.now()
        page = plan.fetch(ask, stream.cursor, now)
        read = pulling.read_page(stream=stream, plan=plan, system=system, objects=page.objects, now=now)
        if page.has_more and page.cursor == stream.cursor:
            _count_circle(run)
        over = not page.has_more
        with run.chunk(to=run.cursor + 1):
            count = run.progress.get("objects", 0) + len(page.objects)
            new = pulling.keep_page(stream=stream, read=read, page=page, counted=count, over=over, now=now)
            run.progress.update(objects=count, new=run.progress.get("new", 0) + new, over=over)
        if over:
            return
        if page.pause_seconds > conversing.PULLING.patience_seconds:
            raise SlowDown(page.pause_seconds, "own_pace", host=system.label)
        time.sleep(page.pause_seconds)


def _count_circle(run: Run) -> None:
    """A page that leads to itself is asked for again, and not for ever."""
    run.progress["circles"] = run.progress.get("circles", 0) + 1
    if run.progress["circles"] > MAX_CIRCLES:
        raise Passing("not_expected")


@jobs.handles("feedback.pull_due", title=_("See what is to be fetched"))
def pull_due(run: Run) -> None:
    """A job for every stream whose time has come."""
    pulling.enqueue_due(now=timezone.now())


schedules.every("feedback.pull_due", minutes=EVERY_MINUTES)
