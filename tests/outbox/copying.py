"""A tiny job for the fault tests, and a worker process that knows it.

The job writes numbered rows, one transaction per chunk, slowly enough to be killed in the middle. Run as
a program (`python -m tests.outbox.copying`) it is the product's worker with this one more job kind.
"""

import os
import time

import django


def register() -> None:
    """Make the job kind known in this process; harmless twice."""
    from outbox import jobs
    from outbox.models import Message

    def copy(run: jobs.Run) -> None:
        rows = run.arguments["rows"]
        run.expect(rows)
        while run.cursor < rows:
            to = min(rows, run.cursor + (run.arguments["step"] or jobs.chunk_rows()))
            with run.chunk(to=to):
                Message.objects.bulk_create(
                    Message(
                        recipient_id=run.arguments["recipient"],
                        kind="copied",
                        about_kind="row",
                        about_id=number,
                        created_at=run.job.created_at,
                        deliver_after=run.job.created_at,
                    )
                    for number in range(run.cursor, to)
                )
                run.progress["copied"] = to
            time.sleep(run.arguments["pause"])

    if "test.copy" not in jobs._handlers:
        jobs.handles("test.copy")(copy)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    register()
    from outbox import worker

    worker.run(concurrency=2, pool=os.environ.get("POOL", worker.THREADS), with_relay="RELAY" in os.environ)
