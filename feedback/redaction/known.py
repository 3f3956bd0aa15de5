"""Values that a record gives away about its customer, taken out of its text. Pure.

Almost every record brings its own name, so nothing is compiled unless a part of it stands in the text. Then
the name is found as people write it: whole, in any case; its capitalised parts; its surname with the
particles shortened or run together ("v.d. Berg", "vandenberg"); its initial with the surname ("j.vdberg").
An e-mail address is found by its local part too, a phone number by its last digits, however it is grouped.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["take_out"]

_SHORTEST = 3
_SHORTEST_GLUED = 4
_LONGEST = 200
_CACHED = 4096
_PARTICLES = {
    "van": r"v(?:an)?", "von": r"v(?:on)?", "der": r"d(?:er)?", "den": r"d(?:en)?", "de": r"d(?:e)?",
    "het": r"h(?:et)?", "des": r"d(?:es)?", "ter": r"t(?:er)?", "ten": r"t(?:en)?", "te": "te", "zu": "zu",
    "la": "la", "le": "le", "du": "du", "di": "di", "da": "da", "el": "el", "in": "in", "'t": "'t", "the": "the",
    "and": "and",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_NOT_DIGITS = re.compile(r"[^0-9]")
_PHONE = re.compile(r"\(?\+?[0-9][0-9\s().\-/]{6,22}[0-9]")
_LAST_DIGITS = 8


def take_out(text: str, known: Sequence[str]) -> tuple[str, dict[str, int]]:
    """``text`` without the known values, and how many of each kind there were.

    A phone number becomes ``[phone]``, an address ``[email]``; whatever else is known is a ``[name]``.
    """
    pattern = _pattern(tuple(known)) if _may_hold(text, known) else None
    counts: dict[str, int] = {}
    if pattern is None:
        return text, counts

    def replace(found: re.Match[str]) -> str:
        kind = found.lastgroup or "name"
        counts[kind] = counts.get(kind, 0) + 1
        return f"[{kind}]"

    return pattern.sub(replace, text), counts


def _may_hold(text: str, known: Sequence[str]) -> bool:
    """Whether any part of a known value stands in the text: substrings, no pattern."""
    lowered = text.lower()
    for value in known:
        for part in value.lower().replace("@", " ").split():
            if len(part) >= _SHORTEST and part not in _PARTICLES and (part in lowered or _inner(part, lowered)):
                return True
        digits = _NOT_DIGITS.sub("", value) if _PHONE.fullmatch(value.strip()) else ""
        if digits and digits[-_LAST_DIGITS:] in _NOT_DIGITS.sub("", text):
            return True
    return False


def _inner(part: str, lowered: str) -> bool:
    """A part with signs in it ("taylor-jones", "anna.groot") is looked for piece by piece."""
    return not part.isalpha() and any(len(piece) >= _SHORTEST and piece in lowered for piece in _WORD.findall(part))


@lru_cache(maxsize=_CACHED)
def _pattern(known: tuple[str, ...]) -> re.Pattern[str] | None:
    found: dict[str, set[str]] = {"phone": set(), "email": set(), "name": set()}
    as_written: set[str] = set()
    for value in known:
        value = value.strip()[:_LONGEST]
        if len(value) < _SHORTEST or "[" in value or "]" in value:
            continue
        whole = r"\s+".join(map(re.escape, value.split()))
        if _PHONE.fullmatch(value):
            found["phone"] |= {whole, *_phone(value)}
        elif "@" in value:
            found["email"].add(whole)
            local = value.partition("@")[0]
            found["name"] |= {re.escape(local)} if len(local) > _SHORTEST else set()
        else:
            as_written |= _capitalised_parts(value)
            found["name"] |= {whole, *_name(value)}
    choices = [f"(?P<{kind}>(?i:{'|'.join(_longest_first(some))}))" for kind, some in found.items() if some]
    if not choices:
        return None
    return re.compile(rf"(?<![\w\[])(?:{'|'.join([*choices, *_longest_first(as_written)])})(?![\w@])")


def _longest_first(choices: set[str]) -> list[str]:
    return sorted(choices, key=lambda choice: (-len(choice), choice))


def _capitalised_parts(value: str) -> set[str]:
    return {
        re.escape(part)
        for part in _WORD.findall(value)
        if len(part) >= _SHORTEST and part[0].isupper() and part.lower() not in _PARTICLES
    }


def _name(value: str) -> set[str]:
    """The surname behind its particles, or behind the first letter or name, in any case."""
    words = value.split()
    first, *rest = words
    surname = rest[-1].lower() if rest else ""
    if len(surname) < _SHORTEST or not surname[0].isalpha() or not first[0].isalpha():
        return set()
    particles = [_PARTICLES[word.lower()] for word in rest[:-1] if word.lower() in _PARTICLES]
    between = "".join(rf"{particle}[\s./]{{0,2}}" for particle in particles)
    last = re.escape(surname)
    given = rf"(?:{re.escape(first.lower())}|{re.escape(first[0].lower())})"
    # "Jan van den Berg" as "j.vdberg", "jan_vandenberg", "janberg"; "jberg" only where it is no common word.
    forms = {rf"{given}[\s._-]{{1,2}}(?:{between})?{last}"}
    if len(surname) >= _SHORTEST_GLUED:
        forms.add(rf"{given}(?:{between})?{last}")
    if len(particles) > 1:
        forms.add(f"{between}{last}")
    return forms


def _phone(value: str) -> set[str]:
    """The last eight digits in whatever groups, with whatever stands before them."""
    digits = _NOT_DIGITS.sub("", value)
    if len(digits) < _LAST_DIGITS:
        return set()
    tail = r"[\s().\-/]{0,3}".join(digits[-_LAST_DIGITS:])
    return {rf"(?:\(?\+?[0-9()][0-9\s().\-/]{{0,9}}?)?{tail}"}
