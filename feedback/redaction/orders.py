r"""The shop's own order and tracking numbers, by regular expressions that an administrator writes. Pure.

Whoever writes a pattern must not be able to bring the import to a halt with it, by accident or on purpose. So
only a part of the language is taken: characters, classes, alternatives, groups, and repeats of a single
character or class. ``+`` and ``*`` count to :data:`MOST_REPEATS`, a group may be left out but not repeated,
and there are no look-arounds, no back-references and nothing that means "any sign". A number begins and ends
where a word does, so ``^``, ``$`` and ``\b`` at the ends of a pattern say nothing new and are left out. Then the
steps at one place of a text are at most :data:`MOST_WAYS`, and reading a text is linear in its length.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["MAX_PATTERNS", "BadPattern", "OrderPatterns", "compiled"]

MAX_PATTERNS = 12
MAX_LENGTH = 120
MOST_REPEATS = 32
MOST_WAYS = 1100
_LEAST_CHARACTERS = 4
_TOKEN = re.compile(
    r"(?P<escape>\\(?:[dws]|[^0-9A-Za-z]))|(?P<class>\[(?:\\[dws]|\\[^0-9A-Za-z]|[^\]\[\\^])+\])|(?P<opens>\((?:\?:)?(?!\?))|"
    r"(?P<closes>\))|(?P<count>\{(?P<least>[0-9]{1,3})(?P<more>,(?P<most>[0-9]{0,3}))?\})|(?P<many>[+*?])|"
    r"(?P<either>\|)|(?P<plain>[^\\\[\](){}+*?|^$.])"
)
_EDGES = re.compile(r"^(?:\^|\\b)+|(?:\$|(?<!\\)\\b)+$")


class BadPattern(ValueError):
    """A pattern that is not taken. ``kind`` says why, ``pattern`` which one."""

    def __init__(self, kind: str, pattern: str) -> None:
        super().__init__(f"{kind}: {pattern}")
        self.kind = kind
        """``too_many``, ``too_long``, ``not_read`` (not in the language taken), ``too_many_ways``, ``too_short``."""
        self.pattern = pattern


class OrderPatterns:
    """Patterns that were found safe. True when there are any."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Raises BadPattern for the first one that is not taken."""
        if len(patterns) > MAX_PATTERNS:
            raise BadPattern("too_many", patterns[MAX_PATTERNS])
        choices = "|".join(_bounded(pattern) for pattern in patterns)
        self._pattern = re.compile(rf"(?<![\w\[])(?:{choices})(?![\w\]])") if choices else None

    def __bool__(self) -> bool:
        return self._pattern is not None

    def take_out(self, text: str) -> tuple[str, list[str]]:
        """``text`` with ``[order]`` for each number, and the numbers as written.

        What has fewer than four characters or no digit is a word, whatever the pattern says.
        """
        if self._pattern is None:
            return text, []
        found: list[str] = []

        def replace(match: re.Match[str]) -> str:
            number = match[0]
            if len(number) < _LEAST_CHARACTERS or not any(map(str.isdigit, number)):
                return number
            found.append(number)
            return "[order]"

        return self._pattern.sub(replace, text), found


@lru_cache(maxsize=16)
def compiled(written: str) -> OrderPatterns:
    """The patterns of a setting, one a line, empty lines left out. Raises BadPattern."""
    return OrderPatterns([line.strip() for line in written.splitlines() if line.strip()])


def _bounded(pattern: str) -> str:
    """The pattern with every repeat bounded; raises BadPattern when it is outside the language taken."""
    if len(pattern) > MAX_LENGTH:
        raise BadPattern("too_long", pattern)
    whole, pattern = pattern, _EDGES.sub("", pattern)
    pieces: list[str] = []
    ways, at, before = 1, 0, ""
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            raise BadPattern("not_read", whole)
        kind = token.lastgroup or ""
        kind = "count" if token["count"] else kind
        if kind in {"count", "many"}:
            least, most = _repeats(token)
            if before not in {"escape", "class", "plain"} and (before, least, most) != ("closes", 0, 1):
                raise BadPattern("not_read", whole)
            if most > MOST_REPEATS or least > most:
                raise BadPattern("not_read", whole)
            ways *= most - least + 1
            pieces.append(f"{{{least},{most}}}")
        else:
            ways += kind == "either"
            pieces.append("(?:" if kind == "opens" else token[0])
        at, before = token.end(), kind
    if ways > MOST_WAYS:
        raise BadPattern("too_many_ways", whole)
    bounded = "".join(pieces)
    try:
        matches_nothing = re.compile(bounded).match("") is not None
    except re.error as error:
        raise BadPattern("not_read", whole) from error
    if matches_nothing:
        raise BadPattern("too_short", whole)
    return bounded


def _repeats(token: re.Match[str]) -> tuple[int, int]:
    if token["many"]:
        return {"+": (1, MOST_REPEATS), "*": (0, MOST_REPEATS), "?": (0, 1)}[token["many"]]
    least = int(token["least"])
    if not token["more"]:
        return least, least
    return least, int(token["most"]) if token["most"] else max(least, MOST_REPEATS)
