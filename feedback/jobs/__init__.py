"""The night shift of feedback: importing this package registers its handlers."""

from feedback.jobs import discovery, imports, recount, themes

__all__ = ["discovery", "imports", "recount", "themes"]
