"""Words of what came in, in the reader's language."""

from django import template

from feedback.selectors import channels

register = template.Library()


@register.filter
def channel_name(label: str) -> str:
    """The channel that arrived as "Email", as the reader calls it."""
    return channels.channel_name(label)
