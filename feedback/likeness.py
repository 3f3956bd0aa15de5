"""Which known value a new one most likely means. Pure; a guess that a person sees and confirms.

Equal but for capitals, accents and signs is certain enough; the usual words for channels are known in
English, Dutch, German and French; otherwise the spelling has to be very close.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence

_CLOSE = 0.86
_SAME = (
    {"phone", "telefoon", "telephone", "tel", "call", "voice", "bellen", "telefon", "anruf", "inbound"},
    {"email", "mail", "epost", "courriel"},
    {"chat", "livechat", "webchat", "messaging", "messenger"},
    {"whatsapp", "wa"},
    {"store", "shop", "winkel", "filiaal", "filiale", "instore", "magasin"},
    {"social", "socialmedia", "facebook", "instagram", "twitter", "x"},
    {"letter", "post", "brief"},
    {"web", "website", "webform", "form", "formulier", "contactformulier"},
    {"nl", "nld", "netherlands", "nederland", "niederlande"},
    {"be", "bel", "belgium", "belgie", "belgien", "belgique"},
    {"de", "deu", "ger", "germany", "duitsland", "deutschland"},
    {"gb", "uk", "gbr", "unitedkingdom"},
    {"fr", "fra", "france", "frankrijk", "frankreich"},
)


def likeliest(name: str, known: Sequence[tuple[int, str]]) -> int | None:
    """The id among `known` (id, name) that `name` most likely means, or None."""
    plain = _plain(name)
    by_name: dict[str, int] = {}
    for key, label in known:
        by_name.setdefault(_plain(label), key)
    if plain in by_name:
        return by_name[plain]
    for words in _SAME:
        if plain in words:
            return next((key for label, key in by_name.items() if label in words), None)
    close = difflib.get_close_matches(plain, list(by_name), n=1, cutoff=_CLOSE)
    return by_name[close[0]] if close else None


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[^a-z0-9>]", "", letters)
