"""Shopify, WooCommerce, Google Analytics and GrowthBook, as far as their connectors ask."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime

from tests.feedback.fake_systems.desk import NOT_THERE, Desk, Payload, piece, read, stamp
from tests.feedback.fake_systems.help_desks import PEM, SECRET, WithToken
from tests.feedback.fake_systems.server import Asked, Said


class Shopify(Desk):
    """Questions cost points; without points it says so with status 200."""

    system, stream = "shopify", "orders"

    def __init__(self) -> None:
        super().__init__()
        self.points = 4000.0
        self.throttled = 0

    def credentials(self) -> dict[str, str]:
        return {"address": self.url, "token": SECRET}

    def knows(self, asked: Asked) -> bool:
        return asked.headers.get("x-shopify-access-token") == SECRET and not self.is_token_dead

    def make(self, number: int, at: datetime, words: str) -> Payload:
        return {
            "id": f"gid://shopify/Order/{number}", "name": f"#{number}", "test": False, "createdAt": stamp(at),
            "processedAt": "2026-11-10T10:00:00Z", "updatedAt": stamp(at), "cancelledAt": None,
            "displayFinancialStatus": "PAID",
            "currentTotalPriceSet": {"shopMoney": {"amount": words if words[0].isdigit() else "10.00",
                                                   "currencyCode": "EUR"}},
            "shippingAddress": {"countryCodeV2": "NL"}, "customer": {"id": "gid://shopify/Customer/7"},
        }  # fmt: skip

    def page(self, asked: Asked) -> Said | None:
        if not asked.path.endswith("/graphql.json"):
            return None
        left = {"maximumAvailable": 4000.0, "currentlyAvailable": self.points, "restoreRate": 100.0}
        cost = {"requestedQueryCost": 100, "actualQueryCost": 50, "throttleStatus": left}
        if self.throttled:
            self.throttled -= 1
            errors = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
            return Said({"errors": errors, "extensions": {"cost": cost}})
        if "Orders(" not in asked.json["query"]:
            return Said({"data": {"orders": {"nodes": []}}, "extensions": {"cost": cost}})
        wanted = asked.json["variables"]
        since = re.fullmatch(r"updated_at:>='(.+)'", wanted["query"])
        assert since
        rows, size = self.since(read(since[1])), wanted["first"]
        found, more, end = piece(rows, "updatedAt", wanted["after"], size)
        orders = {"nodes": found, "pageInfo": {"hasNextPage": more, "endCursor": end}}
        return Said({"data": {"orders": orders}, "extensions": {"cost": cost}})


class WooCommerce(Desk):
    """Says in a header how many pages there are, and its times are UTC without saying so."""

    system, stream = "woocommerce", "orders"

    def credentials(self) -> dict[str, str]:
        return {"address": f"{self.url}/shop/", "key": "ck_1", "token": SECRET}

    def knows(self, asked: Asked) -> bool:
        return asked.basic == f"ck_1:{SECRET}" and not self.is_token_dead

    def make(self, number: int, at: datetime, words: str) -> Payload:
        return {
            "id": number, "number": str(number), "status": "processing", "currency": "EUR",
            "total": words if words[0].isdigit() else "10.00", "refunds": [], "customer_id": 7,
            "date_created_gmt": "2026-11-10T10:00:00", "date_modified_gmt": stamp(at).removesuffix("Z"),
            "shipping": {"country": "NL"},
        }  # fmt: skip

    def page(self, asked: Asked) -> Said | None:
        if asked.path != "/shop/wp-json/wc/v3/orders":
            return None
        if "modified_after" not in asked.query:
            return Said([])
        assert asked.query["dates_are_gmt"] == "true"
        rows = self.since(read(asked.query["modified_after"]), inclusive=False)
        number, size = int(asked.query["page"]), int(asked.query["per_page"])
        pages = max(1, -(-len(rows) // size))
        headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
        return Said(rows[(number - 1) * size : number * size], headers=headers)


class Analytics(WithToken):
    """A report of days and countries, in pieces by offset. `put` counts the sessions of one country in one day."""

    system, stream = "ga4", "daily"
    path = "/v1beta/properties/1234:runReport"

    def credentials(self) -> dict[str, str]:
        account = {"client_email": "hearback@project.example", "private_key": PEM, "token_uri": f"{self.url}/token"}
        return {"address": self.url, "property": "properties/1234", "service_account": json.dumps(account)}

    def make(self, number: int, at: datetime, words: str) -> Payload:
        sessions = words if words[0].isdigit() else "5"
        # Counted again on the next day, it is still the same day that was counted.
        day = self.rows[number][1]["date"] if number in self.rows else at.strftime("%Y%m%d")
        return {"date": day, "country": f"C{number:02d}", "values": [sessions, "1", "10.5"]}

    def page(self, asked: Asked) -> Said | None:
        if asked.path != self.path:
            return None
        report = asked.json
        metrics = [{"name": metric["name"], "type": "TYPE_INTEGER"} for metric in report["metrics"]]
        if "dimensions" not in report:
            return Said({"metricHeaders": metrics, "rows": []})
        (span,) = report["dateRanges"]
        first, last = date.fromisoformat(span["startDate"]), date.fromisoformat(span["endDate"])
        rows = sorted(self.since(None), key=lambda row: (row["date"], row["country"]))
        rows = [row for row in rows if first <= datetime.strptime(row["date"], "%Y%m%d").date() <= last]  # noqa: DTZ007
        start = report["offset"]
        shown = rows[start : start + report["limit"]]
        body: Payload = {
            "dimensionHeaders": [{"name": "date"}, {"name": "countryId"}],
            "metricHeaders": metrics,
            "metadata": {"currencyCode": "EUR", "timeZone": "Europe/Amsterdam"},
            "rowCount": len(rows),
        }
        if shown:
            body["rows"] = [
                {"dimensionValues": [{"value": row["date"]}, {"value": row["country"]}],
                 "metricValues": [{"value": value} for value in row["values"]]}
                for row in shown
            ]  # fmt: skip
        return Said(body)


class GrowthBook(Desk):
    """Experiments in pages by offset; the results of each by themselves."""

    system, stream = "growthbook", "results"

    def credentials(self) -> dict[str, str]:
        return {"address": self.url, "token": SECRET}

    def knows(self, asked: Asked) -> bool:
        return asked.bearer == SECRET and not self.is_token_dead

    def make(self, number: int, at: datetime, words: str) -> Payload:
        def arm(key: str) -> Payload:
            analysis = {"numerator": 10, "denominator": 100, "mean": 0.1, "stddev": 0.3}
            return {"variationId": key, "variationName": key, "users": 100, "analyses": [analysis]}

        return {
            "id": f"snp_{number}", "dateUpdated": stamp(at), "experimentId": f"exp_{number}", "phase": "0",
            "dateStart": "2026-11-01T00:00:00.000Z", "dimension": {"type": "none"},
            "settings": {"experimentId": f"EXP-{number}", "goals": [{"metricId": "m"}]},
            "results": [{"dimension": "", "totalUsers": 200, "checks": {"srm": 0.6},
                         "metrics": [{"metricId": "m", "metricName": words, "variations": [arm("a"), arm("b")]}]}],
        }  # fmt: skip

    def page(self, asked: Asked) -> Said | None:
        if asked.path != "/api/v1/experiments":
            return None
        rows = [number for number in sorted(self.rows) if number not in self.withheld]
        start, size = int(asked.query.get("offset", 0)), int(asked.query["limit"])
        shown = rows[start : start + size]
        experiments = [{"id": f"exp_{number}", "trackingKey": f"EXP-{number}", "status": "running"} for number in shown]
        more = start + size < len(rows)
        paging = {"limit": size, "offset": start, "hasMore": more, "nextOffset": start + size if more else None}
        return Said({"experiments": experiments, **paging})

    def other(self, asked: Asked) -> Said:
        match = re.fullmatch(r"/api/v1/experiments/exp_(\d+)/results", asked.path)
        if not match or int(match[1]) not in self.rows:
            return NOT_THERE
        old = next((row for row in self.stale if row["experimentId"] == f"exp_{match[1]}"), None)
        if old:
            self.stale.remove(old)
            return Said({"result": old})
        return Said({"result": self.rows[int(match[1])][1]})


def days(*days_: int) -> list[datetime]:
    """Noon of these days of November 2026."""
    return [datetime(2026, 11, day, 12, tzinfo=UTC) for day in days_]
