"""Which of a few hundred short documents say the same as what someone is typing.

Pure and light: character n-grams weighted by TF-IDF, no encoder and no scikit-learn (which takes seconds to import), so
that the web process can answer while a person types. On 500 documents of a sentence each it takes a few milliseconds,
because counted documents are kept.
"""

import zlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback.texts import STOP_WORDS, clean, words

LEAST_LIKENESS = 0.18
"""Cosine below which two sentences share letters rather than a meaning."""

_LEAST_LETTERS = 3
_GRAMS = (3, 4, 5)
# Grams are told apart by a hash; in so many buckets a few hundred documents hardly meet.
_BUCKETS = 1 << 18
_DOCUMENTS_KEPT = 4096
_COLLECTIONS_KEPT = 4

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class _Collection(NamedTuple):
    """Grams of all documents in one row, where each begins, their weights (unit length each), and the idf by bucket."""

    grams: Ints
    starts: Ints
    weights: Floats
    idf: Floats


def rank(query: str, documents: Sequence[str], top: int = 5, least: float = LEAST_LIKENESS) -> list[tuple[int, float]]:
    """The documents most like ``query``: position and cosine (0–1), best first, at most ``top``.

    Empty when nothing is alike, when the query has no word beyond small ones, or no documents.
    """
    asked = _essence(query)
    if len(asked) < _LEAST_LETTERS or not documents or top < 1:
        return []
    collection = _counted(tuple(documents))
    grams, frequencies = _grams(asked)
    weights = frequencies * collection.idf[grams]
    length = float(np.sqrt((weights**2).sum()))
    if length == 0:
        return []
    wanted = np.zeros(_BUCKETS)
    wanted[grams] = weights / length
    shared = np.append(wanted[collection.grams] * collection.weights, 0.0)
    likeness = np.add.reduceat(shared, collection.starts) if len(shared) > 1 else np.zeros(len(documents))
    best = np.argsort(-likeness, kind="stable")[:top]
    return [(int(place), min(1.0, float(likeness[place]))) for place in best if likeness[place] >= least]


@lru_cache(maxsize=_COLLECTIONS_KEPT)
def _counted(documents: tuple[str, ...]) -> _Collection:
    # An empty document gets one gram of its own bucket, so that every document has a place in the row.
    counted = [_grams(_essence(document)) for document in documents]
    sizes = np.array([max(1, len(grams)) for grams, _ in counted])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    grams = np.concatenate([grams if len(grams) else _NOTHING[0] for grams, _ in counted])
    frequencies = np.concatenate([counts if len(counts) else _NOTHING[1] for _, counts in counted])
    seen = np.bincount(grams[frequencies > 0], minlength=_BUCKETS)
    # scikit-learn's smooth idf; a gram that no document has weighs nothing.
    idf = np.where(seen > 0, np.log((1 + len(documents)) / (1 + seen)) + 1, 0.0)
    weights = frequencies * idf[grams]
    lengths = np.sqrt(np.add.reduceat(weights**2, starts))
    return _Collection(grams, starts, weights / np.repeat(np.maximum(lengths, 1e-12), sizes), idf)


_NOTHING: tuple[Ints, Floats] = (np.zeros(1, dtype=np.int64), np.zeros(1))


@lru_cache(maxsize=_DOCUMENTS_KEPT)
def _grams(essence: str) -> tuple[Ints, Floats]:
    """Buckets of the character grams within words (a space at each end), and 1 + log of how often each occurs."""
    counts: Counter[int] = Counter()
    for word in essence.split():
        padded = f" {word} "
        for size in _GRAMS:
            if len(padded) <= size:
                counts[_bucket(padded)] += 1
                break
            counts.update(_bucket(padded[at : at + size]) for at in range(len(padded) - size + 1))
    grams = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
    return grams, 1 + np.log(np.fromiter(counts.values(), dtype=np.float64, count=len(counts)))


def _bucket(gram: str) -> int:
    return zlib.crc32(gram.encode()) % _BUCKETS


def _essence(text: str) -> str:
    """Without small words, which every sentence shares."""
    return " ".join(word for word in words(clean(text)) if word not in STOP_WORDS)
