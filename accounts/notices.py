"""What a page says after something was done: a sentence, and where possible the way back."""

from django.contrib import messages
from django.http import HttpRequest

_UNDO = "undo:"


def say(request: HttpRequest, text: str, *, undo_url: str = "", level: int = messages.SUCCESS) -> None:
    """Show `text` on the next page this person sees, with an Undo button that posts to `undo_url` if there is one."""
    messages.add_message(request, level, text, extra_tags=f"{_UNDO}{undo_url}" if undo_url else "")


def undo_address(extra_tags: str | None) -> str:
    """The address that takes the step back, from a message's extra tags; "" when it cannot be taken back."""
    tags = extra_tags or ""
    return tags.removeprefix(_UNDO) if tags.startswith(_UNDO) else ""
