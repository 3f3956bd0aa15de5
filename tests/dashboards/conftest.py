"""The clock stands still, and nothing is remembered from another test."""

from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache

from tests.dashboards.shop import NOW


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield
    cache.clear()
