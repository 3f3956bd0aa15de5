"""Rows of a contacts file as contacts, or as problems. Pure.

Columns of many rows are worked on at once, since most of their cells were there before: a fact is worked out
once for each distinct cell (`feedback.memo`) and kept as the text that both databases take. One row, such as
a webhook brings it, is a column of one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from feedback.memo import Memo
from feedback.normalise import values as cell
from feedback.normalise.circumstances import Circumstances, Place
from feedback.normalise.clocks import Clock, utc
from feedback.normalise.columns import Batch, Facts, Fields
from feedback.normalise.problem import Problem
from feedback.redaction.payloads import gives_away_a_person
from feedback.references import Hasher

COLUMNS = (
    "external_id", "occurred_at", "channel", "reason", "subject", "text", "language", "market", "location", "stage",
    "page", "customer", "customer_name", "order", "handle_seconds", "talk_seconds", "hold_seconds", "wrapup_seconds",
    "wait_seconds", "abandoned", "first_response_seconds", "reply_seconds", "resolved_first_contact", "resolved_at",
    "is_complaint", "agent", "team", "product", "experiment", "variant",
)  # fmt: skip
NAMES = ("market", "channel", "stage", "location", "page", "language", "team", "product")
"""What stands in `ContactRow.names`, in this order."""
FACTS = (
    "occurred_at", "resolved_at", "customer_ref", "order_ref", "agent_ref", "reply_seconds", "reply_squares",
    "reply_count", "handle_seconds", "wait_seconds", "first_response_seconds", "abandoned", "resolved_first_contact",
    "is_complaint",
)  # fmt: skip
"""What stands in `ContactRow.facts`, in this order."""
UNKNOWN = "\\N"
"""A fact that is not known, which is never zero."""
MAX_SUBJECT = 300
MAX_TURNS = 1000
_HANDLE_PARTS = ("talk_seconds", "hold_seconds", "wrapup_seconds")
_BETWEEN = "\x1f"


class ContactRow(NamedTuple):
    """One contact as it is stored; its text is not yet redacted and never leaves memory like this.

    Every name and fact is also an attribute with a value of Python: `row.channel` ("" when not known),
    `row.occurred_at` (UTC), `row.handle_seconds` (None when not known).
    """

    external_id: str
    row_hash: str
    # In the market's zone, as ISO text.
    day: str
    names: tuple[str, ...]
    # With tabs between them; nothing in it needs an escape.
    facts: str
    experiment: str
    variant: str
    # Paths from the root down.
    reasons: tuple[tuple[str, ...], ...]
    subject: str
    text: str
    # Names in the same row, which are taken out of its text.
    known: tuple[str, ...]

    @property
    def local_day(self) -> date:
        """The day in the market's zone."""
        return date.fromisoformat(self.day)

    def __getattr__(self, name: str) -> Any:
        if name in NAMES:
            return self.names[NAMES.index(name)]
        if name not in FACTS:
            raise AttributeError(name)
        text = self.facts.split("\t")[FACTS.index(name)]
        return None if text == UNKNOWN else _OF_TEXT[name](text)


class ContactColumns(NamedTuple):
    """The same of many rows, field by field: a pass in C over each column costs less than one in Python over rows."""

    external_ids: tuple[str, ...]
    row_hashes: tuple[str, ...]
    days: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    facts: tuple[str, ...]
    experiments: tuple[str, ...]
    variants: tuple[str, ...]
    reasons: tuple[tuple[tuple[str, ...], ...], ...]
    subjects: tuple[str, ...]
    texts: tuple[str, ...]
    known: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, rows: Sequence[ContactRow]) -> ContactColumns:
        """The columns of these rows."""
        return cls(*zip(*rows, strict=True)) if rows else cls(*[()] * len(cls._fields))


_OF_TEXT: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(FACTS, float),
    **dict.fromkeys(("occurred_at", "resolved_at"), utc),
    **dict.fromkeys(("customer_ref", "order_ref", "agent_ref"), str),
    **dict.fromkeys(("abandoned", "resolved_first_contact", "is_complaint"), "1".__eq__),
    "reply_count": int,
}
_row: Callable[[tuple[Any, ...]], ContactRow] = partial(tuple.__new__, ContactRow)


def normaliser(around: Circumstances) -> Contacts:
    """A function from the fields of a row to a contact; it raises Problem. Its `many` does it for columns."""
    return Contacts(around)


class Contacts:
    """Contacts of one file or system."""

    def __init__(self, around: Circumstances) -> None:
        self._around = around
        self._references = around.references
        self._clocks: dict[Place, Clock] = {}
        self._places = Facts(self._place)
        self._names = {name: Facts(partial(_name, name, cell.MAX_NAME)) for name in NAMES[1:]}
        self._names["page"] = Facts(lambda text: cell.page({"page": text}))
        self._tests = {name: Facts(partial(_name, name, 40)) for name in ("experiment", "variant")}
        self._agents = Memo(around.references.agent)
        self._replies = Facts(partial(_replies, around.decimal))
        self._handled = Facts(partial(_handled, around.decimal))
        self._seconds = {
            name: Facts(partial(_seconds, name, around.decimal)) for name in ("wait_seconds", "first_response_seconds")
        }
        self._answers = {
            "abandoned": Facts(partial(_answer, "abandoned", UNKNOWN)),
            "resolved_first_contact": Facts(partial(_answer, "resolved_first_contact", UNKNOWN)),
            "is_complaint": Facts(partial(_answer, "is_complaint", "0")),
        }
        self._paths = Facts(cell.reason_paths)
        self._paths_written = Facts(lambda text: "\x1d".join(map("\x1e".join, cell.reason_paths(text))))

    def __call__(self, row: Mapping[str, str]) -> ContactRow:
        """One contact; raises Problem."""
        (result,) = self.many({name: (text,) for name, text in row.items()}, 1)
        if isinstance(result, Problem):
            raise result.with_traceback(None)
        return result

    def many(self, fields: Fields, count: int) -> list[ContactRow | Problem]:
        """The contacts, or problems, of `count` rows."""
        batch = Batch(fields, count)
        ids = batch.cells("external_id")
        if not all(ids) or max(map(len, ids)) > cell.MAX_NAME:
            batch.refuse(ids, _id)
        places = batch.facts(batch.cells("market"), self._places, ("", self._clock(self._around.place({}))))
        clocks = [clock for _, clock in places]
        moments = batch.moments("occurred_at", clocks, Problem("occurred_at", "", "date_missing"))
        facts = self._facts(batch, clocks, [moment for moment, _ in moments])
        names = list(
            zip(
                [market for market, _ in places],
                *(batch.facts(batch.cells(name), memo) for name, memo in self._names.items()),
                strict=True,
            )
        )
        days = [day for _, day in moments]
        tests = [batch.facts(batch.cells(name), memo) for name, memo in self._tests.items()]
        reasons = batch.facts(batch.cells("reason"), self._paths, ())
        written = batch.facts(batch.cells("reason"), self._paths_written)
        subjects: Sequence[str] = batch.cells("subject")
        if max(map(len, subjects)) > MAX_SUBJECT:
            subjects = [subject[:MAX_SUBJECT] for subject in subjects]
        texts = batch.cells("text")
        lines = map(
            _BETWEEN.join,
            zip(days, map(_BETWEEN.join, names), facts, *tests, written, subjects, texts, strict=True),
        )
        hashes = self._references.line.many(lines)
        rows: list[ContactRow | Problem] = list(
            map(
                _row,
                zip(ids, hashes, days, names, facts, *tests, reasons, subjects, texts, self._known(batch), strict=True),
            )
        )
        for at, problem in batch.problems.items():
            rows[at] = problem
        return rows

    def _facts(self, batch: Batch, clocks: Sequence[Clock], occurred: Sequence[str]) -> list[str]:
        """`ContactRow.facts` of all rows."""
        resolved = [moment or UNKNOWN for moment, _ in batch.moments("resolved_at", clocks, None)]
        replies = batch.facts(batch.cells("reply_seconds"), self._replies)
        return list(
            map(
                "\t".join,
                zip(
                    occurred,
                    resolved,
                    self._hashes(self._references.customer, batch, "customer"),
                    self._hashes(self._references.order, batch, "order"),
                    map(self._agents.__getitem__, batch.cells("agent")),
                    replies,
                    batch.facts(_handle_cells(batch), self._handled),
                    *(batch.facts(batch.cells(name), memo) for name, memo in self._seconds.items()),
                    *(batch.facts(batch.cells(name), memo) for name, memo in self._answers.items()),
                    strict=True,
                ),
            )
        )

    def _hashes(self, hasher: Hasher, batch: Batch, name: str) -> list[str]:
        return hasher.many(batch.cells(name)) if batch.has(name) else [""] * batch.count

    def _place(self, market: str) -> tuple[str, Clock]:
        place = self._around.place({"market": market} if market else {})
        return place.market, self._clock(place)

    def _clock(self, place: Place) -> Clock:
        zones = place._replace(market="")
        if zones not in self._clocks:
            self._clocks[zones] = Clock(self._around.dates, zones)
        return self._clocks[zones]

    def _known(self, batch: Batch) -> list[tuple[str, ...]]:
        people = [batch.cells(name) for name in ("customer", "agent") if batch.has(name)]
        if not batch.has("customer_name"):
            if not any(" " in "".join(cells) for cells in people):
                return [()] * batch.count
            return [known_names(*names) for names in zip(*people, strict=True)]
        called = batch.cells("customer_name")
        return [known_names(*names, called=name) for name, *names in zip(called, *people, strict=True)]


def known_names(*values: str, called: str = "") -> tuple[str, ...]:
    """Those values that are names of people rather than numbers; what is `called` so may be of one word."""
    names = [value for value in values if " " in value]
    if called and gives_away_a_person(called):
        names.append(called)
    return tuple(name for name in names if not any(sign.isdigit() for sign in name))


def _id(text: str) -> None:
    if not cell.name({"external_id": text}, "external_id"):
        raise Problem("external_id", "", "id_missing")


def _name(column: str, limit: int, text: str) -> str:
    return cell.name({column: text}, column, limit)


def _answer(column: str, unknown: str, text: str) -> str:
    return ("1" if cell.yes_no(column, text) else "0") if text else unknown


def _seconds(column: str, decimal: str, text: str) -> str:
    return repr(cell.seconds(column, text, decimal)) if text else UNKNOWN


def _handle_cells(batch: Batch) -> Sequence[str]:
    """Cells of the handling time, with its parts where the file has parts."""
    whole = batch.cells("handle_seconds")
    if not batch.has(*_HANDLE_PARTS):
        return whole
    return list(map(_BETWEEN.join, zip(whole, *map(batch.cells, _HANDLE_PARTS), strict=True)))


def _handled(decimal: str, text: str) -> str:
    """As given, or the sum of talking, holding and wrapping up as far as they are known."""
    whole, *parts = text.split(_BETWEEN)
    if whole or not any(parts):
        return _seconds("handle_seconds", decimal, whole)
    if len(parts) != len(_HANDLE_PARTS):
        raise Problem("handle_seconds", text, "not_a_number")
    return repr(sum(cell.seconds(name, part, decimal) for name, part in zip(_HANDLE_PARTS, parts, strict=True) if part))


def _replies(decimal: str, text: str) -> str:
    """Sum and sum of squares over the answered customer turns, and how many they are."""
    turns = [turn for part in text.split("|") if (turn := part.strip())]
    if not turns:
        return f"{UNKNOWN}\t{UNKNOWN}\t0"
    if len(turns) > MAX_TURNS:
        raise Problem("reply_seconds", text, "too_large")
    waits = [cell.seconds("reply_seconds", turn, decimal) for turn in turns]
    return f"{sum(waits)!r}\t{sum(wait * wait for wait in waits)!r}\t{len(waits)}"
