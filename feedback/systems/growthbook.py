"""GrowthBook: results of experiments. Pure.

A snapshot counts from the start of the experiment, so it replaces the one before: its rows stand on the day that the
first phase began, and a later snapshot of that day wins. Visitors are `users`; conversions are the numerator of a
binomial goal, which has as many in its denominator as there are users. What GrowthBook makes of them (chances,
intervals) is left where it is: it may be null, and results are judged here by the same rules as all others.

Settings of a source:
    {"experiments": {its id or tracking key: "EXP-45" or {"key": "EXP-45", "variants": {id, key or name: "A"},
                     "goal": metric, "revenue": metric, "date": "2026-11-01"}}, "goal": metric, "revenue": metric}
Without variants, the first is A (the control), the second B. Without a goal it is the first goal of the experiment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from feedback.systems import making
from feedback.systems.reading import (
    dig,
    identity,
    moment,
    moment_or_none,
    number,
    objects,
    plain,
    text,
    version_of,
    zone_of,
)
from feedback.systems.shapes import Mapped, Payload, Record, Settings, System, Unknown, Unmappable

_KEY = re.compile(r"EXP-[0-9]{1,9}", re.IGNORECASE)
_VARIANTS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ANALYSIS = ("numerator", "denominator", "mean", "stddev")
_VARIATION = ("variationIndex", "variationKey", "variationId", "variationName", "users")


def records(body: Any, settings: Settings) -> list[Record]:
    """Of a webhook or an answer that carries results; GrowthBook's events about anything else are not needed."""
    event = text(dig(body, "event")) or text(dig(body, "type"))
    inside = dig(body, "data") if isinstance(dig(body, "data"), dict) else body
    found = objects([dig(inside, "result")]) or objects(dig(inside, "results"))
    if not found:
        if event:
            raise Unknown(event)
        raise Unmappable("not_expected", system="GrowthBook")
    beside = dig(inside, "experiment")
    # One snapshot: its own results lie a level deeper.
    if isinstance(inside, dict) and "experimentId" in inside:
        found = [inside]
    return [
        record
        for item in found
        for record in results(item | {"experiment": beside} if isinstance(beside, dict) else item, settings)
    ]


def results(item: Payload, settings: Settings) -> list[Record]:
    """A snapshot: of one experiment and one phase, as a whole. One that is cut up by a dimension is left out."""
    if isinstance(item.get("result"), dict):
        return results(item["result"] | making.picked(item, ("experiment",)), settings)
    experiment = identity("experimentId", item.get("experimentId") or dig(item, "experiment", "id"))
    if text(dig(item, "dimension", "type")) not in {"", "none"}:
        return []
    whole = next((part for part in objects(item.get("results")) if not _dimension(part)), {})
    tracking = text(dig(item, "experiment", "trackingKey")) or text(dig(item, "settings", "experimentId"))
    phase = text(item.get("phase"))[:20]
    changed = item.get("dateUpdated") or item.get("dateCreated") or item.get("dateEnd")
    return [
        Record(
            stream="results",
            external_id=f"{experiment}:{phase}" if phase else experiment,
            entity=f"experiment:{experiment}",
            payload={
                "experimentId": experiment,
                "trackingKey": tracking,
                "name": text(dig(item, "experiment", "name"))[:200],
                "phase": phase,
                "dateStart": text(item.get("dateStart")),
                "goals": [text(goal.get("metricId")) for goal in objects(dig(item, "settings", "goals"))],
                "adjusted": dig(item, "settings", "regressionAdjustmentEnabled") is True,
                "totalUsers": whole.get("totalUsers"),
                "srm": dig(whole, "checks", "srm"),
                "metrics": [_metric(metric) for metric in objects(whole.get("metrics"))],
            },
            version=version_of(changed),
            occurred_at=moment_or_none(item.get("dateEnd")) or moment_or_none(changed),
        )
    ]


def _dimension(part: Payload) -> str:
    return text(part.get("dimension")) or text(part.get("dimensionValue"))


def _metric(metric: Payload) -> Payload:
    return {
        "metricId": text(metric.get("metricId")),
        "metricName": text(metric.get("metricName"))[:200],
        "variations": [
            making.picked(variation, _VARIATION)
            | {"analysis": making.picked(next(iter(objects(variation.get("analyses"))), {}), _ANALYSIS)}
            for variation in objects(metric.get("variations"))
        ],
    }


def rows(entity: str, found: Sequence[Record], settings: Settings) -> list[Mapped]:
    """One row for every variant of the newest snapshot."""
    snapshots = [record.payload for record in making.of(found, "results") if not record.deleted]
    if not snapshots:
        return []
    snapshot = snapshots[-1]
    said = _said(snapshot, settings)
    day = text(said.get("date")) or _first_day(snapshots, settings)
    goal = _goal(snapshot, said, settings)
    revenue = _named(snapshot, text(said.get("revenue")) or making.option(settings, "revenue"))
    arms = objects(goal.get("variations"))
    _check_total(snapshot, arms)
    return [_row(text(said.get("key")), day, at, arm, goal, revenue, snapshot, said) for at, arm in enumerate(arms)]


def _said(snapshot: Payload, settings: Settings) -> Mapping[str, Any]:
    """What the settings say about this experiment, at least its key; Unmappable when nothing does."""
    table = settings.config.get("experiments")
    names = [text(snapshot.get(key)) for key in ("experimentId", "trackingKey", "name")]
    said = next((table[name] for name in names if name in table), None) if isinstance(table, Mapping) else None
    if isinstance(said, Mapping) and text(said.get("key")):
        return said
    key = text(said) or next((match[0].upper() for name in names if (match := _KEY.search(name))), "")
    if not key:
        shown = names[1] or names[0]
        raise Unmappable("experiment_unmapped", "experiment", shown, name=shown)
    return {**(said if isinstance(said, Mapping) else {}), "key": key}


def _first_day(snapshots: Sequence[Payload], settings: Settings) -> str:
    starts = [moment("dateStart", snapshot.get("dateStart"), settings.zone) for snapshot in snapshots]
    known = [start for start in starts if start]
    if not known:
        raise Unmappable("date_missing", "dateStart")
    return min(known).astimezone(zone_of(settings.zone)).date().isoformat()


def _named(snapshot: Payload, name: str) -> Payload:
    """The metric with this id or name; empty when there is none."""
    return next(
        (metric for metric in objects(snapshot.get("metrics"))
         if name and name in (metric.get("metricId"), metric.get("metricName"))),
        {},
    )  # fmt: skip


def _goal(snapshot: Payload, said: Mapping[str, Any], settings: Settings) -> Payload:
    goals = snapshot.get("goals")
    name = text(said.get("goal")) or making.option(settings, "goal") or next(iter(goals if goals else []), "")
    goal = _named(snapshot, text(name))
    shown = text(snapshot.get("trackingKey")) or text(snapshot.get("experimentId"))
    if not objects(goal.get("variations")):
        raise Unmappable("goal_unmapped", "conversions", text(name), name=shown)
    for arm in objects(goal.get("variations")):
        users, done, of = (number(arm.get("users")), *_fraction(arm))
        if users is None or done is None or of != users or done > users or not done.is_integer():
            raise Unmappable("goal_not_binomial", "conversions", text(done), name=text(goal.get("metricName")))
    return goal


def _fraction(arm: Payload) -> tuple[float | None, float | None]:
    return number(dig(arm, "analysis", "numerator")), number(dig(arm, "analysis", "denominator"))


def _check_total(snapshot: Payload, arms: Sequence[Payload]) -> None:
    whole = number(snapshot.get("totalUsers"))
    together = sum(number(arm.get("users")) or 0.0 for arm in arms)
    if whole is not None and whole != together:
        raise Unmappable("users_disagree", "visitors", plain(together), sum=plain(together), whole=plain(whole))


def _row(
    key: str, day: str, at: int, arm: Payload, goal: Payload, revenue: Payload, snapshot: Payload,
    said: Mapping[str, Any],
) -> Mapped:  # fmt: skip
    taken, squares = _money(arm, at, revenue, adjusted=snapshot.get("adjusted") is True)
    return making.row(
        "results",
        experiment=key,
        variant=_variant(at, arm, said),
        date=day,
        visitors=plain(number(arm.get("users")) or 0.0),
        conversions=plain(_fraction(arm)[0] or 0.0),
        revenue_sum=taken,
        revenue_sumsq=squares,
    )


def _variant(at: int, arm: Payload, said: Mapping[str, Any]) -> str:
    index = number(arm.get("variationIndex"))
    place = at if index is None else int(index)
    table = said.get("variants")
    names = [text(arm.get(name)) for name in ("variationId", "variationKey", "variationName")]
    if isinstance(table, Mapping) and table:
        found = next((text(table[name]) for name in names if name in table), "")
        if not found:
            raise Unmappable("variant_unmapped", "variant", names[2] or names[0], name=names[2] or names[0])
        return found
    if not 0 <= place < len(_VARIANTS):
        raise Unmappable("variant_unmapped", "variant", names[2] or names[0], name=names[2] or names[0])
    return _VARIANTS[place]


def _money(arm: Payload, at: int, revenue: Payload, *, adjusted: bool) -> tuple[str, str]:
    """Sum and sum of squares over visitors. A ratio (a sum for each order, say) has another denominator: no sum."""
    arms = objects(revenue.get("variations"))
    mine = next(
        (other for other in arms if arm.get("variationId") and other.get("variationId") == arm.get("variationId")),
        arms[at] if at < len(arms) else {},
    )
    users = number(arm.get("users"))
    taken, of = _fraction(mine)
    if taken is None or users is None or of != users or number(mine.get("users")) != users:
        return "", ""
    mean, spread = number(dig(mine, "analysis", "mean")), number(dig(mine, "analysis", "stddev"))
    if adjusted or mean is None or spread is None or users < 1:
        # Adjusted for what visitors did before, the spread is not that of their revenue.
        return plain(taken), ""
    return plain(taken), plain((users - 1) * spread**2 + users * mean**2)


GROWTHBOOK = System(
    name="growthbook",
    label="GrowthBook",
    records=records,
    rows=rows,
    keep=frozenset(
        {
            "experimentId", "trackingKey", "name", "phase", "dateStart", "goals", "adjusted", "totalUsers", "srm",
            "metrics",
        }
    ),
    pulled={"results": results},
    signature="growthbook",
)  # fmt: skip
