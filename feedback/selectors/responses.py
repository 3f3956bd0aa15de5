"""Survey responses as the API shows them, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from feedback import filters as wanted
from feedback.filters import Filters
from feedback.models import SurveyTheme, Theme
from feedback.selectors import keyset


@dataclass(frozen=True)
class ResponseCard:
    """One response, or one invitation that was not answered. The comment is redacted."""

    id: int
    external_id: str
    source: str
    instrument: str
    invited_at: datetime | None
    responded_at: datetime | None
    day: date
    score: float | None
    score2: float | None
    scale_min: float
    scale_max: float
    comment: str
    contact: int | None
    channel: str
    market: str
    stage: str
    language: str
    themes: tuple[str, ...]


@dataclass(frozen=True)
class ResponsePage:
    """One page of the list."""

    responses: list[ResponseCard]
    older: str


def response_page(filters: Filters, *, after: str = "", size: int) -> ResponsePage:
    """A page of the responses that match, newest day first."""
    rows = wanted.responses(filters).select_related("source", "words", "channel", "market", "stage", "language")
    page = keyset.page(rows, size=size, after=after)
    themes: dict[int, list[str]] = defaultdict(list)
    links = SurveyTheme.objects.filter(response__in=[row.pk for row in page.rows], theme__state=Theme.State.ACTIVE)
    for response, name in links.values_list("response_id", "theme__name"):
        themes[response].append(name)
    return ResponsePage(
        responses=[
            ResponseCard(
                id=row.pk,
                external_id=row.external_id,
                source=row.source.name,
                instrument=row.instrument,
                invited_at=row.invited_at,
                responded_at=row.responded_at,
                day=row.local_day,
                score=row.score,
                score2=row.score2,
                scale_min=row.scale_min,
                scale_max=row.scale_max,
                comment=row.words.text if hasattr(row, "words") else "",
                contact=row.contact_id,
                channel=row.channel.label if row.channel else "",
                market=row.market.code if row.market else "",
                stage=row.stage.label if row.stage else "",
                language=row.language.code if row.language else "",
                themes=tuple(themes[row.pk]),
            )
            for row in page.rows
        ],
        older=page.older,
    )
