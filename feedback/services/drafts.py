"""A file that is being mapped: its mapping is kept while it changes, and what kind of rows it has can be corrected."""

from __future__ import annotations

from feedback import kinds, mapping
from feedback.models import Import


def keep(*, imported: Import, fields: mapping.FieldMap) -> None:
    """Remember the mapping so far, so that the page can be left and come back to."""
    imported.mapping = fields.as_json()
    Import.objects.filter(pk=imported.pk, state=Import.State.DRAFT).update(mapping=imported.mapping)


def change_kind(*, imported: Import, kind: str) -> None:
    """The rows are something else than was said at the upload; what was mapped so far does not fit them."""
    if kinds.get(kind) is None or imported.kind == kind:
        return
    Import.objects.filter(pk=imported.pk, state=Import.State.DRAFT).update(kind=kind, mapping={})
