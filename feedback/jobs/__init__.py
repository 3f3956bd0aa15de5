"""The night shift of feedback: importing this package registers its handlers."""

from feedback.jobs import (
    discovery,
    imports,
    live,
    pulling,
    ratings,
    recount,
    redoing,
    retention,
    search,
    themes,
    undo,
    values,
    watching,
)

__all__ = [
    "discovery",
    "imports",
    "live",
    "pulling",
    "ratings",
    "recount",
    "redoing",
    "retention",
    "search",
    "themes",
    "undo",
    "values",
    "watching",
]
