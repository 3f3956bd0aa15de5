"""Personal data out of customers' words, before the first write.

Pure: no Django, no clock, no network. :func:`redact` replaces e-mail addresses, bank accounts,
payment cards, citizen numbers, IP addresses, phone numbers, postal addresses, birth dates and the
names that stand where people put their names, each by a placeholder that says what stood there.

The order of the rules matters: values that are known from the same record come first (they are
exact and catch most names), then the shop's own order numbers, then what carries a check digit, and
phone numbers last, because a phone number has no check digit and would otherwise swallow pieces of the
others. Other order numbers go where their word announces them. Tracking and article numbers, dates and
amounts are kept: they are what a complaint is about.

Names are found only beside a sign-off, an introduction or a title, so **finding names is partial**
and has to be said so wherever this is described. Store :data:`RULES_VERSION` beside a redacted
text; when it has grown, running the rules again over stored text is safe: redaction is idempotent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from feedback.redaction import candidates, numbers, phones, words
from feedback.redaction import known as known_values
from feedback.redaction.orders import OrderPatterns

__all__ = ["RULES_VERSION", "OrderPatterns", "Redacted", "redact"]

RULES_VERSION = 3
"""Grows with every change of what is found, so that texts of older rules can be redone."""

_Rule: TypeAlias = Callable[[str], tuple[str, int]]

# In this order: which candidates call for a rule, what it finds, the rule.
_RULES: tuple[tuple[int, str, _Rule], ...] = (
    (candidates.AT, "email", words.emails),
    (candidates.WRITTEN_AT, "email", words.written_emails),
    (candidates.ORDER, "order", numbers.orders),
    (candidates.LONG_NUMBER, "iban", numbers.ibans),
    (candidates.LONG_NUMBER, "card", numbers.cards),
    (candidates.LONG_NUMBER, "bsn", numbers.citizen_numbers),
    (candidates.IP, "ip", numbers.ip_addresses),
    (candidates.BIRTH, "birthdate", words.birth_dates),
    (candidates.LONG_NUMBER, "phone", phones.phones),
    (candidates.STREET, "address", words.streets),
    (candidates.ADDRESS, "address", words.called_addresses),
    (candidates.FOUR_DIGITS, "postcode", words.postcodes_on_the_continent),
    (candidates.BRITISH_POSTCODE | candidates.STREET | candidates.ADDRESS, "postcode", words.british_postcodes),
    (candidates.GREETING, "name", words.signatures),
    (candidates.THANKS, "name", words.thanks),
    (candidates.INTRODUCTION, "name", words.introductions),
    (candidates.TITLE, "name", words.titled),
    (candidates.SALUTATION, "name", words.salutations),
    (candidates.LAST_LINE, "name", words.last_lines),
)


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without the personal data that was found in it."""

    text: str
    counts: dict[str, int] = field(default_factory=dict)
    """How many pieces were replaced, by the placeholder's word: ``{"email": 1}``."""
    orders: tuple[str, ...] = ()
    """The order numbers that the shop's own patterns found, as written, first one first."""

    @property
    def total(self) -> int:
        """How many pieces were replaced in all."""
        return sum(self.counts.values())


def redact(text: str, known: Sequence[str] = (), *, orders: OrderPatterns | None = None) -> Redacted:
    """Replace the personal data in ``text`` by ``[email] [phone] [iban] [card] [bsn] [ip] …``.

    ``known`` are values that the same record gives away: the requester's name, address or phone
    number. They go, and so do other ways of writing them (:mod:`feedback.redaction.known`).
    ``orders`` are the shop's own patterns: the numbers become ``[order]`` and are handed back. The result is
    a fixed point for the same arguments: redacting it again changes nothing.

    Never raises, whatever the text.
    """
    counts: dict[str, int] = {}
    found_orders: tuple[str, ...] = ()
    # Every replacement takes characters that stand outside a placeholder and no rule reads inside
    # one, so the rounds come to an end. Most texts need no rule at all, the others one round and
    # a second that finds nothing.
    while True:
        before = text
        if known:
            text, known_found = known_values.take_out(text, known)
            for kind, number in known_found.items():
                _count(counts, kind, number)
        if orders:
            text, numbers_found = orders.take_out(text)
            found_orders += tuple(numbers_found)
            _count(counts, "order", len(numbers_found))
        held = candidates.look(text)
        if not held:
            if text == before:
                return Redacted(text, counts, found_orders)
            continue
        for wanted, kind, rule in _RULES:
            if held & wanted:
                text, found = rule(text)
                _count(counts, kind, found)
        if text == before:
            return Redacted(text, counts, found_orders)


def _count(counts: dict[str, int], kind: str, found: int) -> None:
    if found:
        counts[kind] = counts.get(kind, 0) + found
