"""A worker process: Celery's worker, and in the embedded form the relay as a thread beside it.

On the in-memory broker only this process can wake itself, so there the relay always runs here.
"""

from __future__ import annotations

import multiprocessing
import threading
from typing import Any

import structlog
from celery import Celery, signals
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

    # Strong references: these functions live as long as this call only.
    signals.worker_ready.connect(when_ready, weak=False)
    signals.worker_shutting_down.connect(when_stopping, weak=False)
    options = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    celery_app().worker_main(["worker", "--pool", pool, "--concurrency", str(concurrency), *options, "--quiet"])


def run_relay_alone(stop: threading.Event) -> None:
    """`serve beat`: the relay without a worker, for an installation with Redis."""
    celery_app()
    Relay().run(stop)
