"""`manage.py messages`: bring the catalogue of Dutch up to date with the strings in the code, and compile it.

Django's makemessages with its choices made once, so that two people's runs give the same file: no places in the
source, no date of the run, no guesses ("fuzzy"), nothing that left the code. Needs the gettext tools; running
the product does not, for the compiled catalogue is committed.
"""

from __future__ import annotations

import os
import re
import subprocess
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import makemessages

from config.catalogue import entries

LANGUAGE = "nl"
CATALOGUE = Path(settings.BASE_DIR, "locale", LANGUAGE, "LC_MESSAGES", "django.po")
NOT_OURS = (".venv", "data", "docs", "static", "tests")
_DATE_OF_THE_RUN = re.compile(rb'^"POT-Creation-Date:.*\n', re.MULTILINE)


class Command(makemessages.Command):
    """Update locale/nl from the code; with --check, say what is missing and change nothing."""

    help = "Collect the translatable strings into locale/nl and compile them; --check only compares."
    msgmerge_options = ["-q", "--backup=none", "--no-fuzzy-matching", "--update"]
    # By the alphabet: a string that moves to another file does not move the whole catalogue.
    msgattrib_options = ["--no-obsolete", "--sort-output"]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail if the code's strings are not the catalogue's")

    def handle(self, *args: Any, **options: Any) -> None:
        # Django names the files it reads by their place below the current folder.
        os.chdir(settings.BASE_DIR)
        before = CATALOGUE.read_bytes()
        known = _strings()
        collected = before
        try:
            super().handle(*args, **{**self._choices(), "verbosity": 0})
            collected = _DATE_OF_THE_RUN.sub(b"", CATALOGUE.read_bytes())
            found = _strings()
        finally:
            CATALOGUE.write_bytes(before if options["check"] else collected)
        if not options["check"]:
            _compile()
        elif found != known:
            lines = [f"  missing: {singular}" for _, singular, _ in sorted(found - known)]
            lines += [f"  no longer in the code: {singular}" for _, singular, _ in sorted(known - found)]
            raise CommandError("\n".join(["The Dutch catalogue is behind; run `make messages`.", *lines]))

    @staticmethod
    def _choices() -> dict[str, Any]:
        return {
            "locale": [LANGUAGE],
            "exclude": [],
            "domain": "django",
            "all": False,
            "extensions": ["html", "py"],
            "symlinks": False,
            "ignore_patterns": [pattern for name in NOT_OURS for pattern in (name, f"{name}/*")],
            "use_default_ignore_patterns": True,
            "no_wrap": True,
            "no_location": True,
            "add_location": None,
            "no_obsolete": True,
            "keep_pot": False,
        }


def _strings() -> set[tuple[str, str, str]]:
    """What the code asks for, by the catalogue as it is on disk: context, singular, plural."""
    return {entry.key for entry in entries(CATALOGUE.read_text(encoding="utf-8"))}


def _compile() -> None:
    """Write django.mo beside django.po; CommandError with msgfmt's complaint when a placeholder is wrong."""
    command = ["msgfmt", "--check-format", "--check-header", "-o", str(CATALOGUE.with_suffix(".mo")), str(CATALOGUE)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise CommandError(done.stderr.decode(errors="replace").strip())
