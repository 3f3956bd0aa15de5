"""Orders and visits that two files or systems count for the same market and days: added up, they count twice.

Nothing refuses the second one: it may be the better one, and only a person knows. So it is said, before an import
and afterwards, which numbers suffer and what to do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import F, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Length, Replace
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from feedback.models import CommerceDay

LOOKED_AT = timedelta(days=28)
COUNTS = ("orders", "revenue", "checkouts", "sessions")
# Day, market and device of an id; what comes after them is the page or order that its row is about.
_MARKS_OF_A_WHOLE_DAY = 2


class Party(NamedTuple):
    """Rows of one source: those of whole days, or those that split up a day."""

    source: int
    name: str
    system: str
    is_split: bool


@dataclass
class Twice:
    """Two that count the same."""

    one: Party
    other: Party
    days: set[date] = field(default_factory=set)
    counts: set[str] = field(default_factory=set)
    # Names of the markets that both speak of; empty where one of them names none.
    markets: set[str] = field(default_factory=set)
    # Those of the two that bring visits, as analytics do and shops do not.
    with_visits: set[Party] = field(default_factory=set)

    @property
    def is_one_source(self) -> bool:
        """Whether it is one source in two forms: by day, and by page or order."""
        return self.one.source == self.other.source

    @property
    def to_mend(self) -> Party:
        """The one that counts less well: pages rather than days, analytics rather than the shop."""
        if self.is_one_source:
            return self.one if self.one.is_split else self.other
        if "sessions" not in self.counts and self.other in self.with_visits and self.one not in self.with_visits:
            return self.other
        return self.one


@dataclass(frozen=True)
class Warned:
    """A finding in words, and where it is mended."""

    title: str
    text: str
    url: str
    action: str


def counted_twice() -> list[Warned]:
    """What is counted twice in the last weeks that have counts, the most days first; three questions at most."""
    last = CommerceDay.objects.aggregate(last=Max("day"))["last"]
    if last is None:
        return []
    recent = CommerceDay.objects.filter(day__gt=last - LOOKED_AT, day__lte=last)
    return [_warned(one) for one in sorted(pairs(recent), key=lambda one: -len(one.days))]


def pairs(rows: QuerySet[CommerceDay]) -> list[Twice]:
    """Every two sources, or forms of one, that count the same among these rows."""
    days: dict[date, dict[Party, dict[str, set[str]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    visits: set[Party] = set()
    for row in _sums(rows):
        party = _party(row)
        for count in COUNTS:
            if row[f"{count}_sum"]:
                days[row["day"]][party][count].add(row["market__name"] or "")
        if row["sessions_sum"]:
            visits.add(party)
    found: dict[tuple[Party, Party], Twice] = {}
    for day, parties in days.items():
        for one, other in combinations(sorted(parties), 2):
            for count in COUNTS:
                if markets := _same(parties[one][count], parties[other][count]):
                    twice = found.setdefault((one, other), Twice(one, other, with_visits=visits & {one, other}))
                    twice.days.add(day)
                    twice.counts.add(count)
                    twice.markets |= markets
    return list(found.values())


@dataclass
class Standing:
    """What a party counts: on which days, and which counts."""

    days: set[date] = field(default_factory=set)
    counts: set[str] = field(default_factory=set)


def parties(rows: QuerySet[CommerceDay]) -> dict[Party, Standing]:
    """Who counts what among these rows."""
    found: dict[Party, Standing] = defaultdict(Standing)
    for row in _sums(rows):
        counts = {count for count in COUNTS if row[f"{count}_sum"]}
        if counts:
            found[_party(row)].days.add(row["day"])
            found[_party(row)].counts |= counts
    return dict(found)


def _party(row: Mapping[str, Any]) -> Party:
    return Party(row["source"], row["source__name"], row["source__system"], row["marks"] > _MARKS_OF_A_WHOLE_DAY)


def _sums(rows: QuerySet[CommerceDay]) -> Iterable[Mapping[str, Any]]:
    columns = {"orders": "orders", "revenue": "revenue_cents", "checkouts": "checkouts", "sessions": "sessions"}
    marks = Length("external_id") - Length(Replace("external_id", Value("|"), Value("")))
    grouped = rows.annotate(marks=marks).values(
        "source", "source__name", "source__system", "market__name", "day", "marks"
    )
    return grouped.annotate(**{f"{count}_sum": Sum(F(column)) for count, column in columns.items()}).order_by("day")


def _same(one: Collection[str], other: Collection[str]) -> set[str]:
    """The markets that both count; rows without a market are of the company, and so of every market."""
    both = set(one) & set(other)
    if both or not one or not other:
        return both
    return {""} if "" in one or "" in other else set()


def names(counts: Collection[str]) -> str:
    """Orders and revenue; visits."""
    words = {"orders": _("orders"), "revenue": _("revenue"), "checkouts": _("checkouts"), "sessions": _("visits")}
    said = [words[count] for count in COUNTS if count in counts]
    if len(said) < 2:
        return "".join(said)
    return _("%(first)s and %(last)s") % {"first": ", ".join(said[:-1]), "last": said[-1]}


def _warned(twice: Twice) -> Warned:
    mend = twice.to_mend
    market = next(iter(twice.markets)) if len(twice.markets) == 1 else ""
    what = names(twice.counts)
    title = _("%(counts)s of %(market)s count twice") if market else _("%(counts)s count twice")
    title = title % {"counts": what[:1].upper() + what[1:], "market": market}
    if mend.system == "files":
        url, action = f"{reverse('feedback:import-list')}?{urlencode({'source': mend.name})}", _("See its imports")
    else:
        url, action = reverse("feedback:source-settings", args=[mend.source]), _("See its settings")
    return Warned(title, f"{_who(twice)} {_suffers(twice.counts)} {_what_to_do(twice)}", url, action)


def _who(twice: Twice) -> str:
    days = ngettext("on %(count)s day", "on %(count)s days", len(twice.days)) % {
        "count": formats.decimal(len(twice.days))
    }
    told = {
        "one": twice.one.name,
        "other": twice.other.name,
        "days": days,
        "range": formats.day_range(min(twice.days), max(twice.days)),
    }
    if twice.is_one_source:
        return _("%(one)s brought them by day and split up by page or order, %(days)s (%(range)s).") % told
    return _("%(one)s and %(other)s both bring them, %(days)s (%(range)s).") % told


def _suffers(counts: Collection[str]) -> str:
    if "sessions" not in counts:
        if "orders" in counts:
            return _("So contacts per 1,000 orders look too low, and the conversion rate too high.")
        return _("So the revenue looks too high.")
    if "orders" in counts:
        return _("So contacts per 1,000 orders look too low, and the conversion rate is not right either.")
    return _("So the conversion rate looks too low.")


def _what_to_do(twice: Twice) -> str:
    mend = twice.to_mend
    other = twice.other if mend == twice.one else twice.one
    if twice.is_one_source:
        return _("Undo the import that is split up: the one by day is exact.")
    told = {"mend": mend.name, "other": other.name, "counts": names(twice.counts)}
    if mend.system != "files":
        return _("Keep those of %(other)s: have %(mend)s leave out %(counts)s in its settings.") % told
    if mend in twice.with_visits and other not in twice.with_visits:
        return (
            _("Keep those of %(other)s: undo the import of %(mend)s, and bring it in again without %(counts)s.") % told
        )
    return _("Keep one of the two: undo the import of the other, or bring it in again without %(counts)s.") % told


def standing(*, first: date, last: date, markets: Collection[str]) -> QuerySet[CommerceDay]:
    """What is counted already on these days, for these markets; without a market, for all."""
    rows = CommerceDay.objects.filter(day__range=(first, last))
    named = [code for code in markets if code]
    return rows if len(named) < len(markets) or not markets else rows.filter(Q(market__code__in=named) | Q(market=None))
