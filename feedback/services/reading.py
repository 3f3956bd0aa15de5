"""A stored file, row by row, as normalised rows and rejects; from the start or from where a job stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from feedback import kinds, mapping, parsing
from feedback.models import Import, Source
from feedback.normalise import Circumstances, Problem
from feedback.normalise.dates import Reader, order_of
from feedback.redaction import redact
from feedback.references import Occurrences, References
from feedback.services.lookups import markets_by_name

_EVIDENCE_ROWS = 5_000
_VALUE_LENGTH = 200
_DATES = ("occurred_at", "responded_at", "invited_at", "resolved_at", "date")


class Reject(NamedTuple):
    """A row that cannot be stored; its value without personal data."""

    line: int
    column: str
    value: str
    reason: str
    parameters: dict[str, Any]


@dataclass
class Chunk:
    """Some rows of a file."""

    read: int = 0
    rows: list[Any] = field(default_factory=list)
    # Where each row began, in the same order.
    lines: list[int] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


class Reading:
    """One pass over a file. Raises parsing.Unreadable or mapping.BadMapping when the whole does not fit."""

    def __init__(self, path: Path, kind: kinds.Kind, fields: mapping.FieldMap, source: Source) -> None:
        if not path.is_file():
            raise parsing.Unreadable("file_gone")
        self.path = path
        self.shape = parsing.sniff(path, encoding=fields.encoding, delimiter=fields.delimiter)
        columns = mapping.resolve(fields, self.shape.header, kind.columns)
        self.columns = {name: [self.shape.header[at] for at in indexes] for name, indexes in columns.items()}
        for name in kind.required:
            if name not in columns and not fields.constants.get(name):
                raise mapping.BadMapping("field_unmapped", name=name)
        references = References(settings.CUSTOMER_KEY)
        needs_id = "external_id" in kind.columns and "external_id" not in columns
        self._occurrences = Occurrences(references) if needs_id else None
        self._pick = mapping.picker(columns, fields.constants)
        self._normalise = kind.normaliser(
            Circumstances(
                references=references,
                zone=ZoneInfo(source.zone),
                written_zone=ZoneInfo(fields.timezone) if fields.timezone else None,
                markets=markets_by_name(),
                default_market=source.market.code if source.market else "",
                dates=Reader(fields.date_format, self._date_order(columns)),
                scale=fields.scale,
                decimal=fields.decimal,
            )
        )
        self._rows: Iterator[parsing.Row] = parsing.rows(path, self.shape)

    def count(self) -> int:
        """How many rows there are."""
        return parsing.count_rows(self.path, self.shape)

    def skip(self, rows: int) -> None:
        """Pass over rows that were stored before; they still count as occurrences."""
        for row in islice(self._rows, rows):
            if self._occurrences and not row.fault:
                self._occurrences.identify(row.cells)

    def take(self, limit: int) -> Chunk:
        """The next rows, `limit` at most; none at the end."""
        chunk = Chunk()
        for line, cells, fault in islice(self._rows, limit):
            chunk.read += 1
            if fault:
                # No value: a cell that is not in its column may hold anything, a customer's name too.
                chunk.rejects.append(Reject(line, "", "", fault, {"wanted": len(self.shape.header)}))
                continue
            values = self._pick(cells)
            if self._occurrences:
                values["external_id"] = self._occurrences.identify(cells)
            try:
                chunk.rows.append(self._normalise(values))
                chunk.lines.append(line)
            except Problem as problem:
                heading = ", ".join(self.columns.get(problem.column, [problem.column]))
                chunk.rejects.append(_reject(line, heading, problem.value, problem.reason, problem.parameters))
        return chunk

    def _date_order(self, columns: dict[str, tuple[int, ...]]) -> Any:
        """Day or month first, by the evidence of the first rows."""
        positions = [columns[name][0] for name in _DATES if name in columns]
        if not positions:
            return ""
        return order_of(
            row.cells[at]
            for row in islice(parsing.rows(self.path, self.shape), _EVIDENCE_ROWS)
            if not row.fault
            for at in positions
        )


def _reject(line: int, column: str, value: str, reason: str, parameters: dict[str, Any]) -> Reject:
    # Cut before it is redacted as well as after: a cell may be very long.
    clean = redact(value[: 5 * _VALUE_LENGTH].replace(mapping.PATH_MARK, " > ")).text.replace("\0", "")
    return Reject(line, column[:80].replace("\0", ""), clean[:_VALUE_LENGTH], reason, parameters)


def upload_path(imported: Import) -> Path:
    """Where the file of an import waits."""
    return Path(settings.UPLOAD_DIR) / (imported.path or "gone")


def of_import(imported: Import) -> Reading:
    """The file of an import with its mapping; raises as Reading does."""
    kind = kinds.get(imported.kind)
    if kind is None:
        raise mapping.BadMapping("kind_unknown", name=imported.kind)
    fields = mapping.read(imported.mapping, kind.columns)
    return Reading(upload_path(imported), kind, fields, imported.source)
