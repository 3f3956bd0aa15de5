"""Numbers, durations, yes and no, reason paths: from a cell to a value, or a `Problem`. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from feedback.normalise.problem import Problem
from feedback.picking import PATH_MARK

MAX_SECONDS = 10 * 366 * 86_400.0
MAX_COUNT = 10**15
MAX_NAME = 120
MAX_PATH = 500

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_CLOCK = re.compile(r"([0-9]{1,5}):([0-5][0-9])(?::([0-5][0-9]))?")
# 1.234,56 and 4,5 against 1,234.56 and 1,234: three digits after a comma are thousands.
_COMMA_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),[0-9]+")
_COMMA_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
# 4.479 where a comma is the decimal sign, and 1.234.567 anywhere; never 0.125.
_POINT_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+")
_TRUE = frozenset({"true", "1", "yes", "y", "t", "ja", "j", "x", "oui", "si"})
_FALSE = frozenset({"false", "0", "no", "n", "f", "nee", "nein", "non", "-"})
_LEVELS = re.compile(rf"\s*(?:::|\s>\s|{PATH_MARK})\s*")


def number(column: str, value: str, decimal: str = "") -> float:
    """A finite number. A decimal comma is understood; `decimal` settles "1,234" and "1.234"."""
    if value.isdecimal() and value.isascii() and len(value) < 16:
        return float(value)
    text = value.replace(" ", "").replace("\u00a0", "")
    if (decimal == "," or text.count(".") > 1) and decimal != "." and _POINT_THOUSANDS.fullmatch(text):
        text = text.replace(".", "")
    elif not _NUMBER.fullmatch(text):
        if decimal != "," and _COMMA_THOUSANDS.fullmatch(text):
            text = text.replace(",", "")
        elif decimal != "." and _COMMA_DECIMAL.fullmatch(text):
            text = text.replace(".", "").replace(",", ".")
        else:
            raise Problem(column, value, "not_a_number")
    result = float(text)
    if not math.isfinite(result):
        raise Problem(column, value, "not_a_number")
    return result


def seconds(column: str, value: str, decimal: str = "") -> float:
    """A duration in seconds: a number, or minutes:seconds, or hours:minutes:seconds."""
    clock = _CLOCK.fullmatch(value) if ":" in value else None
    if clock:
        first, second, third = clock.groups()
        result = (
            float(int(first) * 60 + int(second))
            if third is None
            else float(int(first) * 3600 + int(second) * 60 + int(third))
        )
    else:
        result = number(column, value, decimal)
    if result < 0:
        raise Problem(column, value, "negative")
    if result > MAX_SECONDS:
        raise Problem(column, value, "too_large")
    return result


def optional_seconds(values: Mapping[str, str], column: str, decimal: str) -> float | None:
    """`seconds` of a field that may be missing; missing is not known, never zero."""
    value = values.get(column)
    return None if value is None else seconds(column, value, decimal)


def count(column: str, value: str, decimal: str = "") -> int:
    """A whole number of things, zero or more."""
    result = number(column, value, decimal)
    if result < 0:
        raise Problem(column, value, "negative")
    if result > MAX_COUNT:
        raise Problem(column, value, "too_large")
    if result != int(result):
        raise Problem(column, value, "not_whole")
    return int(result)


def cents(column: str, value: str, decimal: str = "") -> int:
    """An amount of money in cents, from one in euros (or the market's currency)."""
    result = number(column, value.strip("€$£ "), decimal)
    if abs(result) > MAX_COUNT / 100:
        raise Problem(column, value, "too_large")
    return round(result * 100)


def yes_no(column: str, value: str) -> bool:
    """Yes or no, in the words that exports use."""
    word = value.lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Problem(column, value, "not_yes_no")


def optional_yes_no(values: Mapping[str, str], column: str) -> bool | None:
    """`yes_no` of a field that may be missing."""
    value = values.get(column)
    return None if value is None else yes_no(column, value)


def name(values: Mapping[str, str], column: str, limit: int = MAX_NAME) -> str:
    """A short text as it is; empty when missing."""
    value = values.get(column, "")
    if len(value) > limit:
        raise Problem(column, value, "too_long", limit=limit)
    return value


def page(values: Mapping[str, str]) -> str:
    """A page's address without what stands behind `?` and `#` (which may name a customer), cut to fit."""
    value = values.get("page", "")
    if not value:
        return ""
    return re.split(r"[?#]", value, maxsplit=1)[0][:MAX_NAME]


def reason_paths(value: str) -> tuple[tuple[str, ...], ...]:
    """Paths of reasons, each from the root down: levels by `::` or ` > `, several paths by `|`."""
    if not value:
        return ()
    paths: dict[tuple[str, ...], None] = {}
    # Cells of several columns are one path, whatever stands in them.
    for text in (value,) if PATH_MARK in value else value.split("|"):
        levels = tuple(level for part in _LEVELS.split(text) if (level := " ".join(part.split())))
        if not levels:
            continue
        if max(map(len, levels)) > MAX_NAME or sum(map(len, levels)) + 3 * len(levels) > MAX_PATH:
            raise Problem("reason", value.replace(PATH_MARK, " > "), "too_long", limit=MAX_NAME)
        paths[levels] = None
    return tuple(paths)
