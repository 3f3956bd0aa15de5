"""Personal data out of customers' words, before the first write.

Pure: no Django, no clock, no network. :func:`redact` replaces e-mail addresses, bank accounts,
payment cards, citizen numbers, IP addresses, phone numbers, postal addresses, birth dates and the
names that stand where people put their names, each by a placeholder that says what stood there.

The order of the rules matters: values that are known from the same record come first (they are
exact and catch most names), then what carries a check digit, and phone numbers last, because a
phone number has no check digit and would otherwise swallow pieces of the others. Order numbers go
where their word announces them. Tracking and article numbers, dates and amounts are kept: they are
what a complaint is about.

Names are found only beside a sign-off, an introduction or a title, so **finding names is partial**
and has to be said so wherever this is described. Store :data:`RULES_VERSION` beside a redacted
text; when it has grown, running the rules again over stored text is safe: redaction is idempotent.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from feedback.redaction import numbers, phones, words

__all__ = ["RULES_VERSION", "Redacted", "redact"]

RULES_VERSION = 1
"""Grows with every change of what is found, so that texts of older rules can be redone."""

_DIGIT = re.compile("[0-9]")
# Seven digits with at most three other signs between them: the least of any number looked for.
_LONG_NUMBER = re.compile("[0-9](?:[^0-9A-Za-z]{0,3}[0-9]){6}")
_FOUR_DIGITS = re.compile("[0-9]{4}")
_SHORTEST_KNOWN_VALUE = 3
_KNOWN_PATTERNS_CACHED = 4096
_PARTICLES = frozenset({"van", "von", "den", "der", "des", "ter", "ten", "the", "het", "and"})

_Rule: TypeAlias = Callable[[str], tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without the personal data that was found in it."""

    text: str
    counts: dict[str, int] = field(default_factory=dict)
    """How many pieces were replaced, by the placeholder's word: ``{"email": 1}``."""

    @property
    def total(self) -> int:
        """How many pieces were replaced in all."""
        return sum(self.counts.values())


def redact(text: str, known: Sequence[str] = ()) -> Redacted:
    """Replace the personal data in ``text`` by ``[email] [phone] [iban] [card] [bsn] [ip] …``.

    ``known`` are values that the same record gives away: the requester's name, address or phone
    number. They become ``[name]``, and so do the capitalised parts of a known name. The result is
    a fixed point for the same ``known``: redacting it again changes nothing.

    Never raises, whatever the text.
    """
    counts: dict[str, int] = {}
    # Every replacement takes characters that stand outside a placeholder and no rule reads inside
    # one, so the rounds come to an end. Most texts need no rule at all, the others one round and
    # a second that finds nothing.
    while True:
        before = text
        for kind, rule in _rules_worth_running(text, known):
            text, found = rule(text)
            if found:
                counts[kind] = counts.get(kind, 0) + found
        if text == before:
            return Redacted(text, counts)


def _rules_worth_running(text: str, known: Sequence[str]) -> Iterator[tuple[str, _Rule]]:
    """Only the rules that could find something, told by looks that cost next to nothing."""
    if known:
        pattern = _known_pattern(tuple(known))
        if pattern is not None:
            yield "name", lambda text: pattern.subn("[name]", text)
    lowered = text.lower()
    if "@" in text or words.mentions_at(lowered):
        yield "email", words.emails
    has_digit = _DIGIT.search(text) is not None
    has_long_number = has_digit and _LONG_NUMBER.search(text) is not None
    if has_digit and numbers.mentions_an_order(lowered):
        yield "order", numbers.orders
    if has_long_number:
        yield "iban", numbers.ibans
        yield "card", numbers.cards
        yield "bsn", numbers.citizen_numbers
    if has_digit:
        if text.count(".") >= numbers.DOTS_OF_AN_IPV4 or text.count(":") > 1:
            yield "ip", numbers.ip_addresses
        if words.mentions_birth(lowered):
            yield "birthdate", words.birth_dates
    if has_long_number:
        yield "phone", phones.phones
    if has_digit:
        if words.mentions_a_street(lowered):
            yield "address", words.streets
        if _FOUR_DIGITS.search(text):
            yield "postcode", words.postcodes_on_the_continent
        if " " in text:
            yield "postcode", words.british_postcodes
    if words.mentions_a_name(lowered):
        yield "name", words.names


@lru_cache(maxsize=_KNOWN_PATTERNS_CACHED)
def _known_pattern(known: tuple[str, ...]) -> re.Pattern[str] | None:
    """Whole values in any case; the parts of a name only where they are capitalised ("Mark")."""
    whole: set[str] = set()
    parts: set[str] = set()
    for value in known:
        value = value.strip()
        if len(value) < _SHORTEST_KNOWN_VALUE or "[" in value or "]" in value:
            continue
        whole.add(value)
        parts.update(
            part
            for part in re.findall(r"[^\W\d_]+", value)
            if "@" not in value
            and len(part) >= _SHORTEST_KNOWN_VALUE
            and part[0].isupper()
            and part.lower() not in _PARTICLES
        )
    if not whole:
        return None
    longest_first = sorted(whole, key=lambda value: (-len(value), value))
    choices = [f"(?i:{'|'.join(map(re.escape, longest_first))})"]
    choices += [re.escape(part) for part in sorted(parts, key=lambda part: (-len(part), part))]
    return re.compile(rf"(?<![\w\[])(?:{'|'.join(choices)})(?![\w@])")
