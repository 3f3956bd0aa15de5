"""When the rules of redaction find more than before, stored words are redacted again."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.services import forgetting, redoing
from outbox import jobs, schedules

KIND = "feedback.redact_again"


@jobs.handles(KIND, title=_("Take out personal data by newer rules"))
def redact_again(run: jobs.Run) -> None:
    """Redo all rows of older rules; each chunk marks its rows, so a crash costs one chunk."""
    run.expect(run.cursor + redoing.waiting())
    for model, fields in redoing.TABLES:
        while rows := redoing.older(model, jobs.chunk_rows()):
            with run.chunk(to=run.cursor + len(rows)):
                found = redoing.redo(model, fields, rows)
                run.progress["redacted"] = run.progress.get("redacted", 0) + found
                if found:
                    forgetting.request(now=timezone.now())


schedules.daily(KIND, at="02:50")
