"""The table of themes: what customers contact us about, counted, and where each is in the loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

import feedback.selectors.contacts
import metrics.selectors
from accounts import formats
from accounts.models import Person
from dashboards.filters import Question
from dashboards.selectors import places
from dashboards.selectors.places import Place
from dashboards.selectors.rising import Rising, rising
from experiments.models import Experiment
from feedback.filters import WITHOUT_REASON, Filters
from feedback.models import Theme
from feedback.selectors import theme_numbers
from feedback.selectors.contacts import Coverage
from feedback.selectors.theme_numbers import ThemeNumbers, Totals
from hypotheses.models import Hypothesis, Status
from hypotheses.permissions import may_see
from metrics.charts import Svg, bar, sparkline
from metrics.charts.svg import Tone
from metrics.comparisons import Change

SHOWN = 12
FOUND = 5
_LAST = float("inf")


@dataclass(frozen=True)
class ThemeRow:
    """One row: the numbers, how its change is drawn ("good", "bad" or "flat"), its drawings, its place in the loop."""

    rank: int
    numbers: ThemeNumbers
    where: str
    change_text: str
    change_kind: str
    bar: Svg
    spark: Svg | None
    place: Place
    rows_query: str

    @property
    def theme(self) -> Theme:
        """The theme."""
        return self.numbers.theme


@dataclass(frozen=True)
class Example:
    """The drawings of a made-up row."""

    bar: Svg
    spark: Svg


@dataclass(frozen=True)
class Column:
    """A column that can be sorted by."""

    key: str
    name: str
    direction: str  # "ascending" or "descending": the only order that answers a question
    value: Callable[[ThemeNumbers], Any]


@dataclass(frozen=True)
class ThemeTable:
    """The page: some rows of `found` themes, the totals of the slice, and what stands out."""

    rows: list[ThemeRow]
    found: int
    totals: Totals
    totals_kind: str
    shown_share: float | None
    coverage: Coverage | None
    without_query: str
    behind: bool
    rising: list[Rising]
    hypotheses: list[Hypothesis]
    experiments: list[Experiment]
    sort: Column

    @property
    def without_percent(self) -> float | None:
        """Contacts without a reason, 0 to 100."""
        covered = self.coverage.percent if self.coverage else None
        return None if covered is None else 100 - covered

    @property
    def first(self) -> ThemeRow | None:
        """The row on top."""
        return self.rows[0] if self.rows else None


def columns() -> list[Column]:
    """What the table can be sorted by, in the order of its columns."""
    return [
        Column("contacts", _("Most contacts"), "descending", lambda n: -(n.contacts.value or 0)),
        Column("rate", _("Most per 1,000 orders"), "descending", lambda n: -(n.per_1000_orders.value or 0)),
        Column("change", _("Rising"), "descending", lambda n: -_known(n.change.change.value, -_LAST)),
        Column("csat", _("Worst for CSAT"), "ascending", lambda n: _known(n.csat_gap.value, _LAST)),
        Column("cost", _("Highest cost"), "descending", lambda n: -(n.cost.value or 0)),
        Column("name", _("By name"), "ascending", lambda n: n.theme.name.casefold()),
    ]


def theme_table(question: Question, reader: Person) -> ThemeTable:
    """The themes of the slice in the order asked for; a fixed number of queries."""
    numbers, totals = theme_numbers.theme_numbers(question.slice)
    matching = [one for one in numbers if _matches(one, question.q)]
    known = {column.key: column for column in columns()}
    sort = known.get(question.sort, known["contacts"])
    ranked = sorted(matching, key=sort.value)
    shown = ranked if question.everything else ranked[:SHOWN]
    total = totals.contacts
    return ThemeTable(
        rows=_rows(shown, question),
        found=len(matching),
        totals=totals,
        totals_kind=change_kind(totals.per_1000_orders),
        shown_share=100 * sum(one.contacts.value or 0 for one in shown) / total if total else None,
        coverage=feedback.selectors.contacts.coverage(_filters(question)),
        without_query=question.rows(reason=WITHOUT_REASON),
        behind=metrics.selectors.is_behind(),
        rising=rising(question.period.last),
        hypotheses=_found_hypotheses(question.q, reader),
        experiments=list(Experiment.objects.filter(name__icontains=question.q)[:FOUND]) if question.q else [],
        sort=sort,
    )


def change_kind(found: Change, *, lower_is_better: bool = True) -> str:
    """How a change is drawn: "flat" inside normal variation, else "good" or "bad"."""
    if found.change.value is None or not found.outside_variation:
        return "flat"
    return "good" if (found.change.value < 0) == lower_is_better else "bad"


def example() -> Example:
    """One theme's drawings for the page before the first import."""
    weeks = (9.1, 9.0, 9.6, 9.2, 10.3, 9.4, 9.6, 9.8, 9.5, 9.5, 10.2, 10.6, 10.4)
    return Example(bar(1), sparkline(weeks, _("An example, not your data"), tone="red"))


def place_words(theme: Theme) -> str:
    """Stage and page of a theme, or the words under its name."""
    known = [value.label for value in (theme.stage, theme.page) if value]
    return " · ".join(known) if known else theme.subtitle


def _rows(shown: list[ThemeNumbers], question: Question) -> list[ThemeRow]:
    where = places.places([one.theme.pk for one in shown], question.today)
    most = max((one.contacts.value or 0 for one in shown), default=0)
    return [
        _row(rank, one, most, where.get(one.theme.pk) or places.nothing_yet(), question)
        for rank, one in enumerate(shown, start=1)
    ]


def _row(rank: int, one: ThemeNumbers, most: float, place: Place, question: Question) -> ThemeRow:
    kind = change_kind(one.change)
    moved = one.change.change.value
    return ThemeRow(
        rank=rank,
        numbers=one,
        where=place_words(one.theme),
        change_text="–" if moved is None else formats.signed_percent(100 * moved, 0),
        change_kind=kind,
        bar=bar((one.contacts.value or 0) / most if most else 0),
        spark=_spark(one, kind),
        place=place,
        rows_query=question.rows(theme=one.theme.pk),
    )


def _spark(one: ThemeNumbers, kind: str) -> Svg | None:
    rates = [value for value in one.weeks if value is not None]
    values = rates or list(one.week_contacts)
    if not any(values):
        return None
    tone: Tone = "red" if kind == "bad" else "green" if kind == "good" else "gold"
    words = _("%(theme)s: contacts per 1,000 orders in 13 weeks") if rates else _("%(theme)s: contacts in 13 weeks")
    return sparkline(values, words % {"theme": one.theme.name}, tone=tone)


def _matches(one: ThemeNumbers, q: str) -> bool:
    wanted = q.casefold()
    return not wanted or wanted in one.theme.name.casefold() or wanted in place_words(one.theme).casefold()


def _found_hypotheses(q: str, reader: Person) -> list[Hypothesis]:
    if not q:
        return []
    rows = Hypothesis.objects.filter(title__icontains=q).exclude(status=Status.DRAFT).select_related("proposer")
    return [one for one in rows.order_by("-number")[:FOUND] if may_see(reader, one)]


def _filters(question: Question) -> Filters:
    return Filters(
        first=question.period.first,
        last=question.period.last,
        channels=(question.channel,) if question.channel else (),
        market=question.market,
        stage=question.stage,
    )


def _known(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
