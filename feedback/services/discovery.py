"""Rows without a reason find their theme in their words: a standing one that is near, or a found one.

    sort     rows go to the standing theme that is near enough; the others wait
    look     when many wait that are near none, themes are found among them
    make     those become themes, each with its most typical rows
    the rest is sorted again, now to the nearest, however far

Texts that say nothing to act on ("ok", "very good") get no theme. What was sorted stays: themes, their
names and their ids survive whatever comes later.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Max

from feedback.models import Theme
from feedback.services import standing as standing_themes
from feedback.services import themes, unthemed
from feedback.services.standing import Compass
from feedback.services.unthemed import Link, Pile, Words
from feedback.texts import clean, distinct, has_content
from feedback.theming import Discovery, TfidfEmbedder, discover
from feedback.theming.sentences import SentenceEmbedder
from feedback.theming.standing import Centre, found_centre

LEAST_TEXTS = 60
"""Fewer different texts than this hold no theme that can be told from chance."""
LEAST_SHARE = 0.05
"""Themes are found anew only when this share of all texts waits; otherwise each import would add some."""
SAMPLED = 6_000
"""Rows that themes are looked for in; the others are sorted to what was found."""
TEXTS_PER_THEME = 150
"""Coarser than this on average hides problems: survey answers have no clear number of groups, and without
this 6,000 of them fell into five themes."""
LEAST_ROWS = 5
"""A smaller group is no theme: its rows go to the nearest one."""
TYPICAL = standing_themes.TEXTS_EACH


@dataclass(frozen=True)
class Found:
    """A theme in the making."""

    name: str
    subtitle: str
    rows: tuple[tuple[Pile, Link], ...]
    """Its most typical rows; the links' theme is not known yet."""
    centre: Centre
    continues: int | None
    """The standing theme that it is once more."""


@dataclass(frozen=True)
class Look:
    """What a look at the waiting rows brought."""

    themes: tuple[Found, ...]
    newest: int
    """The newest theme when it was taken; when there is a newer one by now, look again."""


def sort(rows: Sequence[Words], compass: Compass | None, *, anyway: Collection[int] = ()) -> list[Link]:
    """Which theme each row's words belong to, for those that belong to one.

    A row near no theme goes to the nearest of the themes `anyway`, where there are any.
    """
    rows = [row for row in rows if has_content(clean(row.text))]
    if not rows or compass is None:
        return []
    vectors = compass.embedder.encode([row.text for row in rows])
    best, cosine, belongs = compass.standing.nearest(vectors)
    keys = np.array(compass.standing.keys)
    theme = keys[best]
    far = ~belongs
    open_to_all = [place for place, key in enumerate(compass.standing.keys) if key in set(anyway)]
    if open_to_all and far.any():
        nearest, likeness = compass.standing.nearest_of(vectors[far], open_to_all)
        theme[far], cosine[far], belongs[far] = keys[nearest], likeness, True
    return [
        Link(row.id, row.day, int(theme[place]), round(float(cosine[place]), 3))
        for place, row in enumerate(rows)
        if belongs[place]
    ]


def look(between: Callable[[], None], beside: Callable[[Callable[[], Discovery]], Discovery]) -> Look | None:
    """Look for themes among all waiting rows; None when too few wait.

    `between` is called while it reads; `beside` runs the long arithmetic.
    """
    newest = _newest()
    least = max(LEAST_TEXTS, LEAST_SHARE * unthemed.all_texts())
    waiting = {pile: unthemed.rows(pile).count() for pile in Pile}
    if sum(waiting.values()) < LEAST_TEXTS or (newest and sum(waiting.values()) < least):
        return None
    rows = _sampled(waiting)
    compass = standing_themes.compass(between)
    embedder = standing_themes.encoder()
    if embedder is not None:
        embedder.read([row.text for _, row in rows], between)
    if compass is not None:
        taken = {(pile, link.row) for pile in Pile for link in sort([row for own, row in rows if own is pile], compass)}
        rows = [(pile, row) for pile, row in rows if (pile, row.id) not in taken]
    texts = [row.text for _, row in rows]
    drawn = max(1.0, sum(waiting.values()) / SAMPLED)
    different = len(distinct(texts).texts)
    if different < LEAST_TEXTS or (newest and different * drawn < least):
        return None
    groups = max(1, different // TEXTS_PER_THEME)
    discovery = beside(lambda: discover(texts, embedder=embedder, least=groups))
    return Look(_found(rows, discovery, embedder, compass), newest)


def _newest() -> int:
    return int(Theme.objects.aggregate(newest=Max("id"))["newest"] or 0)


def _sampled(waiting: dict[Pile, int]) -> list[tuple[Pile, Words]]:
    """Rows with content from both piles, each with its share of the sample."""
    whole = max(SAMPLED, sum(waiting.values()))
    return [
        (pile, row)
        for pile in Pile
        for row in unthemed.sample(unthemed.rows(pile), -(-SAMPLED * waiting[pile] // whole))
        if has_content(clean(row.text))
    ]


def _found(
    rows: Sequence[tuple[Pile, Words]],
    discovery: Discovery,
    embedder: SentenceEmbedder | None,
    compass: Compass | None,
) -> tuple[Found, ...]:
    texts = [row.text for _, row in rows]
    # Without an encoder, centres hold only as long as this look; the typical rows stay.
    vectors = (embedder or standing_themes.CleaningEmbedder(_fitted(texts))).encode(texts)
    found = []
    for place, theme in enumerate(discovery.themes):
        own = np.flatnonzero(discovery.labels == place)
        if len(own) < LEAST_ROWS:
            continue
        centre = found_centre(vectors[own], len(own))
        cosine = np.clip(vectors[own] @ (centre.vector / np.linalg.norm(centre.vector)), 0, 1)
        typical = np.argsort(-cosine, kind="stable")[:TYPICAL]
        links = tuple(
            (rows[own[one]][0], Link(rows[own[one]][1].id, rows[own[one]][1].day, 0, round(float(cosine[one]), 3)))
            for one in typical
        )
        kin = compass.standing.kin(centre) if compass is not None and embedder is not None else None
        found.append(Found(theme.name, theme.subtitle, links, centre, kin))
    return tuple(found)


def _fitted(texts: Sequence[str]) -> TfidfEmbedder:
    return TfidfEmbedder.fitted([clean(text) for text in texts])


def make(found: Look, *, now: datetime) -> list[int] | None:
    """Make the found themes and give them their typical rows; their ids, continued ones included.

    Called in a transaction. None when another job made themes since: then look again.
    """
    themes.one_at_a_time()
    if _newest() != found.newest:
        return None
    embedder = standing_themes.encoder()
    ids = []
    for one in found.themes:
        key = one.continues or _made(one, standing_themes.stamp(embedder) if embedder else "", now)
        ids.append(key)
        for pile in Pile:
            unthemed.link(pile, [link._replace(theme=key) for own, link in one.rows if own is pile])
    return ids


def _made(one: Found, stamp: str, now: datetime) -> int:
    theme = Theme.objects.create(
        name=one.name[:120],
        subtitle=one.subtitle[:200],
        origin=Theme.Origin.TEXT,
        centroid=one.centre.to_bytes() if stamp else None,
        embedder=stamp,
        created_at=now,
    )
    return theme.pk
