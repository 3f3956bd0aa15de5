"""What becomes of what a system says, without a database: redacted, newest versions, rows. For the tests of mappers."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from experiments import normalise as results
from feedback import versions
from feedback.normalise import Circumstances, commerce, contacts, surveys
from feedback.redaction.payloads import redact_payload
from feedback.references import Kept
from feedback.systems import Mapped, Record, Settings, System, registry

PAYLOADS = Path(__file__).parent / "payloads"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
AROUND = Circumstances(references=Kept("tests"), zone=ZoneInfo("Europe/Amsterdam"))
RUNNING = results.Known(45, ("A", "B"), True, None, None, {})
READERS: dict[str, Any] = {
    "contacts": contacts.normaliser(AROUND),
    "surveys": surveys.normaliser(AROUND),
    "commerce": commerce.normaliser(AROUND),
    "results": results.normaliser(AROUND, {45: RUNNING}.get),
}


def system(name: str) -> System:
    found = registry.get(name)
    assert found, name
    return found


def case(name: str) -> dict[str, Any]:
    """A fixture: what a system sent and handed out, its settings, the rows that come of it, whose data is in it."""
    read: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return read


def settings_of(case: dict[str, Any], topic: str = "") -> Settings:
    return Settings(config=case.get("config", {}), zones=case.get("zones", {}), topic=topic)


def records_of(of: System, case: dict[str, Any]) -> list[Record]:
    """All that it sent, then all that was pulled."""
    sent = [
        record
        for body in case.get("sent", [])
        for record in of.records(body["body"], settings_of(case, body.get("topic", "")))
    ]
    pulled = [
        record
        for stream, items in case.get("pulled", {}).items()
        for item in items
        for record in of.pulled[stream](item, settings_of(case))
    ]
    return sent + pulled


def redacted(of: System, record: Record) -> Record:
    return with_payload(record, redact_payload(record.payload, record.people.known, of.keep)[0])


def with_payload(record: Record, payload: dict[str, Any]) -> Record:
    return Record(
        stream=record.stream,
        external_id=record.external_id,
        payload=payload,
        entity=record.entity or f"{record.stream}:{record.external_id}",
        version=record.version,
        occurred_at=record.occurred_at,
        deleted=record.deleted,
        people=record.people,
    )


def rows_of(of: System, records: Iterable[Record], settings: Settings, *, as_said: bool = False) -> list[Mapped]:
    """The rows of all entities, sorted; every one that stands is one that an import would take."""
    made: list[Mapped] = []
    for entity, members in stored(of, records, as_said=as_said).items():
        made += of.rows(entity, members, settings)
    for row in made:
        if not row.gone:
            READERS[row.kind](dict(row.fields))
    # Of a day, every device is named that it may once have had.
    stand = [row for row in made if not (row.gone and row.kind == "commerce")]
    return sorted(stand, key=lambda row: (row.kind, json.dumps(dict(row.fields), sort_keys=True)))


def stored(of: System, records: Iterable[Record], *, as_said: bool = False) -> dict[str, list[Record]]:
    """By entity, the newest version of every object, as the service hands them to a mapper; or nothing taken out."""
    kept: dict[tuple[str, str, str], Record] = {}
    for record in records:
        clean = with_payload(record, record.payload) if as_said else redacted(of, record)
        kept.setdefault((clean.stream, clean.external_id, json.dumps(record.payload, sort_keys=True)), clean)
    numbered = dict(enumerate(kept.values()))
    objects: dict[tuple[str, str], list[versions.Version]] = {}
    for number, record in numbered.items():
        at = versions.Version(
            number, record.stream, record.external_id, record.entity, record.version, NOW, record.deleted
        )
        objects.setdefault((record.stream, record.external_id), []).append(at)
    standings = [versions.standing(found) for found in objects.values()]
    members = versions.members(standings)
    wordless = {number for one in standings for number in one.wordless}
    wordless |= {
        version.id
        for one in standings
        if one.newest.deleted and one.newest.stream in of.roots
        for version in _of_entity(objects.values(), one.newest.entity)
    }
    payloads = {
        number: versions.without_words(record.payload, of.keep) if number in wordless else record.payload
        for number, record in numbered.items()
    }
    entities = {version.entity for found in objects.values() for version in found}
    return {
        entity: [_record(one, numbered, payloads) for one in members.get(entity, [])] for entity in sorted(entities)
    }


def _of_entity(objects: Iterable[Sequence[versions.Version]], entity: str) -> list[versions.Version]:
    return [version for found in objects for version in found if version.entity == entity]


def _record(one: versions.Standing, numbered: dict[int, Record], payloads: dict[int, Any]) -> Record:
    newest = numbered[one.newest.id]
    before = payloads[one.before.id] if one.before else None
    return Record(
        stream=newest.stream,
        external_id=newest.external_id,
        payload=versions.effective(payloads[one.newest.id], before),
        entity=newest.entity,
        version=newest.version,
        occurred_at=newest.occurred_at,
        deleted=newest.deleted,
    )


def shown(rows: Iterable[Mapped]) -> list[dict[str, str]]:
    """Rows as JSON objects, with their kind."""
    return [{"kind": ("gone " if row.gone else "") + row.kind, **row.fields} for row in rows]
