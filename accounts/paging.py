"""Pages of long lists by key, not by number: page 1,000 costs as much as page 1, and new rows shift nothing."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows in their order, and the markers of the neighbours ("" at an end)."""

    rows: list[Row]
    before: str
    after: str


def page(rows: QuerySet[Row], *, by: str, descending: bool, size: int, after: str = "", before: str = "") -> Page[Row]:
    """The page after (or before) the row whose primary key is the marker, in the order of `by`, then key.

    An unknown marker starts at the beginning. Costs one query for the marker and one for the rows.
    """
    marker = after or before
    start = rows.model._default_manager.filter(pk=int(marker)).first() if marker.isdecimal() else None
    backwards = start is not None and not after
    rising = descending == backwards
    if start is not None:
        value, side = getattr(start, by), "gt" if rising else "lt"
        rows = rows.filter(Q((f"{by}__{side}", value)) | Q((by, value), (f"pk__{side}", start.pk)))
    sign = "" if rising else "-"
    found = list(rows.order_by(f"{sign}{by}", f"{sign}pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    # Behind a marker there is always something: the row of the marker itself.
    has_before = more if backwards else start is not None
    has_after = backwards or more
    return Page(
        rows=found,
        before=str(found[0].pk) if found and has_before else "",
        after=str(found[-1].pk) if found and has_after else "",
    )
