"""Themes found in texts: one customer problem each, proposed by arithmetic, decided by people.

Pure: numpy, scipy and scikit-learn; no Django, no clock, no network. :func:`discover` finds themes
in a pile of texts, :func:`assign` sends later texts to them. Discovery proposes; a person names,
merges, splits and locks.
"""

from feedback.theming.discovery import DiscoveredTheme, Discovery, discover
from feedback.theming.embedders import Embedder, TfidfEmbedder, UniversalSentenceEmbedder, default_embedder
from feedback.theming.model import NO_CONTENT, EmbedderMismatch, ThemeModel, assign, matched

__all__ = [
    "NO_CONTENT",
    "DiscoveredTheme",
    "Discovery",
    "Embedder",
    "EmbedderMismatch",
    "TfidfEmbedder",
    "ThemeModel",
    "UniversalSentenceEmbedder",
    "assign",
    "default_embedder",
    "discover",
    "matched",
]
