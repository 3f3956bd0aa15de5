"""A row of a contacts file as one contact, or a `Problem`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from feedback.normalise import values as cell
from feedback.normalise.circumstances import Circumstances, local_day
from feedback.normalise.problem import Problem

COLUMNS = (
    "external_id", "occurred_at", "channel", "reason", "subject", "text", "language", "market", "location",
    "stage", "page", "customer", "order", "handle_seconds", "talk_seconds", "hold_seconds", "wrapup_seconds",
    "wait_seconds", "abandoned", "first_response_seconds", "reply_seconds", "resolved_first_contact",
    "resolved_at", "is_complaint", "agent", "team", "product", "experiment", "variant",
)  # fmt: skip
MAX_SUBJECT = 300
MAX_TURNS = 1000
_HANDLE_PARTS = ("talk_seconds", "hold_seconds", "wrapup_seconds")


class ContactRow(NamedTuple):
    """One contact, in the units of the database. Text is not yet redacted; it never leaves memory like this."""

    external_id: str
    row_hash: str
    occurred_at: datetime
    local_day: date
    market: str
    channel: str
    stage: str
    location: str
    page: str
    language: str
    team: str
    product: str
    customer_ref: str
    order_ref: str
    agent_ref: str
    handle_seconds: float | None
    wait_seconds: float | None
    abandoned: bool | None
    first_response_seconds: float | None
    reply_seconds: float | None
    reply_squares: float | None
    reply_count: int
    resolved_first_contact: bool | None
    resolved_at: datetime | None
    is_complaint: bool
    experiment: str
    variant: str
    reasons: tuple[tuple[str, ...], ...]
    subject: str
    text: str
    # Names in the same row, which are taken out of its text.
    known: tuple[str, ...]


def normaliser(around: Circumstances) -> Callable[[Mapping[str, str]], ContactRow]:
    """A function from the fields of a row to a contact; it raises Problem."""
    hash_customer, hash_order, hash_agent = (
        around.references.customer,
        around.references.order,
        around.references.agent,
    )
    hash_row, moment, decimal = around.references.row, around.dates.moment, around.decimal

    def normalise(row: Mapping[str, str]) -> ContactRow:
        external_id = cell.name(row, "external_id")
        if not external_id:
            raise Problem("external_id", "", "id_missing")
        get = row.get
        place = around.place(row)
        when = get("occurred_at")
        if when is None:
            raise Problem("occurred_at", "", "date_missing")
        occurred_at = moment("occurred_at", when, place.written)
        resolved = get("resolved_at")
        resolved_at = moment("resolved_at", resolved, place.written) if resolved else None
        reply_seconds, reply_squares, reply_count = _replies(get("reply_seconds", ""), decimal)
        customer, agent = get("customer", ""), get("agent", "")
        facts = (
            occurred_at,
            local_day(occurred_at, place.zone),
            place.market,
            cell.name(row, "channel"),
            cell.name(row, "stage"),
            cell.name(row, "location"),
            cell.page(row),
            cell.name(row, "language"),
            cell.name(row, "team"),
            cell.name(row, "product"),
            hash_customer(customer),
            hash_order(get("order", "")),
            hash_agent(agent),
            _handle_seconds(row, decimal),
            cell.optional_seconds(row, "wait_seconds", decimal),
            cell.optional_yes_no(row, "abandoned"),
            cell.optional_seconds(row, "first_response_seconds", decimal),
            reply_seconds,
            reply_squares,
            reply_count,
            cell.optional_yes_no(row, "resolved_first_contact"),
            resolved_at,
            bool(cell.optional_yes_no(row, "is_complaint")),
            cell.name(row, "experiment", 40),
            cell.name(row, "variant", 40),
            cell.reason_paths(get("reason", "")),
            get("subject", "")[:MAX_SUBJECT],
            get("text", ""),
        )
        return ContactRow(external_id, hash_row(facts), *facts, known_names(customer, agent))

    return normalise


def known_names(*values: str) -> tuple[str, ...]:
    """Those values that are names of people rather than numbers."""
    return tuple(value for value in values if " " in value and not any(sign.isdigit() for sign in value))


def _handle_seconds(row: Mapping[str, str], decimal: str) -> float | None:
    """As given, or the sum of talking, holding and wrapping up as far as they are known."""
    whole = cell.optional_seconds(row, "handle_seconds", decimal)
    if whole is not None:
        return whole
    parts = [part for name in _HANDLE_PARTS if (part := cell.optional_seconds(row, name, decimal)) is not None]
    return sum(parts) if parts else None


def _replies(value: str, decimal: str) -> tuple[float | None, float | None, int]:
    """Sum and sum of squares over the answered customer turns, and how many they are."""
    turns = [turn for part in value.split("|") if (turn := part.strip())]
    if not turns:
        return None, None, 0
    if len(turns) > MAX_TURNS:
        raise Problem("reply_seconds", value, "too_large")
    waits = [cell.seconds("reply_seconds", turn, decimal) for turn in turns]
    return sum(waits), sum(wait * wait for wait in waits), len(waits)
