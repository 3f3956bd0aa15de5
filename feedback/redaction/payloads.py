"""Personal data out of what a help desk sends, before it is stored. Pure.

A payload says itself who wrote it, so two looks are taken: the first collects the values that stand
below keys that name people, the second empties those keys and redacts every other text, with the
collected values known. Identifiers, dates, numbers, choices and addresses of pages (without their
query) stay: mappers read them later.
"""

import json
import math
import re
from collections.abc import Sequence, Set
from typing import Any

from feedback.redaction import OrderPatterns, redact
from feedback.redaction.keys import is_person, meaning, names_a_market, names_somebody
from feedback.redaction.markup import has_markup, html_to_text

__all__ = ["CUT", "gives_away_a_person", "html_to_text", "redact_payload", "without_people"]

CUT = "[cut]"
"""Stands where a payload went deeper, wider or longer than anything a help desk sends."""

MAX_DEPTH = 32
"""Levels of objects and lists, JSON inside a string included."""
MAX_VALUES = 50_000
MAX_CHARACTERS = 100_000
"""Of one string; what is longer is cut before it is read."""
_MOST_KNOWN = 64
_LONGEST_KNOWN = 100

# An identifier has no space and no @, and is not a bank account.
_ID = re.compile(r"(?![A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{11,30}$)[^\s@]{1,200}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.,]{4,16}(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?")
_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,6})?")
_URL = re.compile(r"https?://[^\s<>\"']{1,4000}")
_QUERY = re.compile(r"[?#].*", re.DOTALL)
_SIGN_IN = re.compile(r"(?<=://)[^/@\s]*@")
_A_NUMBERED_NAME = re.compile(r"#?[A-Z-]{0,6}[0-9]+")
_NOT_DIGITS = re.compile(r"[^0-9]")
_LEAST_DIGITS_OF_A_PHONE = 8
_LABELS = ("label", "name", "title", "key", "question", "field", "field_name")
_ANSWERS = frozenset({"value", "values", "answer", "answers", "text", "response"})
# What stands where a name should, and would take a common word out of every text.
_NO_NAMES = (
    "customer klant kunde client guest gast visitor anonymous anoniem unknown support team admin user bot system "
    "agent service info sales contact test"
)
_NOBODY = frozenset(_NO_NAMES.split())
_CHOICE = re.compile(r"[a-z]+(?:_+[a-z0-9]+)+")
_LEAST_NUMBER_OF_A_PERSON = 10_000_000


def redact_payload(
    payload: Any,
    known: Sequence[str] = (),
    keep: Set[str] = frozenset(),
    *,
    orders: OrderPatterns | None = None,
    found: list[str] | None = None,
) -> tuple[Any, int]:
    """A copy of a JSON value without personal data, and how many values were emptied or pieces replaced.

    ``known`` are values that the caller knows beside those that the payload itself gives away. ``keep``
    are keys ("token") or dotted paths without list positions ("form_response.token"): what stands there is
    copied as it is, whatever it is. ``orders`` are the shop's own patterns; the numbers that they find in texts
    are appended to ``found``.

    Values below keys that name people (name, e-mail, phone, address, avatar, IP …) become ``None``; the
    country of an address stays. Other strings are redacted as a contact's text is; HTML becomes text, JSON
    inside a string is walked too, web addresses lose their query. Text that no database takes (NUL, lone
    surrogates) is repaired. Never raises; what goes too deep becomes :data:`CUT`.
    """
    walk = _Walk(tuple(keep), orders)
    collector = _Collector()
    collector.look(payload, "", False, 0)
    walk.known = (*known, *collector.values)
    walk.digits = frozenset(
        digits
        for digits in (_NOT_DIGITS.sub("", value) for value in walk.known)
        if len(digits) >= _LEAST_DIGITS_OF_A_PHONE
    )
    copy = walk.value(payload, (), False, 0)
    if found is not None:
        found += walk.orders_found
    return copy, walk.count


class _Collector:
    """The names, addresses and numbers that a payload gives away about the people in it."""

    def __init__(self) -> None:
        self.values: dict[str, None] = {}
        self._seen = 0

    def look(self, value: Any, key: str, personal: bool, depth: int) -> None:
        self._seen += 1
        if depth > MAX_DEPTH or self._seen > MAX_VALUES or len(self.values) >= _MOST_KNOWN:
            return
        if isinstance(value, dict):
            somebody = meaning(key) == "person" or is_person([k for k in value if isinstance(k, str)])
            for inner, held in value.items():
                inner = str(inner)
                says = meaning(inner)
                gives_away = says in {"personal", "number"} or (says == "name" and somebody and not _is_numbered(held))
                self.look(held, inner, gives_away, depth + 1)
        elif isinstance(value, list):
            for held in value:
                self.look(held, key, personal, depth + 1)
        elif personal and isinstance(value, str) and gives_away_a_person(value):
            self.values[value.strip()] = None


class _Walk:
    """One walk over one payload: the copy is made on the way down."""

    def __init__(self, keep: Sequence[str], orders: OrderPatterns | None) -> None:
        self._keep = frozenset(keep)
        self._orders = orders
        self.orders_found: list[str] = []
        self.known: tuple[str, ...] = ()
        self.digits: frozenset[str] = frozenset()
        self.count = 0
        self._seen = 0

    def value(self, value: Any, path: tuple[str, ...], lost: bool, depth: int) -> Any:
        """The copy of one value; ``lost`` when a key above it says that it describes a person."""
        self._seen += 1
        if depth > MAX_DEPTH or self._seen > MAX_VALUES:
            return CUT
        if isinstance(value, dict):
            return self._object(value, path, lost, depth)
        if isinstance(value, list | tuple):
            return [self.value(held, path, lost, depth + 1) for held in value]
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._lose(value) if lost else self.text(value, path[-1] if path else "", depth)
        if isinstance(value, int):
            return self._lose(value) if lost and abs(value) >= _LEAST_NUMBER_OF_A_PERSON else value
        return value if isinstance(value, float) and math.isfinite(value) else None

    def _object(self, held: dict[Any, Any], path: tuple[str, ...], lost: bool, depth: int) -> dict[str, Any]:
        own = path[-1] if path else ""
        somebody = meaning(own) == "person" or is_person([key for key in held if isinstance(key, str)])
        asked = _asks_for_personal_data(held)
        copy: dict[str, Any] = {}
        for key, value in held.items():
            key = str(key)
            below = (*path, key)
            name = self._key(key)
            while name in copy:
                name += "_"
            if key in self._keep or ".".join(below) in self._keep:
                copy[name] = _storable(value, depth + 1)
                continue
            answers = asked and key.lower() in _ANSWERS and not (isinstance(value, str) and _CHOICE.fullmatch(value))
            if isinstance(value, dict | list):
                loses = lost or answers or meaning(key) in {"personal", "number", "place"}
                copy[name] = self.value(value, below, loses, depth + 1)
            else:
                copy[name] = self._scalar(value, below, somebody, lost or answers, depth)
        return copy

    def _scalar(self, value: Any, path: tuple[str, ...], somebody: bool, lost: bool, depth: int) -> Any:
        says = meaning(path[-1])
        is_text = isinstance(value, str)
        if says == "number" and not isinstance(value, bool):
            return self._lose(value)
        if is_text and (says == "personal" or (says == "place" and not _NUMBER.fullmatch(value))):
            return self._lose(value)
        if is_text and says == "name" and somebody and not _is_numbered(value):
            return self._lose(value)
        if is_text and says == "person" and not _ID.fullmatch(value):
            return self._lose(value)
        keeps = says == "id" or names_a_market(path[-1])
        return self.value(value, path, lost and not keeps, depth + 1)

    def _lose(self, value: Any) -> Any:
        if value in ("", None):
            return value
        self.count += 1
        return None

    def _key(self, key: str) -> str:
        found = redact(_clean(key[:200]), self.known) if "@" in key or any(c.isdigit() for c in key) else None
        self.count += found.total if found else 0
        return found.text if found else _clean(key[:200])

    def text(self, text: str, key: str, depth: int) -> str:
        """A string of the payload as it may be stored."""
        text = _clean(text)
        if meaning(key) == "id" and _ID.fullmatch(text):
            if text[:1] == "+" or _NOT_DIGITS.sub("", text) in self.digits or text in self.known:
                self.count += 1
                return "[id]"
            return text
        if _DATE.fullmatch(text) or _NUMBER.fullmatch(text):
            return text
        if text[:1] in "{[" and text[-1:] in "}]":
            inside = _parsed(text)
            if inside is not None:
                return json.dumps(self.value(inside, (), False, depth + 1), ensure_ascii=False, separators=(",", ":"))
        if has_markup(text):
            text = html_to_text(text)
        is_url = _URL.fullmatch(text) is not None
        # A customer called Mark has not been to every shop whose address holds "mark".
        found = redact(_URL.sub(_without_query, text), () if is_url else self.known, orders=self._orders)
        self.count += found.total
        self.orders_found += found.orders
        return found.text


def _asks_for_personal_data(held: dict[Any, Any]) -> bool:
    """Whether this is a question with its answer, and the question is for somebody's data."""
    for label in _LABELS:
        asked = held.get(label)
        if isinstance(asked, str) and "[" not in asked and meaning(asked.rstrip(" ?:*")) in {"personal", "number"}:
            return True
    return False


def gives_away_a_person(value: str) -> bool:
    """Whether a value below a personal key is worth looking for in the texts."""
    return (
        value.strip().lower() not in _NOBODY
        and len(value) <= _LONGEST_KNOWN
        and "[" not in value
        and not value.startswith(("http", "/", "data:"))
    )


def _is_numbered(value: Any) -> bool:
    """Shopify calls an order's number its name: "#1032"."""
    return isinstance(value, str) and _A_NUMBERED_NAME.fullmatch(value) is not None


def _parsed(text: str) -> Any:
    try:
        inside = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return inside if isinstance(inside, dict | list) else None


def _without_query(url: re.Match[str]) -> str:
    return _SIGN_IN.sub("", _QUERY.sub("", url[0]))


def _clean(text: str) -> str:
    """Without what PostgreSQL refuses, and not longer than anybody reads."""
    if len(text) > MAX_CHARACTERS:
        text = f"{text[:MAX_CHARACTERS]} {CUT}"
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _storable(value: Any, depth: int) -> Any:
    """A copy of a kept value, as a database takes it."""
    if depth > MAX_DEPTH:
        return CUT
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, dict):
        return {_clean(str(key)): _storable(held, depth + 1) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(held, depth + 1) for held in value]
    return value if not isinstance(value, float) or math.isfinite(value) else None


def without_people(payload: Any, written: Set[str] = frozenset()) -> Any:
    """A stored payload without anything that points at its people: what is left when a customer is erased.

    Values below keys that name somebody (``requester_id``, ``customer``, ``from``) become ``None``, and so
    does every value that equals one of ``written`` (compared as lower-case text).
    """
    return _without_people(payload, frozenset(value.strip().casefold() for value in written), False)


def _without_people(value: Any, written: frozenset[str], lost: bool) -> Any:
    if isinstance(value, dict):
        return {key: _without_people(held, written, lost or names_somebody(str(key))) for key, held in value.items()}
    if isinstance(value, list):
        return [_without_people(held, written, lost) for held in value]
    if value is None or isinstance(value, bool):
        return value
    return None if lost or str(value).strip().casefold() in written else value
