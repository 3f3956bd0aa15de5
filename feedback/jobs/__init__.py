"""The night shift of feedback: importing this package registers its handlers."""

from feedback.jobs import imports, recount, themes

__all__ = ["imports", "recount", "themes"]
