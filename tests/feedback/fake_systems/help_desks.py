"""Zendesk, Salesforce, Intercom, Gorgias and Freshdesk, as far as their connectors ask."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.feedback.fake_systems.desk import NOT_THERE, Desk, Payload, piece, read, stamp
from tests.feedback.fake_systems.server import Asked, Said

SECRET = "secret-4711-key"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()


def claims_of(form: bytes) -> Payload:
    """What was signed, once the signature is proven with the public key."""
    fields = dict(parse_qsl(form.decode()))
    assert fields["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    head, body, signature = fields["assertion"].split(".")
    KEY.public_key().verify(_decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
    found: Payload = json.loads(_decoded(body))
    return found


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


class WithToken(Desk):
    """Hands out tokens against a signed claim; a token can be ended."""

    undisturbed = ("/services/oauth2/token", "/token")

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[str] = []
        self.claims: list[Payload] = []

    def knows(self, asked: Asked) -> bool:
        return bool(self.tokens) and asked.bearer == self.tokens[-1] and not self.is_token_dead

    def other(self, asked: Asked) -> Said:
        if asked.path not in self.undisturbed:
            return NOT_THERE
        self.claims.append(claims_of(asked.body))
        self.tokens.append(f"{SECRET}-{len(self.tokens)}")
        self.is_token_dead = False
        return Said({"access_token": self.tokens[-1], "token_type": "Bearer"})


class Zendesk(Desk):
    """Its cursor is the place in the order of all changes; the last page says that it is the last."""

    system, stream = "zendesk", "tickets"

    def credentials(self) -> dict[str, str]:
        return {"address": self.url, "email": "pin@testers.example", "token": SECRET}

    def knows(self, asked: Asked) -> bool:
        return asked.basic == f"pin@testers.example/token:{SECRET}" and not self.is_token_dead

    def make(self, number: int, at: datetime, words: str) -> Payload:
        return {
            "id": number, "subject": "Order", "description": words, "status": "open", "created_at": stamp(at),
            # Later than the last change of the ticket itself: something around it changed.
            "updated_at": "2026-01-01T00:00:00Z", "generated_timestamp": int(at.timestamp()),
            "via": {"channel": "email"}, "requester_id": 7, "tags": [], "custom_fields": [],
        }  # fmt: skip

    def page(self, asked: Asked) -> Said | None:
        if asked.path != "/api/v2/incremental/tickets/cursor.json":
            return None
        assert ("cursor" in asked.query) != ("start_time" in asked.query)
        if "cursor" in asked.query:
            at, number = base64.b64decode(asked.query["cursor"]).decode().split("|")
        else:
            at, number = asked.query["start_time"], "-1"
        after = (int(at), int(number))
        size = int(asked.query["per_page"])
        left = [row for row in self.since(None)[: -len(self.stale) or None] if _place(row) > after]
        found = left[:size]
        done = len(left) <= size
        end = _place(found[-1]) if found else after
        body: Payload = {
            "tickets": found + (self.stale if done else []),
            "after_cursor": base64.b64encode(f"{end[0]}|{end[1]}".encode()).decode() if found else None,
            "end_of_stream": done,
        }
        if "users" in asked.query["include"]:
            body["users"] = [{"id": 7, "name": "Joke Jansen", "email": "joke@customers.example"}]
        if "metric_sets" in asked.query["include"]:
            body["metric_sets"] = [
                {"ticket_id": row["id"], "updated_at": stamp(datetime.fromtimestamp(row["generated_timestamp"], UTC)),
                 "reply_time_in_minutes": {"calendar": 3, "business": 1}, "replies": 1, "reopens": 0}
                for row in found
            ]  # fmt: skip
        return Said(body)

    def other(self, asked: Asked) -> Said:
        return Said({"tickets": []}) if asked.path == "/api/v2/tickets.json" else NOT_THERE


def _place(row: Payload) -> tuple[int, int]:
    return row["generated_timestamp"], row["id"]


class ZendeskRatings(Zendesk):
    """Legacy ratings, in pages with a cursor."""

    stream, page_constant = "ratings", "RATINGS_PER_PAGE"

    def make(self, number: int, at: datetime, words: str) -> Payload:
        return {
            "id": number, "ticket_id": number, "score": "good", "comment": words, "created_at": stamp(at),
            "updated_at": stamp(at), "requester_id": 7,
        }  # fmt: skip

    def page(self, asked: Asked) -> Said | None:
        if asked.path != "/api/v2/satisfaction_ratings.json":
            return None
        rows = self.since(datetime.fromtimestamp(int(asked.query["start_time"]), UTC))
        start, size = int(asked.query.get("page[after]", 0)), int(asked.query["page[size]"])
        more = start + size < len(rows)
        meta = {"has_more": more, "after_cursor": str(start + size) if more else None}
        return Said({"satisfaction_ratings": rows[start : start + size], "meta": meta})


class Salesforce(WithToken):
    """Understands the one kind of query that its connector puts."""

    system, stream = "salesforce", "cases"

    def credentials(self) -> dict[str, str]:
        return {"address": self.url, "username": "pin@testers.example", "client_id": "3MVG9", "private_key": PEM}

    def make(self, number: int, at: datetime, words: str) -> Payload:
        return {
            "attributes": {"type": "Case"}, "Id": f"500dM0000{number:06d}QAN", "CaseNumber": f"{number:08d}",
            "Subject": "Order", "Description": words, "Status": "New", "Origin": "Phone", "Reason": "Delivery",
            "CreatedDate": _offset(at), "LastModifiedDate": _offset(at), "SystemModstamp": _offset(at),
            "IsDeleted": False, "IsClosed": False, "Contact": {"Name": "Joke Jansen"},
        }  # fmt: skip

    def page(self, asked: Asked) -> Said | None:
        if asked.path != "/services/data/v62.0/queryAll":
            return None
        query = asked.query["q"]
        if " WHERE " not in query:
            return Said({"records": [], "done": True})
        assert "FROM Case " in query
        limit = int(re.findall(r"LIMIT (\d+)", query)[0])
        assert limit <= 200
        start = re.search(r"SystemModstamp >= (\S+)", query)
        after = re.search(r"SystemModstamp > (\S+) OR \(SystemModstamp = (\S+) AND Id > '(\w+)'\)", query)
        if start:
            rows = [row for row in self._rows() if read(row["SystemModstamp"]) >= read(start[1])]
        else:
            assert after
            rows = [
                row for row in self._rows() if (read(row["SystemModstamp"]), row["Id"]) > (read(after[1]), after[3])
            ]
        done = len(rows) < limit
        return Said({"records": (self.stale if done and self.stale and not after else []) + rows[:limit], "done": True})

    def _rows(self) -> list[Payload]:
        rows = [row for number, (_at, row) in self.rows.items() if number not in self.withheld]
        return sorted(rows, key=lambda row: (read(row["SystemModstamp"]), row["Id"]))


def _offset(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


class Intercom(Desk):
    """A search leaves the parts out; a conversation by itself has them."""

    system, stream = "intercom", "conversations"

    def credentials(self) -> dict[str, str]:
        return {"address": self.url, "token": SECRET}

    def knows(self, asked: Asked) -> bool:
        return asked.bearer == SECRET and asked.headers["intercom-version"] == "2.11" and not self.is_token_dead

    def make(self, number: int, at: datetime, words: str) -> Payload:
        author = {"type": "user", "id": "c7", "name": "Joke Jansen", "email": "joke@customers.example"}
        return {
            "type": "conversation", "id": str(number), "created_at": int(at.timestamp()),
            "updated_at": int(at.timestamp()), "title": None, "state": "open",
            "source": {"type": "conversation", "id": f"s{number}", "delivered_as": "customer_initiated", "subject": "",
                       "body": f"<p>{words}</p>", "author": author, "url": None, "redacted": False},
            "contacts": {"contacts": [{"id": "c7", "external_id": "7"}]}, "tags": {"tags": []},
        }  # fmt: skip

    def page(self, asked: Asked) -> Said | None:
        if asked.path != "/conversations/search":
            return None
        question = asked.json
        (wanted,) = question["query"]["value"]
        assert wanted["field"] == "updated_at"
        assert wanted["operator"] == ">"
        rows = self.since(datetime.fromtimestamp(wanted["value"], UTC), inclusive=False)
        paging = question["pagination"]
        found, more, end = piece(rows, "updated_at", paging.get("starting_after"), paging["per_page"])
        pages: Payload = {"type": "pages", **({"next": {"page": 2, "starting_after": end}} if more else {})}
        return Said({"conversations": found, "pages": pages, "total_count": len(rows)})

    def other(self, asked: Asked) -> Said:
        if asked.path == "/me":
            return Said({"type": "admin"})
        number = int(asked.path.rpartition("/")[2])
        old = next((row for row in self.stale if row["id"] == str(number)), None)
        if old:
            self.stale.remove(old)
            return Said(old)
        return Said(self.rows[number][1]) if number in self.rows else NOT_THERE


class Gorgias(Desk):
    """Lists newest first, and knows no question for what changed since."""

    system, stream, page_constant = "gorgias", "tickets", "TICKETS_PER_PAGE"

    def credentials(self) -> dict[str, str]:
        return {"address": self.url, "email": "pin@testers.example", "token": SECRET}

    def knows(self, asked: Asked) -> bool:
        return asked.basic == f"pin@testers.example:{SECRET}" and not self.is_token_dead

    def make(self, number: int, at: datetime, words: str) -> Payload:
        when = at.strftime("%Y-%m-%dT%H:%M:%S.000000+00:00")
        return {
            "id": number, "channel": "email", "status": "open", "subject": "Order", "created_datetime": when,
            "updated_datetime": when, "customer": {"id": 7, "name": "Joke Jansen", "email": "joke@customers.example"},
            "tags": [], "messages": [{"id": number, "from_agent": False, "body_text": words, "public": True,
                                      "created_datetime": when}],
        }  # fmt: skip

    def page(self, asked: Asked) -> Said | None:
        if asked.path != "/api/tickets":
            return None
        if "order_by" not in asked.query:
            return Said({"data": [], "meta": {"next_cursor": None}})
        assert asked.query["order_by"] == "updated_datetime:desc"
        shown = self.since(None)
        rows = [{**row, "messages": None} for row in shown[: len(shown) - len(self.stale)][::-1]]
        size = int(asked.query["limit"])
        # The cursor is the last that was shown, not a number of rows.
        start = 0
        if "cursor" in asked.query:
            last = asked.query["cursor"]
            start = (
                next((at for at, row in enumerate(rows) if f"{row['updated_datetime']}|{row['id']}" == last), -1) + 1
            )
        found = rows[start : start + size]
        more = start + size < len(rows)
        cursor = f"{found[-1]['updated_datetime']}|{found[-1]['id']}" if more else None
        return Said({"object": "list", "data": found, "meta": {"next_cursor": cursor, "prev_cursor": None}})

    def other(self, asked: Asked) -> Said:
        number = int(asked.path.rpartition("/")[2])
        old = next((row for row in self.stale if row["id"] == number), None)
        if old:
            self.stale.remove(old)
            return Said(old)
        return Said(self.rows[number][1]) if number in self.rows else NOT_THERE


class Freshdesk(Desk):
    """Numbered pages of what changed since, three hundred at most."""

    system, stream = "freshdesk", "tickets"

    def credentials(self) -> dict[str, str]:
        return {"address": self.url, "token": SECRET}

    def knows(self, asked: Asked) -> bool:
        return asked.basic == f"{SECRET}:X" and not self.is_token_dead

    def make(self, number: int, at: datetime, words: str) -> Payload:
        return {
            "id": number, "subject": "Order", "description_text": words, "description": f"<div>{words}</div>",
            "status": 2, "priority": 1, "source": 1, "type": "Question", "requester_id": 7, "tags": [],
            "custom_fields": {}, "created_at": stamp(at), "updated_at": stamp(at), "stats": {},
            "requester": {"id": 7, "name": "Joke Jansen", "email": "joke@customers.example"},
        }  # fmt: skip

    def page(self, asked: Asked) -> Said | None:
        if asked.path != "/api/v2/tickets":
            return None
        if "updated_since" not in asked.query:
            return Said([])
        number, size = int(asked.query["page"]), int(asked.query["per_page"])
        if number > 300 or size > 100:
            return Said({"description": "Validation failed"}, 400)
        assert asked.query["order_by"] == "updated_at"
        assert asked.query["order_type"] == "asc"
        rows = self.since(read(asked.query["updated_since"]))
        return Said(rows[(number - 1) * size : number * size])
