"""One file, two imports: contacts, and the scores that stand beside them as survey responses.

The second import has a file of its own, which is deleted when its own job ends: first the same bytes, then only the
rows with a score and only the columns that the survey needs. So a ticket without an answer is not a rejected answer.
"""

from __future__ import annotations

import csv
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from django.db import transaction

from accounts.models import Person
from feedback import kinds, mapping, parsing, ratings, uploads
from feedback.models import Import
from feedback.services import imports, reading
from outbox import jobs

JOB_KIND = "feedback.ratings"
_ROWS_A_BEAT = 50_000
_READING = ("encoding", "delimiter", "sheet")


@transaction.atomic
def start_both(
    *,
    imported: Import,
    fields: mapping.FieldMap,
    survey: Mapping[str, Any],
    actor: Person,
    now: datetime,
) -> Import:
    """Start an import of contacts, and one of the scores in the same file with this mapping; the contacts."""
    if Import.objects.select_for_update().get(pk=imported.pk).state == Import.State.DRAFT:
        beside = Import.objects.create(
            source=imported.source,
            kind=Import.Kind.SURVEYS,
            door=imported.door,
            file_name=imported.file_name,
            path=_second_name(reading.upload_path(imported)),
            sha256=imported.sha256,
            bytes=imported.bytes,
            mapping=dict(survey),
            created_by=actor,
            created_at=now,
        )
        read_as = {name: getattr(fields, name) for name in _READING}
        jobs.enqueue(JOB_KIND, {"import_id": beside.pk, "read_as": read_as}, created_by=actor, now=now)
    return imports.start(imported=imported, fields=fields, actor=actor, now=now)


def extract(
    imported: Import, read_as: Mapping[str, str], *, beat: Callable[[], None] = lambda: None
) -> tuple[Path, int]:
    """A new file with the scores of the file of this import, and how many there are. Raises parsing.Unreadable.

    Every row stays on the line that it had, so that a reject names the line of the file that people have.
    """
    source = reading.upload_path(imported)
    if not source.is_file():
        raise parsing.Unreadable("file_gone")
    shape = parsing.sniff(source, **read_as, limits=uploads.limits())
    fields = _survey_of(imported)
    wanted = ratings.headings_of(fields)
    at = [shape.header.index(heading) for heading in wanted]
    target = source.with_name(secrets.token_hex(16))
    try:
        with target.open("x", encoding="utf-8", newline="") as file:
            target.chmod(0o600)
            rows = _rated(_with_beat(parsing.rows(source, shape), beat), at, fields)
            return target, _write(file, wanted, shape.header_line, rows)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def begin(*, imported: Import, path: Path, now: datetime) -> None:
    """Start the import of the scores with this file instead of the whole one."""
    imported.path = path.name
    imports.start(imported=imported, fields=_survey_of(imported), actor=imported.created_by, now=now)


def _survey_of(imported: Import) -> mapping.FieldMap:
    kind = kinds.get(imported.kind)
    return mapping.read(imported.mapping, kind.columns if kind else ())


def _with_beat(rows: Iterator[parsing.Row], beat: Callable[[], None]) -> Iterator[parsing.Row]:
    for number, row in enumerate(rows, 1):
        if number % _ROWS_A_BEAT == 0:
            beat()
        yield row


def _rated(rows: Iterator[parsing.Row], at: Sequence[int], fields: mapping.FieldMap) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of the rows with a score. Those that cannot be read are rejects of the contacts."""
    score = ratings.headings_of(fields).index((fields.columns["score"] or ("",))[0])
    converter = fields.converters().get("score")
    for row in rows:
        if row.fault:
            continue
        cells = [row.cells[position] for position in at]
        said = cells[score].strip()
        if said and (converter is None or converter(said)):
            yield row.line, cells


def _write(file: TextIO, header: Sequence[str], header_line: int, rows: Iterator[tuple[int, list[str]]]) -> int:
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


def _second_name(path: Path) -> str:
    """The name of a second file with the same bytes; the same blocks on the disk where it can do that."""
    second = path.with_name(secrets.token_hex(16))
    try:
        os.link(path, second)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(path, second)
        second.chmod(0o600)
    return second.name
