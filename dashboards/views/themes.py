"""Themes: the table, and the same as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import formats
from accounts.permissions import signed_in
from dashboards import filters
from dashboards.filters import Options, Question
from dashboards.selectors import themes
from dashboards.selectors.themes import ThemeRow, ThemeTable
from feedback.permissions import may_import
from feedback.rejections import defused
from feedback.views.downloads import csv_response
from metrics.estimate import Estimate

_EXPORTED = ("contacts", "share", "per_1000_orders", "change", "csat", "csat_gap", "cost")


@require_safe
def theme_list(request: HttpRequest) -> HttpResponse:
    """The table of themes for the filters in the address."""
    person = signed_in(request)
    question = filters.read(request.GET, timezone.now())
    table = themes.theme_table(question, person)
    options = filters.options()
    context = {
        "question": question,
        "table": table,
        "options": options,
        "columns": themes.columns(),
        "finding": _finding(table),
        "nothing_yet": not table.totals.contacts and not question.narrows and question.days is not None,
        "may_import": bool(may_import(person)),
        "example": themes.example(),
        "asked_for": _asked_for(question, options),
    }
    return render(request, "dashboards/themes.html", context)


@require_safe
def theme_export(request: HttpRequest) -> StreamingHttpResponse:
    """All themes of the filters as CSV, every number with its interval and count."""
    question = filters.read(request.GET, timezone.now())
    table = themes.theme_table(replace(question, everything=True), signed_in(request))
    name = f"themes-{question.period.first}-{question.period.last}.csv"
    return csv_response(_lines(table), name)


def _finding(table: ThemeTable) -> str:
    if table.first is None:
        return _("What customers contact us about")
    share = table.first.numbers.share.value
    if table.sort.key != "contacts" or share is None:
        return _("What customers contact us about: “%(theme)s” first") % {"theme": table.first.theme.name}
    return _("Most contacts are about “%(theme)s”: %(share)s of all") % {
        "theme": table.first.theme.name,
        "share": formats.percent(share),
    }


def _asked_for(question: Question, options: Options) -> str:
    """The filters in words: "Phone + Checkout"."""
    named = (
        (question.q, [(question.q, f"“{question.q}”")]),
        (question.channel, options.channels),
        (question.stage, options.stages),
        (question.market, options.markets),
    )
    return " + ".join(dict(known).get(code, code) for code, known in named if code)


def _lines(table: ThemeTable) -> Iterator[tuple[Any, ...]]:
    numbers = [f"{name}{end}" for name in _EXPORTED for end in ("", "_low", "_high", "_n")]
    yield ("theme", "stage", "page", *numbers, "outside_variation", "in_the_loop")
    for row in table.rows:
        yield _line(row)


def _line(row: ThemeRow) -> tuple[Any, ...]:
    theme, numbers = row.theme, row.numbers
    estimates = (
        numbers.contacts,
        numbers.share,
        numbers.per_1000_orders,
        numbers.change.change,
        numbers.csat,
        numbers.csat_gap,
        numbers.cost,
    )
    return (
        defused(theme.name),
        defused(theme.stage.label) if theme.stage else "",
        defused(theme.page.label) if theme.page else "",
        *(cell for estimate in estimates for cell in _cells(estimate)),
        "yes" if numbers.change.outside_variation else "no",
        defused(row.place.text),
    )


def _cells(estimate: Estimate) -> tuple[float | str, ...]:
    known = (estimate.value, estimate.low, estimate.high)
    return (*("" if value is None else round(value, 4) for value in known), estimate.n)
