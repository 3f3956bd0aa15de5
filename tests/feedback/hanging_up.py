"""A help desk that is disconnected while it sends and while its tickets are mapped, as a program of its own.

Prints `{"statuses": […], "last": status, "left": records and deliveries, "failed": jobs, "errors": […]}`.
"""

import json
import os
import sys
import time
from datetime import UTC, datetime

import django

from tests.feedback import delivering

SENDERS = 8
CALLS = 6


def main() -> None:
    """Everybody at once, then the jobs that are left, twice."""
    from accounts import vault
    from accounts.models import Person, Role
    from feedback.models import Delivery, RawRecord, Source
    from feedback.services import disconnecting
    from outbox import jobs
    from outbox.models import Job

    now = datetime.now(UTC)
    secrets = [{"id": "a", "secret": vault.seal(delivering.SECRET), "created_at": now.isoformat()}]
    source = Source.objects.create(name="Desk", slug="desk", system="zendesk", secrets=secrets, created_at=now)
    person = Person.objects.create(email="a@testers.example", name="A", role=Role.LINKING_PIN, created_at=now)
    statuses: list[int] = []
    errors: list[str] = []

    def send(sender: int) -> None:
        for call in range(CALLS):
            statuses.append(delivering.send(delivering.event(sender * CALLS + call, "web")))

    def work() -> None:
        for _time in range(3):
            for job in Job.objects.filter(state=Job.State.QUEUED).values_list("id", flat=True):
                jobs.perform(job)

    def hang_up() -> None:
        while not RawRecord.objects.exists():
            time.sleep(0.005)
        disconnecting.disconnect(source=source, actor=person, now=datetime.now(UTC))

    def noted(call: object) -> object:
        def do() -> None:
            try:
                call()  # type: ignore[operator]
            except Exception as error:
                errors.append(repr(error))

        return do

    senders = [lambda sender=sender: send(sender) for sender in range(SENDERS)]
    delivering.together([noted(call) for call in (*senders, work, work, hang_up)])  # type: ignore[misc]
    work()
    last = delivering.send(delivering.event(59, "web"))
    left = RawRecord.objects.count() + Delivery.objects.count()
    failed = list(Job.objects.exclude(error="").values_list("kind", "error"))
    sys.stdout.write(json.dumps({"statuses": statuses, "last": last, "left": left, "failed": failed, "errors": errors}))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    main()
