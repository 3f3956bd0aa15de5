"""De Linde's files, written once for all tests of this folder."""

from datetime import date
from pathlib import Path

import pytest

from demo import generate

LAST_DAY = date(2026, 11, 21)


@pytest.fixture(scope="session")
def linde(tmp_path_factory: pytest.TempPathFactory) -> generate.Written:
    """The demo company as the demonstration loads it, ending on a fixed day."""
    return generate.write(tmp_path_factory.mktemp("linde"), seed=generate.SEED, last_day=LAST_DAY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that does not exist yet."""
    return tmp_path / "new" / "linde"
