"""Shops, analytics and experiments: what counts, on which day, in which market, and what replaces what."""

from copy import deepcopy
from typing import Any

import pytest

from feedback import connectors
from feedback.systems import Mapped, Record, Settings, Unknown, Unmappable
from feedback.systems.countries import code_of
from tests.feedback import systems_run as run

pytestmark = pytest.mark.slow  # the same on every database

ORDER: dict[str, Any] = {
    "id": 1, "name": "#1001", "test": False, "cancelled_at": None, "financial_status": "paid",
    "processed_at": "2026-11-02T12:00:00+01:00", "updated_at": "2026-11-02T12:00:00+01:00", "currency": "EUR",
    "current_total_price": "10.00", "shipping_address": {"country_code": "NL"},
}  # fmt: skip
WOO: dict[str, Any] = {
    "id": 50, "number": "50", "status": "processing", "currency": "EUR", "total": "25.00",
    "date_created_gmt": "2026-11-02T23:30:00", "date_modified_gmt": "2026-11-03T00:00:00",
    "shipping": {"country": "NL"},
}  # fmt: skip


def sent(name: str, body: Any, topic: str = "", **config: Any) -> list[Record]:
    return list(run.system(name).records(body, Settings(config=config, topic=topic)))


def counted(name: str, records: list[Record], **config: Any) -> list[tuple[str | None, ...]]:
    rows = run.rows_of(run.system(name), records, Settings(config=config))
    return [tuple(row.fields.get(key) for key in ("date", "market", "orders", "revenue")) for row in rows]


@pytest.mark.parametrize(
    "change",
    [{"test": True}, {"cancelled_at": "2026-11-03T09:00:00+01:00"}, {"financial_status": "voided"}],
)
def test_an_order_that_does_not_count_leaves_a_day_without_orders(change: dict[str, Any]) -> None:
    later = ORDER | change | {"updated_at": "2026-11-03T12:00:00+01:00"}
    assert counted("shopify", sent("shopify", ORDER)) == [("2026-11-02", "NL", "1", "10")]
    assert counted("shopify", sent("shopify", ORDER) + sent("shopify", later)) == [("2026-11-02", "NL", "0", "0")]


def test_a_retry_with_the_order_as_it_was_changes_nothing() -> None:
    later = ORDER | {"current_total_price": "4.00", "updated_at": "2026-11-05T12:00:00+01:00"}
    for order in ([ORDER, later], [later, ORDER], [later, ORDER, later, ORDER]):
        assert counted("shopify", [it for one in order for it in sent("shopify", one)])[0][3] == "4"


def test_an_order_that_moves_to_another_market_leaves_the_first_one() -> None:
    moved = ORDER | {"shipping_address": {"country_code": "BE"}, "updated_at": "2026-11-03T12:00:00+01:00"}
    assert counted("shopify", sent("shopify", ORDER) + sent("shopify", moved)) == [
        ("2026-11-02", "BE", "1", "10"),
        ("2026-11-02", "NL", "0", "0"),
    ]


def test_an_order_that_was_deleted_leaves_its_day() -> None:
    gone = sent("shopify", {"id": 1}, "orders/delete")
    for some in (sent("shopify", ORDER) + gone, gone + sent("shopify", ORDER)):
        assert counted("shopify", some) == [("2026-11-02", "NL", "0", "0")]
    with pytest.raises(Unknown, match="products/update"):
        sent("shopify", {"id": 1}, "products/update")


def test_both_apis_of_shopify_say_the_same_order() -> None:
    node = {
        "id": "gid://shopify/Order/1", "name": "#1001", "test": False, "cancelledAt": None,
        "displayFinancialStatus": "PAID", "processedAt": "2026-11-02T11:00:00Z", "updatedAt": "2026-11-02T11:00:00Z",
        "currentTotalPriceSet": {"shopMoney": {"amount": "10.00", "currencyCode": "EUR"}},
        "shippingAddress": {"countryCodeV2": "NL"},
    }  # fmt: skip
    (graph,) = run.system("shopify").pulled["orders"](node, Settings())
    (rest,) = sent("shopify", ORDER)
    assert (graph.external_id, graph.entity, graph.version) == (rest.external_id, rest.entity, rest.version)
    assert graph.payload == rest.payload
    assert graph.people.order == rest.people.order == "1001"


def test_the_day_of_an_order_is_that_of_its_market() -> None:
    late = ORDER | {"processed_at": "2026-11-02T23:30:00+00:00"}
    zones = {"NL": "Europe/Amsterdam", "GB": "Europe/London"}
    days = {
        country: run.system("shopify")
        .records(late | {"shipping_address": {"country_code": country}}, Settings(zones=zones))[0]
        .entity
        for country in zones
    }
    assert days == {"NL": "day:2026-11-03:NL", "GB": "day:2026-11-02:GB"}


def test_amounts_of_two_currencies_are_not_added_up() -> None:
    dollars = WOO | {"id": 51, "currency": "USD"}
    assert counted("woocommerce", sent("woocommerce", [WOO, dollars])) == [("2026-11-03", "NL", "2", None)]


@pytest.mark.parametrize(
    ("status", "orders"),
    [
        ("processing", "1"), ("completed", "1"), ("pending", "0"), ("on-hold", "0"), ("refunded", "0"),
        ("cancelled", "0"), ("failed", "0"), ("checkout-draft", "0"), ("trash", "0"),
    ],
)  # fmt: skip
def test_woocommerce_counts_orders_that_are_processing_or_completed(status: str, orders: str) -> None:
    assert counted("woocommerce", sent("woocommerce", WOO | {"status": status}))[0][2] == orders


def test_every_stream_that_a_system_reads_is_asked_for_by_its_connector() -> None:
    """Or a setting could choose what nobody ever brings."""
    asked = {name: set(connector.streams) for name, connector in connectors.BY_NAME.items()}
    shops = ("shopify", "woocommerce", "ga4")
    assert {name: set(run.system(name).pulled) for name in shops} == {name: asked[name] for name in shops}
    with pytest.raises(Unmappable):
        sent("woocommerce", [{"totals": {"2026-11-02": {"sales": "12.50", "orders": 3}}}])


def line(**more: str) -> dict[str, str]:
    return {"date": "20261102", "country": "Netherlands", "sessions": "100", "transactions": "4",
            "purchaseRevenue": "80.5", "currencyCode": "EUR", "timeZone": "Europe/Amsterdam"} | more  # fmt: skip


def daily(*lines: dict[str, str], **config: Any) -> list[Mapped]:
    settings = Settings(config=config)
    records = [it for one in lines for it in run.system("ga4").pulled["daily"](one, settings)]
    return run.rows_of(run.system("ga4"), records, settings)


def test_a_market_without_lines_takes_its_rows_back_and_nowhere_takes_nothing() -> None:
    rows = run.system("ga4").rows
    gone = rows("day:2026-11-02:BE", [], Settings())
    assert all(row.gone and (row.fields["date"], row.fields["market"]) == ("2026-11-02", "BE") for row in gone)
    assert {row.fields.get("device", "") for row in gone} == {"", "desktop", "mobile", "tablet", "smart tv"}
    assert rows("day:2026-11-02:", [], Settings()) == []


def test_transactions_of_analytics_are_orders_only_where_the_settings_say_so() -> None:
    (plain,) = daily(line())
    assert dict(plain.fields) == {"date": "2026-11-02", "market": "NL", "sessions": "100"}
    (fallback,) = daily(line(), orders=True)
    assert (fallback.fields["orders"], fallback.fields["revenue"]) == ("4", "80.5")


def test_countries_of_one_market_are_added_up_and_nowhere_is_no_market() -> None:
    rows = daily(
        line(country="Belgium"), line(country="Luxembourg", sessions="5"), line(country="(not set)", sessions="2"),
        line(country="(other)", sessions="1"), markets={"LU": "BE"},
    )  # fmt: skip
    assert sorted((row.fields.get("market", ""), row.fields["sessions"]) for row in rows) == [("", "3"), ("BE", "105")]


def test_a_day_that_is_pulled_again_is_replaced() -> None:
    (row,) = daily(line(), line(sessions="140"))
    assert row.fields["sessions"] == "140"


def test_a_country_that_nobody_knows_is_told_by_its_name() -> None:
    with pytest.raises(Unmappable) as fault:
        daily(line(country="The Republic of Nowhere"))
    assert (fault.value.reason, fault.value.parameters) == ("country_unknown", {"name": "The Republic of Nowhere"})


def test_countries_are_known_by_name_and_by_code() -> None:
    assert [code_of(name) for name in ("Netherlands", "United Kingdom", "Türkiye", "de", "Narnia")] == [
        "NL", "GB", "TR", "DE", "",
    ]  # fmt: skip


def snapshot() -> dict[str, Any]:
    found: dict[str, Any] = deepcopy(run.case("growthbook")["sent"][0]["body"])
    return found


def results(body: dict[str, Any], *more: dict[str, Any], **config: Any) -> list[Mapped]:
    config = {"experiments": {"exp_1": {"key": "EXP-45", "revenue": "met_rev"}}} | config
    records = [it for one in (body, *more) for it in sent("growthbook", one, **config)]
    return run.rows_of(run.system("growthbook"), records, Settings(config=config))


def test_a_snapshot_replaces_the_one_before_on_the_same_day() -> None:
    grown = snapshot()
    grown["result"]["dateUpdated"] = "2026-11-20T04:00:00.000Z"
    grown["result"]["dateEnd"] = "2026-11-20T00:00:00.000Z"
    for metric in grown["result"]["results"][0]["metrics"][:1]:
        metric["variations"][0]["analyses"][0]["numerator"] += 5
    for bodies in ((snapshot(), grown), (grown, snapshot())):
        rows = results(*bodies)
        assert [(row.fields["variant"], row.fields["date"], row.fields["conversions"]) for row in rows] == [
            ("A", "2026-11-01", "185"),
            ("B", "2026-11-01", "210"),
        ]


def test_the_phase_that_was_counted_last_replaces_the_one_before() -> None:
    second = snapshot()
    second["result"] |= {"phase": "1", "dateStart": "2026-11-10T00:00:00.000Z"}
    second["result"]["dateUpdated"] = "2026-11-20T04:00:00.000Z"
    second["result"]["results"][0]["metrics"][0]["variations"][0]["analyses"][0]["numerator"] = 77
    for bodies in ((snapshot(), second), (second, snapshot())):
        rows = results(*bodies)
        assert sorted((row.fields["variant"], row.fields["date"], row.fields["conversions"]) for row in rows) == [
            ("A", "2026-11-01", "77"),
            ("B", "2026-11-01", "210"),
        ]


def test_results_that_are_cut_up_by_a_dimension_are_left_out() -> None:
    cut = snapshot()
    cut["result"]["dimension"] = {"type": "user", "id": "country"}
    assert sent("growthbook", cut) == []


def test_a_ratio_is_neither_a_goal_nor_revenue() -> None:
    larger = snapshot()
    larger["result"]["results"][0]["metrics"][0]["variations"][0]["analyses"][0]["denominator"] = 5000
    with pytest.raises(Unmappable) as fault:
        results(larger)
    assert fault.value.reason == "goal_not_binomial"
    with pytest.raises(Unmappable) as fault:
        results(snapshot(), experiments={"exp_1": {"key": "EXP-45", "goal": "met_aov"}})
    assert (fault.value.reason, fault.value.parameters) == ("goal_not_binomial", {"name": "Order value"})
    rows = results(snapshot(), experiments={"exp_1": {"key": "EXP-45", "revenue": "met_aov"}})
    assert all("revenue_sum" not in row.fields for row in rows)


def test_statistics_that_are_null_cost_only_the_sum_of_squares() -> None:
    first, second = results(snapshot())
    assert float(first.fields["revenue_sumsq"]) == pytest.approx(1999 * 10**2 + 2000 * 2.50025**2)
    assert second.fields["revenue_sum"] == "6000"
    assert "revenue_sumsq" not in second.fields


def test_a_spread_that_was_adjusted_for_the_past_is_not_that_of_revenue() -> None:
    body = snapshot()
    body["result"]["settings"]["regressionAdjustmentEnabled"] = True
    assert all("revenue_sumsq" not in row.fields for row in results(body))


def test_visitors_that_do_not_add_up_are_told() -> None:
    body = snapshot()
    body["result"]["results"][0]["totalUsers"] = 5000
    with pytest.raises(Unmappable) as fault:
        results(body)
    assert (fault.value.reason, fault.value.parameters) == ("users_disagree", {"sum": "4010", "whole": "5000"})


def test_an_experiment_is_named_by_the_settings_or_by_its_own_key() -> None:
    with pytest.raises(Unmappable) as fault:
        results(snapshot(), experiments={})
    assert (fault.value.reason, fault.value.parameters) == ("experiment_unmapped", {"name": "levertijd-pdp"})
    body = snapshot()
    body["result"]["settings"]["experimentId"] = "exp-45-levertijd"
    assert {row.fields["experiment"] for row in results(body, experiments={})} == {"EXP-45"}


def test_variants_are_named_in_the_settings_or_stand_in_their_order() -> None:
    said = {"exp_1": {"key": "EXP-45", "variants": {"v0": "B", "Treatment": "A"}}}
    found = {row.fields["variant"]: row.fields["visitors"] for row in results(snapshot(), experiments=said)}
    assert found == {"B": "2000", "A": "2010"}
    with pytest.raises(Unmappable) as fault:
        results(snapshot(), experiments={"exp_1": {"key": "EXP-45", "variants": {"v0": "B"}}})
    assert (fault.value.reason, fault.value.parameters) == ("variant_unmapped", {"name": "Treatment"})


def test_the_check_of_the_split_is_kept_in_the_raw_record() -> None:
    (record,) = sent("growthbook", snapshot())
    assert record.payload["srm"] == 0.62
    with pytest.raises(Unknown, match=r"experiment\.updated"):
        sent("growthbook", {"event": "experiment.updated", "data": {"object": {}}})
