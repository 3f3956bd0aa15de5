"""Questions about sources that send by themselves, answered ready for their pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Max
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from feedback import rejections
from feedback.forms.guides import GUIDES, Guide
from feedback.models import Delivery, RawRecord, Source
from feedback.services.receiving import scheme_of
from feedback.signatures import UNSIGNED
from feedback.systems import registry
from outbox.models import Job

DELIVERIES_SHOWN = 12
PROBLEMS_SHOWN = 3
RECORDS_SHOWN = 25
_RECORD_JOBS = ("feedback.map_records", "feedback.map_again")


@dataclass(frozen=True)
class Secret:
    """A secret in force, without the secret."""

    id: str
    tail: str
    since: datetime | None
    is_newest: bool


@dataclass(frozen=True)
class ProblemGroup:
    """Records that no row could be made of for the same reason, newest first, and how many there are."""

    sentence: str
    column: str
    count: int
    reason: str
    first: list[RawRecord]


@dataclass(frozen=True)
class DeliveryLine:
    """One delivery, with the sentence why it was of no use."""

    delivery: Delivery
    sentence: str


@dataclass(frozen=True)
class SourcePage:
    """Everything on the page of a source."""

    source: Source
    label: str
    guide: Guide | None
    address: str
    shows_secret: bool
    """Its calls are not signed: the secret stands in the address."""
    secrets: list[Secret]
    deliveries: list[DeliveryLine]
    older: str
    delivered: int
    last_at: datetime | None
    refused: int
    records: int
    waiting: int
    problems: int
    groups: list[ProblemGroup]
    job: Job | None


@dataclass(frozen=True)
class RecordPage:
    """Some raw records of a source, newest first."""

    rows: list[RawRecord]
    older: str
    total: int


@dataclass(frozen=True)
class RecordCard:
    """One raw record: what was kept of it, and the other versions of its object."""

    record: RawRecord
    text: str
    sentence: str
    versions: list[RawRecord] = field(default_factory=list)


def label(source: Source) -> str:
    """What the makers of its system call it."""
    system = registry.get(source.system)
    return system.label if system else source.system


def address(source: Source, base: str) -> str:
    """Where it sends to; `base` is how this installation is reached where no setting says it."""
    start = settings.PUBLIC_URL if settings.PUBLIC_URL_IS_SET else base.rstrip("/")
    return start + reverse("feedback:hook", args=[source.slug]) if source.slug else ""


def source_page(source: Source, *, base: str, before: int | None = None) -> SourcePage:
    """One source with its deliveries, those older than the id `before`."""
    system = registry.get(source.system)
    deliveries = Delivery.objects.filter(source=source)
    totals = deliveries.aggregate(count=Count("id"), last=Max("received_at"))
    some = deliveries.filter(id__lt=before) if before else deliveries
    shown = list(some.order_by("-id")[: DELIVERIES_SHOWN + 1])
    records = RawRecord.objects.filter(source=source)
    groups = _groups(source)
    return SourcePage(
        source=source,
        label=label(source),
        guide=GUIDES.get(source.system),
        address=address(source, base),
        shows_secret=bool(system) and scheme_of(source, system) in UNSIGNED,  # type: ignore[arg-type]
        secrets=_secrets(source),
        deliveries=[DeliveryLine(one, problem_sentence(one)) for one in shown[:DELIVERIES_SHOWN]],
        older=str(shown[DELIVERIES_SHOWN - 1].pk) if len(shown) > DELIVERIES_SHOWN else "",
        delivered=totals["count"],
        last_at=totals["last"],
        refused=deliveries.filter(state=Delivery.State.REFUSED).count(),
        records=records.count(),
        waiting=records.filter(mapped_at__isnull=True).count(),
        problems=sum(group.count for group in groups),
        groups=groups,
        job=Job.objects.filter(kind__in=_RECORD_JOBS, arguments={"source_id": source.pk})
        .select_related("created_by")
        .order_by("-id")
        .first(),
    )


def record_page(source: Source, *, q: str = "", reason: str = "", before: int | None = None) -> RecordPage:
    """Raw records of a source: of one object, with one problem, or all."""
    rows = RawRecord.objects.filter(source=source).defer("payload")
    if q:
        rows = rows.filter(external_id=q)
    if reason:
        rows = rows.filter(problem=reason)
    total = rows.count()
    shown = list((rows.filter(id__lt=before) if before else rows).order_by("-id")[: RECORDS_SHOWN + 1])
    older = str(shown[RECORDS_SHOWN - 1].pk) if len(shown) > RECORDS_SHOWN else ""
    return RecordPage(shown[:RECORDS_SHOWN], older, total)


def record_card(record: RawRecord) -> RecordCard:
    """One record to look at."""
    others = RawRecord.objects.filter(
        source_id=record.source_id, stream=record.stream, external_id=record.external_id
    ).defer("payload")
    return RecordCard(
        record,
        json.dumps(record.payload, indent=2, ensure_ascii=False),
        problem_sentence(record),
        list(others.order_by("-version_key", "-id")[:RECORDS_SHOWN]),
    )


def samples(source: Source, limit: int = 20) -> list[Any]:
    """What came last, redacted: whole bodies while there is no map, records after."""
    newest = RawRecord.objects.filter(source=source, deleted=False).order_by("-id")[:limit]
    return [raw.payload for raw in newest]


def problem_sentence(of: Delivery | RawRecord) -> str:
    """Why it was of no use, in the reader's language; "" when it was."""
    parameters: Mapping[str, Any] = of.problem_parameters
    return rejections.sentence(of.problem, parameters) if of.problem else ""


def _groups(source: Source) -> list[ProblemGroup]:
    found = RawRecord.objects.filter(source=source).exclude(problem="")
    counted = found.values("problem", "problem_column").annotate(count=Count("id"), newest=Max("id")).order_by("-count")
    newest = RawRecord.objects.in_bulk([one["newest"] for one in counted[:10]])
    groups = []
    for one in counted[:10]:
        raw = newest[one["newest"]]
        groups.append(ProblemGroup(problem_sentence(raw), one["problem_column"], one["count"], one["problem"], [raw]))
    return groups


def _secrets(source: Source) -> list[Secret]:
    return [
        Secret(kept["id"], kept.get("tail", ""), parse_datetime(kept.get("created_at", "")), at == 0)
        for at, kept in enumerate(source.secrets)
    ]
