"""A worker process: Celery's worker, and in the embedded form the relay as a thread beside it.

On the in-memory broker only this process can wake itself, so there the relay always runs here.
"""

from __future__ import annotations

import multiprocessing
import threading
import warnings
from typing import Any

import structlog
from celery import Celery, signals
from celery.exceptions import SecurityWarning
from django.conf import settings
from django.utils.module_loading import import_string

from outbox import jobs
from outbox.relay import Relay

THREADS, PROCESSES = "threads", "prefork"
log = structlog.stdlib.get_logger("outbox.worker")


def celery_app() -> Celery:
    """The installation's Celery; the settings name it, because it stands on a floor above."""
    app: Celery = import_string(settings.CELERY_APP)
    return app


def in_memory() -> bool:
    """Whether messages stay within one process."""
    return str(settings.CELERY_BROKER_URL).startswith("memory:")


def run(*, concurrency: int, pool: str = THREADS, with_relay: bool = False) -> None:
    """Work until a signal says stop; then every job goes back to the queue at its next chunk."""
    stop = threading.Event()
    if pool == PROCESSES:
        # The children that are forked later see the same flag.
        jobs.stopping = multiprocessing.get_context("fork").Event()
    relay = threading.Thread(target=Relay().run, args=(stop,), name="relay", daemon=True)

    def when_ready(**_details: Any) -> None:
        if with_relay or in_memory():
            relay.start()
        log.info("worker ready", pool=pool, concurrency=concurrency, relay=relay.is_alive())

    def when_stopping(**_details: Any) -> None:
        stop.set()
        jobs.stopping.set()

    def keep_our_logging(**_details: Any) -> None:
        """Its being connected is enough: Celery then leaves the settings' logging as it is."""

    if in_memory():
        # The embedded form runs as whoever started it; a service's account is for a real server.
        warnings.simplefilter("ignore", SecurityWarning)
    # Strong references: these functions live as long as this call only.
    signals.setup_logging.connect(keep_our_logging, weak=False)
    signals.worker_ready.connect(when_ready, weak=False)
    signals.worker_shutting_down.connect(when_stopping, weak=False)
    options = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    celery_app().worker_main(["--quiet", "worker", "--pool", pool, "--concurrency", str(concurrency), *options])


def run_relay_alone(stop: threading.Event) -> None:
    """`serve beat`: the relay without a worker, for an installation with Redis."""
    celery_app()
    Relay().run(stop)
