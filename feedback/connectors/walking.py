"""Two ways through a list that never jump over what was not seen yet, and times as systems write them. Pure.

sweep    a list that the system walks for us: its own cursor, kept until the end of the list; only then
         does the beginning move, to the newest that was seen, less the overlap
forward  a list in the order of its change, in numbered pages: the beginning moves with every page, because
         a page number counts differently once an object before it changes
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from feedback.connectors.shapes import OVERLAP, Cursor, Page, Payload
from outbox.answers import Passing

# So much earlier than `since` a question may begin, for systems that leave that very moment out.
_EARLIER = timedelta(seconds=2)


@dataclass(frozen=True)
class Part:
    """What a system gave: objects, and its own mark of where it goes on; None at the end."""

    objects: Sequence[Payload]
    next: str | int | None
    pause_seconds: float = 0


def sweep(
    cursor: Cursor,
    part: Callable[[datetime, Any], Part],
    stamp: Callable[[Payload], Any],
    *,
    overlap: timedelta = OVERLAP,
) -> Page:
    """The next page of a list; `part(since, mark)` asks for it, `mark` being None at its beginning."""
    since = moment(cursor["since"])
    found = part(since, cursor.get("mark"))
    newest = max([moment(cursor.get("newest", cursor["since"])), *_stamps(found.objects, stamp)])
    if found.next is not None:
        ahead = {"since": cursor["since"], "mark": found.next, "newest": iso(newest)}
        return Page(found.objects, ahead, has_more=True, pause_seconds=found.pause_seconds)
    return Page(found.objects, {"since": iso(max(since, newest - overlap))})


def forward(
    cursor: Cursor,
    part: Callable[[datetime, int], Part],
    stamp: Callable[[Payload], Any],
    *,
    last_page: int | None = None,
) -> Page:
    """The next page of a list in ascending order of `stamp`; `part(since, number)` asks for it.

    Objects changed at the very moment `since` belong to it. Where a whole page has one stamp, or is in another
    order after all, the next number is asked for; raises Trouble past `last_page`.
    """
    at, number = moment(cursor.get("at", cursor["since"])), int(cursor.get("page", 1))
    found = part(at, number)
    stamps = _stamps(found.objects, stamp)
    newest = max([moment(cursor.get("newest", cursor["since"])), *stamps])
    if found.next is None:
        return Page(found.objects, {"since": iso(max(moment(cursor["since"]), newest - OVERLAP))})
    ahead = {"since": cursor["since"], "newest": iso(newest)}
    if stamps and max(stamps) <= at and min(stamps) < at - _EARLIER:
        # An earlier page once more: asked again, because counting on from it would jump over this one.
        return Page(found.objects, cursor, has_more=True)
    if stamps and stamps == sorted(stamps) and stamps[-1] > at:
        return Page(found.objects, {**ahead, "at": iso(stamps[-1])}, has_more=True)
    if last_page is not None and number >= last_page:
        raise Passing("too_many_at_once")
    return Page(found.objects, {**ahead, "at": iso(at), "page": number + 1}, has_more=True)


def _stamps(objects: Sequence[Payload], stamp: Callable[[Payload], Any]) -> list[datetime]:
    return [moment(value) for item in objects if (value := stamp(item)) not in (None, "")]


def moment(value: Any) -> datetime:
    """A time as systems give it: ISO text, epoch seconds; without a zone it is UTC. Raises Trouble."""
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        found = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        raise Passing("not_expected") from None
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)


def iso(at: datetime) -> str:
    """`2026-11-22T12:00:00.000000Z`, without the fraction where it is nought."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def seconds(at: datetime) -> str:
    """`2026-11-22T12:00:00Z`, rounded down."""
    return iso(at.replace(microsecond=0))


def epoch(at: datetime) -> int:
    """Whole seconds, rounded down."""
    return int(at.timestamp())


def day(value: str) -> date:
    """The day that a cursor holds."""
    return moment(value).date()


def basic(user: str, password: str) -> Mapping[str, str]:
    """The header of basic authentication."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def bearer(token: str) -> Mapping[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


def address(entered: str, domain: str = "", *, with_path: bool = False) -> str:
    """`https://company.zendesk.com` from a name, a host or an address as people copy it.

    What follows the host is left out, but `with_path`: for systems that a company runs in a folder of its site.
    """
    scheme, mark, rest = entered.strip().rpartition("://")
    host, _, path = rest.partition("/")
    if not mark and domain and "." not in host:
        host = f"{host}.{domain}"
    whole = f"{host}/{path}".rstrip("/") if with_path else host
    return f"{scheme.lower() or 'https'}://{whole}"


def listed(body: Any, *path: str) -> list[Payload]:
    """The objects of a list inside an answer. Raises Trouble where there is none: an answer of another shape
    must not look like an empty page."""
    for key in path:
        body = body.get(key) if isinstance(body, dict) else None
    if not isinstance(body, list):
        raise Passing("not_expected")
    return [item for item in body if isinstance(item, dict)]


def inner(body: Any, *path: str) -> Any:
    """What stands there; None where nothing does."""
    for key in path:
        body = body.get(key) if isinstance(body, dict) else None
    return body
