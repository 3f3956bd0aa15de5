"""A system of the tests' own: tickets with messages and ratings, and orders that are counted by day."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from accounts import vault
from accounts.models import Market
from feedback.models import Source
from feedback.systems import Mapped, People, Record, Settings, System, Unknown, Unmappable

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECRET = "a secret of the tests"


def records(body: Any, settings: Settings) -> list[Record]:
    if not isinstance(body, dict) or "items" not in body:
        raise Unmappable("not_expected", system="Fake")
    if body.get("type") == "nothing":
        raise Unknown("nothing")
    if body.get("type") == "crash":
        raise RuntimeError("a mistake in a mapper")
    return [_record(item) for item in body["items"]]


def _record(item: dict[str, Any]) -> Record:
    stream = item["stream"]
    entity = {
        "tickets": f"ticket:{item.get('id')}",
        "messages": f"ticket:{item.get('ticket')}",
        "ratings": f"ticket:{item.get('ticket')}",
        "orders": f"day:{item.get('day')}",
    }[stream]
    payload = {key: value for key, value in item.items() if key not in {"name", "customer"}}
    return Record(
        stream=stream,
        external_id=str(item.get("id", "")),
        payload=payload,
        entity=entity,
        version=str(item.get("v", "")),
        deleted=bool(item.get("deleted")),
        people=People(customer=str(item.get("customer", "")), known=tuple(filter(None, [item.get("name")]))),
    )


def rows(entity: str, records: Sequence[Record], settings: Settings) -> list[Mapped]:
    if entity.startswith("day:"):
        orders = [record.payload for record in records if not record.deleted]
        cents = sum(order["cents"] for order in orders)
        return [
            Mapped(
                "commerce",
                {"date": entity.removeprefix("day:"), "orders": str(len(orders)), "revenue": f"{cents / 100:.2f}"},
            )
        ]
    found = []
    ticket = next((record for record in records if record.stream == "tickets"), None)
    said = [record.payload.get("text", "") for record in records if record.stream == "messages" and not record.deleted]
    if ticket is not None:
        if ticket.payload.get("crash"):
            raise RuntimeError("a mistake in a mapper")
        if ticket.payload.get("merged"):
            return [Mapped("contacts", {"external_id": ticket.external_id}, gone=True)]
        if "at" not in ticket.payload:
            raise Unmappable("date_missing", "at")
        fields = {
            "external_id": ticket.external_id,
            "occurred_at": ticket.payload["at"],
            "channel": ticket.payload.get("channel", ""),
            "reason": "|".join(ticket.payload.get("tags", [])),
            "text": " ".join(filter(None, [ticket.payload.get("text", ""), *said])),
        }
        found.append(Mapped("contacts", fields))
    for record in records:
        if record.stream == "ratings":
            found.append(
                Mapped(
                    "surveys",
                    {
                        "external_id": record.external_id,
                        "responded_at": record.payload["at"],
                        "instrument": "csat",
                        "score": str(record.payload["score"]),
                        "scale_min": "1",
                        "scale_max": "5",
                        "comment": record.payload.get("text", ""),
                        "contact": str(record.payload["ticket"]),
                    },
                )
            )
    return found


FAKE = System(
    name="fake",
    label="Fake",
    records=records,
    rows=rows,
    keep=frozenset({"stream", "id", "ticket", "day", "at", "channel", "tags", "v"}),
    roots=frozenset({"tickets"}),
    signature="growthbook",
    delivery_id=("X-Fake-Delivery", "body:delivery"),
)


def ticket(number: int, version: int, text: str = "Where is my parcel?", **more: Any) -> dict[str, Any]:
    return {
        "stream": "tickets", "id": str(number), "v": f"{version:04}", "at": "2026-11-19T10:00:00Z", "channel": "mail",
        "text": text, **more,
    }  # fmt: skip


def order(number: int, version: int, day: str, cents: int, **more: Any) -> dict[str, Any]:
    return {"stream": "orders", "id": str(number), "v": f"{version:04}", "day": day, "cents": cents, **more}


def source(*, name: str = "Fake desk", system: str = "fake", secret: str = SECRET, **more: Any) -> Source:
    Market.objects.get_or_create(code="NL", defaults={"name": "Netherlands", "zone": "Europe/Amsterdam", "position": 1})
    made: Source = Source.objects.create(
        name=name,
        slug=name.lower().replace(" ", "-"),
        system=system,
        secrets=[{"id": "first", "secret": vault.seal(secret), "created_at": NOW.isoformat()}],
        created_at=NOW,
        **more,
    )
    return made


def sign(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def send(*items: dict[str, Any], to: str = "fake-desk", secret: str = SECRET, **more: Any) -> Any:
    return send_raw(json.dumps({"items": items, **more}).encode(), to=to, secret=secret)


def send_raw(body: bytes, *, to: str = "fake-desk", secret: str = SECRET, **headers: str) -> Any:
    return Client().post(
        f"/hooks/{to}/",
        data=body,
        content_type="application/json",
        headers={"X-GrowthBook-Signature": sign(body, secret), **headers},
    )
