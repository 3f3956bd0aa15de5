"""`metrics --from D --to D [--by …] [--metric ID …] [--json]`: the registry's numbers from the database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dashboards.filters import period_between
from dashboards.selectors.numbers import GROUPS, Number, numbers
from metrics import formulas
from metrics.periods import Slice
from metrics.templatetags.estimates import written


class Command(BaseCommand):
    """JSON to standard output alone; without `--json` one line per number."""

    help = "Print the numbers of the registry."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--by", choices=GROUPS, default="")
        parser.add_argument(
            "--metric", dest="metrics", nargs="+", action="extend", default=[], choices=sorted(formulas.REGISTRY),
            metavar="ID",
        )  # fmt: skip
        parser.add_argument("--json", action="store_true", help="print one JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        period = period_between(options["first"], options["last"])
        if period is None:
            raise CommandError("--from must not be after --to, and both within three years.", returncode=2)
        found = numbers(Slice(period), by=options["by"], metric_ids=options["metrics"])
        if options["json"]:
            self.stdout.write(json.dumps([number.as_json() for number in found], ensure_ascii=False, indent=1))
            return
        for number in found:
            self.stdout.write(_line(number))


def _line(number: Number) -> str:
    found = number.estimate
    value = "-" if found.value is None else written(found.value, found.unit)
    return f"{number.metric:28} {number.group:40} {value:>12}  n {found.n}"
