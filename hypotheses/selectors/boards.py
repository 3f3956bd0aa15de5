"""Sprints: the list, the board with its five columns, and the planning page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, Sum
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import formats
from feedback.models import DimensionValue
from hypotheses.models import Hypothesis, Sprint, Status
from hypotheses.selectors import rows
from hypotheses.selectors.rows import IdeaRow
from hypotheses.selectors.waiting import promise
from hypotheses.services.evidence import DEFAULT_EFFORT_DAYS
from metrics import charts
from metrics.charts import Svg

SHORTLIST_ROWS, DECIDED_ROWS, SPRINTS_SHOWN = 40, 30, 100
COLUMNS: dict[str, str | LazyText] = {
    "shortlist": gettext_lazy("Shortlist"),
    "planned": gettext_lazy("Planned"),
    "building": gettext_lazy("Building"),
    "running": gettext_lazy("Running"),
    "decided": gettext_lazy("Decided"),
}
# Where a card may be put from each column; "running" leads to the page that starts its test.
WAYS = {
    "shortlist": ("planned", "building"),
    "planned": ("shortlist", "building", "running"),
    "building": ("shortlist", "planned", "running"),
    "running": (),
    "decided": (),
}
_AFTER_TEST = (Status.DECIDED, Status.RELEASED, Status.MEASURED)


@dataclass(frozen=True)
class Way:
    """A column that a card may be moved to."""

    column: str
    name: str


@dataclass(frozen=True)
class Column:
    """One column of the board: its cards, best score first, and the points of work in them."""

    id: str
    name: str
    cards: list[IdeaRow]
    count: int
    points: int
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Load:
    """A sprint's work against the team's capacity, and its quota of customer-service ideas."""

    points: int
    capacity: int
    picked: int
    quota: int
    drawing: Svg

    @property
    def room(self) -> int:
        """Points that still fit; negative when too much was planned."""
        return self.capacity - self.points

    @property
    def quota_met(self) -> bool:
        """Does it hold the ideas from customer service that both teams agreed on?"""
        return self.picked >= self.quota

    @property
    def missing(self) -> int:
        """How many more it needs."""
        return max(0, self.quota - self.picked)


@dataclass(frozen=True)
class Board:
    """One sprint with its columns."""

    sprint: Sprint
    columns: list[Column]
    load: Load

    @property
    def keys(self) -> list[str]:
        """Keys of the cards whose test is running or decided."""
        return [card.key for column in self.columns[3:] for card in column.cards]


@dataclass(frozen=True)
class SprintRow:
    """One sprint in the list."""

    sprint: Sprint
    ideas: int
    picked: int
    points: int

    @property
    def quota_met(self) -> bool:
        """Did it hold what both teams agreed on?"""
        return self.picked >= self.sprint.quota


@dataclass(frozen=True)
class Check:
    """Something to look at before the sprint starts: "ok", "no" (it cannot start) or "look"."""

    kind: str
    text: str


@dataclass(frozen=True)
class Plan:
    """The planning page: shortlist on one side, sprint on the other."""

    sprint: Sprint
    load: Load
    shortlist: list[IdeaRow]
    shortlisted: int
    planned: list[IdeaRow]
    best: IdeaRow | None
    checks: list[Check]
    waiting: int
    fitting: int
    kept_in_a_row: int


def sprint_by_number(number: int) -> Sprint | None:
    """The sprint, with whoever signed its waiver."""
    return Sprint.objects.select_related("waived_by__team").filter(number=number).first()


def current_sprint() -> Sprint | None:
    """The running sprint, else the next one being planned, else the last one."""
    running = Sprint.objects.filter(state=Sprint.State.RUNNING).first()
    planning = Sprint.objects.filter(state=Sprint.State.PLANNING).order_by("number").first()
    return running or planning or Sprint.objects.order_by("-number").first()


def sprint_list() -> list[SprintRow]:
    """All sprints, latest first, with what they held."""
    effort = Coalesce("hypotheses__effort_points", DEFAULT_EFFORT_DAYS)
    found = Sprint.objects.select_related("waived_by").annotate(
        ideas=Count("hypotheses"),
        picked=Count("hypotheses", filter=Q(hypotheses__source=Hypothesis.Source.CUSTOMER_SERVICE)),
        points=Sum(effort, filter=Q(hypotheses__isnull=False)),
    )
    return [SprintRow(one, one.ideas, one.picked, one.points or 0) for one in found.order_by("-number")[:SPRINTS_SHOWN]]


def sprint_board(sprint: Sprint, today: date) -> Board:
    """The board of a sprint. The shortlist is everybody's; the other columns are this sprint's."""
    in_sprint = list(rows.sent().filter(sprint=sprint).order_by(*_best_first()))
    shortlisted = rows.sent().filter(status=Status.ACCEPTED)
    shortlist = list(shortlisted.order_by(*_best_first())[:SHORTLIST_ROWS])
    cards = {row.hypothesis.pk: row for row in rows.idea_rows([*shortlist, *in_sprint], promise(), today)}
    parts: dict[str, list[Hypothesis]] = {
        "shortlist": shortlist,
        "planned": [one for one in in_sprint if one.status == Status.PLANNED and not one.building_since],
        "building": [one for one in in_sprint if one.status == Status.PLANNED and one.building_since],
        "running": [one for one in in_sprint if one.status == Status.TESTING],
        "decided": [one for one in in_sprint if one.status in _AFTER_TEST][:DECIDED_ROWS],
    }
    counts = {name: len(part) for name, part in parts.items()} | {"shortlist": shortlisted.count()}
    columns = [
        Column(
            id=name,
            name=str(label),
            cards=[cards[one.pk] for one in parts[name]],
            count=counts[name],
            points=sum(_effort(one) for one in parts[name]),
            ways=tuple(Way(way, str(COLUMNS[way])) for way in WAYS[name]),
        )
        for name, label in COLUMNS.items()
    ]
    return Board(sprint, columns, load(sprint, in_sprint))


def _best_first() -> list[str | OrderBy]:
    return [F("score").desc(nulls_last=True), "number"]


def _effort(hypothesis: Hypothesis) -> int:
    return hypothesis.effort_points or DEFAULT_EFFORT_DAYS


def load(sprint: Sprint, in_sprint: Sequence[Hypothesis]) -> Load:
    """How full the sprint is; an idea without an effort counts as three points."""
    points = sum(_effort(one) for one in in_sprint)
    picked = sum(one.source == Hypothesis.Source.CUSTOMER_SERVICE for one in in_sprint)
    label = _("%(points)d of %(capacity)d points") % {"points": points, "capacity": sprint.capacity_points}
    drawing = charts.capacity(0, points, max(sprint.capacity_points, 1), label)
    return Load(points, sprint.capacity_points, picked, sprint.quota, drawing)


def sprint_plan(sprint: Sprint, today: date, *, search: str = "", source: str = "", fits: bool = False) -> Plan:
    """What could go into the sprint and what is in it; `fits` leaves out what is larger than the room left."""
    promised = promise()
    in_sprint = list(rows.sent().filter(sprint=sprint).order_by(*_best_first()))
    room = load(sprint, in_sprint)
    shortlist = rows.sent().filter(status=Status.ACCEPTED).order_by(*_best_first())
    cs = shortlist.filter(source=Hypothesis.Source.CUSTOMER_SERVICE)
    best = cs.filter(effort_points__lte=max(room.room, 0)).first() or cs.first()
    narrowed = shortlist
    if search:
        narrowed = narrowed.filter(Q(title__icontains=search) | Q(problem__icontains=search))
    if source == Hypothesis.Source.CUSTOMER_SERVICE:
        narrowed = narrowed.filter(source=source)
    if fits:
        narrowed = narrowed.filter(Q(effort_points__lte=max(room.room, 0)) | Q(effort_points__isnull=True))
    shown = list(narrowed[:SHORTLIST_ROWS])
    made = rows.idea_rows([*shown, *in_sprint, *([best] if best else [])], promised, today)
    return Plan(
        sprint=sprint,
        load=room,
        shortlist=made[: len(shown)],
        shortlisted=shortlist.count(),
        planned=made[len(shown) : len(shown) + len(in_sprint)],
        best=made[-1] if best and room.missing else None,
        checks=_checks(sprint, in_sprint, room),
        waiting=Hypothesis.objects.filter(status=Status.SUBMITTED).count(),
        fitting=cs.filter(effort_points__lte=max(room.room, 0)).count(),
        kept_in_a_row=_kept_in_a_row(sprint),
    )


def _checks(sprint: Sprint, in_sprint: Sequence[Hypothesis], room: Load) -> list[Check]:
    words = {"capacity": room.capacity, "over": -room.room, "quota": room.quota}
    fits = room.room >= 0
    checks = [
        Check("ok", _("Within the team’s %(capacity)d points") % words)
        if fits
        else Check("look", _("%(over)d points more than the team’s %(capacity)d") % words)
    ]
    quota = _("At least %(quota)d from customer service") % words
    checks.append(Check("ok" if room.quota_met else "no", quota))
    return [*checks, *_same_page(in_sprint), *_guessed(in_sprint)]


def _same_page(in_sprint: Sequence[Hypothesis]) -> list[Check]:
    """Tests on one page share its visitors."""
    elsewhere = Hypothesis.objects.filter(status=Status.TESTING).exclude(pk__in=[one.pk for one in in_sprint])
    tests = [one for one in [*in_sprint, *elsewhere] if one.status in {Status.PLANNED, Status.TESTING}]
    pages = Counter(page for one in tests for page in one.pages)
    shared = [page for page, count in pages.items() if count > 1]
    labels = dict(DimensionValue.objects.filter(dimension="page", code__in=shared).values_list("code", "label"))
    return [
        Check(
            "look",
            _("Several tests on one page (%(page)s): %(keys)s")
            % {"page": labels.get(page, page), "keys": ", ".join(one.key for one in tests if page in one.pages)},
        )
        for page in shared
    ]


def _guessed(in_sprint: Sequence[Hypothesis]) -> list[Check]:
    keys = [one.key for one in in_sprint if one.effort_points is None]
    return [Check("look", _("Effort not known yet: %(keys)s") % {"keys": ", ".join(keys)})] if keys else []


def _kept_in_a_row(sprint: Sprint) -> int:
    """How many sprints before this one started without a waiver, one after the other."""
    kept = 0
    earlier = Sprint.objects.filter(number__lt=sprint.number).exclude(state=Sprint.State.PLANNING).order_by("-number")
    for waived in earlier.values_list("waived_at", flat=True)[:100]:
        if waived is not None:
            break
        kept += 1
    return kept


def dates_of(sprint: Sprint) -> str:
    """Its days in words."""
    return formats.day_range(sprint.starts_on, sprint.ends_on)
