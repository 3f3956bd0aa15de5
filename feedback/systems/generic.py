"""Any program that can send signed JSON: where what stands is said by a map. Pure.

Setting of a source (`Source.config`):
    {"kind": "contacts" | "surveys" | "commerce", "records": path of the list (empty: the body is one record),
     "id": path, "version": path of a time or a growing number, "deleted": path of something that is true then,
     "fields": {our field: path in a record}, "constants": {our field: value}, "signature": "standard" | "token"}

Until there is a map, whole bodies are kept, so that nothing that came before it is lost and the map can be
made from what really comes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from feedback.redaction import redact
from feedback.systems import paths
from feedback.systems.reading import moment_or_none, number, text, version_of
from feedback.systems.shapes import Mapped, People, Record, Settings, System, Unmappable

BODIES, ITEMS = "bodies", "items"
KINDS = ("contacts", "surveys", "commerce")
PEOPLE = ("customer", "order", "agent")
WORDS = frozenset({"subject", "text", "comment", "customer_name", *PEOPLE})
PLAIN = frozenset(
    {
        "occurred_at", "resolved_at", "invited_at", "responded_at", "date", "handle_seconds", "talk_seconds",
        "hold_seconds", "wrapup_seconds", "wait_seconds", "first_response_seconds", "reply_seconds", "abandoned",
        "resolved_first_contact", "is_complaint", "score", "score2", "scale_min", "scale_max", "sessions", "orders",
        "revenue", "checkouts",
    }
)  # fmt: skip
"""Our fields that are times, numbers, yes or no."""
_LONGEST_PLAIN = 40
_PLACEHOLDER = re.compile(r"\[[a-z]+\]")
_SEVERAL = frozenset({"reason", "reply_seconds"})
_TIMES = ("occurred_at", "responded_at", "invited_at", "date")
_NO = frozenset({"", "0", "false", "no", "none", "null"})


def records(body: Any, settings: Settings) -> list[Record]:
    """The records of a body; the body itself while nobody has said where they stand."""
    if not isinstance(body, dict | list):
        raise Unmappable("not_expected", system="a program")
    if not has_map(settings.config):
        return [Record(stream=BODIES, external_id=_digest(body)[:32], payload={"body": body})]
    return [_record(item, settings) for item in items(body, settings.config)]


def has_map(config: Mapping[str, Any]) -> bool:
    """Whether somebody has said what stands where."""
    return config.get("kind") in KINDS and bool(_table(config, "fields"))


def items(body: Any, config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The objects in a body that are records."""
    found = _found(body, text(config.get("records")))
    flat = [one for held in found for one in (held if isinstance(held, list) else [held])]
    return [one for one in flat if isinstance(one, dict)]


def kept(config: Mapping[str, Any]) -> frozenset[str]:
    """The paths of what is no words by the map, as redaction names them."""
    table = _table(config, "fields")
    wanted = [path for name, path in table.items() if name not in WORDS]
    wanted += [text(config.get(name)) for name in ("id", "version", "deleted")]
    found = set()
    for path in wanted:
        try:
            found.add(paths.keys(path))
        except paths.BadPath:
            continue
    return frozenset(found - {""})


def untouched(config: Mapping[str, Any], item: Mapping[str, Any]) -> frozenset[str]:
    """The paths that redaction leaves alone in this record: ids, times, numbers, yes and no.

    A long number or a moment written otherwise would look like a phone number. What is mapped to a reason, a page
    or a team is anybody's text, and an id may be an e-mail address: redaction reads those.
    """
    table = _table(config, "fields")
    ids = {table.get("external_id", ""), table.get("contact", ""), text(config.get("id"))}
    plain = {path for name, path in table.items() if name in PLAIN}
    plain |= {text(config.get(name)) for name in ("version", "deleted")}
    found = set()
    for path in (ids | plain) - {""}:
        values = [cell(value) for value in _found(item, path)]
        if any(is_personal(value) if path in ids else _says_more(value) for value in values):
            continue
        try:
            found.add(paths.keys(path))
        except paths.BadPath:
            continue
    return frozenset(found - {""})


def is_personal(identity: str) -> bool:
    """Whether an id is somebody's address or number: it is kept as a keyed hash."""
    return redact(identity).total > 0


def _says_more(value: str) -> bool:
    return "@" in value or len(value) > _LONGEST_PLAIN


def fields_of(item: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, str]:
    """A record as the cells of a file."""
    found = {name: text(value) for name, value in _table(config, "constants").items() if text(value)}
    for name, path in _table(config, "fields").items():
        values = [shown for value in _found(item, path) if (shown := cell(value))]
        if values:
            found[name] = "|".join(values) if name in _SEVERAL else " ".join(values)
    identity = _first(item, config, "id") or found.get("external_id", "")
    if identity:
        found["external_id"] = identity
    return found


def _record(item: dict[str, Any], settings: Settings) -> Record:
    fields = fields_of(item, settings.config)
    times = (fields[name] for name in _TIMES if name in fields)
    said = _first(item, settings.config, "version")
    contact = fields.get("contact", "")
    return Record(
        stream=ITEMS,
        external_id=fields.get("external_id") or _own_id(item, fields, settings.config),
        payload=item,
        version=_version(said),
        occurred_at=moment_or_none(next(times, ""), settings.zone),
        deleted=_first(item, settings.config, "deleted").lower() not in _NO,
        people=People(
            # A tool that knows of a contact no more than who answered says which customer it was.
            customer=fields.get("customer") or (contact if is_personal(contact) else ""),
            order=fields.get("order", ""),
            agent=fields.get("agent", ""),
            known=tuple(fields[name] for name in ("customer_name",) if name in fields),
        ),
    )


def rows(entity: str, records: Sequence[Record], settings: Settings) -> list[Mapped]:
    """A row for every record."""
    if not has_map(settings.config):
        raise Unmappable("map_missing")
    found = []
    for record in records:
        whole = record.stream == BODIES
        found_in = items(record.payload.get("body"), settings.config) if whole else [record.payload]
        for at, item in enumerate(found_in):
            fields = fields_of(item, settings.config)
            fields.setdefault("external_id", f"{record.external_id}-{at}" if whole else record.external_id)
            if not whole and _PLACEHOLDER.search(fields["external_id"]):
                # It was somebody's address or number.
                fields["external_id"] = record.external_id
            if _PLACEHOLDER.search(fields.get("contact", "")):
                # It was somebody's address, which became the customer when the record was received.
                del fields["contact"]
            found.append(
                Mapped(
                    settings.config["kind"],
                    {name: value for name, value in fields.items() if name not in {*PEOPLE, "customer_name"}},
                )
            )
    return found


def _own_id(item: Mapping[str, Any], fields: Mapping[str, str], config: Mapping[str, Any]) -> str:
    """Of a record that has none: the day that is counted, else what it says."""
    if config.get("kind") == "commerce":
        return "|".join(fields.get(name, "") for name in ("date", "market", "device", "detail"))
    return _digest(item)[:32]


def _found(value: Any, path: str) -> list[Any]:
    try:
        return paths.find(value, path)
    except paths.BadPath:
        return []


def _first(item: Mapping[str, Any], config: Mapping[str, Any], name: str) -> str:
    path = text(config.get(name))
    return next((shown for value in _found(item, path) if (shown := cell(value))), "") if path else ""


def cell(value: Any) -> str:
    """A value as the cell of a file; "" for nothing, lists and objects."""
    return str(value).lower() if isinstance(value, bool) else text(value)


def _version(said: str) -> str:
    """A time, or a number that grows, as digits that sort."""
    whole = number(said)
    if whole is not None and 0 <= whole < 10**9:
        return f"{int(whole):017d}"
    return version_of(said)


def _table(config: Mapping[str, Any], name: str) -> dict[str, str]:
    found = config.get(name)
    return {key: text(value) for key, value in found.items()} if isinstance(found, Mapping) else {}


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


GENERIC = System(
    name="generic",
    label="Signed webhook",
    records=records,
    rows=rows,
    keep=frozenset(),
    roots=frozenset({ITEMS}),
    signature="standard",
    delivery_id=("webhook-id",),
)
