"""`./hearback import FILE --kind … --source …`: the same import as in the browser, waiting for its end."""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from feedback import kinds, mapping, rejections
from feedback.models import Import
from feedback.parsing import Unreadable
from feedback.selectors.imports import reject_rows
from feedback.services import imports
from feedback.services.leftovers import report_path
from outbox import jobs
from outbox.models import Job

_ENDED = (Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED)
_POLL_SECONDS = 0.5
# What is a question in the browser is answered here in the file of --mapping.
_ORDER = '\nAnswer in the file of --mapping: {"date_format": "dmy"} is the day first, "mdy" the month.'
_SHEET = '\nName one in the file of --mapping: {"sheet": "…"}.'
_ANSWERS = {"dates_ambiguous": _ORDER, "dates_mixed": _ORDER, "sheet_missing": _SHEET, "stream_missing": _SHEET}


class Command(BaseCommand):
    """Import one file and wait for its end. Exit 0 done, 1 failed, 2 wrong use."""

    help = "Import a file of contacts, surveys, commerce or results."
    requires_migrations_checks = False

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--kind", required=True, choices=kinds.names())
        parser.add_argument("--source", required=True, help="the name under which ids are unique")
        parser.add_argument("--mapping", type=Path, help="JSON: columns, constants, timezone, date_format, scale …")
        parser.add_argument("--dry-run", action="store_true", help="read everything, store nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the import and print its counts."""
        started = time.monotonic()
        fields = self._mapping(options["mapping"], options["kind"])
        imported = self._receive(options, fields)
        self._wait_for(imported.job_id)
        imported.refresh_from_db()
        if imported.state != Import.State.FINISHED:
            job = imported.job
            raise CommandError(
                rejections.sentence(imported.problem, imported.problem_parameters) + _ANSWERS.get(imported.problem, "")
                if imported.problem
                else (job.error if job else "The import did not end."),
                returncode=1,
            )
        for follow_up in (imported.job.progress if imported.job else {}).get("follow_ups", []):
            self._wait_for(follow_up)
        self._report(imported, time.monotonic() - started, as_json=options["json"])

    def _mapping(self, path: Path | None, kind: str) -> mapping.FieldMap:
        known = kinds.get(kind)
        columns = known.columns if known else ()
        if path is None:
            return mapping.FieldMap()
        try:
            return mapping.read(json.loads(path.read_text("utf-8-sig")), columns)
        except (OSError, ValueError) as error:
            raise CommandError(f"{path}: {error}", returncode=2) from error
        except mapping.BadMapping as error:
            sentence = rejections.sentence(error.reason, error.parameters)
            raise CommandError(f"{path}: {sentence}", returncode=2) from error

    def _receive(self, options: dict[str, Any], fields: mapping.FieldMap) -> Import:
        now = timezone.now()
        path: Path = options["file"]
        name = options["source"].strip()
        if not 0 < len(name) <= 80:
            raise CommandError("A source has a name of 1 to 80 characters.", returncode=2)
        try:
            with path.open("rb") as file:
                return imports.receive(
                    file=file,
                    file_name=path.name,
                    kind=options["kind"],
                    source=imports.source_named(name=name, zone=fields.timezone, now=now),
                    door=Import.Door.COMMAND,
                    fields=fields,
                    dry_run=options["dry_run"],
                    now=now,
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}", returncode=2) from error
        except Unreadable as error:
            raise CommandError(rejections.sentence(error.reason, error.parameters), returncode=1) from error

    def _wait_for(self, job_id: int | None) -> None:
        """Do the job here and now; where a worker was first, wait for it."""
        while job_id is not None:
            job = jobs.perform(job_id) or Job.objects.filter(pk=job_id).first()
            if job is None or job.state in _ENDED:
                if job and job.state == Job.State.FAILED:
                    print(f"{jobs.title(job.kind)}: {job.error}", file=sys.stderr)  # noqa: T201
                return
            time.sleep(_POLL_SECONDS)

    def _report(self, imported: Import, seconds: float, *, as_json: bool) -> None:
        counts = {
            "read": imported.read_count,
            "new": imported.new_count,
            "changed": imported.changed_count,
            "unchanged": imported.unchanged_count,
            "rejected": imported.rejected_count,
        }
        rejects = _write_rejects(imported) if imported.rejected_count else None
        if as_json:
            answer = {**counts, "rejects": rejects, "seconds": round(seconds, 2)}
            self.stdout.write(json.dumps(answer))
            return
        self.stdout.write(", ".join(f"{amount:,} {name}" for name, amount in counts.items()))
        if rejects:
            self.stderr.write(f"Rejected rows, with the reason of each: {rejects}")


def _write_rejects(imported: Import) -> str:
    """The rejected rows as a CSV file in the data folder; its path."""
    path = report_path(imported)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        for row in reject_rows(imported):
            writer.writerow(row)
    return str(path)
