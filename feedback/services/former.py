"""What a changed row said before, kept in the chunk's transaction, so that an import can be undone.

A row's `imported` says which import wrote it last. Below it lies a pile of layers, newest first: the
`FormerRow` of that import holds the values before it and the import that had written those, and so on.
A row without one (or with `MADE`) was made by its import. After undoing, `STAYS` notes what was left.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models

from feedback import bulk
from feedback.models import (
    CommerceDay,
    Contact,
    ContactText,
    ContactTheme,
    FormerRow,
    Import,
    ReasonTag,
    SurveyResponse,
    SurveyText,
    SurveyTheme,
)

# Instead of values: the import made this row, and something that keeps no former values changed it since.
MADE: dict[str, Any] = {"made": True}
# Instead of values, with the later import that has the row (or none): it stayed when the import was undone.
STAYS = "stays"
_IDENTITY = frozenset({"id", "source", "external_id", "imported", "contact"})
_WORDS = ("subject", "text", "redactions", "rules_version")


@dataclass(frozen=True)
class Table:
    """The rows of a kind, and what is stored around them."""

    model: type[models.Model]
    texts: type[models.Model] | None = None
    themes: type[models.Model] | None = None
    # The field of both that names the row.
    owner: str = ""

    @property
    def facts(self) -> tuple[str, ...]:
        """Fields that an import overwrites, `imported` and the link to a contact aside."""
        return tuple(field.name for field in self.model._meta.concrete_fields if field.name not in _IDENTITY)

    @property
    def words(self) -> tuple[str, ...]:
        """Fields of its texts."""
        names = {field.name for field in self.texts._meta.concrete_fields} if self.texts else set()
        return tuple(name for name in _WORDS if name in names)


TABLES: dict[str, Table] = {
    Import.Kind.CONTACTS: Table(Contact, ContactText, ContactTheme, "contact"),
    Import.Kind.SURVEYS: Table(SurveyResponse, SurveyText, SurveyTheme, "response"),
    Import.Kind.COMMERCE: Table(CommerceDay),
}


def keep(kind: str, ids: Sequence[int], *, imported: Import, now: datetime) -> None:
    """Keep what these rows say, before `imported` changes them in the same transaction.

    What the same import wrote before is not kept: undoing it goes back to before all of it. Rows that
    come in live keep no former values, but the import that made a row then shows that it is not its own.
    """
    table = TABLES[kind]
    for some in bulk.batches(ids):
        if imported.pk is None:
            _note_taken(kind, table, some, now)
        else:
            _keep(kind, table, some, imported.pk, now)


def _keep(kind: str, table: Table, ids: Sequence[int], import_id: int, now: datetime) -> None:
    attributes = [table.model._meta.get_field(name).attname for name in table.facts]  # type: ignore[union-attr]
    others = models.Q(imported__isnull=True) | ~models.Q(imported=import_id)
    found = table.model._default_manager.filter(others, pk__in=ids)
    rows = {row[0]: (row[1], row[2:]) for row in found.values_list("id", "imported_id", *attributes)}
    if not rows:
        return
    around = _around(kind, table, list(rows))
    # Something else wrote the row between two lines of this file: what it wrote is what comes back.
    bury(kind, list(rows), import_id=import_id)
    reference = table.facts.index("customer_ref") if "customer_ref" in table.facts else None
    bulk.insert(
        FormerRow,
        ("imported", "former_import", "kind", "row_id", "values", "customer_ref", "kept_at"),
        [
            (
                import_id,
                former,
                kind,
                key,
                _as_json({"row": dict(zip(table.facts, facts, strict=True)), **around[key]}),
                "" if reference is None else facts[reference],
                now,
            )
            for key, (former, facts) in rows.items()
        ],
    )


def _note_taken(kind: str, table: Table, ids: Sequence[int], now: datetime) -> None:
    held = table.model._default_manager.filter(pk__in=ids, imported__isnull=False)
    _leave_a_trace(kind, list(held.values_list("imported_id", "pk")), now)


def _leave_a_trace(kind: str, wrote: Sequence[tuple[int, int]], now: datetime) -> None:
    """For each (import, row): that it wrote the row is known, though the layers above it are gone."""
    rows = [row for _by, row in wrote]
    known = (
        set(FormerRow.objects.filter(kind=kind, row_id__in=rows).values_list("imported_id", "row_id"))
        if rows
        else set()
    )
    bulk.insert(
        FormerRow,
        ("imported", "kind", "row_id", "values", "customer_ref", "kept_at"),
        [(by, kind, row, _as_json(MADE), "", now) for by, row in wrote if (by, row) not in known],
    )


def bury(kind: str, ids: Sequence[int], *, import_id: int) -> None:
    """Take this import's layer out of the piles of rows that others wrote since; what lay below stays below.

    `ids`: few enough for one statement. The layer above, if any, then lies on what lay below this one.
    """
    own = {row.row_id: row for row in FormerRow.objects.filter(imported=import_id, kind=kind, row_id__in=ids)}
    above = list(FormerRow.objects.filter(former_import=import_id, kind=kind, row_id__in=ids))
    for layer in above:
        below = own.pop(layer.row_id, None)
        layer.former_import_id = below.former_import_id if below else None
        layer.values = below.values if below else MADE
        layer.customer_ref = below.customer_ref if below else ""
    FormerRow.objects.bulk_update(above, ["former_import", "values", "customer_ref"])
    cut = [(row.former_import_id, row.row_id, row.kept_at) for row in own.values() if row.former_import_id]
    FormerRow.objects.filter(imported=import_id, kind=kind, row_id__in=ids).delete()
    for by, row, at in cut:
        _leave_a_trace(kind, [(by, row)], at)


def _around(kind: str, table: Table, ids: Sequence[int]) -> defaultdict[int, dict[str, Any]]:
    """Words, reasons and the themes that words gave, by row; themes of reasons are found again."""
    found: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for key, name, value in _pieces(kind, table, ids):
        if name == "texts":
            found[key][name] = value
        else:
            found[key].setdefault(name, []).append(value)
    return found


def _pieces(kind: str, table: Table, ids: Sequence[int]) -> Iterator[tuple[int, str, Any]]:
    if table.texts:
        words = table.texts._default_manager.filter(pk__in=ids).values_list("pk", *table.words)
        yield from ((row[0], "texts", dict(zip(table.words, row[1:], strict=True))) for row in words)
    if kind == Import.Kind.CONTACTS:
        for contact, reason in ReasonTag.objects.filter(contact__in=ids).values_list("contact_id", "reason_id"):
            yield contact, "reasons", reason
    if table.themes:
        links = table.themes._default_manager.filter(**{f"{table.owner}__in": ids, "confidence__isnull": False})
        for row, theme, confidence in links.values_list(f"{table.owner}_id", "theme_id", "confidence"):
            yield row, "themes", [theme, confidence]


def _as_json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, default=_plain)


def _plain(value: date | datetime) -> str:
    return value.isoformat()
