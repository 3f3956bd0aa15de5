"""A stored file, row by row, as normalised rows and rejects; from the start or from where a job stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from feedback import judging, kinds, mapping, parsing, picking, uploads
from feedback.models import Import, Source
from feedback.normalise import Circumstances, Problem
from feedback.normalise.dates import Order, Reader
from feedback.redaction import redact
from feedback.references import Occurrences, References
from feedback.services.lookups import markets_by_name

_VALUE_LENGTH = 200
# Rows whose columns are worked on at once: few enough for the caches of a processor.
_PIECE = 250
_line = itemgetter(0)
# Numbers of other things, which a spreadsheet may have shortened.
_REFERENCES = ("customer", "order", "contact", "agent")
# A review of stars alone has no id in the files of app stores, and is a review all the same.
_KNOWN_BY_THEIR_CELLS = frozenset({"surveys"})


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
        self.shape = parsing.sniff(
            path, encoding=fields.encoding, delimiter=fields.delimiter, sheet=fields.sheet, limits=uploads.limits()
        )
        # What the sentences of rows that do not fit may say.
        self._told = {"wanted": len(self.shape.header), "limit": f"{self.shape.limits.cell:,}"}
        columns = mapping.resolve(fields, self.shape.header, kind.columns)
        self.columns = {name: [self.shape.header[at] for at in indexes] for name, indexes in columns.items()}
        for name in kind.required:
            if name not in columns and not fields.constants.get(name):
                raise mapping.BadMapping("field_unmapped", name=name)
        self._references = references = References(settings.CUSTOMER_KEY)
        needs_id = "external_id" in kind.columns and "external_id" not in columns
        self._occurrences = Occurrences(references) if needs_id else None
        self._columns = picking.Columns(columns, fields.constants, fields.converters())
        self._normalise = kind.normaliser(
            Circumstances(
                references=references,
                zone=ZoneInfo(source.zone),
                written_zone=ZoneInfo(fields.timezone) if fields.timezone else None,
                markets=markets_by_name(),
                default_market=source.market.code if source.market else "",
                dates=Reader(fields.date_format, self._date_order(columns, bool(fields.date_format))),
                scale=fields.scale,
                decimal=fields.decimal,
            )
        )
        self._rows = self._rows_of_file(kind, columns, references)
        # Lines below the headings; rows read by now, and the lines that they took.
        self._below: int | None = None
        self._read, self._lines = 0, 1

    def expected(self) -> int:
        """How many rows there are, as far as one can tell by now: what a row takes in lines is learnt on the way.

        Counting lines costs next to nothing, reading all rows to count them as much as reading them. Raises
        parsing.Unreadable when there are more rows than allowed.
        """
        if self.shape.row_count is not None:
            return parsing.count_rows(self.path, self.shape)
        if self._below is None:
            self._below = parsing.count_lines(self.path, self.shape)
            if self._below > self.shape.limits.rows:
                # Not before somebody knows that they are not too many is anything stored.
                parsing.count_rows(self.path, self.shape)
        if not self._read:
            return self._below
        return max(self._read, round(self._below * self._read / self._lines))

    def skip(self, rows: int) -> None:
        """Pass over rows that were stored before; they still count as occurrences."""
        while rows > 0 and (taken := list(islice(self._rows, min(_PIECE, rows)))):
            rows -= len(taken)
            self._note(taken)
            if self._occurrences:
                self._occurrences.identify_many([row.cells for row in taken if not row.fault])

    def _note(self, taken: Sequence[parsing.Row]) -> None:
        self._read += len(taken)
        self._lines = max(1, taken[-1].line - self.shape.header_line)

    def take(self, limit: int) -> Chunk:
        """The next rows, `limit` at most; none at the end."""
        chunk = Chunk()
        while chunk.read < limit:
            taken = list(islice(self._rows, min(_PIECE, limit - chunk.read)))
            if not taken:
                break
            self._note(taken)
            self._add(chunk, taken)
        return chunk

    def _add(self, chunk: Chunk, taken: Sequence[parsing.Row]) -> None:
        chunk.read += len(taken)
        good = [row for row in taken if not row[2]]
        # No value: a cell that is not in its column may hold anything, a customer's name too.
        rejects = [Reject(row.line, "", "", row.fault, self._told) for row in taken if row[2]]
        if good:
            results, lines = self._results([row[1] for row in good]), [row[0] for row in good]
            problems = [at for at, result in enumerate(results) if result.__class__ is Problem]
            rejects += [self._reject(lines[at], results[at]) for at in problems]
            for at in reversed(problems):
                del results[at], lines[at]
            chunk.rows += results
            chunk.lines += lines
        chunk.rejects += sorted(rejects, key=_line)

    def _results(self, rows: Sequence[Sequence[str]]) -> list[Any]:
        """A normalised row or a Problem for each row of cells."""
        picked = self._columns.pick(rows)
        if self._occurrences:
            picked.fields["external_id"] = self._occurrences.identify_many(rows)
        elif "external_id" in picked.fields:
            picked.fields["external_id"] = self._nameless(picked.fields["external_id"])
        if isinstance(self._normalise, kinds.ManyRows):
            results = list(self._normalise.many(picked.fields, len(rows)))
        else:
            results = [self._one(picked.fields, at) for at in range(len(rows))]
        for at, problem in picked.problems.items():
            results[at] = problem
        return results

    def _nameless(self, ids: Sequence[str]) -> Sequence[str]:
        """These ids; one that is somebody's address or number is kept as a keyed hash, as those of systems are."""
        signs = "".join(ids)
        if "@" not in signs and "+" not in signs:
            return ids
        return [
            self._references.customer(one) if ("@" in one or one[:1] == "+") and redact(one).total else one
            for one in ids
        ]

    def _one(self, fields: Mapping[str, Sequence[str]], at: int) -> Any:
        try:
            return self._normalise({name: column[at] for name, column in fields.items() if column[at]})
        except Problem as problem:
            return problem

    def _reject(self, line: int, problem: Problem) -> Reject:
        heading = ", ".join(self.columns.get(problem.column, [problem.column]))
        return _reject(line, heading, problem.value, problem.reason, problem.parameters)

    def _date_order(self, columns: dict[str, tuple[int, ...]], told: bool) -> Order:
        """Day or month first, by all dates of the file; raises BadMapping where a person has to say it."""
        dates = () if told else tuple(at for name in mapping.MOMENTS for at in columns.get(name, ()))
        verdict = judging.judge(self.path, self.shape, dates, columns.get("external_id", (None,))[0])
        if verdict.question:
            reason, at, example = verdict.question
            raise mapping.BadMapping(reason, name=self.shape.header[at], example=redact(example).text)
        return verdict.order

    def _rows_of_file(
        self, kind: kinds.Kind, columns: dict[str, tuple[int, ...]], references: References
    ) -> Iterator[parsing.Row]:
        rows = parsing.rows(self.path, self.shape)
        ids = [at for name in _REFERENCES for at in columns.get(name, ())]
        if ids and self.shape.has_exponents:
            rows = judging.marked(rows, ids)
        if kind.name in _KNOWN_BY_THEIR_CELLS and "external_id" in columns:
            rows = judging.named(rows, columns["external_id"][0], Occurrences(references).identify)
        return rows


def _reject(line: int, column: str, value: str, reason: str, parameters: dict[str, Any]) -> Reject:
    # Cut before it is redacted as well as after: a cell may be very long.
    clean = redact(value[: 5 * _VALUE_LENGTH].replace(picking.PATH_MARK, " > ")).text.replace("\0", "")
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
