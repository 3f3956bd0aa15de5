"""Changed days are counted again."""

from django.utils.translation import gettext_lazy as _

from feedback import bulk
from feedback.services import series
from metrics.models import DirtyDay, Kind
from outbox import jobs, schedules

# So many days in one go were a bulk load, or a good part of one.
MANY_DAYS = 60


@jobs.handles("feedback.recount", title=_("Count changed days"))
def recount(run: jobs.Run) -> None:
    """Count all marked days; each step is idempotent, so a crash costs at most one step."""
    run.expect(run.cursor + DirtyDay.objects.values("kind", "day").distinct().count())
    for kind in Kind:
        while (found := series.marked(kind))[1]:
            marks, days = found
            with run.chunk(to=run.cursor + len(days)):
                series.recount(kind, marks, days)
    if run.cursor >= MANY_DAYS:
        bulk.look_at_sizes()


# A sweep for marks that nobody asked a job for.
schedules.every("feedback.recount", minutes=5)
