"""The filters of the pages of this floor, as they stand in an address.

    period (28, 91) or from and to, channel, market, stage, q, sort, all

What makes no sense is left out, never an error: an old bookmark opens the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.db.models.functions import Coalesce
from django.http import QueryDict

import accounts.selectors
import metrics.selectors
from accounts.models import Market
from feedback.models import DimensionValue
from feedback.selectors.channels import channel_name
from metrics.periods import Period, Slice

MONTH, QUARTER = 28, 91
PERIODS = (MONTH, QUARTER)
LONGEST = timedelta(days=3 * 366)
MAX_QUERY = 80


@dataclass(frozen=True)
class Options:
    """What can be chosen: (value, name)."""

    channels: list[tuple[str, str]]
    stages: list[tuple[str, str]]
    markets: list[tuple[str, str]]


@dataclass(frozen=True)
class Question:
    """What a page is asked: the slice, and the words in the address that made it.

    `days` is 28 or 91, or None for days of one's own.
    """

    slice: Slice
    days: int | None
    today: date
    channel: str = ""
    market: str = ""
    stage: str = ""
    q: str = ""
    sort: str = ""
    everything: bool = False

    @property
    def period(self) -> Period:
        """The days asked about."""
        return self.slice.period

    @property
    def narrows(self) -> bool:
        """Whether anything but the period and the order is asked for."""
        return bool(self.channel or self.market or self.stage or self.q)

    def rows(self, period: Period | None = None, /, **more: object) -> str:
        """The query string of the contacts behind a number: this slice, narrowed by `more` (theme, channel …)."""
        days = period or self.period
        wanted: dict[str, object] = {
            "from": days.first.isoformat(),
            "to": days.last.isoformat(),
            "channel": self.channel,
            "market": self.market,
            "stage": self.stage,
        } | more
        return urlencode({name: value for name, value in wanted.items() if value not in ("", None)})


def read(parameters: QueryDict, now: datetime, *, days: int = MONTH) -> Question:
    """The question in a query string; without a period the last `days` days that were counted."""
    today = accounts.selectors.market_day(now)
    period, chosen = _period(parameters, today, days)
    channel, channels = _dimension("channel", parameters)
    stage, stages = _dimension("stage", parameters)
    code = _text(parameters.get("market", "")).upper()
    market = Market.objects.filter(code=code).values_list("pk", flat=True).first() if code else None
    return Question(
        slice=Slice(period, markets=(market,) if market else (), channels=channels, stages=stages),
        days=chosen,
        today=today,
        channel=channel,
        market=code if market else "",
        stage=stage,
        q=_text(parameters.get("q", ""))[:MAX_QUERY],
        sort=_text(parameters.get("sort", "")),
        everything=parameters.get("all", "") == "1",
    )


def options() -> Options:
    """What can be chosen in the filters."""
    values: dict[str, list[tuple[str, str]]] = {"channel": [], "stage": []}
    shown = DimensionValue.objects.filter(dimension__in=values, mapped_to=None).order_by("label")
    for dimension, code, label in shown.values_list("dimension", "code", "label"):
        values[dimension].append((code, channel_name(label) if dimension == "channel" else label))
    return Options(
        values["channel"], values["stage"], [(m.code, m.name) for m in Market.objects.filter(mapped_to=None)]
    )


def period_between(first: date | None, last: date | None) -> Period | None:
    """The days from first to last; None when one is missing, or they are in the wrong order or absurdly far apart."""
    if first is None or last is None or not timedelta() <= last - first <= LONGEST:
        return None
    return Period(first, last)


def day(text: str) -> date | None:
    """A day as 2026-11-20, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _period(parameters: Mapping[str, str], today: date, days: int) -> tuple[Period, int | None]:
    own = period_between(day(parameters.get("from", "")), day(parameters.get("to", "")))
    if own:
        return own, None
    wanted = parameters.get("period", "")
    length = int(wanted) if wanted in {str(known) for known in PERIODS} else days
    return metrics.selectors.counted_days(today, length), length


def _dimension(name: str, parameters: Mapping[str, str]) -> tuple[str, tuple[int, ...]]:
    code = _text(parameters.get(name, "")).lower()
    if not code:
        return "", ()
    found = tuple(
        DimensionValue.objects.filter(dimension=name, code__iexact=code).values_list(
            Coalesce("mapped_to_id", "pk"), flat=True
        )
    )
    return (code, found) if found else ("", ())


def _text(value: str) -> str:
    return value.replace("\0", "").strip()
