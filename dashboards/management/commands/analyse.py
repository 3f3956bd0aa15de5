"""`analyse themes | experiment | deflection | signals | …`: the product's arithmetic on a file, nothing stored.

Each analysis is one entry of ANALYSES: what it is called, its arguments, and a function from the parsed options to
plain JSON types. JSON goes to standard output alone, an error is one sentence on standard error: 1 for a
file that cannot be read, 2 for wrong use.
"""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from experiments import analyses as experiment_analyses
from feedback import analyses as feedback_analyses
from metrics import analyses as metric_analyses

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

JSON = Mapping[str, object]
Rows = Iterator[Mapping[str, str]]


@dataclass(frozen=True)
class Analysis:
    """One sub-command. `run` gets the parsed options, raises ValueError with a sentence, and returns what is printed.

    `describe` turns that into the lines for people; without it they get indented JSON.
    """

    help: StrPromise
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Mapping[str, Any]], JSON]
    describe: Callable[[JSON], list[str]] | None = None


@contextmanager
def rows_of(path: Path) -> Iterator[Rows]:
    """The rows of a CSV file by its headings (UTF-8, with or without a byte order mark)."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            yield cast(Rows, csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(_("%(file)s cannot be read: %(reason)s") % {"file": path, "reason": error}) from error


def file_argument(parser: ArgumentParser) -> None:
    """FILE and --json, which every analysis has."""
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument("--json", action="store_true", help=_("print JSON"))


def _deflection_arguments(parser: ArgumentParser) -> None:
    file_argument(parser)
    parser.add_argument("--series", required=True, help=_("the theme that the change was about"))
    parser.add_argument("--released", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
    parser.add_argument("--proposed", type=date.fromisoformat, metavar="YYYY-MM-DD")


def _signals_arguments(parser: ArgumentParser) -> None:
    file_argument(parser)
    parser.add_argument("--day", type=date.fromisoformat, metavar="YYYY-MM-DD")


def _themes_arguments(parser: ArgumentParser) -> None:
    file_argument(parser)
    parser.add_argument("--text", required=True, metavar="COLUMN", help=_("the column with the text"))
    parser.add_argument("--k", type=int, metavar="N", help=_("how many themes; chosen when left out"))
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help=_("write the theme of each row to this file"))


def _themes(options: Mapping[str, Any]) -> JSON:
    with rows_of(options["file"]) as rows:
        found = feedback_analyses.themes(rows, text=options["text"], k=options["k"])
    if out := options["out"]:
        try:
            with out.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(["row", "theme", "name", "confidence"])
                writer.writerows([placed.row, placed.theme, placed.name, placed.confidence] for placed in found.rows)
        except OSError as error:
            raise ValueError(_("%(file)s cannot be written: %(reason)s") % {"file": out, "reason": error}) from error
    return found.summary


def _themes_in_words(found: JSON) -> list[str]:
    """One line for each theme: rows, share, name, subtitle."""
    themes = cast(list[dict[str, Any]], found["themes"])
    return [f"{theme['rows']:>7}  {theme['share']:6.1%}  {theme['name']}  ({theme['subtitle']})" for theme in themes]


def _experiment(options: Mapping[str, Any]) -> JSON:
    with rows_of(options["file"]) as rows:
        return experiment_analyses.experiment(rows)


def _deflection(options: Mapping[str, Any]) -> JSON:
    with rows_of(options["file"]) as rows:
        return experiment_analyses.deflection(
            rows, series=options["series"], released_on=options["released"], proposed_on=options["proposed"]
        )


def _signals(options: Mapping[str, Any]) -> JSON:
    with rows_of(options["file"]) as rows:
        return metric_analyses.signals(rows, day=options["day"])


ANALYSES: dict[str, Analysis] = {
    "themes": Analysis(gettext_lazy("find themes in a column of texts"), _themes_arguments, _themes, _themes_in_words),
    "experiment": Analysis(gettext_lazy("evaluate a finished A/B test"), file_argument, _experiment),
    "deflection": Analysis(gettext_lazy("contacts avoided by a release"), _deflection_arguments, _deflection),
    "signals": Analysis(gettext_lazy("themes that rise more than chance explains"), _signals_arguments, _signals),
}
"""Every analysis by its name on the command line."""


class Command(BaseCommand):
    """Analyse a file without storing anything."""

    help = "Analyse a file without storing anything."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="analysis", required=True, metavar="|".join(ANALYSES))
        for name, analysis in ANALYSES.items():
            analysis.arguments(kinds.add_parser(name, help=str(analysis.help), description=str(analysis.help)))

    def handle(self, *args: Any, **options: Any) -> None:
        analysis = ANALYSES[options["analysis"]]
        try:
            found = analysis.run(options)
        except ValueError as error:
            raise CommandError(str(error)) from error
        if options["json"] or analysis.describe is None:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=None if options["json"] else 2))
        else:
            self.stdout.write("\n".join(analysis.describe(found)))
