"""A help desk that sends everything at once, as a program of its own: it has real connections and a real database file.

Prints what it was answered: `{"same": [20 × status], "versions": […], "stale": status}`.
"""

import base64
import hashlib
import hmac
import json
import os
import random
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import django

SECRET = "the desk's secret"
TIMES = 20
VERSIONS = 12
LAST_WORDS = "chat"


def together(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do them all at the same moment, each in a thread with a connection of its own."""
    from django.db import connection

    answers: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def one(at: int) -> None:
        start.wait()
        try:
            answers[at] = calls[at]()
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(at,)) for at in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def event(number: int, channel: str) -> bytes:
    """The ticket as it was at minute `number`."""
    moment = f"2026-11-19T10:{number:02}:00Z"
    detail = {
        "id": "35436", "status": "Open", "via": {"channel": channel}, "subject": "Late", "description": "Where is it?",
        "created_at": "2026-11-19T10:00:00Z", "updated_at": moment,
    }  # fmt: skip
    body = {"type": "zen:event-type:ticket.updated", "id": f"E{number}", "time": moment, "detail": detail}
    return json.dumps(body).encode()


def send(body: bytes, *, late: timedelta = timedelta()) -> int:
    """One signed call; its status."""
    from django.test import Client

    stamp = (datetime.now(UTC) - late).strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = hmac.new(SECRET.encode(), stamp.encode() + body, hashlib.sha256).digest()
    answer = Client().post(
        "/hooks/desk/",
        body,
        content_type="application/json",
        headers={
            "Host": "127.0.0.1",
            "X-Zendesk-Webhook-Signature": base64.b64encode(digest).decode(),
            "X-Zendesk-Webhook-Signature-Timestamp": stamp,
        },
    )
    return answer.status_code


def main() -> None:
    """Make a source, send to it from many threads, and do the jobs that came of it from two."""
    from accounts import vault
    from feedback.models import Source
    from outbox import jobs
    from outbox.models import Job

    now = datetime.now(UTC)
    secrets = [{"id": "a", "secret": vault.seal(SECRET), "created_at": now.isoformat()}]
    Source.objects.create(name="Desk", slug="desk", system="zendesk", secrets=secrets, created_at=now)
    same = together([lambda: send(event(0, "web"))] * TIMES)
    order = list(range(1, VERSIONS + 1))
    random.Random(7).shuffle(order)
    last = {VERSIONS: LAST_WORDS}
    versions = together([lambda at=at: send(event(at, last.get(at, "email"))) for at in order])  # type: ignore[misc]
    stale = send(event(1, "phone"), late=timedelta(minutes=6))
    waiting = list(Job.objects.filter(kind="feedback.map_records").values_list("id", flat=True))
    together([lambda job=job: jobs.perform(job) for job in waiting])  # type: ignore[misc]
    sys.stdout.write(json.dumps({"same": same, "versions": versions, "stale": stale}))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    main()
