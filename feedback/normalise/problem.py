"""Why a row cannot be stored."""

from __future__ import annotations


class Problem(Exception):
    """One value that does not fit: field, value, and a kind of `feedback.rejections` with its parameters."""

    def __init__(self, column: str, value: str, reason: str, **parameters: str | float) -> None:
        super().__init__(reason)
        self.column = column
        self.value = value
        self.reason = reason
        self.parameters = parameters
