"""`./hearback manage erase_customer`: one customer out of everything, for whoever asks for it."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from feedback.services import erasure, leftovers


class Command(BaseCommand):
    """Erase one customer. What identifies them is read from the prompt or the input, and never shown."""

    help = (
        "Erase one customer everywhere and keep the counts. Asks for the id or e-mail address as your shop writes it "
        "(nothing is shown while you type), or reads it from the input, one a line."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("ref", nargs="?", metavar="REF", help="the id; better typed at the prompt: shells remember")
        parser.add_argument("--yes", action="store_true", help="do not ask once more")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find, ask, erase, and say in numbers what was done."""
        written = _written(options["ref"])
        if not written:
            raise CommandError("Give the customer's id or e-mail address, as your shop writes it.", returncode=2)
        found = erasure.find(written)
        drafts = leftovers.drafts_that_may_hold(written)
        reports = leftovers.reports_that_may_hold(written)
        if not found:
            self.stderr.write("No row was found by this reference. Is it written as in the customer column?")
        if not options["yes"]:
            self.stdout.write(
                f"{len(found.contacts)} contacts, {len(found.responses)} survey responses and "
                f"{len(found.raw_records)} raw records lose their words for good; {len(drafts)} waiting uploads and "
                f"{len(reports)} reports of rejected rows go."
            )
            if not sys.stdin.isatty() or input("Type ERASE to go on: ").strip() != "ERASE":
                raise CommandError("Nothing was erased.", returncode=1)
        done = erasure.erase(actor=None, written=written, now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(asdict(done)))
            return
        self.stdout.write(
            f"Erased: {done.contacts} contacts, {done.responses} survey responses, {done.raw_records} raw records, "
            f"{done.former_rows} former values, {done.copies} copies, {len(done.drafts)} waiting uploads."
        )
        self.stdout.write(
            "What your shop or help desk sends of this customer later is taken in again: erase them there."
        )
        if done.running:
            self.stdout.write("An import is at work. Run this again when it is done: it may bring the customer back.")


def _written(ref: str | None) -> list[str]:
    if ref:
        return [ref]
    if sys.stdin.isatty():
        return [
            value for value in [getpass.getpass("The customer's id or e-mail address (not shown): ").strip()] if value
        ]
    return [value for line in sys.stdin if (value := line.strip())]
