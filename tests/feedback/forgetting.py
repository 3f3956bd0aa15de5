"""An installation whose customer is erased, as a program of its own: it has a real file of SQLite's.

Prints how often that file and its log hold a word of the customer's, and how the job ended while somebody read and
afterwards: `{"before": 4, "erased": 2, "after": 0, "states": […], "error": "…"}`.
"""

import json
import os
import sqlite3
import sys
from pathlib import Path

import django

WORD = "qwyzelparasol"
OTHERS = 24
# Longer than a page of the file, so that whole pages of it become free.
_LONG = f"Waar blijft mijn {WORD} " + "met de gouden franje " * 2_000 + f"en nog een {WORD}"


def held() -> int:
    """How often the word stands in the bytes of the file and its log, whole or behind a beginning."""
    from django.conf import settings

    name = str(settings.DATABASES["default"]["NAME"])
    files = [path for path in (Path(name), Path(f"{name}-wal")) if path.exists()]
    # The index leaves out letters that a word shares with the one before it.
    return sum(path.read_bytes().lower().count(WORD[3:].encode()) for path in files)


def main() -> None:
    """Bring contacts in one by one, so that the index has many segments; then erase a customer."""
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from feedback.services import erasure, forgetting, search
    from outbox import jobs
    from outbox.models import Job
    from tests.feedback.rows import bring_in

    call_command("migrate", verbosity=0)
    heading = "external_id,occurred_at,channel,text,market,customer\n"
    for number in range(OTHERS):
        text = _LONG if number == OTHERS // 2 else f"Waar blijft mijn stoel nummer {number}"
        bring_in(f"{heading}T{number},2026-03-01T10:00:00Z,chat,{text},NL,K{number}00\n")
        while size := search.next_size(1_000):
            search.index(size)
    before = held()
    erasure.erase(actor=None, written=[f"K{OTHERS // 2}00"], now=timezone.now() - forgetting.PATIENCE)
    erased = held()
    (job,) = Job.objects.filter(kind=forgetting.JOB_KIND)
    reader = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM feedback_contact").fetchone()
    forgetting._TRIES = 1
    jobs.perform(job.pk)
    job.refresh_from_db()
    states, error = [job.state], job.error
    reader.close()
    Job.objects.update(run_after=timezone.now())
    jobs.perform(job.pk)
    job.refresh_from_db()
    states.append(job.state)
    told = {"before": before, "erased": erased, "after": held(), "states": states, "error": error}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    main()
