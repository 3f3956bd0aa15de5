"""How often another system may be asked: so many requests in so many seconds, counted in this process.

Several workers together may ask more often than that; then the other system says so (429), and all of
them wait. Counting for all of them in the database would cost a write for each request.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """At most `requests` in any `seconds`."""

    requests: int
    seconds: float


class Turnstile:
    """Counts who went through; one for all threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._passed: dict[Hashable, deque[float]] = {}

    def wait(self, key: Hashable, rate: Rate) -> float:
        """Go through, and 0; or stay, and the seconds until there is room."""
        now = time.monotonic()
        with self._lock:
            passed = self._passed.setdefault(key, deque())
            while passed and passed[0] <= now - rate.seconds:
                passed.popleft()
            if len(passed) < rate.requests:
                passed.append(now)
                return 0.0
            return passed[0] + rate.seconds - now


TURNSTILE = Turnstile()
