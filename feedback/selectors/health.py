"""Is everything that should come in coming in? Per source and all together, and what to do first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import TruncHour

from accounts.models import Market
from feedback import rhythm
from feedback.models import ContactReason, Delivery, DimensionValue, Import, RawRecord, Source, Stream
from metrics.models import SourceCell

SHOWN_DAYS = 28
RECENT = timedelta(days=7)
ARRIVALS_SINCE = timedelta(days=90)
BUSY_SINCE = timedelta(days=28)
_ENOUGH_ROWS = 50


@dataclass(frozen=True)
class SourceHealth:
    """One source. Counts of the last 7 days, shares and rows a day of the last 28."""

    id: int
    name: str
    system: str
    kinds: tuple[str, ...]
    is_live: bool
    every_minutes: int | None
    last: datetime | None
    usual: timedelta | None
    late_by: timedelta | None
    rows_a_day: tuple[int, ...]
    rows: int
    read: int
    rejected: int
    duplicates: int
    to_map: int
    contacts: int
    with_reason: int
    said: int
    with_text: int
    draft_import: int | None
    import_with_rejects: int | None
    problem: str
    paused_until: datetime | None
    paused_at: datetime | None
    """Since when somebody has it wait; it is late for nobody then."""
    last_day: date | None
    """Of its newest rows, where too little came to tell its rhythm by when it came."""

    @property
    def average(self) -> float:
        """Rows a day."""
        return self.rows / SHOWN_DAYS

    @property
    def without_reason_percent(self) -> float | None:
        """Of its contacts, 0 to 100; None when it brought none."""
        return 100 * (1 - self.with_reason / self.contacts) if self.contacts else None

    @property
    def with_text_percent(self) -> float | None:
        """Of its contacts and responses, 0 to 100; None when it brought none."""
        return 100 * self.with_text / self.said if self.said else None

    @property
    def rejected_ratio(self) -> float:
        """Of what was read in the last days."""
        return self.rejected / self.read if self.read else 0.0


@dataclass(frozen=True)
class Health:
    """All sources, those that need someone first."""

    sources: list[SourceHealth] = field(default_factory=list)
    to_map: int = 0
    drafts: int = 0

    @property
    def late(self) -> list[SourceHealth]:
        """Silent for longer than usual, the longest first."""
        return sorted(
            (source for source in self.sources if source.late_by), key=lambda source: source.late_by or timedelta()
        )[::-1]

    @property
    def judged(self) -> int:
        """Sources whose rhythm is known."""
        return sum(source.usual is not None for source in self.sources)

    def total(self, name: str) -> int:
        """One count over all sources."""
        return sum(getattr(source, name) for source in self.sources)

    @property
    def last(self) -> datetime | None:
        """When anything came in last."""
        return max((source.last for source in self.sources if source.last), default=None)


def health(*, now: datetime, today: date) -> Health:
    """Every source that ever brought something or is set up to; a fixed number of questions."""
    cells = _cells(today)
    imports = _imports(now)
    sources = Source.objects.annotate(received_at=_last_received())
    arrivals = _arrivals(now, imports, sources)
    live = _live_counts(now)
    streams = _streams()
    to_map = _to_map()
    drafts = dict(Import.objects.filter(state=Import.State.DRAFT).order_by("pk").values_list("source_id", "pk"))
    found = [
        _source(source, now, today, cells, imports, arrivals, live, streams, to_map, drafts)
        for source in sources
        if source.pk in cells or arrivals.get(source.pk) or source.pk in drafts or source.system != "files"
    ]
    found.sort(key=lambda one: (one.late_by is None, not one.draft_import, -one.rejected, -one.to_map, one.name))
    unplaced = Market.objects.filter(is_found=True, mapped_to=None).count()
    return Health(found, sum(to_map.values()) + unplaced, len(drafts))


_Cells = dict[int, list[tuple[str, date, int, int, int]]]


def _cells(today: date) -> _Cells:
    found: _Cells = defaultdict(list)
    # Up to yesterday: today is not over.
    rows = SourceCell.objects.filter(day__gte=today - timedelta(days=SHOWN_DAYS), day__lt=today)
    for source, kind, day, count, why, text in rows.values_list(
        "source", "kind", "day", "rows", "with_reason", "with_text"
    ):
        found[source].append((kind, day, count, why, text))
    return found


def _imports(now: datetime) -> dict[int, list[Any]]:
    """Finished imports of the last months by source; dry runs brought nothing."""
    rows = Import.objects.filter(state=Import.State.FINISHED, dry_run=False, finished_at__gte=now - ARRIVALS_SINCE)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows.order_by("finished_at").values(
        "pk", "source_id", "kind", "door", "finished_at", "read_count", "rejected_count", "unchanged_count"
    ):
        found[row["source_id"]].append(row)
    return found


def _last_received() -> Subquery:
    return Subquery(RawRecord.objects.filter(source=OuterRef("pk")).order_by("-received_at").values("received_at")[:1])


def _arrivals(now: datetime, imports: dict[int, list[Any]], sources: Iterable[Any]) -> dict[int, list[datetime]]:
    """When something came: files by their import, what is live by the hours in which it came.

    Of what has been silent for longer than we look back, the weeks before it fell silent.
    """
    found: dict[int, list[datetime]] = defaultdict(list)
    for source, rows in imports.items():
        found[source] += [row["finished_at"] for row in rows if row["read_count"]]
    looked_at = _since(now - BUSY_SINCE)
    for source in sources:
        if source.received_at and source.received_at < now - BUSY_SINCE:
            looked_at |= Q(source=source.pk, received_at__gte=source.received_at - BUSY_SINCE)
    hours = RawRecord.objects.filter(looked_at).annotate(hour=TruncHour("received_at"))
    for source, _hour, last in hours.values_list("source", "hour").annotate(last=Max("received_at")):
        found[source].append(last)
    return found


def _since(moment: datetime) -> Q:
    """What was received since then; all sources are named, so that their index serves."""
    return Q(source__in=Source.objects.values("pk"), received_at__gte=moment)


def _live_counts(now: datetime) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(lambda: {"read": 0, "rejected": 0, "duplicates": 0})
    recent = RawRecord.objects.filter(_since(now - RECENT))
    for row in recent.values("source").annotate(read=Count("pk"), rejected=Count("pk", filter=~Q(problem=""))):
        found[row["source"]] |= {"read": row["read"], "rejected": row["rejected"]}
    repeated = Delivery.objects.filter(_since(now - RECENT), repeats__gt=0)
    for source, repeats in repeated.values_list("source").annotate(Sum("repeats")):
        found[source]["duplicates"] = repeats
    return found


def _streams() -> dict[int, list[Stream]]:
    found: dict[int, list[Stream]] = defaultdict(list)
    for stream in Stream.objects.filter(is_active=True):
        found[stream.source_id].append(stream)
    return found


def _to_map() -> dict[int, int]:
    """Values that nobody has said anything about, by the source that said them first."""
    found: dict[int, int] = defaultdict(int)
    for rows in (
        DimensionValue.objects.filter(accepted_at=None, mapped_to=None),
        ContactReason.objects.filter(accepted_at=None, mapped_to=None, tags__isnull=False),
    ):
        for source, count in rows.values_list("found_in").annotate(Count("pk", distinct=True)):
            found[source or 0] += count
    return found


def _source(
    source: Source,
    now: datetime,
    today: date,
    cells: _Cells,
    imports: dict[int, list[Any]],
    arrivals: dict[int, list[datetime]],
    live: dict[int, dict[str, int]],
    streams: dict[int, list[Stream]],
    to_map: dict[int, int],
    drafts: dict[int, int],
) -> SourceHealth:
    own, came, pulled = cells.get(source.pk, []), imports.get(source.pk, []), streams.get(source.pk, [])
    recent = [row for row in came if row["finished_at"] >= now - RECENT]
    counts = live.get(source.pk, {"read": 0, "rejected": 0, "duplicates": 0})
    is_live = source.system != "files"
    beat, is_known = _beat(arrivals.get(source.pk, []), [cell[1] for cell in own], now, is_live=is_live)
    if source.paused_at:
        beat = None
    contacts = [cell for cell in own if cell[0] == "contacts"]
    said = [cell for cell in own if cell[0] != "commerce"]
    return SourceHealth(
        id=source.pk,
        name=source.name,
        system=source.system,
        kinds=tuple(dict.fromkeys([row["kind"] for row in came] + [cell[0] for cell in own])),
        is_live=is_live,
        every_minutes=min((stream.every_minutes for stream in pulled), default=None),
        last=max([*arrivals.get(source.pk, [])], default=None),
        usual=beat.usual if beat else None,
        late_by=beat.late_by(now) if beat else None,
        rows_a_day=_per_day(own, today),
        rows=sum(cell[2] for cell in own),
        read=sum(row["read_count"] for row in recent) + counts["read"],
        rejected=sum(row["rejected_count"] for row in recent) + counts["rejected"],
        duplicates=sum(row["unchanged_count"] for row in recent) + counts["duplicates"],
        to_map=to_map.get(source.pk, 0),
        contacts=sum(cell[2] for cell in contacts),
        with_reason=sum(cell[3] for cell in contacts),
        said=sum(cell[2] for cell in said),
        with_text=sum(cell[4] for cell in said),
        draft_import=drafts.get(source.pk),
        import_with_rejects=next((row["pk"] for row in reversed(recent) if row["rejected_count"]), None),
        problem=next((stream.problem for stream in pulled if stream.last_problem), ""),
        paused_until=max((stream.paused_until for stream in pulled if stream.paused_until), default=None),
        paused_at=source.paused_at,
        last_day=None if is_known else max((cell[1] for cell in own), default=None),
    )


def _beat(
    arrivals: Sequence[datetime], days: Sequence[date], now: datetime, *, is_live: bool
) -> tuple[rhythm.Rhythm | None, bool]:
    """By when it came (True); while that is too little to tell, by the days that its rows are of.

    Files can be on time by their days, and never late: whoever brings last month's file just now is not silent, and
    may bring the next one in a month.
    """
    by_arrival = rhythm.of(arrivals)
    if by_arrival is None or by_arrival.usual is not None:
        return by_arrival, True
    # A day's rows are there when the day is over.
    by_day = rhythm.of([datetime.combine(day + timedelta(days=1), time(), UTC) for day in set(days)])
    if by_day is None or by_day.usual is None or (not is_live and by_day.late_by(now)):
        return by_arrival, False
    return by_day, False


def _per_day(cells: Sequence[tuple[str, date, int, int, int]], today: date) -> tuple[int, ...]:
    rows: dict[date, int] = defaultdict(int)
    for cell in cells:
        rows[cell[1]] += cell[2]
    return tuple(rows[today - timedelta(days=back)] for back in range(SHOWN_DAYS, 0, -1))
