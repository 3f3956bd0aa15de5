"""The words of new and changed contacts go into the search index."""

from django.utils.translation import gettext_lazy as _

from feedback.services import search
from outbox import jobs, schedules


@jobs.handles(search.JOB_KIND, title=_("Index what customers said"))
def index_words(run: jobs.Run) -> None:
    """Read all marks; each step is idempotent, so a crash costs at most one step."""
    run.expect(run.cursor + search.waiting())
    while size := search.next_size(jobs.chunk_rows()):
        with run.chunk(to=run.cursor + size):
            search.index(size)


# A sweep for marks that nobody asked a job for.
schedules.daily(search.JOB_KIND, at="03:30")
