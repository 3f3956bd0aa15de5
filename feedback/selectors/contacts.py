"""The contacts page: rows with their words, reasons, themes and CSAT, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, QuerySet, Sum

from accounts.models import Market
from feedback import filters as wanted
from feedback.filters import Filters
from feedback.models import (
    Contact,
    ContactReason,
    ContactTheme,
    DimensionValue,
    ReasonTag,
    SurveyResponse,
    Theme,
)
from feedback.selectors import keyset
from feedback.selectors.channels import channel_name
from metrics.models import ContactCell

PAGE_ROWS = 25
COUNT_UP_TO = 1000
DEFAULT_DAYS = 28
_REASON_OPTIONS = 200
_THEME_OPTIONS = 200
_EXPORT_BATCH = 1000
_NAMED = ("channel", "stage", "page", "location", "language", "product", "team", "market")


@dataclass(frozen=True)
class ContactCard:
    """A contact as the list, the side panel and the API show it. Texts are redacted."""

    id: int
    external_id: str
    source: str
    occurred_at: datetime
    day: date
    channel: str
    channel_code: str
    stage: str
    page: str
    location: str
    language: str
    product: str
    team: str
    market: str
    market_code: str
    subject: str
    text: str
    redactions: int
    reasons: tuple[str, ...]
    themes: tuple[tuple[int, str], ...]
    csat: float | None
    handle_seconds: float | None
    wait_seconds: float | None
    first_response_seconds: float | None
    resolved_first_contact: bool | None
    is_complaint: bool

    @property
    def trails(self) -> tuple[str, ...]:
        """The reasons as they are written on screen."""
        return tuple(path.replace(" > ", " › ") for path in self.reasons)


@dataclass(frozen=True)
class Coverage:
    """How many contacts of the slice have a reason, and how many there are."""

    contacts: int
    with_reason: int

    @property
    def without(self) -> int:
        """Contacts without a reason."""
        return self.contacts - self.with_reason

    @property
    def percent(self) -> float | None:
        """With a reason, 0 to 100; None without contacts."""
        return 100 * self.with_reason / self.contacts if self.contacts else None


@dataclass(frozen=True)
class Options:
    """What can be chosen in the filters: (value, name)."""

    channels: list[tuple[str, str]]
    stages: list[tuple[str, str]]
    languages: list[tuple[str, str]]
    markets: list[tuple[str, str]]
    reasons: list[tuple[str, str]]
    themes: list[tuple[str, str]]


@dataclass(frozen=True)
class ContactPage:
    """One page of the list."""

    contacts: list[ContactCard]
    count: int
    # More than COUNT_UP_TO: the count is not known exactly.
    more: bool
    newer: str
    older: str


def default_period() -> tuple[date, date] | None:
    """The last 28 days that have contacts; None while there is none."""
    last = Contact.objects.aggregate(last=Max("local_day"))["last"]
    return (last - timedelta(days=DEFAULT_DAYS - 1), last) if last else None


def contact_page(
    filters: Filters, *, after: str = "", before: str = "", size: int = PAGE_ROWS, counted: bool = True
) -> ContactPage:
    """A page of the contacts that match, newest day first."""
    rows = wanted.contacts(filters)
    page = keyset.page(with_names(rows), size=size, after=after, before=before)
    count = rows.order_by()[: COUNT_UP_TO + 1].count() if counted else 0
    return ContactPage(
        contacts=cards(page.rows),
        count=min(count, COUNT_UP_TO),
        more=count > COUNT_UP_TO,
        newer=page.newer,
        older=page.older,
    )


def contact_card(contact_id: int) -> ContactCard | None:
    """One contact."""
    found = cards(list(with_names(Contact.objects.filter(pk=contact_id))))
    return found[0] if found else None


def earlier_about_the_same(contact_id: int, *, days: int = 30) -> int:
    """How many contacts the same customer had in the days before; 0 when the customer is not known."""
    contact = Contact.objects.get(pk=contact_id)
    if not contact.customer_ref:
        return 0
    near = Contact.objects.filter(
        local_day__gte=contact.local_day - timedelta(days=days), local_day__lte=contact.local_day
    )
    return near.filter(customer_ref=contact.customer_ref, occurred_at__lt=contact.occurred_at).count()


def exported(filters: Filters) -> Iterator[ContactCard]:
    """All contacts that match, newest day first, a batch in memory at a time."""
    after = ""
    while True:
        page = keyset.page(with_names(wanted.contacts(filters)), size=_EXPORT_BATCH, after=after)
        yield from cards(page.rows)
        if not page.older:
            return
        after = page.older


def coverage(filters: Filters) -> Coverage | None:
    """From the daily series, so in no time; None for filters the series does not know, or before it is counted."""
    if filters.q or filters.reason or filters.language or filters.has_text:
        return None
    cells = ContactCell.objects.filter(theme=filters.theme or 0)
    if filters.first:
        cells = cells.filter(day__gte=filters.first)
    if filters.last:
        cells = cells.filter(day__lte=filters.last)
    if filters.channels:
        cells = cells.filter(channel__in=_ids("channel", filters.channels))
    if filters.stage:
        cells = cells.filter(stage__in=_ids("stage", (filters.stage,)))
    if filters.market:
        cells = cells.filter(market__in=list(Market.objects.filter(code=filters.market).values_list("id", flat=True)))
    sums = cells.aggregate(contacts=Sum("contacts"), with_reason=Sum("with_reason"))
    return Coverage(sums["contacts"], sums["with_reason"]) if sums["contacts"] else None


def options() -> Options:
    """What can be chosen."""
    values: dict[str, list[tuple[str, str]]] = defaultdict(list)
    shown = DimensionValue.objects.filter(dimension__in=["channel", "stage", "language"], mapped_to=None)
    for dimension, code, label in shown.order_by("label").values_list("dimension", "code", "label"):
        values[dimension].append((code, channel_name(label) if dimension == "channel" else label))
    reasons = ContactReason.objects.filter(depth__lte=1, mapped_to=None).order_by("path").values_list("path", flat=True)
    themes = Theme.objects.active().order_by("name").values_list("id", "name")[:_THEME_OPTIONS]
    return Options(
        channels=values["channel"],
        stages=values["stage"],
        languages=values["language"],
        markets=[(code, name) for code, name in Market.objects.filter(mapped_to=None).values_list("code", "name")],
        reasons=[(path, path) for path in reasons[:_REASON_OPTIONS]],
        themes=[(str(key), name) for key, name in themes],
    )


def cards(rows: Sequence[Contact]) -> list[ContactCard]:
    """Contacts with everything around them, in three more queries however many they are."""
    ids = [row.pk for row in rows]
    reasons: dict[int, list[str]] = defaultdict(list)
    for contact, path in ReasonTag.objects.filter(contact__in=ids).values_list("contact_id", "reason__path"):
        reasons[contact].append(path)
    themes: dict[int, list[tuple[int, str]]] = defaultdict(list)
    links = ContactTheme.objects.filter(contact__in=ids, theme__state=Theme.State.ACTIVE)
    for contact, theme, name in links.values_list("contact_id", "theme_id", "theme__name"):
        themes[contact].append((theme, name))
    csat = _csat(ids)
    return [_card(row, sorted(reasons[row.pk]), themes[row.pk], csat.get(row.pk)) for row in rows]


def with_names(rows: QuerySet[Contact]) -> QuerySet[Contact]:
    """With what `cards` reads of each row."""
    return rows.select_related("source", "words", *_NAMED)


def _card(row: Contact, reasons: list[str], themes: list[tuple[int, str]], csat: float | None) -> ContactCard:
    words = getattr(row, "words", None)
    return ContactCard(
        id=row.pk,
        external_id=row.external_id,
        source=row.source.name,
        occurred_at=row.occurred_at,
        day=row.local_day,
        channel=row.channel.label if row.channel else "",
        channel_code=row.channel.code if row.channel else "",
        stage=row.stage.label if row.stage else "",
        page=row.page.label if row.page else "",
        location=row.location.label if row.location else "",
        language=row.language.code if row.language else "",
        product=row.product.label if row.product else "",
        team=row.team.label if row.team else "",
        market=row.market.name if row.market else "",
        market_code=row.market.code if row.market else "",
        subject=words.subject if words else "",
        text=words.text if words else "",
        redactions=words.redactions if words else 0,
        reasons=tuple(reasons),
        themes=tuple(themes),
        csat=csat,
        handle_seconds=row.handle_seconds,
        wait_seconds=row.wait_seconds,
        first_response_seconds=row.first_response_seconds,
        resolved_first_contact=row.resolved_first_contact,
        is_complaint=row.is_complaint,
    )


def _csat(ids: Iterable[int]) -> dict[int, float]:
    answers = SurveyResponse.objects.filter(
        contact__in=ids, instrument=SurveyResponse.Instrument.CSAT, standard_score__isnull=False
    )
    return {
        contact: score
        for contact, score in answers.order_by("pk").values_list("contact_id", "standard_score")
        if contact is not None and score is not None
    }


def _ids(dimension: str, codes: Sequence[str]) -> list[int]:
    found = DimensionValue.objects.filter(dimension=dimension, code__in=codes)
    return list(found.values_list("id", flat=True))
