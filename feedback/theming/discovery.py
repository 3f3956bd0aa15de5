"""Finding themes in texts: the whole way from rows to named groups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from feedback.texts import Distinct, IntArray, distinct
from feedback.theming.clusters import Tree, smoothed
from feedback.theming.embedders import BLAS_THREADS, Embedder, FloatArray, unit_rows
from feedback.theming.model import NO_CONTENT, FeatureSpace, ThemeModel, matched, shares
from feedback.theming.naming import name_groups

FIT_LIMIT = 8_000
"""Different texts that the tree is grown on; the others go to the nearest centroid."""

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class DiscoveredTheme:
    """A group of texts about one thing, named until a person names it."""

    name: str
    subtitle: str
    rows: int
    """How many rows it has, duplicates counted."""
    parent: int
    """The coarser group it belongs to: a coarser cut of the same tree. Themes that share it are kin."""
    examples: tuple[int, ...]
    """Positions of up to three rows at its centre, the most central first, all different texts."""
    key: int | None
    """The standing theme that it continues, as the caller's id; None for a new one."""


@dataclass(frozen=True)
class Discovery:
    """Themes, largest first, and where each row went."""

    themes: tuple[DiscoveredTheme, ...]
    labels: IntArray
    """Position in ``themes`` of each row, −1 for rows without content, shape (rows,)."""
    confidence: npt.NDArray[np.float64]
    """Between 0 and 1, shape (rows,); 1 for rows without content."""
    model: ThemeModel | None
    """To assign later texts with; None when no row had content."""

    @property
    def without_content(self) -> int:
        """How many rows say nothing to act on."""
        return int((self.labels == NO_CONTENT).sum())


def discover(
    rows: Sequence[str],
    *,
    embedder: Embedder | None,
    k: int | None = None,
    least: int = 1,
    seed: int = 0,
    standing: ThemeModel | None = None,
) -> Discovery:
    """Find themes in raw texts. The same rows and seed give the same themes.

    ``embedder`` None means lexical vectors alone. ``k`` is the number of themes; chosen on the fine
    side when None, but not below ``least``, and never more than there are different texts. ``standing``
    is the model of an earlier discovery, whose themes the new ones continue where they are alike.
    Raises ValueError for ``k`` below 1.
    """
    if k is not None and k < 1:
        raise ValueError("the number of themes is 1 or more")
    with threadpool_limits(BLAS_THREADS, user_api="blas"):
        return _discovered(rows, embedder, k, least, seed, standing)


def _discovered(
    rows: Sequence[str],
    embedder: Embedder | None,
    k: int | None,
    least: int,
    seed: int,
    standing: ThemeModel | None,
) -> Discovery:
    told_apart = distinct(rows)
    texts = told_apart.texts
    if not texts:
        return Discovery((), told_apart.of_row, np.ones(len(rows)), None)
    fitted = np.arange(len(texts))
    if len(texts) > FIT_LIMIT:
        fitted = np.sort(np.random.default_rng(seed).choice(len(texts), FIT_LIMIT, replace=False))
    encoded = embedder.encode(told_apart.spoken) if embedder is not None else None
    space = FeatureSpace.fitted(
        [texts[place] for place in fitted], None if encoded is None else encoded[fitted], embedder, seed
    )
    views = space.views(texts, encoded)
    grouped, parents = _grouped([view[fitted] for view in views], k, least, seed)
    centroids = _means(views[0][fitted], grouped, len(parents))
    likeness = views[0] @ centroids.T
    labels = likeness.argmax(axis=1)
    labels[fitted] = grouped

    order = np.argsort(-np.bincount(labels, told_apart.counts, len(parents)), kind="stable")
    labels, likeness, centroids = np.argsort(order)[labels], likeness[:, order], centroids[order]
    keys = _continued(texts, encoded, labels, len(order), standing, embedder)
    names = name_groups(texts, labels, len(order))
    examples = _examples(told_apart, labels, likeness)
    sizes = np.bincount(labels, told_apart.counts, len(order))
    themes = tuple(
        DiscoveredTheme(name.title, name.subtitle, int(sizes[place]), parents[group], examples[place], keys[place])
        for place, (group, name) in enumerate(zip(order.tolist(), names, strict=True))
    )
    sureness = shares(likeness)[np.arange(len(texts)), labels]
    return Discovery(
        themes,
        np.append(labels, NO_CONTENT)[told_apart.of_row],
        np.append(sureness, 1.0)[told_apart.of_row],
        ThemeModel(space, centroids, tuple(range(len(order)))),
    )


def _grouped(views: list[FloatArray], k: int | None, least: int, seed: int) -> tuple[IntArray, tuple[int, ...]]:
    """The group of each text, and of each group the coarser group above it."""
    texts = len(views[0])
    if texts == 1:
        return np.zeros(1, dtype=np.int64), (0,)
    tree = Tree.grown(smoothed(views[0]), seed)
    groups = min(texts, k if k is not None else max(least, tree.chosen_groups(views, seed)))
    labels = tree.cut(groups)
    return labels, tree.coarser(labels, groups)


def _means(vectors: FloatArray, labels: IntArray, groups: int) -> FloatArray:
    """The centroid of each group as unit rows, shape (groups, dimensions)."""
    sums = np.zeros((groups, vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, labels, vectors)
    return unit_rows(sums)


def _examples(told_apart: Distinct, labels: IntArray, likeness: FloatArray) -> list[tuple[int, ...]]:
    first_row = np.full(len(told_apart.texts), -1, dtype=np.int64)
    with_content = np.flatnonzero(told_apart.of_row >= 0)[::-1]
    first_row[told_apart.of_row[with_content]] = with_content
    found = []
    for group in range(likeness.shape[1]):
        members = np.flatnonzero(labels == group)
        central = members[np.argsort(-likeness[members, group], kind="stable")[:_EXAMPLES]]
        found.append(tuple(first_row[central].tolist()))
    return found


def _continued(
    texts: Sequence[str],
    encoded: FloatArray | None,
    labels: IntArray,
    groups: int,
    standing: ThemeModel | None,
    embedder: Embedder | None,
) -> tuple[int | None, ...]:
    """The key of the standing theme that each group continues.

    Two discoveries have two spaces, so the new groups are looked at in the standing model's space.
    A model of another encoder cannot say: then every theme is new.
    """
    if standing is None or standing.space.embedder_name != (embedder.name if embedder else ""):
        return (None,) * groups
    vectors = standing.space.views(texts, encoded)[0]
    pairs = matched(_means(vectors, labels, groups), standing.centroids)
    return tuple(None if old is None else standing.keys[old] for old in pairs)
