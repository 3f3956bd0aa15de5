"""A mapping for a file that nobody has mapped yet, from its headings and the first of its values.

Pure: no Django, no clock, no network. What is guessed is shown and can be changed; nothing is imported by a guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from feedback import evidence, headings, transforms
from feedback.countries import CODES
from feedback.evidence import NO_WORDS, YES_WORDS, Column
from feedback.mapping import MOMENTS

KNOWN_KINDS = tuple(headings.KNOWN)
_COUNTS = transforms.WHOLE | {"revenue"}
# What a file of this kind has and others have not, for telling kinds apart.
_SIGNS = {
    "contacts": {"subject": 3, "text": 2, "reason": 2, "agent": 2, "channel": 1, "team": 1, "handle_seconds": 2,
                 "first_response_seconds": 2, "resolved_at": 1, "wait_seconds": 2, "resolved_first_contact": 1,
                 "customer": 1, "external_id": 1},
    "surveys": {"score": 4, "instrument": 3, "comment": 2, "invited_at": 2, "score2": 2},
    "commerce": {"sessions": 4, "orders": 3, "revenue": 3, "checkouts": 3, "detail": 2, "device": 1},
    "results": {"experiment": 3, "variant": 3, "visitors": 2, "conversions": 3},
}  # fmt: skip
_LEAST_SIGNS = 4
GOOD_BAD = {
    **dict.fromkeys(("good", "good with comment", "goed", "gut", "positive", "positief"), "5"),
    **dict.fromkeys(("bad", "bad with comment", "slecht", "schlecht", "negative", "negatief"), "1"),
    **dict.fromkeys(("offered", "unoffered", "not offered", "aangeboden", "niet aangeboden", "angeboten"), ""),
    **dict.fromkeys(("nicht angeboten", "not rated", "-"), ""),
}
"""What help desks write for a thumb up and down, and for no answer."""


def guess(kind: str, fields: Sequence[str], columns: Sequence[Column]) -> dict[str, Any]:
    """A proposal in the shape of a mapping's JSON: columns, constants, transforms, timezone."""
    chosen = _by_own_name(fields, columns)
    known = headings.KNOWN.get(kind, {})
    names = [(headings.plain(column.heading), headings.with_unit(column.heading)[0]) for column in columns]
    for field, synonyms in known.items():
        if field in fields and field not in chosen:
            at = _first(field, synonyms, names, columns, {at for several in chosen.values() for at in several})
            if at is not None:
                chosen[field] = [at]
    constants: dict[str, str] = {}
    if kind == "contacts":
        _join_levels(chosen, names)
        _join_time(chosen, columns)
        if "text" not in chosen:
            _only_words(chosen, columns)
    elif kind == "surveys":
        constants = _instrument(chosen, columns)
    elif kind == "commerce":
        constants = _one_each(chosen, names)
        if "detail" not in chosen:
            _tell_apart(chosen, columns)
    comma = evidence.comma(
        (columns[at] for several in chosen.values() for at in several),
        (columns[at] for field, several in chosen.items() if field in transforms.WHOLE for at in several),
    )
    return {
        "decimal": comma.decimal if comma else "",
        "columns": {field: [columns[at].heading for at in several] for field, several in chosen.items()},
        "constants": constants,
        "transforms": {
            field: found
            for field, several in chosen.items()
            if len(several) == 1 and (found := transform(field, columns[several[0]]))
        },
        "timezone": _zone([columns[at].heading for field in MOMENTS for at in chosen.get(field, [])]),
    }


def transform(field: str, column: Column) -> dict[str, Any]:
    """What has to happen to this column before it is that field, as JSON; empty when it can stay as it is."""
    if field == "reason":
        return _split(column)
    if field in transforms.DURATIONS:
        unit = headings.with_unit(column.heading)[1]
        written_out = column.is_clocks or headings.plain(column.heading) == field
        return {"kind": "duration", "unit": unit} if unit not in {"", "seconds"} and not written_out else {}
    if field in transforms.YES_NO:
        return _own_words(column)
    if field == "market":
        named = {value: CODES[value.lower()] for value in column.values if value.lower() in CODES}
        return {"kind": "values", "values": named} if named else {}
    if field == "score":
        words = {value.lower() for value in column.values}
        if words and words <= set(GOOD_BAD):
            return {"kind": "values", "values": {value: GOOD_BAD[value.lower()] for value in column.values}}
    return {}


def kind_of(columns: Sequence[Column], fields_of: Mapping[str, Sequence[str]], chosen: str) -> str:
    """The kind that the headings speak of; the chosen one unless another is at least twice as likely.

    Where none was chosen: the likeliest, or "" when they speak of nothing.
    """
    scores = Counter(
        {
            kind: sum(_SIGNS.get(kind, {}).get(field, 0) for field in _said(guess(kind, fields, columns)))
            for kind, fields in fields_of.items()
        }
    )
    if "commerce" in scores and any(headings.plain(one.heading) in headings.PEOPLE_NOT_VISITS for one in columns):
        scores["commerce"] += 2
    if not scores:
        return chosen
    best, most = scores.most_common(1)[0]
    return best if most >= _LEAST_SIGNS and most >= 2 * scores[chosen] else chosen


def _said(guessed: Mapping[str, Any]) -> set[str]:
    """The fields that a file has: its columns, and orders where each row is one."""
    return {*guessed["columns"], *({"orders"} & set(guessed["constants"]))}


def _by_own_name(fields: Sequence[str], columns: Sequence[Column]) -> dict[str, list[int]]:
    chosen: dict[str, list[int]] = {}
    for at, column in enumerate(columns):
        name = column.heading.strip().lower()
        if name in fields:
            chosen.setdefault(name, [at])
    return chosen


def _first(
    field: str,
    synonyms: Sequence[str],
    names: Sequence[tuple[str, str]],
    columns: Sequence[Column],
    taken: set[int],
) -> int | None:
    """The column with the best of these headings whose values can be the field."""
    for synonym in synonyms:
        for at, (name, without_unit) in enumerate(names):
            said = without_unit if field in transforms.DURATIONS else name
            if said == synonym and at not in taken and _can_be(field, columns[at]):
                return at
    if field == "score":
        asked = [word for words in headings.SURVEY_WORDS.values() for word in words]
        for at, (name, _) in enumerate(names):
            if at not in taken and columns[at].is_numbers and any(word in name for word in asked):
                return at
    return None


def _can_be(field: str, column: Column) -> bool:
    """Whether the values are of the right sort; a column without values tells nothing and is left alone."""
    if not column.filled:
        return False
    check = _CHECKS.get(field)
    return check(column) if check else True


def _is_duration(column: Column) -> bool:
    return column.is_numbers or column.is_clocks or column.mostly(lambda value: "|" in value)


_CHECKS: dict[str, Callable[[Column], bool]] = {
    **dict.fromkeys(MOMENTS, lambda column: column.is_dates),
    **dict.fromkeys(transforms.DURATIONS, _is_duration),
    **dict.fromkeys(transforms.YES_NO, lambda column: column.is_yes_no or len(column.values) == 1),
    **dict.fromkeys(_COUNTS, lambda column: column.mostly(lambda value: any(sign.isdigit() for sign in value))),
    # A subject is different in every row, a reason comes back.
    "reason": lambda column: not column.is_sentences,
    "channel": lambda column: len(column.values) <= 60,
    "market": lambda column: len(column.values) <= 200 and not column.is_numbers,
    "page": lambda column: not column.is_numbers,
    "customer_name": lambda column: not column.is_numbers and not column.is_emails,
}


def _split(column: Column) -> dict[str, Any]:
    """How the cells of a reason are to be taken apart, when not at " > " and "::"."""
    name = headings.plain(column.heading)
    if "tag" in name or "label" in name or name.endswith("s"):
        sign = column.list_separator()
        if sign == "|" or not sign:
            return {}
        tags = {"without": ["intent_", "sentiment_", "language_", "closed_by_merge"]} if "tag" in name else {}
        return {"kind": "list", "sign": sign, **tags}
    sign = column.separator()
    return {} if sign in {"", " > ", "::", "|"} else {"kind": "path", "sign": sign.strip()}


def _own_words(column: Column) -> dict[str, Any]:
    yes = [value for value in column.values if value.lower() in YES_WORDS]
    no = [value for value in column.values if value.lower() in NO_WORDS]
    usual = {"true", "false", "yes", "no", "y", "n", "1", "0", "ja", "nee", "nein"}
    if not yes or {value.lower() for value in column.values} <= usual:
        return {}
    return {"kind": "words", "yes": yes, "no": no}


def _join_levels(chosen: dict[str, list[int]], names: Sequence[tuple[str, str]]) -> None:
    """A category and its subcategory are one reason."""
    if "reason" in chosen:
        taken = {at for several in chosen.values() for at in several}
        second = [at for at, (name, _) in enumerate(names) if name in headings.SECOND_LEVEL and at not in taken]
        chosen["reason"] += second[:1]


def _join_time(chosen: dict[str, list[int]], columns: Sequence[Column]) -> None:
    """A day without a time takes the column with times of day beside it."""
    when = chosen.get("occurred_at", [])
    if len(when) != 1 or any(":" in value for value in columns[when[0]].judged):
        return
    taken = {at for several in chosen.values() for at in several}
    for at, column in enumerate(columns):
        name = headings.plain(column.heading)
        if at not in taken and name in {"time", "tijd", "zeit", "uhrzeit", "tijdstip"} and column.is_clocks:
            chosen["occurred_at"] = [when[0], at]
            return


def _only_words(chosen: dict[str, list[int]], columns: Sequence[Column]) -> None:
    """The one column with whole sentences is what customers said, whatever it is called."""
    taken = {at for several in chosen.values() for at in several}
    found = [at for at, column in enumerate(columns) if at not in taken and column.is_sentences]
    if len(found) == 1:
        chosen["text"] = found


def _instrument(chosen: dict[str, list[int]], columns: Sequence[Column]) -> dict[str, str]:
    if "instrument" in chosen or "score" not in chosen:
        return {}
    said = headings.plain(columns[chosen["score"][0]].heading)
    for instrument, words in headings.SURVEY_WORDS.items():
        if any(word in said for word in words):
            return {"instrument": instrument}
    return {}


def _one_each(chosen: dict[str, list[int]], names: Sequence[tuple[str, str]]) -> dict[str, str]:
    """A file with a row for each order counts one order in every row."""
    detail = chosen.get("detail")
    if not detail or names[detail[0]][0] not in headings.ONE_ROW_EACH_ORDER:
        return {}
    if "orders" in chosen or "sessions" in chosen or "revenue" not in chosen:
        return {}
    return {"orders": "1"}


def _tell_apart(chosen: dict[str, list[int]], columns: Sequence[Column]) -> None:
    """Rows of one day differ in something: a page, a campaign. What that is tells them apart."""
    taken = {at for several in chosen.values() for at in several}
    words = [
        at
        for at, column in enumerate(columns)
        if at not in taken and len(column.values) > 1 and not column.is_numbers and not column.is_dates
    ]
    if words and "date" in chosen and len(columns[chosen["date"][0]].values) < columns[chosen["date"][0]].filled:
        chosen["detail"] = words[:5]


def _zone(said: Sequence[str]) -> str:
    """A time zone in a heading: "Submit Date (UTC)", "Started at (Europe/Amsterdam)"."""
    for heading in said:
        zone = heading.rpartition("(")[2].rstrip(") ") if heading.endswith(")") else ""
        if zone == "UTC" or "/" in zone:
            try:
                ZoneInfo(zone)
            except (ValueError, OSError, KeyError):
                continue
            return zone
    return ""
