"""Scores in a file of contacts become a file, and an import, of their own."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback import rejections
from feedback.mapping import BadMapping
from feedback.models import Import
from feedback.parsing import Unreadable
from feedback.services import ratings, reading, score_files
from outbox import jobs


@jobs.handles(ratings.JOB_KIND, title=_("Take the scores out of a file"))
def take_ratings(run: jobs.Run) -> None:
    """Take out and start: `{"import_id": …, "read_as": …, "dates": […]}`; what somebody started meanwhile stays."""
    import_id = run.arguments["import_id"]
    waiting = Import.objects.filter(state=Import.State.DRAFT, kind=Import.Kind.SURVEYS)
    if imported := waiting.filter(pk=import_id).first():
        _take(run, imported)
    # Also of a worker that died before it could say that there is such a file.
    score_files.drop_unused(import_id)


def _take(run: jobs.Run, imported: Import) -> None:
    try:
        with score_files.taken_out(imported, run.arguments, beat=run.extend) as taken, run.chunk(to=1, total=1):
            begun = ratings.begin(imported=imported, taken=taken, now=timezone.now())
    except (Unreadable, BadMapping) as error:
        if ratings.refuse(imported=imported, error=error, now=timezone.now()):
            raise jobs.Refused(rejections.sentence(error.reason, error.parameters)) from error
        return
    if begun:
        reading.upload_path(imported).unlink(missing_ok=True)
