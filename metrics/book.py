"""docs/metrics.md, written from the registry. Pure."""

from __future__ import annotations

from metrics.formulas import REGISTRY, Metric
from metrics.measures import Duration, MeanScore, NetScore, RatePer1000, Share

_INTERVALS = {
    Share: "Wilson",
    MeanScore: "Student t, clipped to the scale",
    NetScore: "adjusted Wald",
    Duration: "log-t (rough below 50 contacts)",
    RatePer1000: "exact Poisson, widened by the square root of the weekly dispersion where that is above 1",
}
_DIRECTIONS = {"up": "higher is better", "down": "lower is better", "none": "none: never a target"}
_INTRODUCTION = """# The metrics

Every number on a page, in an export and in the API comes from one of these formulas (`metrics/formulas.py`). This page
is written from that registry; a test keeps the two the same.

All are computed from additive sums, so two days, channels or markets are added up first and divided after. Every value
has a 95 % interval and the number of observations it rests on. Below a metric's minimum a value is shown in grey; below
its floor it is not shown at all, here nor in the API. No data is "not known", never 0.
"""


def document() -> str:
    """The whole page."""
    return "\n".join([_INTRODUCTION, *(_entry(metric) for metric in REGISTRY.values())])


def _entry(metric: Metric) -> str:
    facts = [
        ("Id", f"`{metric.id}`"),
        ("Formula", metric.formula),
        ("Unit", metric.unit),
        ("Direction", _DIRECTIONS[metric.direction]),
        ("Interval", _INTERVALS[type(metric.measure)]),
        ("Read from", _source(metric)),
        ("Sums", ", ".join(f"`{name}`" for name in metric.needs)),
        ("Few", _few(metric)),
        ("Source of the formula", metric.reference),
    ]
    lines = "\n".join(f"| {name} | {text} |" for name, text in facts)
    return f"## {metric.name}\n\n| | |\n|---|---|\n{lines}\n"


def _source(metric: Metric) -> str:
    if metric.instrument:
        return f"survey responses, instrument `{metric.instrument}`"
    return metric.source.replace("+", " and ")


def _few(metric: Metric) -> str:
    shown = f"grey below {metric.minimum_n}" if metric.minimum_n else "shown from the first observation"
    return f"{shown}, hidden below {metric.hide_below_n}" if metric.hide_below_n else shown
