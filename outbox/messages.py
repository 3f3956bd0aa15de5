"""What a message says: a kind and its parameters, written out in the reader's language.

Apps register one function per kind when they start; it is called with the reader's language active.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

# "good" is good news and written in green, "ask" wants an answer; the rest is news.
Tone = Literal["", "good", "ask"]


@dataclass(frozen=True)
class Rendered:
    """A message in words. `title` is one sentence; a blank line in `body` starts a paragraph."""

    title: str
    body: str = ""
    url: str = ""
    tone: Tone = ""
    # What it is about, short ("HYP-112"), and the words on the button that leads to `url`.
    about: str = ""
    action: str = ""

    @property
    def paragraphs(self) -> list[str]:
        """The body's paragraphs."""
        return [part.strip() for part in self.body.split("\n\n") if part.strip()]

    @property
    def preview(self) -> str:
        """The line under the title in the list."""
        return self.paragraphs[0] if self.paragraphs else ""


Renderer = Callable[[dict[str, Any]], Rendered]
_renderers: dict[str, Renderer] = {}


def renders(kind: str) -> Callable[[Renderer], Renderer]:
    """Register the function that writes this kind of message out."""

    def register(renderer: Renderer) -> Renderer:
        if _renderers.setdefault(kind, renderer) is not renderer:
            raise ValueError(f"Two renderers for message kind {kind}.")
        return renderer

    return register


def write_out(kind: str, parameters: dict[str, Any]) -> Rendered:
    """The message in the active language; one neutral sentence for a kind that no app writes any more."""
    if kind not in _renderers:
        return Rendered(_("A message from an earlier version"), _("This version cannot write it out any more."))
    return _renderers[kind](parameters)
