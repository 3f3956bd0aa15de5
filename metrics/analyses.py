"""What `analyse signals` prints: rows of a file in, a dictionary of plain JSON types out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import numpy as np

from metrics import daily_rows
from metrics.signals import scan

JSON = dict[str, object]


def signals(rows: Iterable[Mapping[str, str]], *, day: date | None = None) -> JSON:
    """Themes that rise on `day` (the last one of the file when None): `{"day", "signals": [...]}`, strongest first.

    Raises ValueError with a sentence when a row cannot be read or the day is not in the file.
    """
    data = daily_rows.read(rows)
    length = data.days if day is None else (day - data.start).days + 1
    if not 0 < length <= data.days:
        raise ValueError(f"The file has no rows for {day}.")
    weekdays = [(data.start.weekday() + i) % 7 for i in range(length)]
    exposure = data.exposure or {name: np.ones(data.days) for name in data.contacts}
    found = scan(
        {name: counts[:length].tolist() for name, counts in data.contacts.items()},
        {name: values[:length].tolist() for name, values in exposure.items()},
        weekdays,
    )
    raised = sorted((signal for signal in found if signal.level != "none"), key=lambda signal: signal.q)
    return {
        "day": (data.start + timedelta(days=length - 1)).isoformat(),
        "signals": [
            {
                "series": signal.series,
                "level": signal.level,
                "observed": signal.observed,
                "expected": signal.expected,
                "q": signal.q,
            }
            for signal in raised
        ],
    }
