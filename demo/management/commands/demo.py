"""`./hearback demo`: the demo company De Linde, loaded through the real import and served."""

from __future__ import annotations

import json
import secrets
import time
from argparse import ArgumentParser
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Role
from demo import cast, selectors, services, world
from demo.services.company import NotEmpty
from demo.services.files import ImportFailed
from outbox import supervisor


class Command(BaseCommand):
    """Load De Linde if it is not there yet, then serve it; `--once` prints one JSON object and stops."""

    help = "Load the demo company De Linde and serve it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--once", action="store_true", help="start, print one JSON object, stop")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        now = timezone.now()
        self.stderr.write(
            "Loading De Linde, eighteen months of a department store. The first time takes a minute or two."
        )
        try:
            services.load(
                folder=Path(settings.DATA_DIR) / "demo", last_day=yesterday(now), password=demo_password(), now=now
            )
        except NotEmpty as owner:
            raise CommandError(
                f"This installation belongs to {owner}; the demo would mix with its data. "
                "Give the demo a folder of its own: HEARBACK_DATA=demo-data ./hearback demo"
            ) from None
        except ImportFailed as reason:
            raise CommandError(f"The demo's files did not go in. {reason}") from None
        self._serve(options["port"], options["once"], started)

    def _serve(self, port: int, once: bool, started: float) -> None:
        def ready() -> bool:
            if once:
                today = timezone.now().astimezone(_zone()).date()
                answer = selectors.summary(today=today, seconds=time.monotonic() - started)
                self.stdout.write(json.dumps(answer, ensure_ascii=False))
                return False
            self._welcome(port)
            return True

        try:
            code = supervisor.run(port=port, ready=ready)
        except supervisor.CannotServe as reason:
            raise CommandError(str(reason)) from None
        if code:
            raise SystemExit(code)

    def _welcome(self, port: int) -> None:
        self.stderr.write(f"\nDe Linde is open at http://127.0.0.1:{port}/ (Control-C stops it). Sign in as")
        roles = {member.login: member for member in cast.CAST}
        for login in cast.SIGN_INS:
            member = roles[login]
            self.stderr.write(f"  {member.email:<26} {member.name}, {Role(member.role).label}")
        self.stderr.write(f"all with the password  {demo_password()}\n")


def demo_password() -> str:
    """The password of the demo's people: from the environment, else made at the first start and kept."""
    if settings.DEMO_PASSWORD:
        return str(settings.DEMO_PASSWORD)
    file = Path(settings.DATA_DIR) / "demo_password"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(12))
    return file.read_text()


def yesterday(now: datetime) -> date:
    """The last whole day of the main market, where the story ends."""
    return now.astimezone(_zone()).date() - timedelta(days=1)


def _zone() -> ZoneInfo:
    return ZoneInfo(world.MARKETS[0].zone)
