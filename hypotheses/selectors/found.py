"""What the form finds while somebody types: a theme and its numbers, quotes, similar ideas, how strong the case is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

import metrics.selectors
from accounts import formats
from feedback import similarity
from feedback.models import Contact, ContactReason, DimensionValue, Theme
from feedback.selectors import theme_numbers
from feedback.selectors.channels import channel_name
from feedback.selectors.theme_numbers import ThemeNumbers
from hypotheses.models import Hypothesis, Status
from hypotheses.selectors import sentences
from hypotheses.selectors.rows import IdeaRow, idea_rows, sent
from hypotheses.selectors.waiting import Promise
from hypotheses.services.evidence import EVIDENCE_DAYS
from metrics import charts
from metrics.charts import Svg
from metrics.periods import Slice

LIKELY_THEMES, LARGEST_THEMES = 4, 6
QUOTES, QUOTES_READ = 3, 60
_QUOTE_LETTERS = range(25, 281)
SIMILAR, COMPARED = 4, 500
PAGES_SHOWN = 24
BIG_ENOUGH_RANK = 10


@dataclass(frozen=True)
class Candidate:
    """A theme to choose: its contacts of the last 28 days; `likely` when the words typed sound like it."""

    theme: Theme
    contacts: int
    likely: bool


@dataclass(frozen=True)
class Quote:
    """A customer's (redacted) words that may go with the idea."""

    contact: Contact
    text: str
    language: str
    source: str


@dataclass(frozen=True)
class Found:
    """The evidence for what was typed. Without a theme there is no number and no quote."""

    numbers: ThemeNumbers | None
    rank: int
    quotes: tuple[Quote, ...]
    candidates: tuple[Candidate, ...]
    suggested: int | None

    @property
    def theme(self) -> Theme | None:
        """The theme that the numbers are of."""
        return self.numbers.theme if self.numbers else None

    @property
    def because(self) -> str:
        """The first part of the sentence, made from the theme's numbers; "" without them."""
        if self.numbers is None:
            return ""
        return sentences.because(self.numbers.theme.name, self.numbers.contacts.value, "", EVIDENCE_DAYS)

    @property
    def spark(self) -> Svg | None:
        """The theme's rate over 13 weeks as a small line."""
        return spark(self.numbers) if self.numbers else None


@dataclass(frozen=True)
class Strength:
    """One thing that makes a case strong, and whether this one has it."""

    ok: bool
    text: str


def spark(numbers: ThemeNumbers) -> Svg | None:
    """Contacts per 1,000 orders of the last 13 weeks; None when fewer than two are known."""
    known = [week for week in numbers.weeks if week is not None]
    if len(known) < 2:
        return None
    label = _("Contacts per 1,000 orders over %(weeks)d weeks, now %(now)s") % {
        "weeks": len(known),
        "now": formats.decimal(known[-1], 1),
    }
    return charts.sparkline(known, label)


def evidence_found(*, problem: str, chosen: int | None, decided: bool, today: date) -> Found:
    """The evidence for a problem.

    `chosen` is a theme; with `decided` the proposer picked it (or none) and it stays, else the words of the problem
    choose it again and `chosen` is kept only when they point nowhere.
    """
    question = Slice(metrics.selectors.counted_days(today, EVIDENCE_DAYS))
    sums = metrics.selectors.contact_sums(question, by=["theme"], only=["contacts"])
    counts = {key[0]: int(cell.contacts) for key, cell in sums.items()}
    themes = {theme.pk: theme for theme in Theme.objects.active()}
    likely = _likely(problem, themes)
    suggested = None if decided else next(iter(likely), None)
    theme = themes.get((suggested or chosen) or 0)
    largest = sorted((pk for pk in themes if counts.get(pk)), key=lambda pk: (-counts[pk], themes[pk].name))
    shown = list(dict.fromkeys([*([theme.pk] if theme else []), *likely[:LIKELY_THEMES], *largest[:LARGEST_THEMES]]))
    return Found(
        numbers=theme_numbers.numbers_of(theme, question) if theme else None,
        rank=largest.index(theme.pk) + 1 if theme and theme.pk in largest else 0,
        quotes=_quotes(theme, problem, question) if theme else (),
        candidates=tuple(Candidate(themes[pk], counts.get(pk, 0), pk in likely) for pk in shown),
        suggested=suggested,
    )


def _likely(problem: str, themes: dict[int, Theme]) -> list[int]:
    """Themes whose name, subtitle or reasons sound like the problem, best first."""
    paths: dict[int, list[str]] = {pk: [] for pk in themes}
    for pk, path in ContactReason.objects.filter(theme__in=themes.keys()).values_list("theme_id", "path"):
        paths[pk or 0].append(path)
    ids = list(themes)
    documents = [". ".join([themes[pk].name, themes[pk].subtitle, *paths[pk]]) for pk in ids]
    return [ids[place] for place, _likeness in similarity.rank(problem, documents, top=LIKELY_THEMES, least=0.12)]


def _quotes(theme: Theme, problem: str, question: Slice) -> tuple[Quote, ...]:
    """Recent words of customers in this theme, those most like the problem first."""
    rows = (
        Contact.objects.filter(
            theme_links__theme=theme,
            local_day__range=(question.period.first, question.period.last),
            words__text__gt="",
        )
        .select_related("words", "channel", "language")
        .order_by("-theme_links__contact_id")[:QUOTES_READ]
    )
    # The same words twice are one quote.
    fitting = list({row.words.text: row for row in rows if len(row.words.text) in _QUOTE_LETTERS}.values())
    alike = similarity.rank(problem, [contact.words.text for contact in fitting], top=QUOTES)
    order = [place for place, _likeness in alike] + list(range(len(fitting)))
    return tuple(_quote(fitting[place]) for place in list(dict.fromkeys(order))[:QUOTES])


def _quote(contact: Contact) -> Quote:
    parts = [channel_name(contact.channel.label) if contact.channel else "", formats.day(contact.local_day)]
    return Quote(
        contact=contact,
        text=contact.words.text,
        language=contact.language.code if contact.language else "",
        source=", ".join(part for part in parts if part),
    )


def chosen_quotes(theme: Theme | None, ids: Sequence[int]) -> tuple[Contact, ...]:
    """The contacts among these that belong to the theme: nothing else can be quoted with it."""
    if theme is None or not ids:
        return ()
    rows = Contact.objects.filter(pk__in=ids, theme_links__theme=theme, words__text__gt="")
    return tuple(rows.select_related("words", "channel", "language")[:QUOTES])


def pages() -> list[DimensionValue]:
    """Places on the site that contacts named."""
    return list(DimensionValue.objects.filter(dimension=DimensionValue.Dimension.PAGE, mapped_to=None)[:PAGES_SHOWN])


def similar_ideas(
    text: str, promised: Promise, today: date, *, without: int | None = None, theme: int | None = None
) -> list[IdeaRow]:
    """Ideas that were sent and say nearly the same, best first; merged ones are left out."""
    compared = list(
        sent().exclude(status=Status.DUPLICATE).exclude(pk=without or 0).order_by("-submitted_at")[:COMPARED]
    )
    documents = [f"{one.title}. {one.problem} {one.change}" for one in compared]
    places = [place for place, _likeness in similarity.rank(text, documents, top=SIMILAR)]
    # The same theme is likeness too, but comes after words.
    places += [place for place, one in enumerate(compared) if theme and one.theme_id == theme]
    return idea_rows([compared[place] for place in list(dict.fromkeys(places))[:SIMILAR]], promised, today)


def strength(found: Found, *, pages_chosen: int, quotes_chosen: int) -> list[Strength]:
    """How strong the case is, in words; nothing here stops anybody from sending."""
    if found.numbers is None:
        return [Strength(False, _("A theme would bring its numbers along")), *_place_and_quote(pages_chosen, 0)]
    return [_size(found), _direction(found.numbers), *_place_and_quote(pages_chosen, quotes_chosen)]


def _size(found: Found) -> Strength:
    if not found.rank:
        return Strength(False, _("No contacts about this in the last 28 days"))
    if found.rank == 1:
        return Strength(True, _("Big enough: the largest theme"))
    if found.rank <= BIG_ENOUGH_RANK:
        return Strength(True, _("Big enough: number %(rank)d of all themes") % {"rank": found.rank})
    return Strength(False, _("A small theme: number %(rank)d of all themes") % {"rank": found.rank})


def _direction(numbers: ThemeNumbers) -> Strength:
    change = numbers.change
    if not change.outside_variation:
        return Strength(False, _("About as many contacts as the four weeks before"))
    if (change.change.value or 0) > 0:
        return Strength(True, _("Getting worse, not better"))
    return Strength(False, _("Getting better by itself"))


def _place_and_quote(pages_chosen: int, quotes_chosen: int) -> list[Strength]:
    place = Strength(True, _("Clear place on the site")) if pages_chosen else Strength(False, _("Where on the site?"))
    quote = Strength(True, _("In a customer’s words")) if quotes_chosen else Strength(False, _("A quote would help"))
    return [place, quote]


def open_drafts(proposer: int, *, without: int | None = None) -> list[Hypothesis]:
    """Drafts of this person, last written first."""
    drafts = Hypothesis.objects.filter(status=Status.DRAFT, proposer=proposer).exclude(pk=without or 0)
    return list(drafts.order_by("-updated_at")[:20])
