"""Survey responses follow their contacts: when those are taken out, or say something else."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from feedback.models import SurveyResponse, SurveyTheme
from metrics.models import Kind
from metrics.services import mark

# `{rows}` are responses. As `themes.link_surveys_to_contacts` does it from a day on.
_DROP = """
DELETE FROM feedback_surveytheme WHERE confidence IS NULL AND response_id IN ({rows})
AND NOT EXISTS (
    SELECT 1 FROM feedback_surveyresponse s JOIN feedback_contacttheme t ON t.contact_id = s.contact_id
    WHERE s.id = feedback_surveytheme.response_id AND t.theme_id = feedback_surveytheme.theme_id)"""
_UNGUESS = """
DELETE FROM feedback_surveytheme WHERE confidence IS NOT NULL AND response_id IN (
    SELECT s.id FROM feedback_surveyresponse s JOIN feedback_contacttheme t ON t.contact_id = s.contact_id
    WHERE s.id IN ({rows}))"""
_ADD = """
INSERT INTO feedback_surveytheme (response_id, theme_id)
SELECT s.id, t.theme_id FROM feedback_surveyresponse s
JOIN feedback_contacttheme t ON t.contact_id = s.contact_id
WHERE s.id IN ({rows})
ON CONFLICT (theme_id, response_id) DO NOTHING"""


def link_responses(ids: Sequence[int]) -> None:
    """Give these responses (as many as fit one statement) the themes of their contacts."""
    if not ids:
        return
    places = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        for statement in (_DROP, _UNGUESS, _ADD):
            cursor.execute(statement.replace("{rows}", places), list(ids))


def link_responses_of(contacts: Sequence[int]) -> None:
    """Give the responses of these contacts their themes, and mark their days."""
    rows = list(SurveyResponse.objects.filter(contact__in=contacts).values_list("id", "local_day"))
    link_responses([key for key, _day in rows])
    mark(Kind.SURVEYS, [day for _key, day in rows])


def forget_contacts(contacts: Sequence[int]) -> set[int]:
    """These contacts are about to go: their responses wait for them again. The imports of those responses."""
    held = SurveyResponse.objects.select_for_update(no_key=True).filter(contact__in=contacts).order_by("pk")
    rows = list(held.values_list("id", "local_day", "imported_id"))
    ids = [row[0] for row in rows]
    SurveyTheme.objects.filter(response__in=ids, confidence__isnull=True).delete()
    SurveyResponse.objects.filter(pk__in=ids).update(contact=None)
    mark(Kind.SURVEYS, [row[1] for row in rows])
    return {row[2] for row in rows if row[2]}
