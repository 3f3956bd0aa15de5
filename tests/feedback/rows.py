"""Files and imports for the tests of this folder."""

import io
import secrets
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import Person
from feedback import bulk, kinds, mapping, services, upsert
from feedback.models import Import, RawRecord
from feedback.services import reading
from outbox import jobs

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)

CONTACTS = """external_id,occurred_at,channel,reason,text,market,customer,is_complaint
T1,2026-03-01T10:00:00Z,chat,Returns::Label,Where is my label?,NL,K1,false
T2,2026-03-01T11:00:00Z,phone,Returns > Label|Delivery,,NL,K2,true
T3,2026-03-02T10:00:00Z,chat,,"Mail me: jan.jansen@example.com, please",BE,K1,
"""
SURVEYS = """external_id,responded_at,invited_at,instrument,score,comment,contact
S1,2026-03-01T12:00:00Z,2026-03-01T11:00:00Z,csat,2,Still no label,T1
S2,,2026-03-02T11:00:00Z,csat,,,T3
S3,2026-03-03T12:00:00Z,,nps,9,,
"""
COMMERCE = """date,market,sessions,orders,revenue
2026-03-01,NL,1000,50,2500.00
2026-03-02,NL,900,40,2000.00
"""


def bring_in(
    text: str | bytes,
    kind: str = "contacts",
    *,
    source: str = "desk",
    fields: dict[str, Any] | None = None,
    dry_run: bool = False,
    door: str = Import.Door.COMMAND,
    created_by: Person | None = None,
) -> Import:
    """An import of these bytes whose job was done."""
    imported = queue(text, kind, source=source, fields=fields, dry_run=dry_run, door=door, created_by=created_by)
    assert imported.job_id
    jobs.perform(imported.job_id)
    imported.refresh_from_db()
    return imported


def queue(
    text: str | bytes,
    kind: str = "contacts",
    *,
    source: str = "desk",
    fields: dict[str, Any] | None = None,
    dry_run: bool = False,
    door: str = Import.Door.COMMAND,
    created_by: Person | None = None,
) -> Import:
    """An import of these bytes whose job is not done yet."""
    known = kinds.get(kind)
    assert known
    return services.receive(
        file=io.BytesIO(text.encode() if isinstance(text, str) else text),
        file_name=f"{kind}.csv",
        kind=kind,
        source=services.source_named(name=source, now=NOW),
        door=door,
        fields=mapping.read(fields or {}, known.columns),
        dry_run=dry_run,
        created_by=created_by,
        now=NOW,
    )


def bring_in_live(text: str, kind: str = "contacts", *, source: str = "desk", chunk: int = 1_000) -> None:
    """These rows as a webhook brings them: through the kind's writer, without an import."""
    known = kinds.get(kind)
    assert known
    own = services.source_named(name=source, now=NOW)
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file, transaction.atomic():
        file.write(text)
        file.flush()
        rows = reading.Reading(Path(file.name), known, mapping.read({}, known.columns), own).take(1_000).rows
        unsaved = Import(source=own, kind=kind)
        services.imports.lock_source(unsaved)
        writer = known.writer(unsaved)
        for some in bulk.batches(rows, chunk):
            split = upsert.split(some, writer.known([row.external_id for row in some]))
            writer.prepare(split.written)
            writer.write(split.new, split.changed)
        RawRecord.objects.create(
            source=own,
            stream="tests",
            external_id="1",
            entity="1",
            payload={},
            payload_sha256=secrets.token_hex(32),
            received_at=NOW,
            mapped_at=NOW,
        )


def counts(imported: Import) -> tuple[int, int, int, int, int]:
    """(read, new, changed, unchanged, rejected)"""
    result = (
        imported.read_count,
        imported.new_count,
        imported.changed_count,
        imported.unchanged_count,
        imported.rejected_count,
    )
    assert result[0] == sum(result[1:]), "read is always the sum of the rest"
    return result
