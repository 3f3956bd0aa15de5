"""Theme discovery on rows at hand, nothing stored: what the command line offers. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from feedback import theming
from feedback.redaction import redact

NO_CONTENT_NAME = "No content"
"""The group of texts that say nothing to act on; its number is 0."""


@dataclass(frozen=True, slots=True)
class RowTheme:
    """Where one row of the file went."""

    row: int
    """From 1, in the order of the file, headings not counted."""
    theme: int
    """From 1, largest theme first; 0 is the group without content."""
    name: str
    confidence: float
    """Between 0 and 1."""


@dataclass(frozen=True, slots=True)
class ThemesFound:
    """The summary as JSON types, and each row's theme."""

    summary: dict[str, object]
    rows: tuple[RowTheme, ...]


def themes(rows: Iterable[Mapping[str, str]], *, text: str, k: int | None = None) -> ThemesFound:
    """Find themes in the column ``text``; ``k`` is their number, chosen when None.

    Personal data is taken out first, so none gets into names and examples. Raises ValueError with
    a sentence when the column is missing or ``k`` is below 1.
    """
    texts: list[str] = []
    for row in rows:
        if text not in row:
            headings = ", ".join(str(heading) for heading in row)
            raise ValueError(f"There is no column {text!r}; the columns are: {headings}.")
        texts.append(redact(row[text] or "").text)
    embedder = theming.default_embedder()
    found = theming.discover(texts, embedder=embedder, k=k)
    names = [*(theme.name for theme in found.themes), NO_CONTENT_NAME]
    placed = tuple(
        RowTheme(number, label + 1, names[label], round(sureness, 4))
        for number, (label, sureness) in enumerate(
            zip(found.labels.tolist(), found.confidence.tolist(), strict=True), start=1
        )
    )
    summary: dict[str, object] = {
        "rows": len(texts),
        "without_content": found.without_content,
        "embedder": embedder.name if embedder else theming.TfidfEmbedder.name,
        "themes": [
            {
                "theme": number,
                "name": theme.name,
                "subtitle": theme.subtitle,
                "rows": theme.rows,
                "share": round(theme.rows / len(texts), 4),
                "kin": theme.parent + 1,
                "examples": [texts[example] for example in theme.examples],
            }
            for number, theme in enumerate(found.themes, start=1)
        ],
    }
    return ThemesFound(summary, placed)
