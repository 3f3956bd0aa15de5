"""Channels in the reader's language.

A channel is kept as it arrived ("Email", "live chat"). The usual ones are translated where they are shown; any other
is a company's own word and stays as it is.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NAMES: dict[str, Promise] = {
    "phone": _("Phone"),
    "chat": _("Chat"),
    "email": _("E-mail"),
    "e-mail": _("E-mail"),
    "social": _("Social media"),
    "store": _("Shop"),
    "post": _("Letter"),
}


def channel_name(label: str) -> str:
    """What people call the channel that arrived as `label`."""
    return str(_NAMES.get(label.casefold(), label))
