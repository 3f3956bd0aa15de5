"""`./hearback serve`: the whole installation, or its web, worker or beat alone."""

import os
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import services
from outbox import supervisor, worker


class Command(BaseCommand):
    """Serve this installation; Control-C stops it."""

    help = "Serve this installation: web, worker and scheduler together, or one of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("part", nargs="?", choices=["web", "worker", "beat"], help="without it: everything")
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: %(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="the port to listen at (default: %(default)s)")
        parser.add_argument("--concurrency", type=int, default=settings.WORKER_CONCURRENCY, help="jobs at once")
        parser.add_argument("--pool", choices=[worker.THREADS, worker.PROCESSES], help="how a worker runs them")
        parser.add_argument("--relay", action="store_true", help="the worker also relays and schedules")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            {
                None: self._everything,
                "web": self._web,
                "worker": self._worker,
                "beat": self._beat,
            }[options["part"]](options)
        except supervisor.CannotServe as reason:
            raise CommandError(str(reason)) from None

    def _everything(self, options: dict[str, Any]) -> None:
        def ready() -> bool:
            self.stderr.write(f"Hearback answers at http://{options['host']}:{options['port']}/ (Control-C stops it).")
            return True

        self._say_set_up_link(options)
        code = supervisor.run(host=options["host"], port=options["port"], ready=ready)
        if code:
            raise SystemExit(code)

    def _web(self, options: dict[str, Any]) -> None:
        supervisor.check_address(options["host"], options["port"])
        self._say_set_up_link(options)
        command = supervisor.web_command(options["host"], options["port"])
        os.execv(command[0], command)  # noqa: S606

    def _worker(self, options: dict[str, Any]) -> None:
        pool = options["pool"] or (worker.THREADS if worker.in_memory() or options["relay"] else worker.PROCESSES)
        worker.run(concurrency=options["concurrency"], pool=pool, with_relay=options["relay"])

    def _beat(self, options: dict[str, Any]) -> None:
        if worker.in_memory():
            raise CommandError("Beat reaches the workers through Redis: set REDIS_URL. Without it, a worker relays.")
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        worker.run_relay_alone(stop)

    def _say_set_up_link(self, options: dict[str, Any]) -> None:
        """At the first start nobody can sign in yet; this link makes the company and its first administrator."""
        # Without a public address of its own, the installation is where it listens.
        base = "" if settings.PUBLIC_URL_IS_SET else f"http://{options['host']}:{options['port']}"
        link = services.set_up_link(now=timezone.now(), base=base)
        if link:
            self.stderr.write(f"Nothing is set up yet. Open this link once to begin:\n  {link}")
