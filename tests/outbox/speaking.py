"""Writes contacts as a webhook does, in small pieces: `python -m tests.outbox.speaking FILE.csv COUNTS.json`.

Through the same writer as an import, without an import, for the source that `tests.outbox.asking` uses.
"""

import json
import os
import sys
from pathlib import Path

import django

PIECE = 25

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db import transaction
    from django.utils import timezone

    from feedback import kinds, mapping, upsert
    from feedback.models import Import
    from feedback.services import imports, reading

    source = imports.source_named(name="Help desk", now=timezone.now())
    kind = kinds.get("contacts")
    assert kind is not None
    lines = reading.Reading(Path(sys.argv[1]), kind, mapping.FieldMap(), source)
    unsaved = Import(source=source, kind=kind.name)
    writer = kind.writer(unsaved)
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    while rows := lines.take(PIECE).rows:
        with transaction.atomic():
            imports.lock_source(unsaved)
            split = upsert.split(rows, writer.known([row.external_id for row in rows]))
            writer.prepare(split.written)
            writer.write(split.new, split.changed)
        counts["new"] += split.new_count
        counts["changed"] += split.changed_count
        counts["unchanged"] += split.unchanged_count
    Path(sys.argv[2]).write_text(json.dumps(counts))
