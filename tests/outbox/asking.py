"""Asks an installation to import a file: `python -m tests.outbox.asking FILE.csv`; prints the job's id."""

import os
import sys
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.utils import timezone

    from feedback.mapping import FieldMap
    from feedback.models import Import
    from feedback.services import imports

    path, now = Path(sys.argv[1]), timezone.now()
    source = imports.source_named(name="Help desk", now=now)
    with path.open("rb") as file:
        asked = imports.receive(
            file=file,
            file_name=path.name,
            kind=Import.Kind.CONTACTS,
            source=source,
            door=Import.Door.COMMAND,
            fields=FieldMap(),
            now=now,
        )
    assert asked.job is not None
    sys.stdout.write(f"{asked.job.pk}\n")
