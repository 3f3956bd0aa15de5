"""Raw records become rows: of every object its newest version, together with what it belongs to.

A record says to which entity its object belongs (a ticket, a day of orders). A chunk takes waiting
records, finds their entities, also those they belonged to before, and makes the rows of each entity
anew from the newest versions of all its objects. So the rows depend on what came and not on when: twice,
late and shuffled deliveries end the same.

Looking writes nothing. Where an entity is long, a day of orders, it is done before the transaction, and once more
in it when somebody else wrote rows of the source meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings

from feedback import bulk, kinds, upsert, versions
from feedback.models import Import, RawRecord, Source
from feedback.normalise import Circumstances, Problem
from feedback.redaction import redact
from feedback.references import Kept
from feedback.services import belonging, imports, linking, taking_back, turns, wordless
from feedback.services.lookups import markets_by_name
from feedback.services.record_versions import newest_of, record, stored, versions_around, versions_in
from feedback.services.system_settings import keep_of, settings_of
from feedback.systems import Mapped, System, Unmappable
from feedback.versions import Standing, Version

_REFERENCES = {"customer": "customer_ref", "order": "order_ref", "agent": "agent_ref"}
_VALUE_LENGTH = 200
SETTLED_AT_ONCE = 2_000
log = structlog.stdlib.get_logger("feedback.mapping")


@dataclass(frozen=True)
class _Fault:
    """Why an entity, or one of its rows, is not there."""

    entity: str
    reason: str
    parameters: dict[str, Any] = field(default_factory=dict)
    column: str = ""
    value: str = ""


class Disconnected(Exception):
    """The source is not this system's any more; what it sent is being deleted."""


@dataclass
class _Made:
    """What came of some entities."""

    rows: dict[str, list[Any]] = field(default_factory=dict)
    gone: dict[str, list[str]] = field(default_factory=dict)
    faults: list[_Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Look:
    """Some entities as they are now, and what comes of them; nothing is written yet."""

    turn: int
    versions: int
    """How many were read."""
    waiting: list[Version]
    """What waits no more with this; an object of yet another entity waits for that one."""
    troubled: set[int]
    """What said that no row could be made."""
    members: dict[str, list[Standing]]
    silenced: set[int]
    made: _Made


class Mapper:
    """Makes rows of one source's records; one for each run of a job, used inside its chunks."""

    def __init__(self, source: Source, system: System) -> None:
        self.source = source
        self.system = system
        self._settings = settings_of(source)
        self._around = Circumstances(
            references=Kept(settings.CUSTOMER_KEY),
            zone=ZoneInfo(source.zone),
            markets=markets_by_name(),
            default_market=source.market.code if source.market else "",
        )
        self._normalisers: dict[str, kinds.Normaliser] = {}
        self._writers: dict[str, kinds.Writer] = {}

    def map(self, ids: Sequence[int], *, now: datetime, looked: Look | None = None) -> Counter[str]:
        """Map the entities of these records, in the caller's transaction; counts as an import has them.

        The versions that it saw are no longer waiting, as far as they are few enough for one transaction (`settle`
        has the others). Nothing but the database may make it raise, or its source being disconnected.
        `looked`: what `look` said of these records before.
        """
        turn = self._take_turn()
        return self._write(looked if looked and looked.turn == turn else self.look(ids), now)

    def settle(self, looked: Look, piece: int, *, now: datetime) -> None:
        """After `map` with this look and the pieces before: the versions of this piece wait no more either.

        They do when somebody else wrote rows of the source meanwhile, and are then mapped once more.
        """
        if self._take_turn() == looked.turn + piece:
            _settle(looked.waiting[piece * SETTLED_AT_ONCE : (piece + 1) * SETTLED_AT_ONCE], now)

    def let_wait(self, ids: Sequence[int], *, now: datetime) -> None:
        """Have these records mapped once more, each with the entity that it belongs to by the settings of today."""
        self._take_turn()
        left = belonging.renew(self.system, self._settings, ids)
        # Of an entity that lost some, one record asks for it; of one that lost all there is nobody to ask.
        asking = newest_of(self.source, left)
        for some in bulk.batches([*ids, *asking.values()]):
            RawRecord.objects.filter(id__in=some).update(mapped_at=None)
        if empty := left - asking.keys():
            self._write(self.look((), empty), now)

    def _take_turn(self) -> int:
        # Two mappers of one source would write an older version over a newer one.
        turn = imports.lock_source(Import(source=self.source))
        if not Source.objects.filter(pk=self.source.pk, system=self.system.name).exists():
            raise Disconnected
        return turn

    def look(self, ids: Sequence[int], left: Collection[str] = ()) -> Look:
        """The entities of these records, and those that were left, as they are now. Writes nothing."""
        turn = turns.last(self.source.pk)
        touched = versions_around(self.source, ids)
        entities = {version.entity for version in touched} | set(left)
        seen = versions_in(self.source, entities) if touched else []
        by_object: dict[tuple[str, str], list[Version]] = {}
        for version in seen:
            by_object.setdefault((version.stream, version.external_id), []).append(version)
        standings = [versions.standing(found) for found in by_object.values()]
        members = versions.members(standings)
        erased = {entity for entity in entities for one in members.get(entity, ()) if self._is_erased(one)}
        silenced = {key for one in standings for key in one.wordless}
        silenced |= {version.id for version in seen if version.entity in erased}
        made = self._make(sorted(entities), members, erased, silenced)
        done = [found for found in by_object.values() if all(version.entity in entities for version in found)]
        settled = [version for found in done for version in found]
        newest = [one.newest for entity in entities for one in members.get(entity, ())]
        troubled = {version.id for version in [*settled, *newest] if version.is_troubled}
        waiting = [version for version in settled if version.waits]
        return Look(turn, len(seen), waiting, troubled, members, silenced, made)

    def _is_erased(self, one: Standing) -> bool:
        return one.newest.deleted and one.newest.stream in self.system.roots

    def _make(
        self,
        entities: Sequence[str],
        members: dict[str, list[Standing]],
        erased: Collection[str],
        silenced: Collection[int],
    ) -> _Made:
        made = _Made()
        wanted = {
            version.id
            for entity in entities
            for one in members.get(entity, ())
            for version in (one.newest, one.before)
            if version
        }
        payloads = stored(sorted(wanted))
        if len(payloads) < len(wanted):
            # Nothing else deletes records.
            raise Disconnected
        keep = keep_of(self.source, self.system)
        for raw in (payloads[key] for key in silenced if key in payloads):
            raw.payload = versions.without_words(raw.payload, keep)
        for entity in entities:
            own = members.get(entity, [])
            records = [record(one, payloads) for one in own]
            try:
                mapped = self.system.rows(entity, records, self._settings)
                if not mapped and entity in erased:
                    # Its row stays, as far as there is one; what it said is gone from the payload by now.
                    mapped = self.system.rows(entity, [replace(one, deleted=False) for one in records], self._settings)
            except Unmappable as fault:
                # Gone before it was ever here: there is no row, and none is missing.
                if not all(one.newest.deleted and one.before is None for one in own):
                    made.faults.append(_Fault(entity, fault.reason, fault.parameters, fault.column, fault.value))
            except Exception:
                log.exception("record could not be mapped", source=self.source.pk, entity=entity)
                made.faults.append(_Fault(entity, "stumbled"))
            else:
                self._normalise(entity, mapped, [payloads[one.newest.id] for one in reversed(own)], made)
        return made

    def _normalise(self, entity: str, mapped: Sequence[Mapped], raws: Sequence[RawRecord], made: _Made) -> None:
        for one in mapped:
            kind = kinds.get(one.kind)
            if one.gone:
                made.gone.setdefault(one.kind, []).extend(self._name_of(one, kind))
                continue
            if kind is None:
                made.faults.append(_Fault(entity, "kind_unknown", {"name": one.kind}))
                continue
            fields = {name: value.strip() for name, value in one.fields.items() if value and value.strip()}
            for name, reference in _REFERENCES.items():
                known = next((found for raw in raws if (found := getattr(raw, reference))), "")
                if known and name in kind.columns:
                    fields[name] = known
            try:
                row = self._normaliser(kind)(fields)
            except Problem as problem:
                fault = _Fault(entity, problem.reason, dict(problem.parameters), problem.column, problem.value)
                made.faults.append(fault)
            except Exception:
                log.exception("row could not be read", source=self.source.pk, entity=entity)
                made.faults.append(_Fault(entity, "stumbled"))
            else:
                made.rows.setdefault(one.kind, []).append(row)

    def _name_of(self, gone: Mapped, kind: kinds.Kind | None) -> list[str]:
        """The id of a row that must not be there; none where such a row cannot be there."""
        if "external_id" in gone.fields or kind is None:
            return [gone.fields.get("external_id", "")]
        try:
            # A day has no id of its own; counts do not tell days apart.
            return [self._normaliser(kind)({**gone.fields, "orders": "0"}).external_id]
        except Problem:
            return []

    def _normaliser(self, kind: kinds.Kind) -> kinds.Normaliser:
        if kind.name not in self._normalisers:
            self._normalisers[kind.name] = kind.normaliser(self._around)
        return self._normalisers[kind.name]

    def _writer(self, kind: kinds.Kind) -> kinds.Writer:
        if kind.name not in self._writers:
            # No import stands behind these rows.
            self._writers[kind.name] = kind.writer(Import(source=self.source, kind=kind.name))
        return self._writers[kind.name]

    def _write(self, looked: Look, now: datetime) -> Counter[str]:
        wordless.blank(looked.silenced, keep_of(self.source, self.system))
        counts = self._write_rows(looked.made, bool(looked.silenced), now)
        _settle(looked.waiting[:SETTLED_AT_ONCE], now)
        _note_faults(looked)
        counts["rejected"] += len(looked.made.faults)
        return counts

    def _write_rows(self, made: _Made, silenced: bool, now: datetime) -> Counter[str]:
        counts: Counter[str] = Counter()
        written: dict[str, list[str]] = {}
        for name, rows in made.rows.items():
            kind = kinds.get(name)
            if kind is None:
                continue
            writer = self._writer(kind)
            split = upsert.split(rows, writer.known(list({row.external_id for row in rows})))
            writer.prepare(split.written)
            silent = wordless.rows_without_words(name, self.source, split.changed) if silenced else None
            writer.write(split.new, split.changed)
            if silent:
                silent.settle()
            written[name] = [row.external_id for row in split.written]
            counts.update(new=split.new_count, changed=split.changed_count, unchanged=split.unchanged_count)
        for name, external_ids in made.gone.items():
            stays = set(written.get(name, ()))
            left = [external_id for external_id in external_ids if external_id not in stays]
            counts["changed"] += taking_back.take_back(name, self.source, left)
        linking.link(
            contacts=taking_back.ids_of(Import.Kind.CONTACTS, self.source, written.get(Import.Kind.CONTACTS, ())),
            responses=taking_back.ids_of(Import.Kind.SURVEYS, self.source, written.get(Import.Kind.SURVEYS, ())),
            now=now,
        )
        return counts


def _settle(waiting: Sequence[Version], now: datetime) -> None:
    for some in bulk.batches(waiting):
        known = {version.id: version.received_at for version in some}
        held = RawRecord.objects.select_for_update().filter(id__in=known, mapped_at__isnull=True)
        # What was heard again since is another version than the one that was looked at.
        same = [key for key, received_at in held.values_list("id", "received_at") if received_at == known[key]]
        RawRecord.objects.filter(id__in=same).update(mapped_at=now)


def _note_faults(looked: Look) -> None:
    """What is wrong with an entity stands with its newest record, and with no other one (any more)."""
    for some in bulk.batches(sorted(looked.troubled)):
        RawRecord.objects.filter(id__in=some).update(
            problem="", problem_parameters={}, problem_column="", problem_value=""
        )
    for fault in looked.made.faults:
        shown = looked.members.get(fault.entity)
        if shown:
            RawRecord.objects.filter(pk=shown[-1].newest.id).update(
                problem=fault.reason[:60],
                problem_parameters={name: str(value)[:_VALUE_LENGTH] for name, value in fault.parameters.items()},
                problem_column=fault.column[:80],
                problem_value=redact(fault.value[: 5 * _VALUE_LENGTH]).text.replace("\0", "")[:_VALUE_LENGTH],
            )
