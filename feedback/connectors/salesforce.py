"""Salesforce: cases, and when their e-mails and comments were written. Pure.

Pages are queries of their own, each beginning after the last object of the one before: by SystemModstamp and,
among equal ones, by Id. No page of a result is kept open on their side, and equal stamps are not lost. Deleted
cases come with `queryAll`. We sign in with a key of our own (JWT bearer); a session that ends is opened anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import datetime
from urllib.parse import urlsplit

from feedback.connectors import signing
from feedback.connectors.shapes import OVERLAP, Asking, Connector, Credentials, Cursor, Page, Reply, StreamPlan
from feedback.connectors.walking import address, inner, iso, listed, moment
from outbox.answers import Passing
from outbox.rates import Rate

QUERY = "/services/data/v62.0/queryAll"
TOKEN = "/services/oauth2/token"  # noqa: S105
# FIELDS(ALL) brings the company's own fields, and no more than these at once.
PER_PAGE = 200
_ID = re.compile(r"[A-Za-z0-9]{15,18}")
_MESSAGE = ("Id", "ParentId", "CreatedDate", "SystemModstamp")


def _walk(thing: str, fields: Collection[str]) -> Callable[[Asking, Cursor, datetime], Page]:
    def fetch(ask: Asking, cursor: Cursor, now: datetime) -> Page:
        found = listed(ask.get(QUERY, {"q": _soql(thing, fields, cursor)}).body, "records")
        if not found:
            at = moment(cursor.get("at", cursor["since"]))
            return Page([], {"since": iso(max(moment(cursor["since"]), at - OVERLAP))})
        at = moment(found[-1].get("SystemModstamp"))
        if len(found) < PER_PAGE:
            return Page(found, {"since": iso(max(moment(cursor["since"]), at - OVERLAP))})
        return Page(found, {"since": cursor["since"], "at": iso(at), "id": found[-1].get("Id")}, has_more=True)

    return fetch


def _soql(thing: str, fields: Collection[str], cursor: Cursor) -> str:
    if "id" not in cursor:
        after = f"SystemModstamp >= {_literal(cursor['since'])}"
    else:
        at, key = _literal(cursor["at"]), str(cursor["id"])
        if not _ID.fullmatch(key):
            raise Passing("not_expected")
        after = f"(SystemModstamp > {at} OR (SystemModstamp = {at} AND Id > '{key}'))"
    # Field names are ours, times and ids were read as such.
    return f"SELECT {', '.join(fields)} FROM {thing} WHERE {after} ORDER BY SystemModstamp ASC, Id ASC LIMIT {PER_PAGE}"  # noqa: S608


def _literal(value: str) -> str:
    return moment(value).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment(value).microsecond // 1000:03d}Z"


def _sign_in(credentials: Credentials, token: Callable[[str, bytes], Reply], now: datetime) -> str:
    base = _base(credentials)
    claims = {"iss": credentials["client_id"], "sub": credentials["username"], "aud": _audience(base)}
    signed = signing.assertion(claims, credentials["private_key"], now)
    return str(inner(token(base + TOKEN, signing.form(signed)).body, "access_token") or "")


def _audience(base: str) -> str:
    """Who the claims are for: not the company's own address."""
    host = urlsplit(base).hostname or ""
    return "https://test.salesforce.com" if ".sandbox." in host else "https://login.salesforce.com"


def _base(credentials: Credentials) -> str:
    return address(credentials["address"], "my.salesforce.com")


CONNECTOR = Connector(
    name="salesforce",
    fields=("address", "username", "client_id", "private_key"),
    secrets=frozenset({"private_key"}),
    base=_base,
    headers=lambda given: {},
    sign_in=_sign_in,
    rate=Rate(100, 60),
    streams={
        "cases": StreamPlan(_walk("Case", ("FIELDS(ALL)", "Contact.Name", "Owner.Name"))),
        "emails": StreamPlan(_walk("EmailMessage", (*_MESSAGE, "Incoming")), pulled="messages", is_wanted=False),
        "comments": StreamPlan(_walk("CaseComment", (*_MESSAGE, "IsPublished")), pulled="messages", is_wanted=False),
    },
    check=lambda ask: ask.get(QUERY, {"q": "SELECT Id FROM Case LIMIT 1"}),
)
