"""All open ideas in one list: filtered, sorted and capped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy

from hypotheses import states
from hypotheses.models import Hypothesis, Status
from hypotheses.selectors import rows
from hypotheses.selectors.rows import IdeaRow
from hypotheses.selectors.waiting import promise

ROWS = 100
SOURCE = Hypothesis.Source.CUSTOMER_SERVICE
VIEWS: dict[str, tuple[str | LazyText, Q]] = {
    "open": (gettext_lazy("All open"), Q(status__in=states.OPEN)),
    "service": (gettext_lazy("From customer service"), Q(source=SOURCE)),
    "ready": (gettext_lazy("Ready to plan"), Q(status=Status.ACCEPTED, effort_points__isnull=False)),
    "no_effort": (gettext_lazy("No effort yet"), Q(effort_points__isnull=True)),
}
SORTS: dict[str, tuple[str | OrderBy, str]] = {
    "-score": (F("score").desc(nulls_last=True), "number"),
    "score": (F("score").asc(nulls_last=True), "number"),
    "effort": (F("effort_points").asc(nulls_last=True), "number"),
    "-effort": (F("effort_points").desc(nulls_last=True), "number"),
    "-joined": (F("supporter_count").desc(), "number"),
    "waiting": ("submitted_at", "number"),
    "-waiting": ("-submitted_at", "-number"),
}


@dataclass(frozen=True)
class View:
    """A saved way to look at the list, with how many ideas it holds."""

    id: str
    name: str
    count: int


@dataclass(frozen=True)
class Backlog:
    """Open ideas of one view; `found` may be more than the rows shown."""

    view: str
    sort: str
    views: list[View]
    rows: list[IdeaRow]
    found: int
    from_service: int
    total: int


def backlog(today: date, *, view: str = "open", search: str = "", status: str = "", sort: str = "-score") -> Backlog:
    """Open ideas: of a view, with these words, at this status, in this order."""
    view = view if view in VIEWS else "open"
    sort = sort if sort in SORTS else "-score"
    everything = rows.sent().filter(status__in=states.OPEN)
    counts = everything.order_by().aggregate(
        **{name: Count("pk", filter=part) for name, (_label, part) in VIEWS.items()}
    )
    some = _narrowed(everything.filter(VIEWS[view][1]), search, status)
    ordered = some.annotate(supporter_count=Count("supporters", distinct=True)) if sort == "-joined" else some
    shown = list(ordered.order_by(*SORTS[sort])[:ROWS])
    return Backlog(
        view=view,
        sort=sort,
        views=[View(name, str(label), counts[name]) for name, (label, _part) in VIEWS.items()],
        rows=rows.idea_rows(shown, promise(), today),
        found=some.count(),
        from_service=counts["service"],
        total=counts["open"],
    )


def _narrowed(some: QuerySet[Hypothesis], search: str, status: str) -> QuerySet[Hypothesis]:
    if search:
        some = some.filter(Q(title__icontains=search) | Q(problem__icontains=search) | Q(theme__name__icontains=search))
    return some.filter(status=status) if status in states.OPEN else some
