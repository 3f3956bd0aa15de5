"""What is kept of a discovery, so that new texts find their theme and a refit finds the old themes."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from threadpoolctl import threadpool_limits

from feedback.texts import IntArray, distinct
from feedback.theming.embedders import BLAS_THREADS, Embedder, FloatArray, TfidfEmbedder, default_embedder, unit_rows

NO_CONTENT = -1
"""The label of a text that says nothing to act on ("ok", "very good", nothing at all)."""

_WEIGHT_OF_LEXICAL = 0.5
_SHARPNESS = 15.0
_LEAST_LIKENESS = 0.5
_ASSIGNED_AT_ONCE = 4_096
_FORMAT = 1


class EmbedderMismatch(ValueError):
    """The model's vectors were made by another embedder than the one at hand."""


@dataclass(frozen=True)
class FeatureSpace:
    """Where texts become comparable: the encoder's vectors, centred, beside the lexical ones."""

    embedder_name: str
    """Empty when the lexical vectors stand alone."""
    embedder_version: str
    centre: FloatArray
    """Mean of the encoder's vectors, shape (encoder dimensions,): what all these texts share."""
    lexical: TfidfEmbedder

    @classmethod
    def fitted(
        cls, texts: Sequence[str], encoded: FloatArray | None, embedder: Embedder | None, seed: int
    ) -> "FeatureSpace":
        """Learn from cleaned texts (one or more) and what ``embedder`` made of them."""
        lexical = TfidfEmbedder.fitted(texts, seed)
        if embedder is None or encoded is None:
            return cls("", "", np.zeros(0, dtype=np.float32), lexical)
        return cls(embedder.name, embedder.version, encoded.mean(axis=0), lexical)

    def encoded(self, texts: Sequence[str], embedder: Embedder | None) -> FloatArray | None:
        """The encoder's vectors of texts with their capitals, where this space has an encoder."""
        if not self.embedder_name:
            return None
        if embedder is None or (embedder.name, embedder.version) != (self.embedder_name, self.embedder_version):
            raise EmbedderMismatch(f"these themes were found with {self.embedder_name} {self.embedder_version}")
        return embedder.encode(texts)

    def views(self, texts: Sequence[str], encoded: FloatArray | None) -> tuple[FloatArray, ...]:
        """The combined vectors and, with an encoder, the lexical ones; unit rows."""
        lexical = self.lexical.encode(texts)
        if encoded is None:
            return (lexical,)
        dense = unit_rows(encoded - self.centre)
        return unit_rows(np.hstack([dense, _WEIGHT_OF_LEXICAL * lexical])), lexical


@dataclass(frozen=True)
class ThemeModel:
    """The themes' centroids in their space. Small (a few MB at most) and stored without pickle."""

    space: FeatureSpace
    centroids: FloatArray
    """Unit rows, shape (themes, dimensions)."""
    keys: tuple[int, ...]
    """The caller's id of each theme; its position until the caller says otherwise."""

    def with_keys(self, keys: Sequence[int]) -> "ThemeModel":
        """The same model with the caller's ids, one per theme, in the order of the themes."""
        if len(keys) != len(self.centroids):
            raise ValueError(f"{len(self.centroids)} themes take {len(self.centroids)} keys, not {len(keys)}")
        return replace(self, keys=tuple(keys))

    def to_bytes(self) -> bytes:
        """A compressed npz archive of plain arrays."""
        about = {
            "format": _FORMAT,
            "embedder": self.space.embedder_name,
            "version": self.space.embedder_version,
            "keys": list(self.keys),
        }
        archive = io.BytesIO()
        arrays: dict[str, npt.NDArray[Any]] = {
            "about": np.array(json.dumps(about)),
            "centre": self.space.centre,
            "centroids": self.centroids,
            **self.space.lexical.arrays(),
        }
        np.savez_compressed(archive, **arrays)  # type: ignore[arg-type]
        return archive.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "ThemeModel":
        """The inverse of :meth:`to_bytes`. Raises ValueError for anything else."""
        with np.load(io.BytesIO(stored), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        about = json.loads(str(arrays["about"]))
        if about["format"] != _FORMAT:
            raise ValueError(f"theme model of format {about['format']}, this version reads {_FORMAT}")
        space = FeatureSpace(about["embedder"], about["version"], arrays["centre"], TfidfEmbedder.from_arrays(arrays))
        return cls(space, arrays["centroids"], tuple(about["keys"]))


def assign(
    rows: Sequence[str], model: ThemeModel, embedder: Embedder | None = None
) -> tuple[IntArray, npt.NDArray[np.float64]]:
    """The nearest theme of each raw text, as position in ``model.keys``, and how sure that is.

    Labels are −1 for texts without content; confidence is between 0 and 1, shape (rows,).
    ``embedder`` is the default one unless given; raises :class:`EmbedderMismatch` when the model
    needs another.
    """
    if embedder is None and model.space.embedder_name:
        embedder = default_embedder()
    told_apart = distinct(rows)
    labels = np.full(len(told_apart.texts) + 1, NO_CONTENT, dtype=np.int64)
    confidence = np.ones(len(told_apart.texts) + 1)
    for start in range(0, len(told_apart.texts), _ASSIGNED_AT_ONCE):
        part = slice(start, min(start + _ASSIGNED_AT_ONCE, len(told_apart.texts)))
        texts = told_apart.texts[part]
        with threadpool_limits(BLAS_THREADS, user_api="blas"):
            likeness = (
                model.space.views(texts, model.space.encoded(told_apart.spoken[part], embedder))[0] @ model.centroids.T
            )
        labels[part] = likeness.argmax(axis=1)
        confidence[part] = shares(likeness)[np.arange(len(likeness)), labels[part]]
    # Rows without content have position −1, which is the extra last place.
    return labels[told_apart.of_row], confidence[told_apart.of_row]


def shares(likeness: FloatArray) -> npt.NDArray[np.float64]:
    """Cosines to each theme as shares that add up to 1 (softmax), shape as given."""
    weights = np.exp(_SHARPNESS * (likeness - likeness.max(axis=1, keepdims=True)).astype(np.float64))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def matched(found: FloatArray, standing: FloatArray, least: float = _LEAST_LIKENESS) -> tuple[int | None, ...]:
    """Which standing theme each found theme continues: one to one, greatest total cosine (Hungarian).

    Both are unit rows in the same space. A pair less alike than ``least`` is no continuation.
    """
    continues: list[int | None] = [None] * len(found)
    if len(found) and len(standing):
        likeness = found @ standing.T
        for new, old in zip(*linear_sum_assignment(-likeness), strict=True):
            if likeness[new, old] >= least:
                continues[new] = int(old)
    return tuple(continues)
