"""Walking through the candidates of a pattern and deciding about each one."""

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

Decide: TypeAlias = Callable[[str, re.Match[str]], tuple[int, int] | None]
"""Given the text and a candidate, the stretch to replace, or nothing."""

_DIGITS_AHEAD = re.compile(r"(?<=[0-9A-Za-z])(?![0-9A-Za-z])")


def replace(text: str, pattern: re.Pattern[str], placeholder: str, decide: Decide) -> tuple[str, int]:
    """Replace what ``decide`` confirms; a refused candidate is left, and looked into again.

    Returns the text and the number of pieces replaced.
    """
    pieces: list[str] = []
    kept_to = look_from = found = 0
    while candidate := pattern.search(text, look_from):
        stretch = decide(text, candidate)
        if stretch is None:
            look_from = candidate.start() + 1
            continue
        start, end = stretch
        pieces += (text[kept_to:start], placeholder)
        kept_to = look_from = end
        found += 1
    if not found:
        return text, 0
    pieces.append(text[kept_to:])
    return "".join(pieces), found


def ends(text: str, start: int, end: int) -> Iterator[int]:
    """Where a number that starts at ``start`` may end: at the ends of groups, farthest first.

    A number written in groups runs on into the words and numbers behind it ("NL91 ABNA 0417 1643
    00 is my account"), so the reader tries the groups together and drops them from the right.
    """
    places = [match.start() for match in _DIGITS_AHEAD.finditer(text, start + 1, end)]
    if end not in places:
        places.append(end)
    return reversed(places)


def preceded_by(text: str, start: int, pattern: re.Pattern[str], reach: int = 40) -> bool:
    """Whether the ``reach`` characters before ``start`` end in ``pattern`` (anchored with ``$``)."""
    return pattern.search(text[max(0, start - reach) : start]) is not None
