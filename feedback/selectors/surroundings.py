"""What the database says about a file that is being mapped: days that are counted already, markets that exist."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from accounts.models import Market
from feedback import fields, kinds, mapping
from feedback.models import CommerceDay, Import
from feedback.selectors import counted_twice
from feedback.selectors.previews import Preview
from feedback.selectors.samples import Sample
from feedback.selectors.suggestions import Choice, Offer

_FEW_MARKETS = 4
_FEW_IMPORTS = 3


def surroundings(
    imported: Import, kind: kinds.Kind, chosen: mapping.FieldMap, sample: Sample, preview: Preview | None
) -> list[Choice]:
    """What to look at before this file goes in beside what is there."""
    found = []
    if kind.name == Import.Kind.COMMERCE and preview and preview.first and preview.last:
        rows = counted_twice.standing(first=preview.first, last=preview.last, markets=preview.markets)
        found += _again(chosen, rows.filter(source=imported.source))
        found += _elsewhere(chosen, sample, rows.exclude(source=imported.source))
    if "market" in kind.columns and not imported.source.market:
        found += _market(chosen)
    return found


def _again(chosen: mapping.FieldMap, rows: QuerySet[CommerceDay]) -> list[Choice]:
    """Days that this source has brought in another form: by page, and now by day, or the other way round."""
    is_split = bool(chosen.columns.get("detail"))
    for party, standing in counted_twice.parties(rows).items():
        if party.is_split != is_split:
            told = {"days": _days(standing)}
            if is_split:
                sentence = _(
                    "brought %(days)s of these already, by day. Both would be added up, and the ones by day are exact: "
                    "leave this file out."
                )
            else:
                sentence = _(
                    "brought %(days)s of these already, split up by page or order. Both would be added up. This file "
                    "is exact: undo the other import first."
                )
            return [Choice("", party.name, sentence % told, links=() if is_split else _imports(rows))]
    return []


def _elsewhere(chosen: mapping.FieldMap, sample: Sample, rows: QuerySet[CommerceDay]) -> list[Choice]:
    """Counts of these days that another source has brought."""
    here = {name for name in counted_twice.COUNTS if chosen.columns.get(name) or chosen.constants.get(name)}
    found = []
    for party, standing in counted_twice.parties(rows).items():
        both = here & standing.counts
        if not both:
            continue
        told = {"counts": counted_twice.names(both), "days": _days(standing)}
        sentence = _("has the %(counts)s of %(days)s of these already. Both would be added up, so they count twice.")
        offers = _leave_out(both, here, chosen, sample)
        said = sentence % told
        if not offers:
            said = _("%(said)s Keep one: leave this file out, or undo the other import first.") % {"said": said}
        found.append(Choice("", party.name, said, offers))
    return found


def _leave_out(both: set[str], here: set[str], chosen: mapping.FieldMap, sample: Sample) -> tuple[Offer, ...]:
    """A button that leaves these counts out, where the file has others."""
    if both == here or any(name in chosen.constants for name in both):
        return ()
    named = {heading for name in both for heading in chosen.columns.get(name) or ()}
    at = [position for position, column in enumerate(sample.columns) if column.heading in named]
    controls = "&".join(f"column-{position}=-" for position in at)
    first, _equals, rest = controls.partition("=")
    return (Offer(_("Leave out the %(counts)s here") % {"counts": counted_twice.names(both)}, first, rest),)


def _imports(rows: QuerySet[CommerceDay]) -> tuple[tuple[str, str], ...]:
    """Where the imports of these rows are undone."""
    found = Import.objects.filter(pk__in=rows.order_by().values("imported").distinct()).order_by("pk")[:_FEW_IMPORTS]
    return tuple(
        (reverse("feedback:import-undo", args=[one.pk]), _("Undo %(file)s") % {"file": one.file_name})
        for one in found
        if one.state == Import.State.FINISHED
    )


def _days(standing: counted_twice.Standing) -> str:
    count = len(standing.days)
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": formats.decimal(count)}


def _market(chosen: mapping.FieldMap) -> list[Choice]:
    """Rows without a market are in no market's numbers; where there are few, one press says it."""
    if chosen.columns.get("market") or chosen.constants.get("market"):
        return []
    markets = list(Market.objects.filter(is_found=False).values_list("code", "name")[: _FEW_MARKETS + 1])
    if not 0 < len(markets) <= _FEW_MARKETS:
        return []
    offers = tuple(Offer(_("All are of %(market)s") % {"market": name}, "fix-market", code) for code, name in markets)
    sentence = _("No column says it. The rows count for the company, and for no market.")
    return [Choice("", fields.name("market"), sentence, offers, must=False)]
