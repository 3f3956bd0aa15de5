"""Standing themes: where each has its centre, and which of them a text belongs to, if any.

A theme's centre is the mean of its texts' vectors. What all themes share (the company's tone, the
language) is taken off before looking for the nearest one. A text that is near none belongs to none:
it waits until there are enough like it for a theme of their own.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from feedback.texts import IntArray
from feedback.theming.embedders import FloatArray, unit_rows

NEAR = 0.35
"""Least cosine to a theme's centre, without what the themes share. With 34 of 42 themes known, and texts of all 42,
82 % of the known get in and 93 % of all that get in are right; at 0.30 it is 91 % and 88 %."""
NEAR_RAW = 0.50
"""The same where there are too few themes to know what they share: 90 % right where all themes are known."""
LEXICAL_NEAR = 0.40
"""The same for lexical vectors: 80 % in, 89 % right."""
KIN = 0.6
"""A found theme whose centre is this near a standing one's is that theme again."""
_SHARED_FROM = 8
_LEAST_REACH, _MOST_REACH = 0.15, 0.6
_REACH_PERCENTILE = 3
_HEAD = struct.Struct("<If")


@dataclass(frozen=True)
class Centre:
    """The middle of a theme's texts."""

    vector: FloatArray
    """Mean of unit rows, shape (dimensions,)."""
    texts: int
    """How many rows the theme had when it was taken."""
    reach: float | None = None
    """Least cosine of a text that belongs to it; None for the general rule."""

    def to_bytes(self) -> bytes:
        """Count and reach, then the vector in half precision."""
        reach = float("nan") if self.reach is None else self.reach
        return _HEAD.pack(self.texts, reach) + self.vector.astype("<f2").tobytes()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Centre:
        """The inverse of :meth:`to_bytes`."""
        texts, reach = _HEAD.unpack_from(stored)
        vector = np.frombuffer(stored, dtype="<f2", offset=_HEAD.size).astype(np.float32)
        return cls(vector, texts, None if reach != reach else reach)


def centre_of(vectors: FloatArray, texts: int) -> Centre:
    """The centre of rows of unit length, shape (rows, dimensions), one or more."""
    return Centre(vectors.mean(axis=0), texts)


def found_centre(vectors: FloatArray, texts: int) -> Centre:
    """The same for a theme found in texts: it reaches as far as nearly all of its own texts lie."""
    mean = vectors.mean(axis=0)
    cosines = vectors @ unit_rows(mean[None, :])[0]
    reach = float(np.clip(np.percentile(cosines, _REACH_PERCENTILE), _LEAST_REACH, _MOST_REACH))
    return Centre(mean, texts, reach)


@dataclass(frozen=True)
class Standing:
    """Centres to compare texts with. `keys` are the caller's ids; a key may have several centres."""

    keys: tuple[int, ...]
    raw: FloatArray
    """Unit rows, shape (centres, dimensions)."""
    shared: FloatArray
    """What is taken off, shape (dimensions,); zero where there are too few themes."""
    own: FloatArray
    """Unit rows without what they share, shape (centres, dimensions)."""
    reaches: npt.NDArray[np.float64]
    """NaN where the general rule holds, shape (centres,)."""
    near: float

    @classmethod
    def of(cls, keys: Sequence[int], centres: Sequence[Centre], *, lexical: bool = False) -> Standing:
        """Build from one or more centres."""
        vectors = np.array([centre.vector for centre in centres], dtype=np.float32)
        enough = len(set(keys)) >= _SHARED_FROM and not lexical
        shared = vectors.mean(axis=0) if enough else np.zeros(vectors.shape[1], dtype=np.float32)
        near = LEXICAL_NEAR if lexical else NEAR if enough else NEAR_RAW
        reaches = np.array([np.nan if centre.reach is None else centre.reach for centre in centres])
        return cls(tuple(keys), unit_rows(vectors), shared, unit_rows(vectors - shared), reaches, near)

    def nearest(self, vectors: FloatArray) -> tuple[IntArray, npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """For each unit row its nearest centre (position), the cosine there (0–1) and whether it is near enough."""
        likeness = unit_rows(vectors - self.shared) @ self.own.T
        best = np.asarray(likeness.argmax(axis=1), dtype=np.int64)
        rows = np.arange(len(vectors))
        cosine = np.asarray(likeness[rows, best], dtype=np.float64)
        raw = np.einsum("ij,ij->i", vectors, self.raw[best])
        reach = self.reaches[best]
        belongs = np.where(np.isnan(reach), cosine >= self.near, raw >= reach)
        return best, np.clip(cosine, 0, 1), belongs

    def nearest_of(self, vectors: FloatArray, places: Sequence[int]) -> tuple[IntArray, npt.NDArray[np.float64]]:
        """For each unit row the nearest of these centres, however far, and the cosine there (0–1)."""
        likeness = unit_rows(vectors - self.shared) @ self.own[list(places)].T
        best = likeness.argmax(axis=1)
        cosine = np.asarray(likeness[np.arange(len(vectors)), best], dtype=np.float64)
        return np.asarray(places, dtype=np.int64)[best], np.clip(cosine, 0, 1)

    def kin(self, centre: Centre) -> int | None:
        """The key of the standing theme that a found centre is once more; None for something new."""
        likeness = (unit_rows((centre.vector - self.shared)[None, :]) @ self.own.T)[0]
        if self.near != NEAR:
            # Without taking off what is shared, everything is rather alike.
            likeness = likeness - (NEAR_RAW - NEAR)
        best = int(likeness.argmax())
        return self.keys[best] if likeness[best] >= KIN else None
