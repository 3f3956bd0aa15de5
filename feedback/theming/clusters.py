"""From vectors to groups: neighbour smoothing, Ward's tree, and how many groups to show.

Ward's tree is cut, never recomputed: the groups, the coarser groups above them and any finer or
coarser wish of a person are cuts of one tree, so they nest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import cut_tree, linkage
from scipy.sparse.linalg import svds
from scipy.spatial.distance import pdist
from sklearn.metrics import silhouette_score

from feedback.texts import IntArray
from feedback.theming.embedders import FloatArray, unit_rows

NEIGHBOURS = 10
_SMOOTHING_ROUNDS = 2
_BLOCK = 1_000
_TREE_DIMENSIONS = 96

_CANDIDATE_CUTS = 24
_MOST_GROUPS = 250
_LEAST_TEXTS_PER_GROUP = 6
_SILHOUETTE_SAMPLE = 2_000
# Silhouettes lie on a plateau rather than a peak: its middle is taken, and then a third more,
# because too many themes cost a person a merge and too few hide a problem. With one view alone the
# plateau lies on the fine side already.
_PLATEAU = 0.97
_ON_PURPOSE = 1.3
_FINE_PER_COARSE = 4


def smoothed(vectors: FloatArray, neighbours: int = NEIGHBOURS) -> FloatArray:
    """Each row becomes the mean of its nearest rows by cosine, itself included, twice over.

    ``vectors`` has unit rows, shape (texts, dimensions); so has the result.
    """
    nearest = min(neighbours, len(vectors))
    for _ in range(_SMOOTHING_ROUNDS if nearest > 1 else 0):
        means = np.empty_like(vectors)
        for start in range(0, len(vectors), _BLOCK):
            alike = vectors[start : start + _BLOCK] @ vectors.T
            found = np.argpartition(-alike, nearest - 1, axis=1)[:, :nearest]
            means[start : start + _BLOCK] = vectors[found].mean(axis=1)
        vectors = unit_rows(means)
    return vectors


@dataclass(frozen=True)
class Tree:
    """Ward's tree over smoothed vectors."""

    merges: npt.NDArray[np.float64]
    """As scipy's ``linkage``, shape (texts − 1, 4)."""

    @classmethod
    def grown(cls, vectors: FloatArray, seed: int = 0) -> "Tree":
        """Grow the tree; distances are taken in the 96 directions that matter (two texts or more)."""
        return cls(linkage(pdist(_compact(vectors, seed)), method="ward"))

    def cut(self, groups: int) -> IntArray:
        """Label each text with one of ``groups`` groups, shape (texts,)."""
        return np.asarray(cut_tree(self.merges, n_clusters=[groups])[:, 0], dtype=np.int64)

    def chosen_groups(self, views: Sequence[FloatArray], seed: int = 0) -> int:
        """How many groups to show when nobody says: on the fine side of what the texts support.

        ``views`` are the texts' vectors before smoothing, one array per kind of vector, each of
        shape (texts, dimensions). (Smoothed vectors praise ever smaller groups.) Each view's
        silhouette is taken as a share of its best, and the shares are averaged.
        """
        texts = len(self.merges) + 1
        most = min(_MOST_GROUPS, texts // _LEAST_TEXTS_PER_GROUP)
        if most < 2:
            return 1
        candidates = np.unique(np.geomspace(2, most, _CANDIDATE_CUTS).round().astype(int))
        cuts = cut_tree(self.merges, n_clusters=candidates)
        rows = np.arange(texts)
        if texts > _SILHOUETTE_SAMPLE:
            rows = np.random.default_rng(seed).choice(texts, _SILHOUETTE_SAMPLE, replace=False)
        scores = np.mean([_shares_of_best(view[rows], cuts[rows]) for view in views], axis=0)
        plateau = candidates[scores >= _PLATEAU * scores.max()]
        middle = float(np.sqrt(plateau[0] * plateau[-1]))
        return min(most, max(2, round((_ON_PURPOSE if len(views) > 1 else 1) * middle)))

    def coarser(self, labels: IntArray, groups: int) -> tuple[int, ...]:
        """The group of the coarser cut that holds each group of ``labels``, one per group."""
        coarse_groups = max(1, round(groups / _FINE_PER_COARSE))
        coarse = self.cut(coarse_groups)
        return tuple(int(coarse[np.flatnonzero(labels == group)[0]]) for group in range(groups))


def _compact(vectors: FloatArray, seed: int) -> FloatArray:
    if min(vectors.shape) <= _TREE_DIMENSIONS + 1:
        return vectors
    start = np.random.default_rng(seed).standard_normal(min(vectors.shape))
    _, _, directions = svds(vectors, k=_TREE_DIMENSIONS, v0=start)
    return unit_rows(vectors @ directions.T)


def _shares_of_best(vectors: FloatArray, cuts: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """The silhouette of each cut (a column of ``cuts``) as a share of the best one, at least 0."""
    distances = np.clip(1 - vectors @ vectors.T, 0, None)
    np.fill_diagonal(distances, 0)
    scores = np.array([max(0.0, _silhouette(distances, cuts[:, place])) for place in range(cuts.shape[1])])
    best = scores.max()
    return scores / best if best > 0 else scores


def _silhouette(distances: FloatArray, labels: IntArray) -> float:
    found = len(np.unique(labels))
    if not 2 <= found < len(labels):
        return -1.0
    return float(silhouette_score(distances, labels, metric="precomputed"))
