"""What a person types into a search, as words that the index knows. Pure."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 8


def words(typed: str) -> tuple[str, ...]:
    """Lower case, without accents, eight at most; each of them has to begin a word of the text."""
    # Taken apart first: a capital of mathematics is a capital only then.
    parted = unicodedata.normalize("NFKD", typed)
    plain = "".join(sign for sign in parted if not unicodedata.combining(sign)).lower()
    return tuple(dict.fromkeys(_WORD.findall(plain)))[:MOST_WORDS]
