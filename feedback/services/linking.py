"""Rows that came in live find their themes: by their reasons at once, by their words a little later.

Rows of a file are found by their import; live rows have none, so they are named by their ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from feedback import bulk
from feedback.models import SurveyResponse
from feedback.services import themes, unthemed
from feedback.services.unthemed import Pile
from metrics.models import Kind
from metrics.services import mark
from outbox import jobs
from outbox.models import Job

DISCOVER_JOB = "feedback.discover_themes"
PATIENCE = timedelta(minutes=1)
"""So long words wait for others: the encoder reads a hundred almost as fast as one."""
MOST_AT_ONCE = 2_000

_RESPONSES_DROP = """
DELETE FROM feedback_surveytheme WHERE response_id IN ({rows}) AND NOT EXISTS (
    SELECT 1 FROM feedback_surveyresponse s JOIN feedback_contacttheme t ON t.contact_id = s.contact_id
    WHERE s.id = feedback_surveytheme.response_id AND t.theme_id = feedback_surveytheme.theme_id)
AND (confidence IS NULL OR EXISTS (
    SELECT 1 FROM feedback_surveyresponse s JOIN feedback_contacttheme t ON t.contact_id = s.contact_id
    WHERE s.id = feedback_surveytheme.response_id))"""
_RESPONSES_ADD = """
INSERT INTO feedback_surveytheme (response_id, theme_id)
SELECT s.id, t.theme_id FROM feedback_surveyresponse s
JOIN feedback_contacttheme t ON t.contact_id = s.contact_id
WHERE s.id IN ({rows})
ON CONFLICT (theme_id, response_id) DO NOTHING"""


def link(*, contacts: Sequence[int], responses: Sequence[int], now: datetime) -> None:
    """Give rows that were just written their themes, in the same transaction; mark the days of linked responses."""
    if contacts:
        themes.themes_for_reasons(now=now)
    for some in bulk.batches(contacts):
        themes.link_contacts(some)
    about = [
        key
        for some in bulk.batches(contacts)
        for key in SurveyResponse.objects.filter(contact_id__in=some).values_list("id", flat=True)
    ]
    touched = sorted({*responses, *about})
    for some in bulk.batches(touched):
        with connection.cursor() as cursor:
            for statement in (_RESPONSES_DROP, _RESPONSES_ADD):
                cursor.execute(statement.replace("{rows}", ", ".join(["%s"] * len(some))), list(some))
        days = SurveyResponse.objects.filter(id__in=some).values_list("local_day", flat=True)
        mark(Kind.SURVEYS, days.distinct())
    request_discovery(contacts=contacts, responses=touched, now=now)


def request_discovery(*, contacts: Sequence[int], responses: Sequence[int], now: datetime) -> None:
    """Have those of these rows that have words and no theme sorted by their words, together with others that wait."""
    waiting = {
        Pile.CONTACTS: _without_theme(Pile.CONTACTS, contacts),
        Pile.RESPONSES: _without_theme(Pile.RESPONSES, responses),
    }
    if not any(waiting.values()) or not jobs.is_handled(DISCOVER_JOB):
        return
    # The lock keeps a worker from beginning with it meanwhile.
    open_jobs = Job.objects.select_for_update().filter(kind=DISCOVER_JOB, state=Job.State.QUEUED, cursor=0)
    job = open_jobs.filter(arguments__has_key="rows", attempts=0).order_by("-id").first()
    held = job.arguments["rows"] if job else {}
    rows = {pile.value: sorted({*held.get(pile.value, ()), *ids}) for pile, ids in waiting.items()}
    if job and sum(map(len, rows.values())) <= MOST_AT_ONCE:
        Job.objects.filter(pk=job.pk).update(arguments={"rows": rows})
        return
    jobs.enqueue(
        DISCOVER_JOB, {"rows": {pile.value: ids for pile, ids in waiting.items()}}, run_after=now + PATIENCE, now=now
    )


def _without_theme(pile: Pile, ids: Sequence[int]) -> list[int]:
    found: list[int] = []
    for some in bulk.batches(ids):
        found += unthemed.rows(pile).filter(row__in=some).values_list("row", flat=True)
    return found
