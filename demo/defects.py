"""What makes an export real: overlaps between files, rows that changed since, and broken rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from demo import world
from demo.contacts import HEADER, Row

OVERLAP_DAYS = 3
"""Each export of contacts begins this many days before the last one ended."""

_REPEATS = 40
_RESOLVED_AT = HEADER.index("resolved_at")
_FIRST_CONTACT = HEADER.index("resolved_first_contact")
_OCCURRED_AT = HEADER.index("occurred_at")


@dataclass(frozen=True, slots=True)
class Batch:
    """One file: its rows, and how many of them an import in order must find new, changed or broken."""

    name: str
    header: Row
    rows: tuple[Row, ...]
    new: int
    changed: int = 0
    rejected: int = 0


def exported(rng: np.random.Generator, last_day: date, rows: Sequence[Row]) -> list[Batch]:
    """The contacts as one file per calendar half-year.

    A file repeats the last days of the file before it. Contacts that were open when the earlier
    file was written are in it without an outcome, and come again with one.
    """
    batches: list[Batch] = []
    stamps = [row[_OCCURRED_AT] for row in rows]
    begin, closing, earlier = 0, "", 0
    for start, end in _halves(last_day):
        # Instants in ISO form sort as text; the day after `end` starts the next file.
        stop = int(np.searchsorted(stamps, (end + timedelta(days=1)).isoformat()))
        overlap = (start - timedelta(days=OVERLAP_DAYS)).isoformat() if batches else ""
        changed = [row for row in rows[earlier:begin] if _as_of(row, closing) != row]
        same = [row for row in rows[earlier:begin] if row[_OCCURRED_AT] >= overlap and _as_of(row, closing) == row]
        closing = f"{end.isoformat()}T23" if end < last_day else "9999"
        own = [_as_of(row, closing) for row in rows[begin:stop]]
        repeated = [own[index] for index in rng.choice(len(own), min(_REPEATS, len(own)), replace=False).tolist()]
        broken = broken_contacts(rng, own, len(batches))
        mixed = _strewn(rng, [*changed, *same, *own, *repeated], broken)
        batches.append(Batch(f"contacts-{start}-to-{end}.csv", HEADER, mixed, len(own), len(changed), len(broken)))
        begin, earlier = stop, begin
    return batches


def _halves(last_day: date) -> list[tuple[date, date]]:
    """First and last day of each file, cut at New Year and on 1 July."""
    first = world.first_day(last_day)
    cuts = [date(year, month, 1) for year in range(first.year, last_day.year + 1) for month in (1, 7)]
    starts = [first, *(cut for cut in cuts if first < cut <= last_day)]
    ends = [*(start - timedelta(days=1) for start in starts[1:]), last_day]
    return list(zip(starts, ends, strict=True))


def _as_of(row: Row, closing: str) -> Row:
    """The row as it was known at `closing`: without an outcome that came later."""
    if row[_RESOLVED_AT] <= closing:
        return row
    cells = list(row)
    cells[_RESOLVED_AT] = cells[_FIRST_CONTACT] = ""
    return tuple(cells)


def with_repeats(
    rng: np.random.Generator, name: str, header: Row, rows: Sequence[Row], broken: Sequence[Row], *, repeats: int
) -> Batch:
    """A file of `rows` in which some stand twice and the broken ones are strewn."""
    repeated = [rows[index] for index in rng.choice(len(rows), min(repeats, len(rows)), replace=False).tolist()]
    return Batch(name, header, _strewn(rng, [*rows, *repeated], broken), new=len(rows), rejected=len(broken))


def _strewn(rng: np.random.Generator, rows: list[Row], broken: Sequence[Row]) -> tuple[Row, ...]:
    """The broken rows put in at random places; the order of the others stays."""
    at = np.sort(rng.integers(0, len(rows) + 1, len(broken)))[::-1]
    for place, row in zip(at.tolist(), broken, strict=True):
        rows.insert(place, row)
    return tuple(rows)


def broken_contacts(rng: np.random.Generator, rows: Sequence[Row], number: int) -> list[Row]:
    """Rows with ids of their own that no import may accept, each for another reason."""
    faults: tuple[dict[str, str], ...] = (
        {"occurred_at": "2026-02-30T10:12:00Z"},
        {"occurred_at": "31/13/2025 09:40"},
        {"occurred_at": ""},
        {"occurred_at": "yesterday"},
        {"handle_seconds": "-45"},
        {"handle_seconds": "five minutes"},
        {"wait_seconds": "-1"},
        {"resolved_at": "2026-06-31T08:00:00Z"},
    )
    found = []
    for index, fault in enumerate(faults):
        row = dict(zip(HEADER, rows[int(rng.integers(len(rows)))], strict=True))
        found.append(tuple((row | fault | {"external_id": f"B{number}{index:05d}"}).values()))
    # A comma in a text that was not quoted: two cells too many.
    whole = rows[int(rng.integers(len(rows)))]
    found.append((f"B{number}99999", *whole[1:5], "No", " really", " not", *whole[6:]))
    return found


def broken_surveys(rng: np.random.Generator, rows: Sequence[Row]) -> list[Row]:
    """Answers with a score that is none, or outside its scale, or on a day that does not exist."""
    answered = [row for row in rows if row[3] == "csat" and row[4]]
    found: list[Row] = []
    for index, score in enumerate(("cc", "cc", "7", "0", "-2", "10", "four", "3,x")):
        row = answered[int(rng.integers(len(answered)))]
        found.append((f"S-broken-{index}", *row[1:4], score, *row[5:]))
    row = answered[int(rng.integers(len(answered)))]
    found.append(("S-broken-day", row[1], "2026-02-30T10:00:00Z", *row[3:]))
    found.append(("S-broken-kind", *row[1:3], "smile", *row[4:]))
    found.append(("S-broken-line", *row[1:8], "Fine", " thanks", *row[9:]))
    return found


def broken_commerce(last_day: date) -> list[Row]:
    """Lines that the shop's export has under its table."""
    day = last_day.isoformat()
    return [
        ("2026-02-29", "NL", "41000", "1210", "90750.00", "2300", "mobile"),
        (day, "NL", "minus", "0", "0.00", "0", "kiosk"),
        (day, "BE", "10", "-4", "0.00", "6", "kiosk"),
    ]
