"""Google Analytics 4: sessions of each day and country, through the Data API. Pure.

Events arrive up to three days late, so the last four days are asked for again at each run. A service account
signs in with its own key.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from urllib.parse import quote

from feedback.connectors import signing
from feedback.connectors.shapes import Asking, Connector, Credentials, Cursor, Page, Reply, StreamPlan
from feedback.connectors.walking import inner
from feedback.systems.ga4 import flattened
from feedback.systems.reading import number, objects
from outbox.answers import Lasting, Passing
from outbox.rates import Rate

SCOPE = "https://www.googleapis.com/auth/analytics.readonly"
TOKEN = "https://oauth2.googleapis.com/token"  # noqa: S105
BASE = "https://analyticsdata.googleapis.com"
AGAIN = timedelta(days=4)
# So much at once keeps the answers small and a stop costs little.
DAYS, PER_PAGE = 31, 1_000
_DIMENSIONS = ("date", "countryId")
_METRICS = ("sessions", "transactions", "purchaseRevenue")


def _daily(ask: Asking, cursor: Cursor, now: datetime) -> Page:
    first = date.fromisoformat(str(cursor.get("from", cursor["since"]))[:10])
    today = now.date()
    last = min(date.fromisoformat(cursor["to"]) if "to" in cursor else first + timedelta(days=DAYS - 1), today)
    first = min(first, last)
    offset = int(cursor.get("offset", 0))
    report = {
        "dateRanges": [{"startDate": first.isoformat(), "endDate": last.isoformat()}],
        "dimensions": [{"name": name} for name in _DIMENSIONS],
        "metrics": [{"name": name} for name in _METRICS],
        "orderBys": [{"dimension": {"dimensionName": name}} for name in _DIMENSIONS],
        "limit": PER_PAGE,
        "offset": offset,
        "keepEmptyRows": False,
    }
    body = ask.post(_path(ask.credentials), report).body
    if not isinstance(inner(body, "metricHeaders"), list):
        raise Passing("not_expected")
    found = flattened(body)
    places = [[str(item.get(name)) for name in _DIMENSIONS] for item in found]
    if places and "last" in cursor and min(places) <= cursor["last"]:
        # Another page than the one asked for: counting on from it would jump over that one.
        raise Passing("not_expected")
    read = offset + len(objects(inner(body, "rows")))
    if found and read < (number(inner(body, "rowCount")) or 0):
        # The same days to the end, also when midnight comes between.
        ahead = {"from": first.isoformat(), "to": last.isoformat(), "offset": read, "last": max(places)}
    elif last < today:
        ahead = {"from": (last + timedelta(days=1)).isoformat()}
    else:
        return Page(found, {"since": (today - AGAIN).isoformat()})
    return Page(found, {"since": cursor["since"], **ahead}, has_more=True)


def _path(credentials: Credentials) -> str:
    # People copy the number with or without the word before it.
    wanted = credentials["property"].strip().removeprefix("properties/")
    return f"/v1beta/properties/{quote(wanted, safe='')}:runReport"


def _sign_in(credentials: Credentials, token: Callable[[str, bytes], Reply], now: datetime) -> str:
    account = _account(credentials)
    where = str(account.get("token_uri") or TOKEN)
    claims = {"iss": account.get("client_email"), "scope": SCOPE, "aud": where}
    signed = signing.assertion(claims, str(account.get("private_key") or ""), now)
    return str(inner(token(where, signing.form(signed)).body, "access_token") or "")


def _account(credentials: Credentials) -> Mapping[str, object]:
    try:
        account = json.loads(credentials["service_account"])
    except ValueError:
        raise Lasting("not_a_key") from None
    if not isinstance(account, dict):
        raise Lasting("not_a_key")
    return account


CONNECTOR = Connector(
    name="ga4",
    fields=("property", "service_account"),
    secrets=frozenset({"service_account"}),
    base=lambda given: given.get("address") or BASE,
    headers=lambda given: {},
    sign_in=_sign_in,
    rate=Rate(60, 60),
    streams={"daily": StreamPlan(_daily, every_minutes=60)},
    check=lambda ask: ask.post(
        _path(ask.credentials),
        {"dateRanges": [{"startDate": "yesterday", "endDate": "yesterday"}], "metrics": [{"name": "sessions"}]},
    ),
)
