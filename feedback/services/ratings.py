"""One file, two imports: contacts, and the scores that stand beside them as survey responses.

The second import has a file of its own, which is deleted when its own job ends: first the same bytes, then only the
scores (`feedback.services.score_files`).
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import Person
from feedback import kinds, mapping, parsing
from feedback.models import Import, Source
from feedback.services import imports, reading, score_files
from outbox import jobs

JOB_KIND = "feedback.ratings"
_READING = ("encoding", "delimiter", "sheet")
# Beside the mappings of a source, by kind: no kind of rows, so what its surveys are mapped to is not touched.
_CHOICE = "scores"


def chosen_last(source: Source) -> str | None:
    """As which survey scores came in with the last contacts that had some: "" for left out, None for never asked."""
    said: str | None = source.mappings.get(_CHOICE)
    return said


@transaction.atomic
def start_both(
    *,
    imported: Import,
    fields: mapping.FieldMap,
    survey: Mapping[str, Any],
    actor: Person,
    now: datetime,
) -> Import:
    """Start an import of contacts, and one of the scores in the same file with this mapping; the contacts.

    Without a mapping the scores are left out. Either choice is remembered for the next file of the source.
    """
    if Import.objects.select_for_update().get(pk=imported.pk).state != Import.State.DRAFT:
        return imports.start(imported=imported, fields=fields, actor=actor, now=now)
    _remember(imported.source_id, survey.get("constants", {}).get("instrument", ""))
    if not survey:
        return imports.start(imported=imported, fields=fields, actor=actor, now=now)
    second = _second(reading.upload_path(imported))
    try:
        _hold_beside(imported, fields, survey, second.name, actor, now)
        return imports.start(imported=imported, fields=fields, actor=actor, now=now)
    except BaseException:
        second.unlink(missing_ok=True)
        raise


def begin(*, imported: Import, taken: score_files.Taken, now: datetime) -> bool:
    """Start the import of the scores with their own file; without any, forget it.

    False when it is none of ours any more: it was started by hand, erased, or has another file.
    """
    current = _still_ours(imported)
    if current is None:
        return False
    if not taken.count:
        # Its file goes when this is sure to be written.
        current.delete()
        return True
    kind = kinds.get(current.kind)
    fields = mapping.read(taken.mapping, kind.columns if kind else ())
    current.path = score_files.path_of(current.pk).name
    imports.start(imported=current, fields=fields, remember=False, actor=current.created_by, now=now)
    return True


@transaction.atomic
def refuse(*, imported: Import, error: parsing.Unreadable | mapping.BadMapping, now: datetime) -> bool:
    """No scores can be taken out of the file of this import; False when it is none of ours any more."""
    current = _still_ours(imported)
    if current is None:
        return False
    imports.fail(imported=current, error=error, now=now)
    # Of a worker that died while it wrote.
    score_files.drop_unused(current.pk)
    return True


def _remember(source_id: int, instrument: str) -> None:
    source = Source.objects.select_for_update().get(pk=source_id)
    source.mappings[_CHOICE] = instrument
    source.save(update_fields=["mappings"])


def _hold_beside(
    imported: Import, fields: mapping.FieldMap, survey: Mapping[str, Any], path: str, actor: Person, now: datetime
) -> None:
    beside = Import.objects.create(
        source=imported.source,
        kind=Import.Kind.SURVEYS,
        door=imported.door,
        file_name=imported.file_name,
        path=path,
        sha256=imported.sha256,
        bytes=imported.bytes,
        mapping=dict(survey),
        created_by=actor,
        created_at=now,
    )
    arguments = {
        "import_id": beside.pk,
        "read_as": {name: getattr(fields, name) for name in _READING},
        "dates": score_files.moments(fields),
    }
    jobs.enqueue(JOB_KIND, arguments, created_by=actor, now=now)


def _still_ours(imported: Import) -> Import | None:
    """This import, locked, as long as nobody started it, said that it is something else or changed its file."""
    waiting = Import.objects.select_for_update().filter(state=Import.State.DRAFT, kind=imported.kind)
    return waiting.filter(pk=imported.pk, path=imported.path).first()


def _second(path: Path) -> Path:
    """A second file with the same bytes; the same blocks on the disk where it can do that."""
    second = path.with_name(secrets.token_hex(16))
    try:
        os.link(path, second)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(path, second)
        second.chmod(0o600)
    return second
