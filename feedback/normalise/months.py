"""Dates with the month as a word: "12 nov. 2026", "Nov 12, 2026 3:04 PM", "1. März 2026 um 9:05". Pure."""

from __future__ import annotations

import re

_ENGLISH = "january february march april may june july august september october november december"
_DUTCH = "januari februari maart april mei juni juli augustus september oktober november december"
_GERMAN = "januar februar märz april mai juni juli august september oktober november dezember"
_SHORT = {"mrt": 3, "mar": 3, "mär": 3, "maerz": 3, "mrz": 3, "jän": 1, "jänner": 1, "sept": 9}
MONTHS: dict[str, int] = {
    **{name[:3]: at for names in (_ENGLISH, _DUTCH, _GERMAN) for at, name in enumerate(names.split(), start=1)},
    **{name: at for names in (_ENGLISH, _DUTCH, _GERMAN) for at, name in enumerate(names.split(), start=1)},
    **_SHORT,
}
"""Months by their English, Dutch and German names and the usual short forms, in small letters."""

_WORD = r"([^\W\d_]{3,12})\.?"
_TIME = r"(?:(?:\s*,|\s+(?:at|om|um)\b|T)?\s*(?P<clock>[0-9]{1,2}[:.][0-9]{2}.*))?"
# A weekday in front says nothing new.
_WEEKDAY = r"(?:[^\W\d_]{2,12}\.?,?\s+)?"
_DAY_FIRST = re.compile(
    rf"{_WEEKDAY}([0-9]{{1,2}})(?:\.|st|nd|rd|th)?[\s\-/]*{_WORD},?[\s\-/]*([0-9]{{4}}|[0-9]{{2}}){_TIME}"
)
_MONTH_FIRST = re.compile(
    rf"{_WEEKDAY}{_WORD}[\s\-/]+([0-9]{{1,2}})(?:st|nd|rd|th)?,?[\s\-/]+([0-9]{{4}}|[0-9]{{2}}){_TIME}"
)


def day_and_rest(value: str) -> tuple[int, int, str, str] | None:
    """(day, month, year as written, the time behind it) of such a date; None for anything else."""
    match = _DAY_FIRST.fullmatch(value)
    if match:
        day, word, year = match[1], match[2], match[3]
    else:
        match = _MONTH_FIRST.fullmatch(value)
        if not match:
            return None
        word, day, year = match[1], match[2], match[3]
    month = MONTHS.get(word.lower())
    return (int(day), month, year, match["clock"] or "") if month else None
