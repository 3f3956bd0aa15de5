"""Numbers and days as people read them, in the language that is active: 4,310 or 4.310, "12 Oct" or "12 okt".

A minus is the real one (U+2212). None is shown as a dash by the callers, never as 0.
"""

from datetime import date, datetime

from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

MINUS = "\u2212"
NARROW_SPACE = "\u00a0"
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}


def decimal(value: float, places: int = 0) -> str:
    """`value` rounded to `places` decimals, thousands grouped: 4310 is "4,310" or "4.310"."""
    rounded = round(value, places) + 0.0
    if rounded == 0:
        rounded = 0.0
    text = formats.number_format(abs(rounded), decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{MINUS}{text}" if rounded < 0 else text


def signed(value: float, places: int = 0) -> str:
    """`decimal` with its sign always: "+3.4", "−0.8"; a change that rounds to nothing is "0"."""
    text = decimal(value, places)
    return f"+{text}" if round(value, places) > 0 else text


def percent(value: float, places: int = 1) -> str:
    """A share on 0 to 100 with its sign of hundred: "61.4%"."""
    return f"{decimal(value, places)}%"


def signed_percent(value: float, places: int = 1) -> str:
    """A change in percent, sign always: "+2.1%"."""
    return f"{signed(value, places)}%"


def compact(value: float) -> str:
    """A count that fits the rail: 58940 is "58.9k", 1300000 is "1.3m", 941 stays "941"."""
    size = abs(value)
    if size < 10_000:
        return decimal(value)
    if size < 999_500:
        return f"{decimal(value / 1000, 1 if size < 99_950 else 0)}k"
    return f"{decimal(value / 1_000_000, 1)}m"


def money(cents: float, currency: str = "EUR", places: int = 0) -> str:
    """An amount of integer cents: "€17,200" in English, "€ 17.200" in Dutch, sign before the symbol."""
    symbol = _SYMBOLS.get(currency, f"{currency}{NARROW_SPACE}")
    gap = NARROW_SPACE if get_language() == "nl" and currency in _SYMBOLS else ""
    text = decimal(abs(cents) / 100, places)
    sign = MINUS if round(cents / 100, places) < 0 else ""
    return f"{sign}{symbol}{gap}{text}"


def duration(seconds: float) -> str:
    """How long: "58 s" below a minute, "8:40" below an hour, "3 h 10" below two days, then "4 days"."""
    whole = round(abs(seconds))
    sign = MINUS if seconds < 0 and whole else ""
    if whole < 60:
        text = _("%(seconds)d s") % {"seconds": whole}
    elif whole < 3600:
        text = f"{whole // 60}:{whole % 60:02d}"
    elif whole < 2 * 86_400:
        text = _("%(hours)d h %(minutes)02d") % {"hours": whole // 3600, "minutes": whole % 3600 // 60}
    else:
        text = _("%(days)s days") % {"days": decimal(whole / 86_400)}
    return sign + text


def local_day(value: date | datetime) -> date:
    """The calendar day of a moment in the active zone; a day stays itself."""
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value


def day(value: date | datetime, *, year: bool = False) -> str:
    """A day as "12 Oct", or "12 Oct 2026" with its year."""
    return formats.date_format(local_day(value), f"j {_month()} Y" if year else f"j {_month()}")


def moment(value: datetime) -> str:
    """A moment as "12 Oct 14:02" in the active zone."""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return formats.date_format(local, f"j {_month()} H:i")


def _month() -> str:
    # Dutch writes its months without a capital.
    return "b" if get_language() == "nl" else "M"


def day_range(first: date | datetime, last: date | datetime) -> str:
    """Two days as "24 Oct to 20 Nov 2026": what both share is said once."""
    start, end = local_day(first), local_day(last)
    if start == end:
        return day(end, year=True)
    if (start.year, start.month) == (end.year, end.month):
        begin = formats.date_format(start, "j")
    else:
        begin = day(start, year=start.year != end.year)
    return _("%(first)s to %(last)s") % {"first": begin, "last": day(end, year=True)}
