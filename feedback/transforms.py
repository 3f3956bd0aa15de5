"""What happens to the cells of a field on their way in: split, counted in seconds, put into other words.

Pure: no Django, no clock, no network. In the JSON of a mapping (docs/import-mapping.md):

    {"transforms": {"reason": {"kind": "path", "sign": ">"}, "handle_seconds": {"kind": "duration", "unit": "minutes"}}}

Every transformation makes a text of a text, so that the normalisers stay the one place that knows what a
field means. A cell that does not fit raises `normalise.problem.Problem` and rejects its row.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from feedback.normalise import values as cell
from feedback.picking import PATH_MARK, Converter

MAX_VALUES = 500
MAX_WORD = 200
_MAX_SIGN = 10
_SEVERAL = "|"
_HOURS_AND_MINUTES = re.compile(r"[0-9]{1,5}:[0-5][0-9]")
_UNITS = {"milliseconds": 0.001, "seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
UNITS = tuple(_UNITS)


class BadTransform(Exception):
    """It does not fit. `reason` is a kind of `feedback.rejections`, with its parameters."""

    def __init__(self, reason: str, **parameters: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.parameters = parameters


@dataclass(frozen=True)
class Path:
    """The levels of a reason, split at a sign: "Returns / Label"."""

    kind: ClassVar = "path"
    sign: str

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Path:
        """From JSON; raises BadTransform."""
        return cls(_sign(data))

    def converter(self, field: str, decimal: str) -> Converter:
        """Levels joined by the mark of paths."""
        return lambda text: PATH_MARK.join(part for one in text.split(self.sign) if (part := one.strip()))


@dataclass(frozen=True)
class List:
    """Several values in one cell: "late, damaged". Words that begin as one of `without` are dropped."""

    kind: ClassVar = "list"
    sign: str
    without: tuple[str, ...] = ()

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> List:
        """From JSON; raises BadTransform."""
        return cls(_sign(data), _words(data, "without"))

    def converter(self, field: str, decimal: str) -> Converter:
        """The values joined by `|`."""
        sign = self.sign if self.sign.strip() else None
        without = tuple(word.lower() for word in self.without)

        def convert(text: str) -> str:
            parts = (part.strip() for part in text.split(sign))
            return _SEVERAL.join(part for part in parts if part and not (without and part.lower().startswith(without)))

        return convert


@dataclass(frozen=True)
class Duration:
    """A number in another unit than seconds. `hh:mm:ss` is a duration in every unit; `1:30` is hours in hours."""

    kind: ClassVar = "duration"
    unit: str

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Duration:
        """From JSON; raises BadTransform."""
        unit = data.get("unit")
        if unit not in _UNITS:
            raise BadTransform("transform_unit", name=str(unit or ""))
        return cls(unit)

    def converter(self, field: str, decimal: str) -> Converter:
        """Seconds, as text; of every part where there are several."""
        factor = _UNITS[self.unit]

        def one(text: str) -> str:
            if ":" in text:
                return f"{text}:00" if self.unit == "hours" and _HOURS_AND_MINUTES.fullmatch(text) else text
            return repr(round(cell.number(field, text, decimal) * factor, 6))

        return lambda text: _SEVERAL.join(one(part) for piece in text.split(_SEVERAL) if (part := piece.strip()))


@dataclass(frozen=True)
class Words:
    """Own words for yes and no. Without words for no, everything that is not yes is no."""

    kind: ClassVar = "words"
    yes: tuple[str, ...]
    no: tuple[str, ...] = ()

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Words:
        """From JSON; raises BadTransform."""
        yes, no = _words(data, "yes"), _words(data, "no")
        if not yes:
            raise BadTransform("transform_words")
        both = {word.lower() for word in yes} & {word.lower() for word in no}
        if both:
            raise BadTransform("transform_word_twice", name=min(both))
        return cls(yes, no)

    def converter(self, field: str, decimal: str) -> Converter:
        """`true` or `false`; a word that was not named must be one that is known anyway."""
        yes, no = ({word.lower() for word in words} for words in (self.yes, self.no))

        def convert(text: str) -> str:
            word = text.lower()
            if word in yes:
                return "true"
            if word in no or not no:
                return "false"
            return "true" if cell.yes_no(field, text) else "false"

        return convert


@dataclass(frozen=True)
class Scale:
    """The scale on which a CSAT was asked. The score is stored as given; what is compared is 1 + 4 (x − a)/(b − a)."""

    kind: ClassVar = "scale"
    low: float
    high: float

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Scale:
        """From JSON; raises BadTransform."""
        return cls(*scale_ends(data.get("from")))

    def converter(self, field: str, decimal: str) -> Converter | None:
        """None: the normaliser knows the scale, so that the score itself is kept."""
        return None


@dataclass(frozen=True)
class Values:
    """This value is that one; capitals make no difference, and nothing leaves the cell empty."""

    kind: ClassVar = "values"
    values: Mapping[str, str]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Values:
        """From JSON; raises BadTransform."""
        values = data.get("values")
        if not isinstance(values, Mapping) or not values or len(values) > MAX_VALUES:
            raise BadTransform("transform_values", limit=str(MAX_VALUES))
        for key, value in values.items():
            if not isinstance(key, str) or not isinstance(value, str) or max(len(key), len(value)) > MAX_WORD:
                raise BadTransform("transform_values", limit=str(MAX_VALUES))
        return cls({key.strip(): value.strip() for key, value in values.items()})

    def converter(self, field: str, decimal: str) -> Converter:
        """The other value, or the same one when nothing is said about it."""
        table = {key.lower(): value for key, value in self.values.items()}
        return lambda text: table.get(text.lower(), text)


@dataclass(frozen=True)
class Part:
    """Only what stands before, or after, the first such sign: "nl-NL" after "-" is "NL"."""

    kind: ClassVar = "part"
    sign: str
    keep: str

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Part:
        """From JSON; raises BadTransform."""
        keep = data.get("keep")
        if keep not in {"before", "after"}:
            raise BadTransform("transform_keep")
        return cls(_sign(data), keep)

    def converter(self, field: str, decimal: str) -> Converter:
        """A cell without the sign stays as it is."""

        def convert(text: str) -> str:
            before, sign, after = text.partition(self.sign)
            return text if not sign else before.strip() if self.keep == "before" else after.strip()

        return convert


Transform = Path | List | Duration | Words | Scale | Values | Part
_KINDS: dict[str, Callable[[Mapping[str, Any]], Transform]] = {
    one.kind: one.read for one in (Path, List, Duration, Words, Scale, Values, Part)
}
KINDS = tuple(_KINDS)
DURATIONS = frozenset(
    {
        "handle_seconds", "talk_seconds", "hold_seconds", "wrapup_seconds", "wait_seconds",
        "first_response_seconds", "reply_seconds",
    }
)  # fmt: skip
WHOLE = frozenset({"sessions", "orders", "checkouts", "visitors", "conversions", "contacts"})
"""Fields that count things: a fraction of one does not exist."""
YES_NO = frozenset({"abandoned", "resolved_first_contact", "is_complaint"})
_WORDS = frozenset({"text", "comment", "subject"})
# The fields that a kind makes sense for; the others are for all but the customer's own words.
_ONLY_FOR: dict[str, frozenset[str]] = {
    "path": frozenset({"reason"}),
    "list": frozenset({"reason", "reply_seconds"}),
    "duration": DURATIONS,
    "words": YES_NO | {"score"},
    "scale": frozenset({"score"}),
}


def read(field: str, data: object) -> Transform:
    """The transformation of a field that `data` describes; raises BadTransform."""
    if not isinstance(data, Mapping):
        raise BadTransform("transform_not_object", name=field)
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise BadTransform("transform_unknown", name=str(kind or ""), known=", ".join(KINDS))
    if not fits(kind, field):
        raise BadTransform("transform_not_here", name=kind, field=field)
    return _KINDS[kind](data)


def fits(kind: str, field: str) -> bool:
    """Whether a field can be transformed so."""
    return field in _ONLY_FOR[kind] if kind in _ONLY_FOR else field not in _WORDS


def as_json(transform: Transform) -> dict[str, Any]:
    """The shape that `read` takes; without what is empty."""
    if isinstance(transform, Scale):
        return {"kind": "scale", "from": [transform.low, transform.high]}
    parts = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(transform).items()}
    return {"kind": transform.kind, **{name: value for name, value in parts.items() if value}}


def scale_ends(value: object) -> tuple[float, float]:
    """The lower and the higher end of a scale; raises BadTransform."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise BadTransform("scale_bad")
    try:
        low, high = float(value[0]), float(value[1])
    except (TypeError, ValueError) as error:
        raise BadTransform("scale_bad") from error
    if not -math.inf < low < high < math.inf:
        raise BadTransform("scale_bad")
    return low, high


def _sign(data: Mapping[str, Any]) -> str:
    sign = data.get("sign")
    if not isinstance(sign, str) or not 0 < len(sign) <= _MAX_SIGN:
        raise BadTransform("transform_sign")
    # A space is a sign of its own; around other signs it means nothing.
    return sign.strip() or " "


def _words(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    words = data.get(key) or []
    if isinstance(words, str):
        words = [words]
    if not isinstance(words, list | tuple) or not all(
        isinstance(word, str) and len(word) <= MAX_WORD for word in words
    ):
        raise BadTransform("transform_words")
    return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))
