"""A source that is pulled from a fake system, and its jobs done one after the other."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts import vault
from feedback import connectors
from feedback.models import RawRecord, Source, Stream
from feedback.services import pulling
from feedback.services.receiving import MAP_JOB
from outbox import jobs, rates
from outbox.models import Job
from tests.feedback.fake_systems.desk import Desk
from tests.feedback.fake_systems.help_desks import (
    Freshdesk,
    Gorgias,
    Intercom,
    Salesforce,
    Zendesk,
    ZendeskRatings,
)
from tests.feedback.fake_systems.shops import Analytics, GrowthBook, Shopify, WooCommerce

HELP_DESKS: tuple[type[Desk], ...] = (Zendesk, Salesforce, Intercom, Gorgias, Freshdesk)
SHOPS: tuple[type[Desk], ...] = (Shopify, WooCommerce)
ALL: tuple[type[Desk], ...] = (*HELP_DESKS, ZendeskRatings, *SHOPS, Analytics, GrowthBook)
# Objects are this old in tests: within every overlap.
START = timezone.now().replace(microsecond=0) - timedelta(hours=3)
PER_PAGE = 3
BACKFILL = START - timedelta(days=1)


def at(seconds: int) -> datetime:
    """A moment after the start."""
    return START + timedelta(seconds=seconds)


def sealed(values: dict[str, str]) -> str:
    """What a person entered, as the source keeps it."""
    return vault.seal(json.dumps({"values": values, "at": START.isoformat(), "by": "Marijke Claes"}))


def stream_of(desk: Desk, since: datetime = BACKFILL) -> Stream:
    """A source that signs in at the fake, with the one stream that the fake has."""
    source = Source.objects.create(
        name=desk.system,
        system=desk.system,
        slug=desk.system,
        credentials=sealed(desk.credentials()),
        config={"revenue": "m", "goal": "m"},
        created_at=START,
    )
    return Stream.objects.create(
        source=source, name=desk.stream, cursor={"since": since.isoformat()}, next_run_at=START
    )


def pull(stream: Stream) -> Job:
    """A run of its own, and all that it asks for afterwards but for pauses."""
    job = jobs.enqueue(pulling.JOB_KIND, {"stream_id": stream.pk}, now=timezone.now())
    done = jobs.perform(job.pk)
    assert done is not None
    stream.refresh_from_db()
    return done


def catch_up(stream: Stream) -> int:
    """As time passes: every waiting job of the stream, with its pauses over; how many there were."""
    for count in range(50):
        Stream.objects.filter(pk=stream.pk, paused_until__isnull=False).update(paused_until=timezone.now())
        waiting = Job.objects.filter(kind=pulling.JOB_KIND, state=Job.State.QUEUED).order_by("pk")
        if not waiting:
            stream.refresh_from_db()
            return count
        waiting.update(run_after=timezone.now())
        jobs.perform(waiting[0].pk)
    raise AssertionError("it never ends")


def map_records() -> None:
    """Make rows of what came in."""
    for job in Job.objects.filter(kind=MAP_JOB, state=Job.State.QUEUED):
        done = jobs.perform(job.pk)
        assert done is not None
        assert done.state == Job.State.DONE, done.error


def ids(stream: Stream) -> list[str]:
    """External ids of the stream's records, each as often as it is stored."""
    name = stream.name
    return list(
        RawRecord.objects.filter(source=stream.source, stream=name).order_by("pk").values_list("external_id", flat=True)
    )


def page_of(desk: type[Desk]) -> tuple[object, str]:
    """Where its connector keeps how much it asks for at once."""
    module = {module.CONNECTOR.name: module for module in connectors._MODULES}[desk.system]
    return module, desk.page_constant


@contextmanager
def standing(kind: type[Desk], monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A fake of this kind at work, asked in small pages."""
    monkeypatch.setattr(*page_of(kind), PER_PAGE)
    with kind() as desk:
        yield desk


class OpenGate(rates.Turnstile):
    """Lets everybody through: tests ask more often than our own limits allow."""

    def wait(self, key: Hashable, rate: rates.Rate) -> float:
        return 0.0
