"""Charts as SVG, drawn on the server: they print, mail, translate and switch to dark without a script.

Pure functions: numbers and translated texts in, `Svg` out. Every chart takes `label`, its finding in one sentence.
Templates show one with `{% load charts %}{% chart drawing %}`.
"""

from metrics.charts.bars import (
    Stage,
    Stretch,
    bar,
    calendar,
    capacity,
    days_per_stage,
    goal_track,
    progress,
    quota,
    stack,
    swatch,
)
from metrics.charts.intervals import (
    Curve,
    Interval,
    curve,
    dots,
    forest,
    forest_both,
    interval_axis,
    interval_cell,
)
from metrics.charts.lines import (
    Band,
    Crosshair,
    Fill,
    Frame,
    LineChart,
    Mark,
    Series,
    Target,
    responsive,
    small_multiple,
    sparkline,
    time_series,
)
from metrics.charts.svg import Svg, Tone, both

__all__ = [
    "Band",
    "Crosshair",
    "Curve",
    "Fill",
    "Frame",
    "Interval",
    "LineChart",
    "Mark",
    "Series",
    "Stage",
    "Stretch",
    "Svg",
    "Target",
    "Tone",
    "bar",
    "both",
    "calendar",
    "capacity",
    "curve",
    "days_per_stage",
    "dots",
    "forest",
    "forest_both",
    "goal_track",
    "interval_axis",
    "interval_cell",
    "progress",
    "quota",
    "responsive",
    "small_multiple",
    "sparkline",
    "stack",
    "swatch",
    "time_series",
]
