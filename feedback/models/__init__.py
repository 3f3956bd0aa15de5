"""The nouns of feedback: sources and imports, contacts and their words, survey responses, themes."""

from feedback.models.contacts import (
    Contact,
    ContactReason,
    ContactText,
    ContactTheme,
    DimensionValue,
    ReasonTag,
)
from feedback.models.history import FormerRow, MappedRows, ValueMapping
from feedback.models.imports import Import, ImportReject, Source, Turn
from feedback.models.live import Delivery, RawRecord, Stream
from feedback.models.search import SearchMark
from feedback.models.surveys import CommerceDay, SurveyResponse, SurveyText, SurveyTheme
from feedback.models.themes import Theme

__all__ = [
    "CommerceDay",
    "Contact",
    "ContactReason",
    "ContactText",
    "ContactTheme",
    "Delivery",
    "DimensionValue",
    "FormerRow",
    "Import",
    "ImportReject",
    "MappedRows",
    "RawRecord",
    "ReasonTag",
    "SearchMark",
    "Source",
    "Stream",
    "SurveyResponse",
    "SurveyText",
    "SurveyTheme",
    "Theme",
    "Turn",
    "ValueMapping",
]
