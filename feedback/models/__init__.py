"""The nouns of feedback: sources and imports, contacts and their words, survey responses, themes."""

from feedback.models.contacts import (
    Contact,
    ContactReason,
    ContactText,
    ContactTheme,
    DimensionValue,
    ReasonTag,
)
from feedback.models.imports import Import, ImportReject, Source
from feedback.models.surveys import CommerceDay, SurveyResponse, SurveyText, SurveyTheme
from feedback.models.themes import Theme

__all__ = [
    "CommerceDay",
    "Contact",
    "ContactReason",
    "ContactText",
    "ContactTheme",
    "DimensionValue",
    "Import",
    "ImportReject",
    "ReasonTag",
    "Source",
    "SurveyResponse",
    "SurveyText",
    "SurveyTheme",
    "Theme",
]
