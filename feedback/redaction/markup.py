"""HTML as the text that a reader sees. Pure, and linear in the length of whatever is sent.

The standard library's ``HTMLParser`` takes quadratic time over tags that are opened and never closed
(Python 3.11: a minute for 90 kB of ``<a <a <a``), and what comes in here was sent by strangers. So a
tag is one pattern that never looks past the next ``<``.
"""

import re
from html import unescape

__all__ = ["has_markup", "html_to_text"]

_MARKUP = re.compile(
    r"</?[a-zA-Z][a-zA-Z0-9-]{0,30}(?::[a-zA-Z]{1,20})?(?:[\s/][^<>]*)?>|<!--|<![a-zA-Z]|&(?:#[0-9xX]|[a-zA-Z]{2,31};)"
)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*+)(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+>|<(/?)([a-zA-Z][^\s/<>]*+)[^<>]*+>")
_DECLARED = re.compile(r"<[!?/][^<>]*+>")
_LINES = (
    "br p div li ul ol dl dt dd tr table tbody thead h1 h2 h3 h4 h5 h6 blockquote section article header footer pre "
    "hr address form fieldset"
)
_LINE = frozenset(_LINES.split())
_CELL = frozenset({"td", "th"})
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})
# What asks for a new line, until all is known that asks for one at the same place.
_BREAK, _BLOCK, _PARAGRAPH = "\x00", "\x01", "\x02"
_CONTROL = str.maketrans("", "", _BREAK + _BLOCK + _PARAGRAPH)
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_BREAKS = re.compile(r" ?[\x00-\x02][ \x00-\x02]*")


def has_markup(text: str) -> bool:
    """Whether the text holds a tag, a comment or an entity ("Jan <jan@example.nl>" does not)."""
    return ("<" in text or "&" in text) and _MARKUP.search(text) is not None


def html_to_text(html: str) -> str:
    """The text of an HTML fragment: no tags, scripts, styles or comments; entities as characters.

    Line breaks and blocks become line breaks (one empty line at most between two blocks), other white
    space becomes single spaces. A text without any markup is given back as it came, so that plain text
    may be passed too. Never raises.
    """
    if not has_markup(html):
        return html
    if "<" not in html:
        return unescape(html).translate(_CONTROL).replace("\xa0", " ")
    text = unescape("".join(_pieces(html.translate(_CONTROL))))
    return _BREAKS.sub(_lines, _SPACES.sub(" ", text)).strip()


def _pieces(html: str) -> list[str]:
    pieces: list[str] = []
    unseen = ""
    at = 0
    while (opened := html.find("<", at)) >= 0:
        if not unseen:
            pieces.append(html[at:opened])
        if html.startswith("<!--", opened):
            closed = html.find("-->", opened + 4)
            if closed < 0:
                return pieces
            at = closed + 3
            continue
        tag = _TAG.match(html, opened)
        if tag is None:
            declared = _DECLARED.match(html, opened)
            at = declared.end() if declared else opened + 1
            if declared is None and not unseen:
                pieces.append("<")
            continue
        at = tag.end()
        closes, name = (tag[1] or tag[3]), (tag[2] or tag[4]).lower()
        if unseen:
            unseen = "" if closes and name == unseen else unseen
        elif name in _UNSEEN and not closes:
            unseen = name
        elif name in _LINE:
            pieces.append(_BREAK if name == "br" else _PARAGRAPH if name == "p" else _BLOCK)
        elif name in _CELL:
            pieces.append(" ")
    if not unseen:
        pieces.append(html[at:])
    return pieces


def _lines(breaks: re.Match[str]) -> str:
    return "\n\n" if _PARAGRAPH in breaks[0] or breaks[0].count(_BREAK) > 1 else "\n"
