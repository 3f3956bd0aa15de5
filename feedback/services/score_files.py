"""The file with the scores of a file of contacts: rows with a score, the columns of the survey, an id for each answer.

So a contact without an answer is not a rejected answer, and an answer is not taken for one of another survey.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings

from feedback import judging, kinds, mapping, parsing, ratings, uploads
from feedback.models import Import
from feedback.picking import Converter
from feedback.services import reading

_ROWS_A_BEAT = 50_000


@dataclass(frozen=True)
class Taken:
    """Scores that were taken out of a file: how many, and the mapping of the file that they are in."""

    count: int
    mapping: dict[str, Any]


@dataclass(frozen=True)
class _Columns:
    """What of a row is kept: where it stands, and how a score is told from an offer without an answer."""

    headings: list[str]
    positions: list[int]
    contact: int
    score: int
    converter: Converter | None


@contextmanager
def taken_out(
    imported: Import, arguments: Mapping[str, Any], *, beat: Callable[[], None] = lambda: None
) -> Iterator[Taken]:
    """A file with the scores of the file of this import; whoever leaves this with an exception leaves no such file.

    Raises parsing.Unreadable and mapping.BadMapping. Every row stays on the line that it had, so that a reject names
    the line of the file that people have.
    """
    source = reading.upload_path(imported)
    if not source.is_file():
        raise parsing.Unreadable("file_gone")
    shape = parsing.sniff(source, **arguments["read_as"], limits=uploads.limits())
    fields = _survey_of(imported)
    columns = _columns(fields, shape)
    order = fields.date_format or _date_order(source, shape, [*arguments["dates"], *moments(fields)])
    # Whoever lost this job writes nothing: the file has the same name for all who try.
    beat()
    target = path_of(imported.pk)
    target.unlink(missing_ok=True)
    with target.open("x", encoding="utf-8", newline="") as file:
        try:
            target.chmod(0o600)
            rows = _rated(_with_beat(parsing.rows(source, shape), beat), columns)
            count = _write(file, columns, shape.header_line, rows)
            file.flush()
            yield Taken(count, _mapping_of_taken(fields, columns, order))
        except BaseException:
            # Another worker may have this job by now, and a file of its own under this name.
            if _is_still(file, target):
                drop_unused(imported.pk)
            raise


def path_of(import_id: int) -> Path:
    """Where the scores go: one name for each import, so that whoever tries again leaves nothing behind."""
    return Path(settings.UPLOAD_DIR) / f"scores-{import_id}"


def drop_unused(import_id: int) -> None:
    """Delete the file with the scores of this import, unless it is the one that is being imported."""
    path = path_of(import_id)
    if not Import.objects.filter(pk=import_id, path=path.name).exists():
        path.unlink(missing_ok=True)


def is_taken_out(imported: Import) -> bool:
    """Whether the file of this import is one with scores out of a file of contacts."""
    return imported.path == path_of(imported.pk).name


def moments(fields: mapping.FieldMap) -> list[str]:
    """The headings of the columns with dates."""
    return [heading for name in mapping.MOMENTS for heading in fields.columns.get(name) or ()]


def _survey_of(imported: Import) -> mapping.FieldMap:
    kind = kinds.get(imported.kind)
    return mapping.read(imported.mapping, kind.columns if kind else ())


def _columns(fields: mapping.FieldMap, shape: parsing.Shape) -> _Columns:
    """Raises BadMapping where a person changed the mapping to one that reads no scores of contacts."""
    found = mapping.resolve(fields, shape.header, ())
    for name in ("score", "contact"):
        if name not in found:
            raise mapping.BadMapping("field_unmapped", name=name)
    positions = list(dict.fromkeys(at for several in found.values() for at in several))
    return _Columns(
        headings=[shape.header[at] for at in positions],
        positions=positions,
        contact=positions.index(found["contact"][0]),
        score=positions.index(found["score"][0]),
        converter=fields.converters().get("score"),
    )


def _date_order(source: Path, shape: parsing.Shape, headings: Sequence[str]) -> str:
    """Day or month first, by all dates of the whole file: the rows with a score alone may leave it open."""
    dates = tuple(at for at, heading in enumerate(shape.header) if heading in headings)
    # What they leave open or contradict is asked, if it has to be, when the answers are read.
    return judging.judge(source, shape, dates, None).order


def _mapping_of_taken(fields: mapping.FieldMap, columns: _Columns, order: str) -> dict[str, Any]:
    ids = ratings.id_heading(columns.headings[columns.contact])
    told = fields.as_json()
    return told | {"columns": {**told["columns"], "external_id": ids}} | ({"date_format": order} if order else {})


def _with_beat(rows: Iterator[parsing.Row], beat: Callable[[], None]) -> Iterator[parsing.Row]:
    for number, row in enumerate(rows, 1):
        if number % _ROWS_A_BEAT == 0:
            beat()
        yield row


def _rated(rows: Iterator[parsing.Row], columns: _Columns) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of the rows with a score. Those that cannot be read are rejects of the contacts."""
    for row in rows:
        if row.fault:
            continue
        cells = [row.cells[position] for position in columns.positions]
        said = cells[columns.score].strip()
        if said and (columns.converter is None or columns.converter(said)):
            yield row.line, [ratings.answer_id(cells[columns.contact].strip()), *cells]


def _write(file: TextIO, columns: _Columns, header_line: int, rows: Iterator[tuple[int, list[str]]]) -> int:
    header = [ratings.id_heading(columns.headings[columns.contact]), *columns.headings]
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
    line, count = 1, 0
    for wanted, cells in _with_header(header, header_line, rows):
        file.write("\n" * (wanted - line))
        clean = [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in cells]
        writer.writerow(clean)
        line, count = max(wanted, line) + 1 + sum(cell.count("\n") for cell in clean), count + 1
    return count - 1


def _with_header(
    header: Sequence[str], header_line: int, rows: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, list[str]]]:
    yield header_line, list(header)
    yield from rows


def _is_still(file: TextIO, path: Path) -> bool:
    """Whether this is the open file."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
