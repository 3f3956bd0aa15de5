"""What to look at before a file is imported: what stops it, what asks for a choice, what is good to know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from feedback import fields, headings, kinds, mapping, proposals, transforms
from feedback.models import DimensionValue, SurveyResponse
from feedback.selectors.previews import News, Preview
from feedback.selectors.samples import Sample
from feedback.selectors.suggestions import Choice, Offer

_SHORT_DURATION = 60.0
_MOST_KNOWN = 300


def choices(
    kind: kinds.Kind,
    chosen: mapping.FieldMap,
    sample: Sample,
    preview: Preview | None,
    *,
    columns: Sequence[Choice],
    gone: Sequence[str],
    standing: Sequence[Choice] = (),
    scores_offered: bool = False,
) -> list[Choice]:
    """Everything to look at, what blocks first, what is only good to know last.

    `standing` is what the database says about it; of a file that cannot go in whatever is
    chosen, nothing else is said.
    """
    missing = _missing(kind, chosen, sample)
    if any(one.hopeless for one in missing):
        return [one for one in missing if one.hopeless]
    found = [*missing, *_dates(chosen, sample), *columns, *_units(chosen, sample), *standing]
    if kind.name == "commerce":
        found += _same_day(chosen, preview)
    if kind.name == "contacts" and not scores_offered:
        found += _answers(sample, chosen)
    found += [Choice("", heading, _("Is not in this file any more."), must=False) for heading in dict.fromkeys(gone)]
    if preview:
        found += [_news(one) for one in preview.news]
        found += [
            Choice("", _rows(cause.count), _cause(cause.column, cause.value, cause.sentence), must=False)
            for cause in preview.causes
            if cause.reason != "date_ambiguous"
        ]
    return sorted(found, key=lambda choice: (not choice.blocks, not choice.must))


def _missing(kind: kinds.Kind, chosen: mapping.FieldMap, sample: Sample) -> list[Choice]:
    """Fields without which nothing can be stored."""
    found = []
    for name in kind.required:
        if chosen.columns.get(name) or chosen.constants.get(name):
            continue
        if name in sample.shape.header and name not in chosen.columns:
            continue
        if name == "instrument":
            offers = tuple(Offer(value.upper(), "fix-instrument", value) for value in SurveyResponse.Instrument.values)
            sentence = _("Which survey do these scores answer? It cannot be told from the numbers.")
        elif name in mapping.MOMENTS:
            days = proposals.days_above(sample.shape.preamble)
            sentence, offers = _no_date(days), _date_offers(name, sample)
        else:
            sentence, offers = _("No column says this yet. Choose one, or give a fixed value."), ()
        target = offers[0].control if offers and offers[0].control.startswith("column-") else "mp"
        hopeless = name == "date" and not offers and _is_range(proposals.days_above(sample.shape.preamble))
        found.append(Choice(target, fields.name(name), sentence, offers, blocks=True, hopeless=hopeless))
    return found


def _no_date(days: tuple[date, date] | None) -> str:
    if days and _is_range(days):
        return _(
            "No column says the day: this file adds up %(days)s. Export it again with the dimension Date, "
            "or one day at a time."
        ) % {"days": formats.day_range(*days)}
    return _("No column says when it was. Choose one, or export the file again with the date in it.")


def _is_range(days: tuple[date, date] | None) -> bool:
    return days is not None and days[0] < days[1]


def _date_offers(name: str, sample: Sample) -> tuple[Offer, ...]:
    return tuple(
        Offer(_("Use “%(heading)s”") % {"heading": column.heading}, f"column-{position}", name)
        for position, column in enumerate(sample.columns)
        if column.is_dates and not column.is_numbers
    )[:3]


def _dates(chosen: mapping.FieldMap, sample: Sample) -> list[Choice]:
    order = sample.day_order(chosen)
    if not order.is_open or chosen.date_format or not order.example:
        return []
    offers = tuple(Offer(label, "date_format", value) for value, label in day_words(order.example))
    return [Choice("date_format", order.example, _("Which day is this? Every date fits both."), offers, blocks=True)]


def day_words(example: str) -> list[tuple[str, str]]:
    """A date such as 09-11-2026 read both ways: [("dmy", "9 November"), ("mdy", "11 September")]."""
    first, second = (int(part) for part in example.replace("/", "-").replace(".", "-").split("-")[:2])
    return [
        (order, date_format(date(2000, month, day), "j F"))
        for order, day, month in (("dmy", first, second), ("mdy", second, first))
    ]


def _units(chosen: mapping.FieldMap, sample: Sample) -> list[Choice]:
    """Small numbers without a unit may be minutes."""
    found = []
    for position, column in enumerate(sample.columns):
        name = next((field for field, several in chosen.columns.items() if several == (column.heading,)), "")
        numbers = column.range() if name in transforms.DURATIONS and name not in chosen.transforms else None
        if numbers is None or column.heading == name or headings.with_unit(column.heading)[1]:
            continue
        if 0 < numbers[1] <= _SHORT_DURATION:
            sentence = _("Goes up to %(most)s. Are these minutes?") % {"most": formats.decimal(numbers[1], 1)}
            offer = Offer(_("Minutes"), f"as-{position}", "duration:minutes")
            found.append(Choice(f"as-{position}", column.heading, sentence, (offer,), must=False))
    return found


def _same_day(chosen: mapping.FieldMap, preview: Preview | None) -> list[Choice]:
    """Rows of one day that nothing tells apart overwrite each other; visits by page are counted twice."""
    if preview and preview.repeated:
        sentence = _(
            "of a day that stands in the file before. Only the last one would count. Choose what tells them apart."
        )
        return [Choice("mp", _rows(preview.repeated), sentence)]
    if chosen.columns.get("detail") and chosen.columns.get("sessions"):
        sentence = _(
            "splits the visits of a day. A visit that saw three pages counts three times here; an export by day alone "
            "is exact."
        )
        return [Choice("", ", ".join(chosen.columns["detail"] or ()), sentence, must=False)]
    return []


def _answers(sample: Sample, chosen: mapping.FieldMap) -> list[Choice]:
    """Scores in a file of contacts are answers to a survey, which is a kind of its own."""
    for column in sample.columns:
        name = headings.plain(column.heading)
        if (
            name in headings.KNOWN["surveys"]["score"]
            and column.filled
            and column.heading.lower() not in chosen.headings
        ):
            sentence = _("holds answers to a survey. Upload the same file once more as survey responses to count them.")
            return [Choice("", column.heading, sentence, must=False)]
    return []


def notes(chosen: mapping.FieldMap, preview: Preview | None) -> dict[str, str]:
    """What is new in a column, by heading."""
    found = {}
    for one in preview.news if preview else ():
        headings_of = chosen.columns.get(one.dimension)
        if headings_of:
            found[headings_of[-1]] = _counted(one)
    return found


def _news(one: News) -> Choice:
    kept = _("They come in as they are; what they mean can be said later.")
    return Choice("", "", f"{_counted(one)} {kept}", must=False)


def _counted(one: News) -> str:
    numbers = {
        "new": formats.decimal(one.new),
        "total": formats.decimal(one.total),
        "rows": _rows(one.rows),
    }
    words = {
        "channel": ngettext(
            "%(new)s of %(total)s channels is new, in %(rows)s.",
            "%(new)s of %(total)s channels are new, in %(rows)s.",
            one.new,
        ),
        "market": ngettext(
            "%(new)s of %(total)s markets is new, in %(rows)s.",
            "%(new)s of %(total)s markets are new, in %(rows)s.",
            one.new,
        ),
        "stage": ngettext(
            "%(new)s of %(total)s stages is new, in %(rows)s.",
            "%(new)s of %(total)s stages are new, in %(rows)s.",
            one.new,
        ),
        "reason": ngettext(
            "%(new)s of %(total)s reasons is new, in %(rows)s.",
            "%(new)s of %(total)s reasons are new, in %(rows)s.",
            one.new,
        ),
    }
    return words[one.dimension] % numbers


def _cause(column: str, value: str, sentence: str) -> str:
    shown = f"{column} {value}".strip()
    said = f"{shown}: {sentence}" if shown else sentence
    return _("will be rejected. %(why)s") % {"why": said}


def _rows(count: int) -> str:
    return ngettext("%(count)s row", "%(count)s rows", count) % {"count": formats.decimal(count)}


def known_values(chosen: mapping.FieldMap, fixed: Sequence[tuple[str, str]] | None) -> dict[str, list[str]]:
    """The values that exist, for the fields whose values are being put into other words or fixed."""
    asked = {name for name, one in chosen.transforms.items() if isinstance(one, transforms.Values)}
    asked |= {name for name, _value in fixed or ()} | set(chosen.constants)
    found: dict[str, list[str]] = {}
    dimensions = asked & set(DimensionValue.Dimension.values)
    if dimensions:
        rows = DimensionValue.objects.filter(dimension__in=dimensions).values_list("dimension", "label")
        for dimension, label in rows[:_MOST_KNOWN]:
            found.setdefault(dimension, []).append(label)
    if "instrument" in asked:
        found["instrument"] = list(SurveyResponse.Instrument.values)
    return found
