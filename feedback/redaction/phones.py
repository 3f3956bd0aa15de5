"""Phone numbers: a shape, then the numbering plans of ``phonenumbers``."""

import re
from functools import lru_cache

import phonenumbers

from feedback.redaction.numbers import GOODS
from feedback.redaction.scan import ends, preceded_by, replace

# International with + or 00, or national with its trunk 0; the groups may be parted by anything
# that people part groups with ("0151/23456789", "+31 (0)6 - 12 34 56 78").
_CANDIDATE = re.compile(
    r"(?<![\w.,€$£/+\[-])(?:\(?\+[ ]?[1-9]|\(?00[1-9]|\(?0[1-9]|\(0\) ?[1-9])(?:[\s().\-/]{0,3}[0-9]){6,14}(?![0-9])"
)
_AMERICAN = re.compile(r"(?<![\w.,€$£/+\[-])\(?[2-9][0-9]{2}\)?[ .\-]{1,2}[2-9][0-9]{2}[ .\-][0-9]{4}(?!\w)")
# Without trunk or plus a run of digits is taken for a phone number only where it is called one.
_BARE = re.compile(r"(?<![\w.,€$£/+\[-])(?:0 )?[1-9](?:[\s().\-/]{0,3}[0-9]){7,13}(?![0-9])")
_CALLED_A_PHONE = re.compile(
    r"(?i)(?:\b(?:tele(?:f|ph)o+n?[a-z]*|tel|mobiel|mobil[a-z]*|mob|phone|cell|gsm|handy|whats?app|06)\b|"
    r"\b(?:call|ring|text|reach) me (?:at|on)|\bbel(?:len)? (?:me |mij )?(?:terug )?op|\bbereikbaar op)"
    r"(?:[\s:.,=()-]|nummer|number|nr|no\b|is|op|on|at|my|mijn|me|mij)*$"
)
_DATE = re.compile(
    r"(?:[0-3]?[0-9]([-/. ])[01]?[0-9]\1(?:19|20)[0-9]{2}|[0-3]?[0-9]([-/.])[01]?[0-9]\2[0-9]{2})(?![0-9]|\2[0-9])"
)
# "06 12345678 12-03-2026": the number ends before the day.
_DATE_BEHIND = re.compile(r"\s{1,3}[0-3]?[0-9]([-/.])[01]?[0-9]\1(?:19|20)[0-9]{2}(?![0-9])")
# The home market and its neighbours; a number that any of their plans allows is a phone number.
_REGIONS = ("NL", "BE", "DE", "GB", "FR")
_LEAST_DIGITS = 7
_LONGEST_YEAR = 5
# A numbering plan takes its time; beyond this a text is no message, and what looks like a phone number is one.
_MOST_LOOKED_UP = 300


def phones(text: str) -> tuple[str, int]:
    """Phone numbers that a numbering plan allows; not dates, and not behind "order" or "EAN"."""
    looked_up = 0

    def decide(text: str, candidate: re.Match[str]) -> tuple[int, int] | None:
        nonlocal looked_up
        looked_up += 1
        return _decide(text, candidate) if looked_up <= _MOST_LOOKED_UP else _decide_unseen(text, candidate)

    text, found = replace(text, _CANDIDATE, "[phone]", decide)
    text, american = replace(text, _AMERICAN, "[phone]", _decide_american)
    text, bare = replace(text, _BARE, "[phone]", _decide_bare)
    return text, found + american + bare


@lru_cache(maxsize=2048)
def _is_valid(number: str, region: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        return False


def _decide(text: str, candidate: re.Match[str]) -> tuple[int, int] | None:
    start = candidate.start()
    international = "+" in candidate[0][:2]
    if not international and (preceded_by(text, start, GOODS) or _DATE.match(text, start)):
        return None
    called_so = preceded_by(text, start, _CALLED_A_PHONE)
    behind = _DATE_BEHIND.search(text, start + _LEAST_DIGITS, candidate.end() + _LONGEST_YEAR)
    for end in ends(text, start, min(candidate.end(), behind.start()) if behind else candidate.end()):
        number = text[start:end]
        digits = sum(char.isdigit() for char in number)
        if digits < _LEAST_DIGITS:
            return None
        if called_so or any(_is_valid(number, region) for region in _REGIONS[: 1 if international else None]):
            return start, end
    return None


def _decide_unseen(text: str, candidate: re.Match[str]) -> tuple[int, int] | None:
    international = "+" in candidate[0][:2]
    if not international and (preceded_by(text, candidate.start(), GOODS) or _DATE.match(text, candidate.start())):
        return None
    return candidate.span()


def _decide_american(text: str, candidate: re.Match[str]) -> tuple[int, int] | None:
    if preceded_by(text, candidate.start(), GOODS) or not _is_valid(candidate[0], "US"):
        return None
    return candidate.span()


def _decide_bare(text: str, candidate: re.Match[str]) -> tuple[int, int] | None:
    return candidate.span() if preceded_by(text, candidate.start(), _CALLED_A_PHONE) else None
