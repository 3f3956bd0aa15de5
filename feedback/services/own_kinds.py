"""The kinds of rows that live on this floor."""

from __future__ import annotations

from feedback import kinds
from feedback.normalise import commerce, contacts, surveys
from feedback.services.commerce_writer import CommerceWriter
from feedback.services.contact_writer import ContactWriter
from feedback.services.survey_writer import SurveyWriter

AFTER_SURVEYS = ("feedback.assign_themes", "feedback.discover_themes", "feedback.recount")
AFTER_CONTACTS = (*AFTER_SURVEYS, "feedback.index_words")

CONTACTS = kinds.Kind(
    "contacts", contacts.COLUMNS, ("occurred_at",), contacts.normaliser, ContactWriter, AFTER_CONTACTS
)
SURVEYS = kinds.Kind(
    "surveys", surveys.COLUMNS, ("instrument", "score"), surveys.normaliser, SurveyWriter, AFTER_SURVEYS
)
COMMERCE = kinds.Kind(
    "commerce", commerce.COLUMNS, ("date",), commerce.normaliser, CommerceWriter, ("feedback.recount",)
)


def register() -> None:
    """Make them known; once, when the app starts."""
    for kind in (CONTACTS, SURVEYS, COMMERCE):
        kinds.register(kind)
