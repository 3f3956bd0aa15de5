"""Which rules could find anything in a text: looks that cost next to nothing. Pure.

Redaction is called for every text that comes in, and most hold nothing personal. So the rules run only
behind a candidate. Two compiled passes find those: one over the numbers as people write them
("12-03-2026", "06 12 34 56 78"), where dates, times and short numbers are told apart at once, and one over
the beginnings of words, for the words that stand before a name, an order or a date of birth.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

__all__ = [
    "ADDRESS", "AT", "BIRTH", "BRITISH_POSTCODE", "FOUR_DIGITS", "GREETING", "INTRODUCTION", "IP", "LAST_LINE",
    "LONG_NUMBER", "ORDER", "SALUTATION", "STREET", "THANKS", "TITLE", "WRITTEN_AT", "look",
]  # fmt: skip

AT, WRITTEN_AT, GREETING, THANKS, INTRODUCTION, TITLE, ORDER, BIRTH, ADDRESS = (1 << bit for bit in range(9))
"""An @, an @ in words, and words that stand before a name, an order number, a birth date, an address."""
LONG_NUMBER, FOUR_DIGITS, IP, STREET, BRITISH_POSTCODE, _NUMBER, SALUTATION, LAST_LINE = (
    1 << bit for bit in range(9, 17)
)
"""Seven digits that are no date; four in a row; signs or words around a number; how a text begins and ends."""
_WITH_NUMBERS = ORDER | BIRTH | ADDRESS

_STEMS: dict[int, tuple[str, ...]] = {
    WRITTEN_AT: ("apenstaartje", "apestaartje", "arroba", "dot ", "punt ", "punkt "),
    GREETING: (
        "groet", "grt", "liefs", "xx ", "xxx ", "xx\n", "xx,", "gr.", "gr,", "gr ", "gr\n", "mvg", "m.v.g",
        "regards", "sincerely", "faithfully",
        "truly", "cheers", "best wishes", "warm wishes", "kind wishes", "best,", "best\n", "yours,", "yours\n",
        "grüß", "grüss", "gruß", "gruss", "gruess", "grueß", "mfg", "lg ", "lg,", "lg\n", "vg ", "vg,", "vg\n",
        "hoogachtend", "hochachtung", "cordialement",
    ),
    THANKS: ("bedankt", "dank", "thank", "thx", "merci"),
    INTRODUCTION: (
        "naam ", "name", "ik heet", "ich heiße", "ich heisse", "je m'app", "je m’app", "t.a.v", "tnv", "t.n.v",
        "naam:", "ik ben ", "i am ", "i'm ", "i’m ", "this is ", "ich bin ", "hier ist ", "spreekt met ",
        "account holder", "rekeninghoud", "kontoinhaber", "voornaam", "achternaam", "vorname", "nachname",
        "familienname",
    ),
    TITLE: (
        "heer ", "mevr", "mw. ", "mw ", "dhr", "mr ", "mr. ", "mrs", "ms. ", "ms ", "miss ", "herr ", "herrn ", "frau ",
    ),
    ORDER: ("order", "bestel", "auftrag"),
    BIRTH: ("gebo", "geb.", "geb ", "geburt", "born", "birth", "dob", "d.o.b", "né"),
    ADDRESS: (
        "adres", "woon", "wonen", "wohn", "anschrift", "adresse", "address", "live at", "live in", "postcode",
        "postal code", "zip", "postleitzahl", "plz", "code postal",
    ),
}  # fmt: skip
# A thank-you before a name stands at the end.
_THANKS_REACH = 60


def _tree(words: Iterable[str]) -> str:
    """One pattern for many words that tries each beginning once; the longest of two wins."""
    branches: dict[str, set[str]] = defaultdict(set)
    for word in words:
        branches[word[:1]].add(word[1:])
    ends = "" in branches
    branches.pop("", None)
    choices = [re.escape(sign) + _tree(rest) for sign, rest in sorted(branches.items())]
    inside = choices[0] if len(choices) == 1 and not ends else f"(?:{'|'.join(choices)})"
    return f"{inside}?" if ends and choices else inside if choices else ""


_KIND = {stem: kind for kind, stems in _STEMS.items() for stem in stems}
# A word begins behind anything but a letter.
_BEGINNING = re.compile(f"[^a-zß-ÿ]({_tree(_KIND)})")
_AT_IN_BRACKETS = re.compile(r"[\[({]\s?(?:at|ät|arroba|apen?)", re.IGNORECASE)

_SALUTATIONS = tuple(
    f" {word}"
    for word in ("hi ", "hoi ", "hey ", "hello ", "hallo", "dear ", "beste ", "lieb", "gute", "moin ", "dag", "goede")
)
_LAST_LINE = re.compile(r"[,.!?]\s{0,3}\n\s{0,3}(?:[–-] ?)?[^\W\d_][^\n]{0,60}\s{0,5}\Z")

# Digits as people write them in one go: any signs between them but letters, three at most.
_WRITTEN_NUMBER = re.compile(r"[0-9]+(?:[^0-9A-Za-z]{1,3}[0-9]+)*")
_LEAST_DIGITS = 7
_HARMLESS = re.compile(
    r"(?:[0-3]?[0-9]([-/.])[01]?[0-9]\1(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}([-/.])[01]?[0-9]\2[0-3]?[0-9])"
    r"(?:[ ,T]{1,2}[0-2]?[0-9][:.][0-5][0-9](?::[0-5][0-9])?)?"
)
_LONGEST_HARMLESS = 21
_FOUR_DIGITS = re.compile("[0-9]{4}")
_FOUR = 4
_DOTS_OF_AN_IPV4 = 3
_COLONS_OF_AN_IPV6 = re.compile(":[0-9A-Fa-f]{0,4}:")
_STREET_ENDS = (
    "straat", "str.", "laan", "plein", "gracht", "kade", "singel", "dreef", "steeg", "dijk", "weg", "straße", "strasse",
    "allee", "platz",
)  # fmt: skip
_WIDEST_STREET_END = 10
_BRITISH_STREET = re.compile("[a-zA-Z]?,? [A-Z]")


def look(text: str) -> int:
    """What ``text`` could hold: flags, 0 for most texts."""
    # One sign longer than the text, so that its first word begins behind something too.
    lowered = f" {text.lower()}"
    found = AT if "@" in text else 0
    for beginning in _BEGINNING.finditer(lowered):
        kind = _KIND[beginning[1]]
        if kind != THANKS or len(lowered) - beginning.end() < _THANKS_REACH:
            found |= kind
    if lowered.startswith(_SALUTATIONS):
        found |= SALUTATION
    if "\n" in text and _LAST_LINE.search(text):
        found |= LAST_LINE
    if ("(" in text or "[" in text or "{" in text) and _AT_IN_BRACKETS.search(text):
        found |= WRITTEN_AT
    numbers = 0
    for number in _WRITTEN_NUMBER.finditer(text):
        numbers |= _NUMBER | _kinds_of_number(text, number)
    if not numbers:
        return found & ~_WITH_NUMBERS
    if text.count(":") > 1 and _COLONS_OF_AN_IPV6.search(text):
        numbers |= IP
    return (found if numbers & FOUR_DIGITS else found & ~ORDER) | numbers & ~_NUMBER


def _kinds_of_number(text: str, number: re.Match[str]) -> int:
    """What this number could be, by its digits and by what stands on either side of it."""
    start, end = number.span()
    kinds = 0
    if end - start >= _FOUR and not (end - start <= _LONGEST_HARMLESS and _HARMLESS.fullmatch(text, start, end)):
        written = number[0]
        digits = sum(map(str.isdigit, written))
        if digits >= _LEAST_DIGITS:
            kinds |= LONG_NUMBER
        if written.count(".") >= _DOTS_OF_AN_IPV4:
            kinds |= IP
        if digits == len(written) or _FOUR_DIGITS.search(written):
            kinds |= FOUR_DIGITS
    before = text[max(0, start - _WIDEST_STREET_END) : start].rstrip().lower()
    if before.endswith(_STREET_ENDS) or _BRITISH_STREET.match(text, end):
        kinds |= STREET
    if before and text[start - 1].isupper():
        kinds |= BRITISH_POSTCODE
    return kinds
