"""Ids that a spreadsheet has taken for numbers and shortened to fifteen digits. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

# 1.23457E+17, in Dutch and German Excel 1,23457E+17.
_SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2,3}")
_KEPT_DIGITS = 15
# So many long numbers that all end in zeros do not do so by chance.
_ENOUGH = 5


def is_shortened(value: str) -> bool:
    """Whether a cell is a number in the notation that Excel uses for what it cannot show in full."""
    return "+" in value and _SHORTENED.fullmatch(value.strip()) is not None


def are_rounded(values: Iterable[str]) -> bool:
    """Whether these ids have zeros where a spreadsheet has dropped their last digits: 123456789012345000."""
    long = {value for value in values if len(value) > _KEPT_DIGITS and value.isdecimal()}
    return len(long) >= _ENOUGH and all(not value[_KEPT_DIGITS:].strip("0") for value in long)
