"""Filters that write an estimate in the reader's language, by its unit."""

from django import template
from django.utils.translation import gettext as _

from accounts import formats
from metrics import estimate as units
from metrics.estimate import Estimate

register = template.Library()

_THIN = {units.SMALL, units.ROUGH, units.NO_INTERVAL}
_PLACES = {units.POINTS: 0, units.SCORE: 2, units.PER_1000_ORDERS: 1, units.COUNT: 0}


def written(value: float, unit: str, currency: str = "EUR", *, bare: bool = False, beside: float | None = None) -> str:
    """One number of `unit` in words; `bare` leaves out what an interval does not repeat (the sign of hundred).

    Ends of an interval are written as finely as the value `beside` them.
    """
    if unit == units.SECONDS:
        return formats.duration(value)
    if unit == units.CENTS:
        return formats.decimal(value / 100) if bare else formats.money(value, currency)
    if unit == units.RATIO:
        return formats.decimal(value * 100, 1) if bare else formats.percent(value * 100)
    text = formats.decimal(value, _places(unit, value if beside is None else beside))
    return f"{text}%" if unit == units.PERCENT and not bare else text


def _places(unit: str, value: float) -> int:
    """A conversion of 3.01 % says nothing as "3%"."""
    if unit == units.PERCENT:
        return 2 if abs(value) < 10 else 0
    return _PLACES.get(unit, 1)


@register.filter
def estimate_value(estimate: Estimate, currency: str = "EUR") -> str:
    """The value alone: "61%", "8:40", "€17,200"; "–" when there is none."""
    return "–" if estimate.value is None else written(estimate.value, estimate.unit, currency)


@register.filter
def estimate_interval(estimate: Estimate, currency: str = "EUR") -> str:
    """The interval as "0.4 to 3.9"; "" when there is none."""
    if estimate.low is None or estimate.high is None:
        return ""
    low, high = (
        written(end, estimate.unit, currency, bare=True, beside=estimate.value) for end in (estimate.low, estimate.high)
    )
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


@register.filter
def is_thin(estimate: Estimate) -> bool:
    """Whether the value is shown in grey: few answers, an approximate interval or none."""
    return bool(_THIN & set(estimate.flags))
