"""Files of invented contacts of any length: 19 columns, messages of about 200 characters, some with line breaks."""

from __future__ import annotations

import csv
import random
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from demo import world

DAYS = 730
HEADER = (
    "external_id", "occurred_at", "channel", "reason", "subject", "text", "language", "market", "stage", "page",
    "customer", "order", "handle_seconds", "wait_seconds", "abandoned", "resolved_first_contact", "resolved_at",
    "is_complaint", "agent",
)  # fmt: skip
_MESSAGE_LENGTH = 208
_LINE_BREAK_RATIO = 0.024
_PERSONAL_RATIO = 0.05
_SENTENCE = (
    "my order has not arrived and the page says it was delivered yesterday nobody rang the bell please tell me where "
    "parcel is label return refund size code checkout payment store slot mail invoice address courier hub card"
)
_WORDS = tuple(_SENTENCE.split())


def write(path: Path, *, rows: int, name: str, last_day: date, days: int = DAYS) -> Path:
    """Write `rows` contacts of the days up to `last_day`; ids, and the draw, depend on `name` alone."""
    # The same file every time; nothing here is secret.
    draw = random.Random(name)  # noqa: S311
    first = datetime.combine(last_day - timedelta(days=days - 1), time(7), UTC)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        # In the order of time, as an export is.
        writer.writerows(_row(draw, f"{name}-{number}", first, int(number / rows * days)) for number in range(rows))
    return path


def _row(draw: random.Random, key: str, first: datetime, day: int) -> tuple[object, ...]:
    reason = world.REASONS[draw.randrange(len(world.REASONS))]
    occurred = first + timedelta(days=day, minutes=draw.randrange(720))
    return (
        key,
        occurred.strftime("%Y-%m-%dT%H:%M:%SZ"),
        draw.choice(world.CHANNELS),
        reason.path,
        reason.name,
        _message(draw),
        draw.choice(("en", "nl")),
        draw.choice(("NL", "BE")),
        reason.stage,
        reason.page,
        f"K{draw.randrange(50_000):06d}",
        f"LN{draw.randrange(700_000):07d}",
        draw.randrange(60, 900),
        draw.randrange(300),
        "false",
        draw.choice(("true", "false", "")),
        (occurred + timedelta(hours=draw.randrange(1, 48))).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "true" if draw.random() < 0.03 else "false",
        draw.choice(world.AGENTS)[0],
    )


def _message(draw: random.Random) -> str:
    text = " ".join(draw.choices(_WORDS, k=40))[:_MESSAGE_LENGTH]
    if draw.random() < _PERSONAL_RATIO:
        text = f"{text[:-30]} mail k.jansen@mail.example"
    if draw.random() < _LINE_BREAK_RATIO:
        text = f"{text[:80]}\n{text[81:]}"
    return text
