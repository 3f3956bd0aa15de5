"""The verbs of feedback, by subject."""

from feedback.services import imports
from feedback.services.imports import discard, hold, receive, source_named, start

__all__ = ["discard", "hold", "imports", "receive", "source_named", "start"]
