"""What stands in the columns of a file, judged by its first rows: dates, numbers, names, how many different values.

Pure: no Django, no clock, no network.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

_CELL = 200
_JUDGED = 300
_MOST = 0.9
_PARTED = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4}|[0-9]{2})(?![0-9])")
_DATE = re.compile(
    r"(?:[0-9]{4}[-/.]?(?:0?[1-9]|1[0-2])[-/.]?[0-9]{1,2}(?![0-9])"
    r"|[0-9]{1,2}[-/. ](?:[0-9]{1,2}|[^\W\d]{3,10})\.?[-/. ,]+[0-9]{2,4}(?![0-9])"
    r"|[^\W\d]{3,10}\.? [0-9]{1,2},? [0-9]{4}).{0,30}"
)
_EPOCH = re.compile(r"1[0-9]{9}(?:[0-9]{3})?(?:\.[0-9]+)?")
_NUMBER = re.compile(r"[+-]?[0-9]{1,3}(?:[., ]?[0-9]{3})*(?:[.,][0-9]+)?|[+-]?[0-9]*[.,]?[0-9]+")
# "4,5" and "1.234,50" have a decimal comma, "1,234.50" and "1,234,567" have none, and "1,234" does not say.
_COMMA_DECIMAL = re.compile(r"(?:^[+-]?[0-9]*,(?![0-9]{3}$)[0-9]+|\.[0-9]{3},[0-9]+)$")
_COMMA_THOUSANDS = re.compile(r",[0-9]{3}(?:,[0-9]{3})*\.[0-9]+$|,[0-9]{3},[0-9]{3}$")
# "4.479" and "1.234.567": parted by points where nothing but whole numbers can stand.
_POINT_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+")
_CLOCK = re.compile(r"[0-9]{1,5}:[0-5][0-9](?::[0-5][0-9])?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.I)
_LOGIN = re.compile(r"[a-z]{1,12}[._][a-z]{2,20}(?:[._-][a-z]{2,20})?", re.I)
_FULL_NAME = re.compile(r"[A-Z]\S+(?: (?:van|de|den|der|von|ten|ter|'t|van der|van den|van de))* (?:[A-Z]\S*\.? ?)+")
_ADDRESS = re.compile(r"https?://\S+|/[\w\-./%]*(?:\?\S*)?", re.I)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


YES_WORDS = _set("true yes y ja j oui 1 opgelost solved resolved gelost gelöst closed x waar wahr")
NO_WORDS = _set("false no n nee nein non 0 open unsolved unresolved offen onopgelost onwaar falsch - pending")
_CHANNELS = _set(
    "email e-mail mail chat phone telefoon telefon voice call web whatsapp instagram facebook twitter messenger sms "
    "api winkel store balie filiale webform widget mobile messaging social"
)
_LANGUAGES = _set("nl en de fr es it pt da sv pl nl-nl nl-be en-gb en-us de-de fr-be fr-fr nederlands")
_COUNTRIES = _set(
    "nl be de fr gb uk us es it at ch lu dk se no pl pt ie nederland netherlands belgië belgie belgium germany "
    "deutschland duitsland france frankrijk"
)
_SIGNS = (" > ", ">", "::", "/", "|", " - ", "\\")
_LIST_SIGNS = (";", ",", "|")


@dataclass(frozen=True)
class Column:
    """One column: how many of its cells are filled, and with what (the start of each cell, at most 200 characters)."""

    heading: str
    rows: int
    values: Counter[str]

    @cached_property
    def filled(self) -> int:
        """Cells that are not empty."""
        return sum(self.values.values())

    @cached_property
    def judged(self) -> list[str]:
        """Some different values, in order of appearance."""
        return list(self.values)[:_JUDGED]

    def mostly(self, test: Callable[[str], object]) -> bool:
        """Whether at least nine in ten different values pass; False for an empty column."""
        return bool(self.judged) and sum(1 for value in self.judged if test(value)) >= _MOST * len(self.judged)

    @cached_property
    def is_dates(self) -> bool:
        """Days or moments, or numbers that count seconds since 1970."""
        some = [value for value in self.judged if _DATE.fullmatch(value) or _EPOCH.fullmatch(value)]
        # One wrong date in a hundred is no reason to take the column for something else.
        return bool(some) and len(some) * 2 >= len(self.judged)

    @cached_property
    def is_numbers(self) -> bool:
        """Amounts, with a point or a comma."""
        return self.mostly(_NUMBER.fullmatch)

    @cached_property
    def is_clocks(self) -> bool:
        """`10:04` or `0:10:04`: a time of day, or a duration."""
        return self.mostly(_CLOCK.fullmatch)

    @cached_property
    def is_emails(self) -> bool:
        """Addresses of mail."""
        return self.mostly(_EMAIL.fullmatch)

    @cached_property
    def is_addresses(self) -> bool:
        """Pages of a site."""
        return self.mostly(_ADDRESS.fullmatch)

    @cached_property
    def is_names(self) -> bool:
        """Names of people: "j.vdberg", "Jan de Vries"."""
        return self.mostly(lambda value: _LOGIN.fullmatch(value) or _FULL_NAME.fullmatch(value))

    @cached_property
    def is_yes_no(self) -> bool:
        """Two or three different words, of which one says yes or no."""
        words = {value.lower() for value in self.values}
        return 0 < len(words) <= 3 and bool(words & (YES_WORDS | NO_WORDS))

    @cached_property
    def is_sentences(self) -> bool:
        """Words of people: long, with spaces, hardly ever the same."""
        long = [value for value in self.judged if len(value) > 25 and " " in value]
        return len(long) * 2 >= len(self.judged) > 0 and len(self.values) * 2 >= self.filled

    @cached_property
    def is_few(self) -> bool:
        """A short list of values that come back."""
        return 1 < len(self.values) <= 60 and len(self.values) * 2 <= self.filled

    @cached_property
    def looks_like(self) -> str:
        """A dimension whose words these are: "channel", "market", "language" or ""."""
        words = {value.lower() for value in self.values}
        if not 0 < len(words) <= 30:
            return ""
        for name, known in (("channel", _CHANNELS), ("market", _COUNTRIES), ("language", _LANGUAGES)):
            if len([word for word in words if word in known or word.split(" ")[0] in known]) * 2 > len(words):
                return name
        return ""

    def range(self) -> tuple[float, float] | None:
        """The smallest and the largest number; None when they are no numbers."""
        numbers = [float(value.replace(",", ".")) for value in self.judged if re.fullmatch(r"-?\d+([.,]\d+)?", value)]
        return (min(numbers), max(numbers)) if numbers and self.is_numbers else None

    def separator(self) -> str:
        """The sign that splits the levels of a path in at least a third of the values; ""."""
        return self._most(_SIGNS)

    def list_separator(self) -> str:
        """The sign between several values in one cell; a space for words without one, as tags have."""
        sign = self._most(_LIST_SIGNS)
        if sign or not self.judged:
            return sign
        spaced = [value for value in self.judged if re.fullmatch(r"[\w\-:.]+(?: [\w\-:.]+)+", value)]
        return " " if len(spaced) * 3 >= len(self.judged) and any("_" in value for value in spaced) else ""

    def _most(self, signs: Sequence[str]) -> str:
        for sign in signs:
            if sum(1 for value in self.judged if sign in value.strip(sign)) * 3 >= len(self.judged) > 0:
                return sign
        return ""


@dataclass(frozen=True)
class Comma:
    """A number with a comma, or with points between thousands, and the decimal sign that it speaks of.

    "," when a comma is decimal (or points part thousands), "." when commas part thousands, "" when it can be both.
    """

    example: str
    heading: str
    decimal: str


@dataclass(frozen=True)
class DayOrder:
    """How many dates can be read with the day first and with the month first, and one that can be read both ways."""

    day_first: int
    month_first: int
    example: str

    @property
    def order(self) -> str:
        """ "dmy" or "mdy" when only one of them fits what the other does not; "" when both fit all, or neither does."""
        if self.day_first == self.month_first:
            return ""
        return "dmy" if self.day_first > self.month_first else "mdy"

    @property
    def is_open(self) -> bool:
        """Whether there are such dates and nothing tells the day from the month."""
        return bool(self.day_first or self.month_first) and not self.order


def columns(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[Column]:
    """The columns of some rows; rows that are shorter than the header count as empty there."""
    every = list(rows)
    found = []
    for at, heading in enumerate(header):
        values = Counter(text for row in every if at < len(row) and (text := row[at].strip()[:_CELL]))
        found.append(Column(heading, len(every), values))
    return found


def comma(some: Iterable[Column], counts: Iterable[Column] = ()) -> Comma | None:
    """What a comma in numbers is, judged by all numbers of these columns; None when there is nothing to judge.

    `counts` are those that hold whole numbers only: a point in them parts thousands, so a comma is the decimal sign.
    """
    open_one: Comma | None = None
    for column in some:
        if not column.is_numbers:
            continue
        for value in column.judged:
            if "," in value:
                meant = "," if _COMMA_DECIMAL.search(value) else "." if _COMMA_THOUSANDS.search(value) else ""
                if meant:
                    return Comma(value, column.heading, meant)
                open_one = open_one or Comma(value, column.heading, "")
    return _pointed(counts) or open_one


def _pointed(counts: Iterable[Column]) -> Comma | None:
    for column in counts:
        pointed = [value for value in column.judged if "." in value]
        if pointed and all(_POINT_THOUSANDS.fullmatch(value) for value in pointed):
            return Comma(pointed[0], column.heading, ",")
    return None


def day_order(values: Iterable[str]) -> DayOrder:
    """Judge the dates of a whole file at once."""
    day_first = month_first = 0
    example = ""
    for value in values:
        match = _PARTED.match(value)
        if match is None:
            continue
        first, second = int(match[1]), int(match[2])
        day_first += 0 < first <= 31 and 0 < second <= 12
        month_first += 0 < first <= 12 and 0 < second <= 31
        if first != second and 0 < first <= 12 and 0 < second <= 12:
            example = example or match[0]
    return DayOrder(day_first, month_first, example)
