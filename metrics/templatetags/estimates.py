"""Filters that write an estimate in the reader's language, by its unit."""

from django import template
from django.utils.translation import gettext as _

from accounts import formats
from metrics import estimate as units
from metrics.estimate import Estimate

register = template.Library()

_THIN = {units.SMALL, units.ROUGH, units.NO_INTERVAL}
_PLACES = {units.PERCENT: 0, units.POINTS: 0, units.SCORE: 2, units.PER_1000_ORDERS: 1, units.COUNT: 0}


def written(value: float, unit: str, currency: str = "EUR", *, bare: bool = False) -> str:
    """One number of `unit` in words; `bare` leaves out what an interval does not repeat (the sign of hundred)."""
    if unit == units.SECONDS:
        return formats.duration(value)
    if unit == units.CENTS:
        return formats.decimal(value / 100) if bare else formats.money(value, currency)
    if unit == units.RATIO:
        return formats.decimal(value * 100, 1) if bare else formats.percent(value * 100)
    text = formats.decimal(value, _PLACES.get(unit, 1))
    return f"{text}%" if unit == units.PERCENT and not bare else text


@register.filter
def estimate_value(estimate: Estimate, currency: str = "EUR") -> str:
    """The value alone: "61%", "8:40", "€17,200"; "–" when there is none."""
    return "–" if estimate.value is None else written(estimate.value, estimate.unit, currency)


@register.filter
def estimate_interval(estimate: Estimate, currency: str = "EUR") -> str:
    """The interval as "0.4 to 3.9"; "" when there is none."""
    if estimate.low is None or estimate.high is None:
        return ""
    low, high = (written(end, estimate.unit, currency, bare=True) for end in (estimate.low, estimate.high))
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


@register.filter
def is_thin(estimate: Estimate) -> bool:
    """Whether the value is shown in grey: few answers, an approximate interval or none."""
    return bool(_THIN & set(estimate.flags))
