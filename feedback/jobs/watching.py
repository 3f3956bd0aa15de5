"""A source that falls silent is noticed."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.services import watching
from outbox import jobs, schedules


@jobs.handles("feedback.watch_sources", title=_("Look for silent sources"))
def watch_sources(run: jobs.Run) -> None:
    """Tell the linking pin of sources that brought nothing for longer than usual."""
    if run.cursor == 0:
        with run.chunk(to=1):
            watching.watch_sources(now=timezone.now())


schedules.daily("feedback.watch_sources", at="05:30")
