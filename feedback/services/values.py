"""What a value that arrived means: a person keeps it as it is, or says which other value it is.

Mapping rewrites the stored rows in a job and is followed by every later import; taking it back gives the
rows that it changed their own value again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F

import metrics.services
from accounts.models import Market, Person
from accounts.services import record
from feedback.models import (
    CommerceDay,
    Contact,
    ContactReason,
    DimensionValue,
    FormerRow,
    MappedRows,
    ReasonTag,
    SurveyResponse,
    ValueMapping,
)
from feedback.normalise.circumstances import local_day
from feedback.services import stand_ins, themes
from metrics.models import Kind
from outbox import jobs

JOB_KIND = "feedback.map_values"
BACK_KIND = "feedback.unmap_values"


class Unfit(Exception):
    """This value cannot mean that one. `reason` is a kind of `feedback.rejections`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Table:
    """Rows that hold a dimension in a column."""

    name: str
    model: type[models.Model]
    column: str
    kind: Kind
    day: str = "local_day"


def tables(dimension: str) -> tuple[Table, ...]:
    """Where values of this dimension stand; reasons stand in tags and are moved by themselves."""
    if dimension == "market":
        return (
            Table("contacts", Contact, "market_id", Kind.CONTACTS),
            Table("surveys", SurveyResponse, "market_id", Kind.SURVEYS),
            Table("commerce", CommerceDay, "market_id", Kind.COMMERCE, "day"),
        )
    if dimension in {"channel", "stage"}:
        return (
            Table("contacts", Contact, f"{dimension}_id", Kind.CONTACTS),
            Table("surveys", SurveyResponse, f"{dimension}_id", Kind.SURVEYS),
        )
    return ()


def model_of(dimension: str) -> type[DimensionValue | Market | ContactReason]:
    """The table in which values of this dimension are rows."""
    if dimension == "market":
        return Market
    return ContactReason if dimension == "reason" else DimensionValue


@transaction.atomic
def accept(*, dimension: str, ids: list[int], actor: Person, now: datetime) -> int:
    """These values are what they say: they are no question any more. How many that were."""
    if dimension == "market":
        changed = Market.objects.filter(pk__in=ids, is_found=True).update(is_found=False)
    elif dimension == "reason":
        changed = ContactReason.objects.filter(pk__in=ids, accepted_at=None).update(accepted_at=now)
    else:
        rows = DimensionValue.objects.filter(pk__in=ids, dimension=dimension, accepted_at=None)
        changed = rows.update(accepted_at=now)
    if changed:
        record(
            actor=actor, action="keep values", details={"dimension": dimension, "count": changed}, target=None, now=now
        )
    return changed


@transaction.atomic
def map_value(*, dimension: str, from_id: int, to_id: int, actor: Person, now: datetime) -> ValueMapping:
    """From now on this value means that one, and so do the rows that are stored. Raises Unfit."""
    model = model_of(dimension)
    rows = {row.pk: row for row in model._default_manager.select_for_update().filter(pk__in=[from_id, to_id])}
    source, target = rows.get(from_id), rows.get(to_id)
    if source is None or target is None or source == target:
        raise Unfit("value_gone")
    if ValueMapping.objects.filter(dimension=dimension, from_id=from_id).exists():
        raise Unfit("value_being_given_back" if source.mapped_to_id is None else "value_mapped_already")
    if target.mapped_to_id:
        raise Unfit("value_mapped_already")
    if model._default_manager.filter(mapped_to_id=from_id).exists():
        raise Unfit("value_means_others")
    if {getattr(row, "dimension", dimension) for row in (source, target)} != {dimension}:
        raise Unfit("value_gone")
    model._default_manager.filter(pk=from_id).update(mapped_to_id=to_id)
    _settle(model, [from_id, to_id], now)
    mapping = ValueMapping.objects.create(
        dimension=dimension, from_id=from_id, to_id=to_id, created_by=actor, created_at=now
    )
    mapping.job = jobs.enqueue(JOB_KIND, {"mapping_id": mapping.pk}, created_by=actor, now=now)
    mapping.save(update_fields=["job"])
    record(
        actor=actor,
        action="map a value",
        target=mapping,
        name=str(source),
        details={"dimension": dimension, "to": str(target)},
        now=now,
    )
    return mapping


@transaction.atomic
def take_back(*, mapping: ValueMapping, actor: Person, now: datetime) -> None:
    """The value means itself again; the rows that the mapping changed get it back in a job."""
    current = ValueMapping.objects.select_for_update().get(pk=mapping.pk)
    model = model_of(current.dimension)
    model._default_manager.filter(pk=current.from_id, mapped_to_id=current.to_id).update(mapped_to=None)
    jobs.enqueue(BACK_KIND, {"mapping_id": current.pk}, key=f"unmap-{current.pk}", created_by=actor, now=now)
    record(actor=actor, action="take back a mapping", target=current, details={"rows": current.rows}, now=now)


def _settle(model: type[models.Model], ids: list[int], now: datetime) -> None:
    """Somebody has said what these are."""
    if model is Market:
        Market.objects.filter(pk__in=ids).update(is_found=False)
    else:
        model._default_manager.filter(pk__in=ids, accepted_at=None).update(accepted_at=now)


def is_standing(mapping: ValueMapping) -> bool:
    """Whether the mapping was not taken back."""
    model = model_of(mapping.dimension)
    return model._default_manager.filter(pk=mapping.from_id, mapped_to_id=mapping.to_id).exists()


# ── The rows ───────────────────────────────────────────────────────────────────
Move = Callable[[], int]


def moves(mapping: ValueMapping, size: int) -> Iterator[Move]:
    """One piece of rewriting after the other, each to be called inside a chunk; it says how many rows it changed."""
    if mapping.dimension == "reason":
        yield from _until_done(lambda: _move_tags(mapping, size))
        return
    for table in tables(mapping.dimension):
        yield from _until_done(lambda table=table: _move_rows(mapping, table, size))  # type: ignore[misc]


def _until_done(move: Move) -> Iterator[Move]:
    moved = [1]

    def once() -> int:
        moved[0] = move()
        return moved[0]

    while moved[0]:
        yield once


def _move_rows(mapping: ValueMapping, table: Table, size: int) -> int:
    held = table.model._default_manager.filter(**{table.column: mapping.from_id})
    rows = list(held.order_by("pk").values_list("pk", table.day, "row_hash")[:size])
    if not rows:
        return 0
    ids = [row[0] for row in rows]
    days = {row[1] for row in rows}
    held.filter(pk__in=ids).update(**{table.column: mapping.to_id})
    if mapping.dimension == "market":
        days |= _cut_days_again(table, ids, mapping.to_id)
    metrics.services.mark(table.kind, days)
    _note(mapping, table.name, [(row[0], row[2]) for row in rows])
    return len(ids)


def _move_tags(mapping: ValueMapping, size: int) -> int:
    held = ReasonTag.objects.filter(reason_id=mapping.from_id)
    ids = list(held.order_by("contact_id").values_list("contact_id", flat=True)[:size])
    if not ids:
        return 0
    both = set(
        ReasonTag.objects.filter(reason_id=mapping.to_id, contact_id__in=ids).values_list("contact_id", flat=True)
    )
    held.filter(contact_id__in=both).delete()
    held.filter(contact_id__in=[key for key in ids if key not in both]).update(reason_id=mapping.to_id)
    themes.link_contacts(ids)
    _mark_contacts(ids)
    # Those that had both keep the other one when the mapping is taken back, and get this one again.
    hashes = list(Contact.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "row_hash"))
    _note(mapping, stand_ins.TAGS, [one for one in hashes if one[0] not in both])
    _note(mapping, stand_ins.BOTH, [one for one in hashes if one[0] in both])
    return len(ids)


def give_back(mapping: ValueMapping, chunk: MappedRows) -> None:
    """The rows of one noted piece have their own value again, as far as they still say what they said then."""
    if chunk.table in {stand_ins.TAGS, stand_ins.BOTH}:
        ids = stand_ins.contacts_as_noted(chunk.ids)
        if chunk.table == stand_ins.TAGS:
            held = ReasonTag.objects.filter(reason_id=mapping.to_id, contact_id__in=ids)
            ids = list(held.values_list("contact_id", flat=True))
            held.delete()
        ReasonTag.objects.bulk_create(
            [ReasonTag(contact_id=key, reason_id=mapping.from_id) for key in ids], ignore_conflicts=True
        )
        themes.link_contacts(ids)
        _mark_contacts(ids)
        _give_back_former_reasons(mapping, chunk)
    else:
        table = next(table for table in tables(mapping.dimension) if table.name == chunk.table)
        _give_back_former(mapping, table, chunk)
        noted = dict(chunk.ids)
        held_rows = table.model._default_manager.filter(pk__in=noted, **{table.column: mapping.to_id})
        rows = [row for row in held_rows.values_list("pk", table.day, "row_hash") if row[2] == noted[row[0]]]
        keys = [row[0] for row in rows]
        days = {row[1] for row in rows}
        table.model._default_manager.filter(pk__in=keys).update(**{table.column: mapping.from_id})
        if mapping.dimension == "market":
            days |= _cut_days_again(table, keys, mapping.from_id)
        metrics.services.mark(table.kind, days)
    chunk.delete()


def _give_back_former(mapping: ValueMapping, table: Table, chunk: MappedRows) -> None:
    """An import that is undone later brings back what the row came with, not what it held meanwhile."""
    changed, name = [], table.column.removesuffix("_id")
    zone = Market.objects.get(pk=mapping.from_id).tzinfo if mapping.dimension == "market" else None
    for layer in stand_ins.layers_as_noted(table.name, chunk.ids):
        held = layer.values["row"]
        if held[name] != mapping.to_id:
            continue
        held[name] = mapping.from_id
        moment = held.get("occurred_at") or held.get("responded_at") or held.get("invited_at")
        if zone and moment:
            held[table.day] = local_day(datetime.fromisoformat(moment), zone).isoformat()
        changed.append(layer)
    FormerRow.objects.bulk_update(changed, ["values"], batch_size=500)


def _give_back_former_reasons(mapping: ValueMapping, chunk: MappedRows) -> None:
    changed = []
    for layer in stand_ins.layers_as_noted("contacts", chunk.ids):
        reasons = set(layer.values.get("reasons", ()))
        if mapping.to_id in reasons:
            kept = {mapping.to_id} if chunk.table == stand_ins.BOTH else set()
            layer.values["reasons"] = sorted(reasons - {mapping.to_id} | {mapping.from_id} | kept)
            changed.append(layer)
    FormerRow.objects.bulk_update(changed, ["values"], batch_size=500)


def _cut_days_again(table: Table, ids: list[int], market_id: int) -> set[date]:
    """The days of rows that came to another market are days of its zone; the days they are on now."""
    if table.model is CommerceDay:
        return set()
    zone = Market.objects.get(pk=market_id).tzinfo
    moment = "occurred_at" if table.model is Contact else "responded_at"
    found: set[date] = set()
    changed = []
    rows: Any = table.model._default_manager.filter(pk__in=ids)
    for row in rows:
        at = getattr(row, moment) or getattr(row, "invited_at", None)
        day = local_day(at, zone) if at else row.local_day
        found.add(day)
        if day != row.local_day:
            row.local_day = day
            changed.append(row)
    rows.bulk_update(changed, ["local_day"], batch_size=500)
    return found


def _mark_contacts(ids: list[int]) -> None:
    days = Contact.objects.filter(pk__in=ids).values_list("local_day", flat=True).distinct()
    metrics.services.mark(Kind.CONTACTS, days)


def _note(mapping: ValueMapping, table: str, rows: list[stand_ins.Noted]) -> None:
    stand_ins.note(mapping.pk, table, rows)
    ValueMapping.objects.filter(pk=mapping.pk).update(rows=F("rows") + len(rows))
