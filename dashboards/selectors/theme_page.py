"""One theme: its numbers, its course, where it happens, customers' words, and the ideas on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import feedback.selectors.contacts
import metrics.selectors
from accounts import formats
from dashboards.filters import Question
from dashboards.selectors import breakdowns, trend
from dashboards.selectors.breakdowns import Breakdown
from dashboards.selectors.rising import Rising, rising
from dashboards.selectors.themes import change_kind, place_words
from dashboards.selectors.trend import Trend
from feedback.filters import Filters
from feedback.filters import contacts as contacts_of
from feedback.models import Theme
from feedback.selectors import theme_numbers
from feedback.selectors.channels import channel_name
from feedback.selectors.contacts import ContactCard
from feedback.selectors.theme_numbers import ThemeNumbers
from hypotheses.models import Hypothesis, Status
from hypotheses.selectors.rows import TAGS
from metrics import formulas
from metrics.estimate import Estimate

NEWEST, LOWEST = 3, 2
LOW_SCORE = 2


@dataclass(frozen=True)
class Idea:
    """An idea on this theme, and the colour of its status tag."""

    hypothesis: Hypothesis
    tag: str


@dataclass(frozen=True)
class Quote:
    """A customer's words with where they come from, in words."""

    card: ContactCard
    source: str

    @property
    def text(self) -> str:
        """What they wrote; an export without that has what they wrote above it."""
        return self.card.text or self.card.subject


@dataclass(frozen=True)
class ThemePage:
    """Everything the page shows. `solved` is first contact resolution of this theme's contacts."""

    theme: Theme
    where: str
    finding: str
    numbers: ThemeNumbers
    change_text: str
    change_kind: str
    solved: Estimate
    trend: Trend
    breakdowns: list[Breakdown]
    quotes: list[Quote]
    with_text: int
    with_text_is_more: bool
    ideas: list[Idea]
    rising: Rising | None
    rows_query: str
    words_query: str
    playbook_over: bool

    @property
    def contacts(self) -> int:
        """How many contacts the theme has in the slice."""
        return int(self.numbers.contacts.value or 0)


def theme_page(theme: Theme, question: Question) -> ThemePage:
    """The page of one theme; a fixed number of queries."""
    numbers = theme_numbers.numbers_of(theme, question.slice)
    filters = _filters(theme, question)
    words = feedback.selectors.contacts.contact_page(_with_text(filters), size=NEWEST)
    moved = numbers.change.change.value
    signal = next((one for one in rising(question.period.last) if one.theme.pk == theme.pk), None)
    return ThemePage(
        theme=theme,
        where=place_words(theme),
        finding=_finding(numbers, signal),
        numbers=numbers,
        change_text="" if moved is None else formats.signed_percent(100 * moved, 0),
        change_kind=change_kind(numbers.change),
        solved=_solved(theme, question),
        trend=trend.trend(theme, question),
        breakdowns=breakdowns.breakdowns(theme, question, filters),
        quotes=_quotes(words.contacts, filters) or _subjects(filters),
        with_text=words.count,
        with_text_is_more=words.more,
        ideas=_ideas(theme),
        rising=signal,
        rows_query=question.rows(theme=theme.pk),
        words_query=question.rows(theme=theme.pk, has_text="1"),
        playbook_over=theme.playbook_until is not None and theme.playbook_until < question.today,
    )


def _finding(numbers: ThemeNumbers, signal: Rising | None) -> str:
    contacts = int(numbers.contacts.value or 0)
    if signal:
        words = _("“%(theme)s” is rising: %(seen)s contacts in a week, %(expected)s expected")
        seen, expected = formats.decimal(signal.observed), formats.decimal(signal.expected)
        return words % {"theme": numbers.theme.name, "seen": seen, "expected": expected}
    words = ngettext(
        "“%(theme)s”: %(contacts)s contact", "“%(theme)s”: %(contacts)s contacts, %(share)s of all", contacts
    )
    share = formats.percent(numbers.share.value or 0)
    return words % {"theme": numbers.theme.name, "contacts": formats.decimal(contacts), "share": share}


def _solved(theme: Theme, question: Question) -> Estimate:
    sums = metrics.selectors.contact_sums(question.slice, themes=[theme.pk], only=["fcr_known", "fcr_yes"])
    return formulas.metric("fcr").compute(sums[()])


def _filters(theme: Theme, question: Question) -> Filters:
    return Filters(
        first=question.period.first,
        last=question.period.last,
        channels=(question.channel,) if question.channel else (),
        market=question.market,
        stage=question.stage,
        theme=theme.pk,
    )


def _with_text(filters: Filters) -> Filters:
    return replace(filters, has_text=True)


def _quotes(newest: list[ContactCard], filters: Filters) -> list[Quote]:
    """The newest, then those who were least satisfied."""
    low = contacts_of(_with_text(filters)).filter(
        survey_responses__instrument="csat", survey_responses__standard_score__lte=LOW_SCORE
    )
    seen = {card.id for card in newest}
    lowest = low.exclude(pk__in=seen).order_by("survey_responses__standard_score", "-local_day", "-pk")
    named = feedback.selectors.contacts.with_names(lowest)
    cards = [*newest, *feedback.selectors.contacts.cards(list(named[:LOWEST]))]
    return [Quote(card, _source(card)) for card in cards]


def _subjects(filters: Filters) -> list[Quote]:
    newest = feedback.selectors.contacts.contact_page(filters, size=NEWEST, counted=False).contacts
    return [Quote(card, _source(card)) for card in newest if card.subject]


def _source(card: ContactCard) -> str:
    known = [channel_name(card.channel), formats.day(card.day)]
    if card.csat is not None:
        known.append(
            _("CSAT %(score)s of 5") % {"score": formats.decimal(card.csat, 0 if card.csat.is_integer() else 1)}
        )
    known.append(card.page)
    return " · ".join(part for part in known if part)


def _ideas(theme: Theme) -> list[Idea]:
    rows = Hypothesis.objects.filter(theme=theme).exclude(status=Status.DRAFT).select_related("proposer__team")
    return [Idea(one, TAGS.get(Status(one.status), "")) for one in rows.order_by("-number")]
