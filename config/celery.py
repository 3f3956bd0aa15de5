"""Celery, as a wake-up call for workers. What is to be done stands in `outbox`'s job rows.

Only the relay sends and only workers receive; the web never loads this module.
"""

import os
from typing import Any

from celery import Celery
from django.conf import settings
from kombu.transport import redis as redis_transport

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# A turn ends by itself at the next chunk (JOB_TURN_SECONDS); these limits stop what never gets there.
# The thread pool cannot enforce them, the prefork pool can.
SOFT_LIMIT_SECONDS = settings.JOB_TURN_SECONDS * 2
HARD_LIMIT_SECONDS = SOFT_LIMIT_SECONDS + 60
REDIS_OPTIONS: dict[str, Any] = {
    # Above the longest task, or Redis hands the message to a second worker while the first is at it.
    "visibility_timeout": HARD_LIMIT_SECONDS * 2,
    "global_keyprefix": f"{settings.CELERY_BROKER_PREFIX}:",
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
}
MEMORY_OPTIONS: dict[str, Any] = {"polling_interval": 0.2}


class ForgivingQoS(redis_transport.QoS):
    """Counts the messages that a worker has at a time, and does not count those that Redis went away under.

    A worker whose every place is taken does not listen. If it cannot say that it has finished, because Redis is away,
    kombu keeps the places: it never listens again, so it never finds out that the connection is gone. The job's row
    knows that it is done; the message is lost, or comes once more and finds nothing to do.
    """

    def ack(self, delivery_tag: str) -> None:
        """Finished; raises as kombu does."""
        try:
            super().ack(delivery_tag)
        except Exception:
            self._quick_ack(delivery_tag)  # type: ignore[attr-defined]
            raise


redis_transport.Channel.QoS = ForgivingQoS

app = Celery("hearback", set_as_current=True)
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_transport_options=REDIS_OPTIONS if settings.REDIS_URL else MEMORY_OPTIONS,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    task_default_queue="hearback",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_soft_time_limit=SOFT_LIMIT_SECONDS,
    task_time_limit=HARD_LIMIT_SECONDS,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    include=["outbox.tasks"],
)
