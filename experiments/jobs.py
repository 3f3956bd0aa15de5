"""Every night, and when the CRO team asks: what came of the changes that went live?"""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

import accounts.selectors
from experiments import services
from experiments.models import Release
from outbox import jobs, schedules

MEASURE = "experiments.measure"


@jobs.handles(MEASURE, title=_("Measure what changes did"))
def measure(run: jobs.Run) -> None:
    """Measure every release that is due, or the one in `{"release": id}`; one release is one chunk.

    Going over a release twice stores and tells nothing new, so a crash costs one release at most.
    """
    now = timezone.now()
    today = accounts.selectors.market_day(now)
    releases = Release.objects.exclude(theme=None).order_by("pk")
    if "release" in run.arguments:
        releases = releases.filter(pk=run.arguments["release"])
    due = {release.pk for release in services.measure_due(today=today)}
    # All of them, so that the cursor stays in place when one is no longer due.
    every = list(releases)
    run.expect(len(every))
    for place, release in enumerate(every[run.cursor :], run.cursor + 1):
        with run.chunk(to=place):
            if release.pk in due:
                outcome = services.measure(release=release, today=today, now=now)
                run.progress["measured"] = run.progress.get("measured", 0) + (outcome is not None)


schedules.daily(MEASURE, at="03:00")
