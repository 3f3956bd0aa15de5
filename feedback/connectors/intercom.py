"""Intercom: conversations, each asked for once more by itself, because a search leaves its parts out. Pure."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from feedback.connectors.shapes import Asking, Connector, Credentials, Cursor, Page, Payload, StreamPlan
from feedback.connectors.walking import Part, address, bearer, epoch, inner, listed, sweep
from outbox.rates import Rate

SEARCH = "/conversations/search"
VERSION = "2.11"
# Every one of them costs a request.
PER_PAGE = 20
_REGIONS = {"eu": "https://api.eu.intercom.io", "au": "https://api.au.intercom.io", "us": "https://api.intercom.io"}
_GONE = 404


def _conversations(ask: Asking, cursor: Cursor, now: datetime) -> Page:
    def part(since: datetime, mark: str | None) -> Part:
        paging: Payload = {"per_page": PER_PAGE, **({"starting_after": mark} if mark else {})}
        question = {
            "query": {
                "operator": "AND",
                # Later than, so a second earlier: nothing of that second is left out.
                "value": [{"field": "updated_at", "operator": ">", "value": epoch(since) - 1}],
            },
            "sort": {"field": "updated_at", "order": "ascending"},
            "pagination": paging,
        }
        body = ask.post(SEARCH, question).body
        whole = [_whole(ask, found) for found in listed(body, "conversations")]
        return Part([item for item in whole if item], inner(body, "pages", "next", "starting_after"))

    return sweep(cursor, part, lambda item: item.get("updated_at"))


def _whole(ask: Asking, found: Payload) -> Payload | None:
    """With its parts; None when it was deleted a moment ago."""
    reply = ask.get(
        f"/conversations/{quote(str(found.get('id')), safe='')}", {"display_as": "plaintext"}, accept=[_GONE]
    )
    return reply.body if isinstance(reply.body, dict) and reply.status != _GONE else None


def _base(credentials: Credentials) -> str:
    """Of the region that was chosen, or the address that was entered."""
    entered = credentials.get("address", "").strip().lower()
    return _REGIONS.get(entered or "us") or address(entered)


CONNECTOR = Connector(
    name="intercom",
    fields=("address", "token"),
    secrets=frozenset({"token"}),
    base=_base,
    headers=lambda given: {**bearer(given["token"]), "Intercom-Version": VERSION},
    rate=Rate(160, 10),
    streams={"conversations": StreamPlan(_conversations)},
    check=lambda ask: ask.get("/me"),
)
