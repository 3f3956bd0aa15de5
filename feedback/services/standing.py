"""The centres of the themes there are, from a few of their own texts each; kept with the theme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.db import connection
from django.db.models import Count

from feedback.models import ReasonTag, Theme
from feedback.texts import clean, has_content
from feedback.theming import Embedder, TfidfEmbedder, embedders
from feedback.theming.sentences import SentenceEmbedder
from feedback.theming.standing import Centre, Standing, centre_of

TEXTS_EACH = 30
"""Texts that a centre is taken from; 60 find 93 instead of 92 in 100 of De Linde's contacts at twice the cost."""
_SETTLED = 10 * TEXTS_EACH


class Compass(NamedTuple):
    """What texts are compared with. Without an encoder `embedder` is lexical, fitted on the themes' own texts."""

    embedder: Embedder
    standing: Standing


def encoder() -> SentenceEmbedder | None:
    """This process's sentence encoder, which remembers what it read; None where none is installed."""
    inner = embedders.default_embedder()
    return None if inner is None else _remembering(type(inner), inner.name, inner.version)


@lru_cache(maxsize=1)
def _remembering(kind: Callable[[], Embedder], _name: str, _version: str) -> SentenceEmbedder:
    return SentenceEmbedder(kind())


def stamp(embedder: Embedder) -> str:
    """Stored beside a centre: centres of different embedders cannot be compared."""
    return f"{embedder.name} {embedder.version}"[:60]


def compass(between: Callable[[], None] = lambda: None) -> Compass | None:
    """The standing themes, their centres taken anew where that is due; None when no theme has words."""
    themes = list(Theme.objects.select_related("merged_into").defer("recognise", "reframe", "resolve"))
    embedder = encoder()
    if embedder is None:
        return _lexical(themes)
    _renew(themes, embedder, between)
    placed = [theme for theme in themes if theme.centroid and theme.embedder == stamp(embedder)]
    if not placed:
        return None
    centres = [Centre.from_bytes(bytes(theme.centroid or b"")) for theme in placed]
    return Compass(embedder, Standing.of(_keys(placed, themes), centres))


def _renew(themes: Sequence[Theme], embedder: SentenceEmbedder, between: Callable[[], None]) -> None:
    tags = ReasonTag.objects.filter(reason__theme__isnull=False).values_list("reason__theme").annotate(Count("contact"))
    rows = dict(tags.order_by())
    due = [theme for theme in themes if _is_due(theme, rows.get(theme.pk, 0), stamp(embedder))]
    said = texts_of([theme.pk for theme in due])
    embedder.read([text for texts in said.values() for text in texts], between)
    for theme in due:
        if said.get(theme.pk):
            old = _stored(theme)
            centre = centre_of(embedder.encode(said[theme.pk]), rows.get(theme.pk, 0))
            reach = old.reach if old else None
            theme.centroid = Centre(centre.vector, centre.texts, reach).to_bytes()
            theme.embedder = stamp(embedder)
    # Derived from other rows: harmless when another worker does the same.
    Theme.objects.bulk_update([theme for theme in due if theme.pk in said], ["centroid", "embedder"])


def _is_due(theme: Theme, rows: int, wanted: str) -> bool:
    """No centre yet, another embedder's, or taken when the theme was much smaller."""
    centre = _stored(theme)
    if centre is None or theme.embedder != wanted:
        return True
    if theme.is_locked or theme.origin == Theme.Origin.TEXT:
        return False
    return rows >= (2 if centre.texts < _SETTLED else 8) * max(1, centre.texts)


def _stored(theme: Theme) -> Centre | None:
    return Centre.from_bytes(bytes(theme.centroid)) if theme.centroid else None


def _keys(placed: Sequence[Theme], themes: Sequence[Theme]) -> list[int]:
    """Where rows near each theme are counted: in the theme that it was merged into, at last."""
    into = {theme.pk: theme.merged_into_id for theme in themes}
    keys = []
    for theme in placed:
        key, seen = theme.pk, {theme.pk}
        while (following := into.get(key)) and following not in seen:
            key = following
            seen.add(key)
        keys.append(key)
    return keys


def _lexical(themes: Sequence[Theme]) -> Compass | None:
    said = texts_of([theme.pk for theme in themes])
    placed = [theme for theme in themes if said.get(theme.pk)]
    if not placed:
        return None
    cleaned = {theme.pk: [clean(text) for text in said[theme.pk]] for theme in placed}
    embedder = CleaningEmbedder(TfidfEmbedder.fitted([text for texts in cleaned.values() for text in texts]))
    centres = [centre_of(embedder.encode(cleaned[theme.pk]), len(cleaned[theme.pk])) for theme in placed]
    return Compass(embedder, Standing.of(_keys(placed, themes), centres, lexical=True))


class CleaningEmbedder:
    """Lexical vectors of raw texts: what `TfidfEmbedder` does for cleaned ones."""

    def __init__(self, inner: TfidfEmbedder) -> None:
        self._inner = inner
        self.name, self.version, self.languages = inner.name, inner.version, inner.languages

    def encode(self, texts: Sequence[str]) -> embedders.FloatArray:
        """Shape (texts, dimensions)."""
        return self._inner.encode([clean(text) for text in texts])


# A theme's own texts: of its reasons' contacts, and of the rows that were sent to it by their words.
_TEXTS = """
SELECT theme, said FROM (
    SELECT theme, said, ROW_NUMBER() OVER (PARTITION BY theme ORDER BY (item * 7919) %% 10007, item) AS place FROM (
        SELECT n.theme_id AS theme, w.subject || '. ' || w.text AS said, r.contact_id AS item
        FROM feedback_contactreason n JOIN feedback_reasontag r ON r.reason_id = n.id
        JOIN feedback_contacttext w ON w.contact_id = r.contact_id
        WHERE n.theme_id IN ({themes})
        UNION ALL
        SELECT t.theme_id, w.subject || '. ' || w.text, t.contact_id
        FROM feedback_contacttheme t JOIN feedback_theme h ON h.id = t.theme_id AND h.origin = 'text'
        JOIN feedback_contacttext w ON w.contact_id = t.contact_id
        WHERE t.theme_id IN ({themes}) AND t.origin = 'text'
        UNION ALL
        SELECT t.theme_id, w.text, t.response_id
        FROM feedback_surveytheme t JOIN feedback_theme h ON h.id = t.theme_id AND h.origin = 'text'
        JOIN feedback_surveytext w ON w.response_id = t.response_id
        WHERE t.theme_id IN ({themes}) AND t.confidence IS NOT NULL
    ) AS own
) AS mixed
WHERE place <= %s ORDER BY theme, place"""


def texts_of(themes: Sequence[int]) -> dict[int, list[str]]:
    """Up to thirty texts with content of each of these themes, from all over its rows."""
    found: dict[int, list[str]] = defaultdict(list)
    if themes:
        places = ", ".join(["%s"] * len(themes))
        with connection.cursor() as cursor:
            cursor.execute(_TEXTS.replace("{themes}", places), [*themes, *themes, *themes, TEXTS_EACH])
            for theme, said in cursor.fetchall():
                text = said.removeprefix(". ")[:1_000]
                if has_content(clean(text)):
                    found[theme].append(text)
    return dict(found)
