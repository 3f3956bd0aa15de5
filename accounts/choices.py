"""Lists that several forms offer: time zones, currencies, days of the week."""

import re
from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Suggestions; any code of three letters is taken.
CURRENCIES = ["EUR", "GBP", "USD", "CHF", "DKK", "NOK", "SEK", "PLN", "CZK", "HUF", "RON", "CAD", "AUD"]

# ISO weekdays: the value is what Company.working_days holds.
WEEKDAYS: list[tuple[str, str | Promise]] = [
    ("1", gettext_lazy("Monday")),
    ("2", gettext_lazy("Tuesday")),
    ("3", gettext_lazy("Wednesday")),
    ("4", gettext_lazy("Thursday")),
    ("5", gettext_lazy("Friday")),
    ("6", gettext_lazy("Saturday")),
    ("7", gettext_lazy("Sunday")),
]


@cache
def zones() -> tuple[str, ...]:
    """Names of time zones as people know them: "Europe/Amsterdam" and the like, and UTC."""
    places = sorted(name for name in available_timezones() if re.match(r"[A-Z][a-z]+/", name) and "Etc/" not in name)
    return ("UTC", *places)


def is_zone(name: str) -> None:
    """Raise ValidationError unless this is the name of a time zone."""
    if name not in zones():
        raise ValidationError(_("“%(name)s” is not a time zone. Choose one such as Europe/Amsterdam.") % {"name": name})


def is_currency(code: str) -> None:
    """Raise ValidationError unless this looks like an ISO 4217 code."""
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValidationError(_("A currency is three capitals, such as EUR."))
