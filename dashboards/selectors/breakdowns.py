"""Where a theme happens: its contacts by channel, stage, page, market and language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

import metrics.selectors
from accounts.models import Market
from dashboards.filters import Question
from feedback.filters import Filters
from feedback.filters import contacts as contacts_of
from feedback.models import DimensionValue, Theme
from feedback.selectors.channels import channel_name
from metrics.charts import Svg, bar

MOST = 5


@dataclass(frozen=True)
class Part:
    """One value: its name, contacts, percent of all, and the query of its rows ("" where they cannot be asked for)."""

    name: str
    contacts: int
    share: float
    bar: Svg
    rows_query: str


@dataclass(frozen=True)
class Breakdown:
    """One dimension, most contacts first; `rest` percent have another value or none."""

    name: str
    parts: list[Part]
    rest: float


def breakdowns(theme: Theme, question: Question, filters: Filters) -> list[Breakdown]:
    """Every dimension of which something is known; seven queries."""
    names = dict(DimensionValue.objects.values_list("pk", "label"))
    codes = dict(DimensionValue.objects.values_list("pk", "code"))
    markets = {market.pk: market for market in Market.objects.all()}
    found: list[Breakdown | None] = []
    for dimension, title in (("channel", _("Channel")), ("stage", _("Stage"))):
        counts = _from_series(theme, question, dimension)
        queries = {key: question.rows(theme=theme.pk, **{dimension: codes.get(key, "")}) for key in counts}
        shown = {key: channel_name(name) for key, name in names.items()} if dimension == "channel" else names
        found.append(_breakdown(title, counts, shown, queries))
    pages = _from_rows(filters, "page")
    found.append(_breakdown(_("Page"), pages, names, {}))
    counts = _from_series(theme, question, "market")
    queries = {key: question.rows(theme=theme.pk, market=markets[key].code) for key in counts if key in markets}
    found.append(_breakdown(_("Market"), counts, {key: market.name for key, market in markets.items()}, queries))
    counts = _from_rows(filters, "language")
    queries = {key: question.rows(theme=theme.pk, language=codes.get(key, "")) for key in counts}
    spoken = {key: _language(codes[key]) for key in counts if key in codes}
    found.append(_breakdown(_("Language"), counts, spoken, queries))
    return [one for one in found if one]


def _language(code: str) -> str:
    """The name of a language in the reader's own."""
    try:
        return str(get_language_info(code)["name_translated"]).capitalize()
    except KeyError:
        return code


def _from_series(theme: Theme, question: Question, dimension: str) -> dict[int, float]:
    sums = metrics.selectors.contact_sums(question.slice, by=[dimension], themes=[theme.pk], only=["contacts"])
    return {key: cell.contacts for (key,), cell in sums.items()}


def _from_rows(filters: Filters, dimension: str) -> dict[int, float]:
    rows = contacts_of(filters).order_by().values_list(f"{dimension}_id").annotate(contacts=Count("pk"))
    return {key or 0: float(contacts) for key, contacts in rows}


def _breakdown(
    title: str, counts: Mapping[int, float], names: Mapping[int, str], queries: Mapping[int, str]
) -> Breakdown | None:
    """None when no contact has a known value."""
    total = sum(counts.values())
    ranked = sorted(((key, count) for key, count in counts.items() if key in names), key=lambda pair: -pair[1])[:MOST]
    if not ranked or not total:
        return None
    parts = [
        Part(names[key], int(count), 100 * count / total, bar(count / total), queries.get(key, ""))
        for key, count in ranked
    ]
    return Breakdown(title, parts, 100 - sum(part.share for part in parts))
