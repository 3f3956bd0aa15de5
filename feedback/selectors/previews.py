"""What the first rows of a file would become under a mapping, what would be rejected, and what is new in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from accounts.models import Market
from feedback import rejections
from feedback.models import ContactReason, DimensionValue
from feedback.selectors.samples import SAMPLE_ROWS
from feedback.services import reading

PREVIEW_ROWS = 5
_CAUSES = 5


@dataclass(frozen=True)
class PreviewRow:
    """A row as it would be stored."""

    line: int
    when: datetime | date | None
    subject: str
    text: str
    # Each with whether it was never seen before.
    reasons: tuple[tuple[str, bool], ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class PreviewReject:
    """A row that would be rejected."""

    line: int
    column: str
    value: str
    sentence: str


@dataclass(frozen=True)
class Cause:
    """Rows that would be rejected for the same reason."""

    count: int
    column: str
    # Of the first of them; empty when they differ.
    value: str
    reason: str
    sentence: str


@dataclass(frozen=True)
class News:
    """Values of a dimension that were never seen before."""

    dimension: str
    new: int
    total: int
    rows: int


@dataclass(frozen=True)
class Preview:
    """The first rows of a file under a mapping."""

    rows: list[PreviewRow]
    rejects: list[PreviewReject]
    causes: list[Cause]
    news: list[News]
    first: date | None
    last: date | None
    # Their codes; "" when a row has none.
    markets: frozenset[str]
    # Rows with an id that a row before them has; the last one of them wins.
    repeated: int
    # Of the rows looked at.
    read: int
    ready: int
    rejected: int
    # Whether the file goes on after them.
    more: bool


def preview(source: reading.Reading, *, more: bool) -> Preview:
    """What the first thousands of rows would become."""
    chunk = source.take(SAMPLE_ROWS)
    known = _known(chunk.rows)
    days = [row.local_day for row in chunk.rows if getattr(row, "local_day", None)]
    return Preview(
        rows=[
            _preview_row(line, row, known.get("reason"))
            for line, row in zip(chunk.lines, chunk.rows[:PREVIEW_ROWS], strict=False)
        ],
        rejects=[
            PreviewReject(one.line, one.column, one.value, rejections.sentence(one.reason, one.parameters))
            for one in chunk.rejects[:PREVIEW_ROWS]
        ],
        causes=_causes(chunk.rejects),
        news=[found for name in ("channel", "market", "stage", "reason") if (found := _news(name, chunk.rows, known))],
        first=min(days, default=None),
        last=max(days, default=None),
        markets=frozenset(getattr(row, "market", "") for row in chunk.rows),
        repeated=len(chunk.rows) - len({row.external_id for row in chunk.rows}),
        read=chunk.read,
        ready=len(chunk.rows),
        rejected=len(chunk.rejects),
        more=more,
    )


def _causes(rejects: Sequence[reading.Reject]) -> list[Cause]:
    counted = Counter((one.column, one.reason) for one in rejects)
    causes = []
    for (column, reason), count in counted.most_common(_CAUSES):
        those = [one for one in rejects if (one.column, one.reason) == (column, reason)]
        values = {one.value for one in those}
        causes.append(
            Cause(
                count,
                column,
                those[0].value if len(values) == 1 else "",
                reason,
                rejections.sentence(reason, those[0].parameters),
            )
        )
    return causes


def _values(dimension: str, row: Any) -> Iterable[str]:
    """The codes under which a row's values of a dimension are looked up."""
    if dimension == "reason":
        return (" > ".join(path) for path in getattr(row, "reasons", ()))
    value = getattr(row, dimension, "")
    return (value if dimension == "market" else value.lower(),) if value else ()


def _known(rows: Sequence[Any]) -> dict[str, set[str]]:
    """Which values exist, by dimension; a dimension of which nothing at all exists yet is left out."""
    known: dict[str, set[str]] = {"channel": set(), "stage": set()}
    for dimension, code in DimensionValue.objects.filter(dimension__in=list(known)).values_list("dimension", "code"):
        known[dimension].add(code)
    known["market"] = set(Market.objects.values_list("code", flat=True))
    known = {dimension: codes for dimension, codes in known.items() if codes}
    paths = {path for row in rows for path in _values("reason", row)}
    if paths and ContactReason.objects.exists():
        known["reason"] = set(ContactReason.objects.filter(path__in=paths).values_list("path", flat=True))
    return known


def _news(dimension: str, rows: Sequence[Any], known: dict[str, set[str]]) -> News | None:
    codes = known.get(dimension)
    if codes is None:
        return None
    every: set[str] = set()
    touched = 0
    for row in rows:
        values = set(_values(dimension, row))
        every |= values
        touched += bool(values - codes)
    new = len(every - codes)
    return News(dimension, new, len(every), touched) if new else None


def _preview_row(line: int, row: Any, reasons: set[str] | None) -> PreviewRow:
    from feedback.redaction import redact

    known = getattr(row, "known", ())
    paths = getattr(row, "reasons", ())
    return PreviewRow(
        line=line,
        when=getattr(row, "occurred_at", None) or getattr(row, "responded_at", None) or getattr(row, "local_day", None),
        subject=redact(getattr(row, "subject", ""), known).text,
        text=redact(getattr(row, "text", "")[:300], known).text,
        reasons=tuple((" › ".join(path), reasons is not None and " > ".join(path) not in reasons) for path in paths),
        facts=tuple(str(fact) for fact in _facts(row) if fact),
    )


def _counts(row: Any) -> list[str]:
    """What was counted in a row, in words."""
    words = {
        "sessions": (_("one visit"), _("%(count)s visits")),
        "orders": (_("one order"), _("%(count)s orders")),
        "visitors": (_("one visitor"), _("%(count)s visitors")),
        "conversions": (_("one conversion"), _("%(count)s conversions")),
    }
    counted = [(one, many, getattr(row, name, None)) for name, (one, many) in words.items()]
    return [
        one if count == 1 else many % {"count": formats.decimal(count)}
        for one, many, count in counted
        if count is not None
    ]


def _facts(row: Any) -> list[str]:
    """What else is known of a row, in words."""
    facts = [
        getattr(row, name, "")
        for name in ("channel", "stage", "location", "page", "team", "market", "language", "device")
    ]
    score = getattr(row, "score", None)
    if score is not None:
        places = len(f"{score:g}".partition(".")[2])
        told = f"{row.instrument.upper()} {formats.decimal(score, places)}"
        standard = row.standard_score
        if standard is not None and standard != score:
            told = _("%(score)s on %(low)g to %(high)g, counts as %(standard)s") % {
                "score": told,
                "low": row.scale_min,
                "high": row.scale_max,
                "standard": formats.decimal(standard, 2),
            }
        facts.insert(0, told)
    facts += _counts(row)
    if (cents := getattr(row, "revenue_cents", None)) is not None:
        facts.append(_("%(amount)s revenue") % {"amount": formats.decimal(cents / 100, 2)})
    for name, words in (("handle_seconds", _("handled in %(time)s")), ("wait_seconds", _("waited %(time)s"))):
        if (seconds := getattr(row, name, None)) is not None:
            facts.append(words % {"time": formats.duration(seconds)})
    solved = getattr(row, "resolved_first_contact", None)
    if solved is not None:
        facts.append(_("solved") if solved else _("not solved"))
    if getattr(row, "is_complaint", False):
        facts.append(_("complaint"))
    return facts
