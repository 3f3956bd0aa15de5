"""Scores in a file of contacts become a file, and an import, of their own."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback import rejections
from feedback.mapping import BadMapping
from feedback.models import Import
from feedback.parsing import Unreadable
from feedback.services import imports, ratings, reading
from outbox import jobs


@jobs.handles(ratings.JOB_KIND, title=_("Take the scores out of a file"))
def take_ratings(run: jobs.Run) -> None:
    """Extract and start: `{"import_id": …, "read_as": …}`; a file that somebody mapped meanwhile is left alone."""
    imported = Import.objects.select_related("source", "created_by").filter(pk=run.arguments["import_id"]).first()
    if imported is None or imported.state != Import.State.DRAFT:
        return
    whole = reading.upload_path(imported)
    try:
        path, count = ratings.extract(imported, run.arguments["read_as"], beat=run.extend)
    except (Unreadable, BadMapping) as error:
        imports.fail(imported=imported, error=error, now=timezone.now())
        raise jobs.Refused(rejections.sentence(imported.problem, imported.problem_parameters)) from error
    with run.chunk(to=1, total=1):
        if count:
            ratings.begin(imported=imported, path=path, now=timezone.now())
        else:
            path.unlink()
            imports.discard(imported=imported)
    whole.unlink(missing_ok=True)
