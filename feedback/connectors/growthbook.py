"""GrowthBook: experiments and the latest snapshot of their results, which is cumulative. Pure."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from feedback.connectors.shapes import Asking, Connector, Cursor, Page, Payload, StreamPlan
from feedback.connectors.walking import address, bearer, inner, listed
from outbox.answers import Passing
from outbox.rates import Rate

EXPERIMENTS = "/api/v1/experiments"
# Every experiment costs a request of the 60 in a minute.
PER_PAGE = 10
_NOTHING_YET = frozenset({400, 404})
_DRAFT = "draft"


def _results(ask: Asking, cursor: Cursor, now: datetime) -> Page:
    offset = int(cursor.get("offset", 0))
    body = ask.get(EXPERIMENTS, {"limit": PER_PAGE, "offset": offset}).body
    found = listed(body, "experiments")
    if inner(body, "offset") not in (None, offset):
        # Another page than the one asked for: counting on from it would jump over that one.
        raise Passing("not_expected")
    results = [result for one in found if one.get("status") != _DRAFT and (result := _result(ask, one))]
    if inner(body, "hasMore") is True and found:
        return Page(results, {"since": cursor["since"], "offset": offset + len(found)}, has_more=True)
    return Page(results, {"since": cursor["since"]})


def _result(ask: Asking, experiment: Payload) -> Payload | None:
    """The results with their experiment; None while nobody has computed any."""
    key = quote(str(experiment.get("id")), safe="")
    reply = ask.get(f"{EXPERIMENTS}/{key}/results", accept=_NOTHING_YET)
    result = inner(reply.body, "result")
    return {"result": result, "experiment": experiment} if isinstance(result, dict) and result else None


CONNECTOR = Connector(
    name="growthbook",
    fields=("address", "token"),
    secrets=frozenset({"token"}),
    base=lambda given: address(given.get("address", "").strip() or "api.growthbook.io", with_path=True),
    headers=lambda given: bearer(given["token"]),
    rate=Rate(60, 60),
    streams={"results": StreamPlan(_results, every_minutes=60)},
    check=lambda ask: ask.get(EXPERIMENTS, {"limit": 1}),
)
