"""The night shift of feedback: importing this package registers its handlers."""

from feedback.jobs import imports

__all__ = ["imports"]
