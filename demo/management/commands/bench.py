"""`./hearback bench`: how fast and how right, every number a ratio of this run, each beside its target."""

from __future__ import annotations

import json
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.bench import beside, memory, speed, truth
from demo.bench.lines import CannotMeasure, Line, at_most, ratio, table
from demo.bench.room import Room, throw_away

ROWS = 50_000
FEWEST_ROWS = 5_000
_TITLES = {
    "speed": "Import, recount and pages",
    "memory": "Memory",
    "beside": "Pages while a file comes in",
    "truth": "De Linde's truth, five times",
}
PARTS = tuple(_TITLES)
MEMORY_RATIO = 5
MOST_MEMORY = 200


class Command(BaseCommand):
    """Measure on a throw-away database beside the one in use. Exit 0 measured, 1 could not measure."""

    help = "Measure speed and truth on a throw-away database; the installation's data is not touched."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rows", type=int, default=ROWS, help=f"contacts to import (default {ROWS})")
        parser.add_argument("--json", action="store_true", help="print one JSON list")
        parser.add_argument("--part", choices=PARTS, help="measure this alone (default all that the database has)")
        # The command starts itself once for each part, so that parts share neither memory nor caches.
        parser.add_argument("--to", type=Path, help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rows"] < FEWEST_ROWS:
            raise CommandError(f"Fewer than {FEWEST_ROWS} rows are over before a clock notices.", returncode=2)
        try:
            if options["to"]:
                lines = _part(options["part"], options["rows"])
                options["to"].write_text(json.dumps([line.as_json() for line in lines]))
                return
            lines = self._measure(_parts(options["part"]), options["rows"])
        except CannotMeasure as reason:
            raise CommandError(f"Could not measure. {reason}", returncode=1) from None
        if options["json"]:
            self.stdout.write(json.dumps([line.as_json() for line in lines], ensure_ascii=False))
        else:
            self.stdout.write(table(lines))

    def _measure(self, parts: Sequence[str], rows: int) -> list[Line]:
        with throw_away(settings.DATABASE_URL) as room:
            self.stderr.write("Preparing a throw-away database.")
            room.prepare()
            found: list[Line] = []
            for part in parts:
                self.stderr.write(f"{_TITLES[part]}.")
                found += _memory(room, rows) if part == "memory" else room.run(part, rows=rows)
            return found


def _parts(wanted: str | None) -> Sequence[str]:
    if wanted:
        return (wanted,)
    # Pages beside an import are a matter of SQLite's one writer.
    return [part for part in PARTS if part != "beside" or not settings.DATABASE_URL]


def _memory(room: Room, rows: int) -> list[Line]:
    """Each size in a process of its own: a peak never comes down again."""
    (few,), (many,) = room.run("memory", rows=rows // MEMORY_RATIO), room.run("memory", rows=rows)
    name = f"peak memory of importing {rows} rows"
    return [
        at_most(f"{name} against {rows // MEMORY_RATIO}", ratio(many.measured, few.measured), 1.1, "×"),
        at_most(name, many.measured / 1024, MOST_MEMORY, "MiB"),
    ]


def _part(part: str, rows: int) -> list[Line]:
    folder = Path(settings.DATA_DIR)
    match part:
        case "truth":
            return truth.measure(folder)
        case "speed":
            return speed.measure(folder, rows)
        case "beside":
            return beside.measure(folder, rows)
        case _:
            return memory.measure(folder, rows)
