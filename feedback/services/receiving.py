"""What systems send comes in: proven, without personal data, once, and with a job that makes rows of it.

    receive          a call of a webhook: verify → read → redact → store, in this order
    store_records    the second half alone, for pages that a connector pulled

A call that proves nothing leaves nothing behind. One that is proven is never lost and always answered
with 200, also when nothing can be made of it: sending it again would not help, and systems switch a
webhook off that fails a few times. Why it was of no use stands with its delivery on the source's page.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts import vault
from feedback import bodies, bulk, versions
from feedback.models import Delivery, RawRecord, Source
from feedback.redaction import OrderPatterns
from feedback.redaction.payloads import redact_payload
from feedback.references import References
from feedback.services import disconnecting, order_numbers, pacing
from feedback.services.system_settings import settings_of, stored_id, system_of, untouched_in
from feedback.signatures import TIMELESS, Call, verified
from feedback.systems import Record, System, Unknown, Unmappable
from outbox import jobs
from outbox.models import Job

MAP_JOB = "feedback.map_records"
MAX_RECORDS = 5_000
_TOPIC_HEADERS = ("x-shopify-topic", "x-wc-webhook-topic")
_EVENT_PLACES = (*_TOPIC_HEADERS, "body:type", "body:event_type", "body:event", "body:topic", "body:event_name")
_KEY_LENGTH = 120
# Of an event. Anything else there may be a sentence, or somebody's name or address, and is not kept.
_NAME = re.compile(r"[A-Za-z0-9_.:/-]{1,80}")
# WooCommerce says this, unsigned, when its webhook is saved, and wants a 200.
_WOO_PING = re.compile(rb"webhook_id=[0-9]{1,12}")
# What an unknown address is checked against, so that its answer takes as long as another one.
_NOBODY = "the secret of no source at all"
_LIMITS = {"stream": 40, "external_id": 120, "entity": 160, "version": 40}
log = structlog.stdlib.get_logger("feedback.receiving")


class NotProven(Exception):
    """The call does not prove who sent it, or there is nobody it could be from."""


@dataclass(frozen=True)
class Received:
    """What became of a call: its state as in `Delivery.State`, and how many records it brought that were new."""

    state: str
    new: int = 0
    repeated: bool = False


@dataclass(frozen=True)
class _Read:
    """A body, read: records, or why there are none."""

    event: str
    records: Sequence[Record] = ()
    state: str = Delivery.State.STORED
    problem: str = ""
    parameters: dict[str, str] | None = None


def receive(*, slug: str, call: Call, now: datetime) -> Received:
    """Take in one call of a webhook. Raises NotProven, and then nothing is stored."""
    if _WOO_PING.fullmatch(call.body):
        # At every address, or the answer would tell which ones there are.
        return Received(Delivery.State.IGNORED)
    source = Source.objects.select_related("market").filter(slug=slug).first() if slug else None
    system = system_of(source) if source else None
    if source is None or system is None or not source.secrets:
        _take_as_long(call, now)
        raise NotProven
    if not verified(scheme_of(source, system), call, live_secrets(source), now=now):
        raise NotProven
    return _take_in(source, system, call, now)


def _take_as_long(call: Call, now: datetime) -> None:
    """Do for an address without a secret what is done for one that has one: open it, and sign the whole body."""
    try:
        secret = vault.unseal(_nobodys_secret())
    except vault.CannotUnseal:
        # The key of the vault is another one since this process began.
        _nobodys_secret.cache_clear()
        secret = _NOBODY
    verified("growthbook", call, [secret], now=now)


@cache
def _nobodys_secret() -> str:
    return vault.seal(_NOBODY)


def scheme_of(source: Source, system: System) -> str:
    """How the webhooks of this source are signed: as its system does, or as its owner said where that is open."""
    chosen = source.config.get("signature", "") if system.name == "generic" else ""
    return chosen if chosen in {"standard", "token"} else system.signature


def live_secrets(source: Source) -> list[str]:
    """The secrets in force, newest first. One that the vault cannot open proves nothing."""
    found = []
    for kept in source.secrets:
        try:
            found.append(vault.unseal(kept["secret"]))
        except vault.CannotUnseal:
            log.error("webhook secret cannot be opened", source=source.pk)
    return found


def store_records(*, source: Source, system: System, records: Sequence[Record], now: datetime) -> int:
    """Keep versions of objects, redacted, those that are not here yet; how many those were.

    Call it in the transaction that also keeps why they came (a delivery, a cursor). Raises Unmappable for a
    record without an id, before anything is written.
    """
    return insert_records(redact_records(source=source, system=system, records=records, now=now))


def redact_records(*, source: Source, system: System, records: Sequence[Record], now: datetime) -> list[RawRecord]:
    """Versions of objects as they will be kept: the slow half, which needs no transaction. Raises Unmappable."""
    orders = order_numbers.shop_patterns()
    return [_raw_record(source, system, record, orders, now) for record in _checked(records)]


def request_mapping(*, source: Source, now: datetime) -> None:
    """Have waiting records mapped soon, unless the source is paused; the days of a shop after their pause."""
    arguments = {"source_id": source.pk}
    asked = Job.objects.filter(kind=MAP_JOB, state=Job.State.QUEUED, cursor=0, arguments=arguments)
    if source.paused_at is None and not asked.exists():
        jobs.enqueue(MAP_JOB, arguments, run_after=pacing.not_before(source, kind=MAP_JOB, now=now), now=now)


def _take_in(source: Source, system: System, call: Call, now: datetime) -> Received:
    sha256 = hashlib.sha256(call.body).hexdigest()
    body, fault = _parse(call.body)
    key = bodies.first_of(body, list(call.headers.items()), system.delivery_id)
    key = bodies.clean(key)[:_KEY_LENGTH] or sha256
    known = Delivery.objects.filter(source=source, key=key, sha256=sha256, state=Delivery.State.STORED)
    if known.update(repeats=F("repeats") + 1):
        return Received(Delivery.State.STORED, repeated=True)
    topic = bodies.first_of(None, list(call.headers.items()), _TOPIC_HEADERS)
    event = _named(bodies.first_of(body, list(call.headers.items()), _EVENT_PLACES))
    read = _Read(event, (), Delivery.State.REFUSED, fault) if fault else _read(source, system, body, event, topic)
    raws, read = _redacted(source, system, read, now)
    with transaction.atomic():
        if not disconnecting.is_connected(source):
            raise NotProven
        delivery, is_new = Delivery.objects.get_or_create(
            source=source,
            key=key,
            defaults={"sha256": sha256, "bytes": len(call.body), "received_at": now, "state": read.state},
        )
        if not is_new:
            # The same event once more in other words, or a second try after it could not be read.
            Delivery.objects.filter(pk=delivery.pk).update(repeats=F("repeats") + 1)
        if not is_new and delivery.state == Delivery.State.STORED and delivery.sha256 == sha256:
            return Received(Delivery.State.STORED, repeated=True)
        # With neither an id nor a signed time, a call that says what was said before may be a replay. Whoever can
        # repeat a secret that is shown can say anything with it: there, other bytes are another call.
        tells = key != sha256 or scheme_of(source, system) not in TIMELESS
        again = heard_again(raws) if is_new and tells else 0
        new = again + insert_records(raws)
        Delivery.objects.filter(pk=delivery.pk).update(
            event=read.event,
            state=read.state,
            sha256=sha256,
            problem=read.problem,
            problem_parameters=read.parameters or {},
            records=F("records") + new,
        )
        if new:
            request_mapping(source=source, now=now)
    return Received(read.state, new, repeated=not is_new)


def _named(event: str) -> str:
    return event if _NAME.fullmatch(event) else ""


def _parse(body: bytes) -> tuple[Any, str]:
    try:
        return bodies.parsed(body), ""
    except Unmappable as fault:
        return None, fault.reason


def _read(source: Source, system: System, body: Any, event: str, topic: str) -> _Read:
    try:
        records = _checked(system.records(body, settings_of(source, topic=topic)))
    except Unknown as unknown:
        return _Read(event or _named(str(unknown)), state=Delivery.State.IGNORED)
    except Unmappable as fault:
        return _Read(event, (), Delivery.State.REFUSED, fault.reason, fault.parameters)
    except Exception:
        # A body that nobody thought of must not make the system switch its webhook off.
        log.exception("webhook could not be read", source=source.pk, system=system.name)
        return _Read(event, (), Delivery.State.REFUSED, "stumbled")
    return _Read(event, records)


def _checked(records: Sequence[Record]) -> Sequence[Record]:
    if len(records) > MAX_RECORDS:
        raise Unmappable("too_many_records", limit=str(MAX_RECORDS))
    for record in records:
        if not record.external_id:
            raise Unmappable("id_missing", "external_id")
        for name, limit in _LIMITS.items():
            if len(getattr(record, name)) > limit:
                raise Unmappable("too_long", name, getattr(record, name)[:200], limit=str(limit))
    return records


def _redacted(source: Source, system: System, read: _Read, now: datetime) -> tuple[list[RawRecord], _Read]:
    try:
        orders = order_numbers.shop_patterns()
        return [_raw_record(source, system, record, orders, now) for record in read.records], read
    except Exception:
        log.exception("webhook could not be redacted", source=source.pk, system=system.name)
        return [], _Read(read.event, (), Delivery.State.REFUSED, "stumbled")


def _raw_record(source: Source, system: System, record: Record, orders: OrderPatterns, now: datetime) -> RawRecord:
    references = References(settings.CUSTOMER_KEY)
    numbers: list[str] = []
    payload, redactions = redact_payload(
        record.payload, record.people.known, untouched_in(source, system, record), orders=orders, found=numbers
    )
    external_id = bodies.clean(stored_id(system, record, references))
    return RawRecord(
        source=source,
        stream=record.stream,
        external_id=external_id,
        entity=bodies.clean(record.entity) or f"{record.stream}:{external_id}",
        version_key=bodies.clean(record.version),
        occurred_at=record.occurred_at,
        received_at=now,
        payload=payload,
        payload_sha256=_fingerprint(record),
        deleted=record.deleted,
        customer_ref=references.customer(record.people.customer),
        order_ref=references.order(record.people.order) or order_numbers.reference_to(numbers),
        agent_ref=references.agent(record.people.agent),
        redactions=redactions,
    )


def _fingerprint(record: Record) -> str:
    """Of the object as it came; that it is gone makes it another one."""
    whole = [record.version, record.deleted, record.payload]
    return hashlib.sha256(json.dumps(whole, sort_keys=True, default=str).encode()).hexdigest()


def insert_records(raws: Sequence[RawRecord]) -> int:
    """Keep what is not here yet, in the caller's transaction; how many that was."""
    new: dict[tuple[str, str, str], RawRecord] = {}
    for raw in raws:
        new.setdefault((raw.stream, raw.external_id, raw.payload_sha256), raw)
    for some in bulk.batches(raws):
        found = RawRecord.objects.filter(
            source=some[0].source,
            stream__in={raw.stream for raw in some},
            external_id__in={raw.external_id for raw in some},
        )
        for key in found.values_list("stream", "external_id", "payload_sha256"):
            new.pop(key, None)
    RawRecord.objects.bulk_create(new.values(), ignore_conflicts=True, batch_size=200)
    return len(new)


def heard_again(raws: Sequence[RawRecord]) -> int:
    """What comes without a version is so now, also when it was so before: 100, 101, 100 ends at 100.

    Versions that are here already and would be the latest of their object if they came now become so; how many.
    Call it in the transaction that keeps the others, before they are kept, with what a pull brings or a webhook
    that is told from a replay: by its id, or by its bytes where nobody can replay an old call.
    """
    unversioned = {(raw.stream, raw.external_id): raw for raw in raws if not raw.version_key}
    again: list[int] = []
    for some in bulk.batches(sorted(unversioned)):
        for one, found in _kept_versions(raws[0].source, some).items():
            same = found.get(unversioned[one].payload_sha256)
            latest = max(found.values(), key=lambda version: version.rank)
            if same and same != latest and replace(same, received_at=raws[0].received_at).rank > latest.rank:
                again.append(same.id)
    for pks in bulk.batches(again):
        RawRecord.objects.filter(pk__in=pks).update(received_at=raws[0].received_at, mapped_at=None)
    return len(again)


def _kept_versions(
    source: Source, objects: Collection[tuple[str, str]]
) -> dict[tuple[str, str], dict[str, versions.Version]]:
    """By object, and by the fingerprint of what it said."""
    found = RawRecord.objects.filter(
        source=source,
        stream__in={stream for stream, _ in objects},
        external_id__in={external_id for _, external_id in objects},
    )
    fields = ("payload_sha256", "id", "stream", "external_id", "entity", "version_key", "received_at", "deleted")
    kept: dict[tuple[str, str], dict[str, versions.Version]] = {one: {} for one in objects}
    for sha256, *told in found.values_list(*fields):
        version = versions.Version(*told)
        if (version.stream, version.external_id) in kept:
            kept[version.stream, version.external_id][sha256] = version
    return {one: by_sha256 for one, by_sha256 in kept.items() if by_sha256}
