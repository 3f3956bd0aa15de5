"""The one Celery task there is: carry out a job row."""

from celery import shared_task
from django.conf import settings

from outbox import jobs


@shared_task(name="outbox.perform")
def perform(job_id: int) -> None:
    """Carry out this job if it is still to be done; a message that came twice does nothing."""
    jobs.perform(job_id, turn_seconds=settings.JOB_TURN_SECONDS)
