"""What is known of an import afterwards: its file, how it was read, and what undoing it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from feedback import bulk, fields, rejections
from feedback.models import FormerRow, Import
from feedback.selectors.reading_details import ENCODINGS
from feedback.services import undo
from feedback.services.former import STAYS, TABLES

_BATCH = 500
_SHORT_HASH = 12


@dataclass(frozen=True)
class Earlier:
    """The import that had the same bytes before."""

    id: int
    file_name: str
    created_at: datetime


@dataclass(frozen=True)
class History:
    """The file of an import and how it was read."""

    sha256: str
    bytes: int
    # Field and the headings or the fixed value that it is made of.
    columns: list[tuple[str, str]]
    # What it was read as: name and value.
    read_as: list[tuple[str, str]]
    same_as: Earlier | None

    @property
    def short_hash(self) -> str:
        """Its first characters: enough to tell files apart by eye."""
        return self.sha256[:_SHORT_HASH]


def history_of(imported: Import) -> History:
    """The file of this import; its source and job are loaded with it."""
    return History(
        sha256=imported.sha256,
        bytes=imported.bytes,
        columns=list(_columns(imported.mapping)),
        read_as=list(_read_as(imported)),
        same_as=_same_as(imported),
    )


def _columns(mapping: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, headings in mapping.get("columns", {}).items():
        if headings:
            yield fields.name(name), headings if isinstance(headings, str) else " > ".join(headings)
    for name, value in mapping.get("constants", {}).items():
        yield fields.name(name), _("always “%(value)s”") % {"value": value}


def _read_as(imported: Import) -> Iterator[tuple[str, str]]:
    mapping = imported.mapping
    delimiters = {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("bar")}
    orders = {"dmy": _("Day first"), "mdy": _("Month first")}
    said = (
        (_("Character set"), ENCODINGS.get(mapping.get("encoding", ""), mapping.get("encoding", ""))),
        (_("Columns are split by"), delimiters.get(mapping.get("delimiter", ""), mapping.get("delimiter", ""))),
        (_("Sheet"), mapping.get("sheet", "")),
        (_("Dates"), orders.get(mapping.get("date_format", ""), mapping.get("date_format", ""))),
        (_("Times without a zone"), mapping.get("timezone", "") or imported.source.zone),
    )
    yield from ((name, str(value)) for name, value in said if value)


def _same_as(imported: Import) -> Earlier | None:
    key = imported.job.progress.get("same_as") if imported.job else None
    found = Import.objects.filter(pk=key).first() if key else None
    return Earlier(found.pk, found.file_name, found.created_at) if found else None


def stay_rows(imported: Import) -> Iterator[tuple[str, str]]:
    """Id of each row that stays and what wrote it since, under a heading, for a spreadsheet."""
    yield (_("id"), _("written since by"))
    if imported.kind not in TABLES:
        return
    writers = _Writers()
    if imported.state == Import.State.UNDONE:
        rows = FormerRow.objects.filter(imported=imported, values__has_key=STAYS).order_by("row_id")
        for values in rows.values_list("values", flat=True).iterator():
            yield rejections.defused(values.get("external_id", "")), writers.name(values[STAYS])
        return
    ids = list(undo.stays(imported).values_list("row_id", flat=True))
    for some in bulk.batches(sorted(ids), _BATCH):
        later = dict(
            FormerRow.objects.filter(former_import=imported, kind=imported.kind, row_id__in=some)
            .order_by("-pk")
            .values_list("row_id", "imported_id")
        )
        rows_there = TABLES[imported.kind].model._default_manager.filter(pk__in=some).order_by("pk")
        for key, external_id in rows_there.values_list("pk", "external_id"):
            yield rejections.defused(external_id), writers.name(later.get(key))


class _Writers:
    """What wrote a row, in words; asked once for each import."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def name(self, import_id: int | None) -> str:
        """The file and its day; without an import, that it came in by itself."""
        if import_id is None:
            return _("came in by itself")
        if import_id not in self._known:
            row = Import.objects.filter(pk=import_id).first()
            self._known[import_id] = f"{row.file_name}, {formats.day(row.created_at, year=True)}" if row else ""
        return rejections.defused(self._known[import_id])
