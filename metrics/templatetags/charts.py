"""Charts and estimates in templates."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from metrics.charts import Svg

register = template.Library()


@register.simple_tag
def chart(drawing: Svg | None) -> SafeString:
    """The markup of a drawing; None draws nothing.

    The one place where markup is declared safe. It takes an `Svg` and nothing else: `metrics.charts.svg.element` is the
    only maker of one and escapes every text and attribute, so a theme called "<script>" comes out as words.
    """
    if drawing is None:
        return SafeString("")
    if not isinstance(drawing, Svg):
        raise TypeError(f"a chart is an Svg, not {type(drawing).__name__}")
    return mark_safe(drawing.markup)  # noqa: S308
