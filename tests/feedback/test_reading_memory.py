"""Reading holds a few rows, however long the file is."""

import gzip
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from feedback import judging, parsing

pytestmark = pytest.mark.slow
LIMIT = 8 << 20
ROW = b'T%d,03-04-2026 10:00,"where is my parcel, it is late"\n'
OBJECT = b'{"id": "T%d", "at": "2026-03-01", "text": "where is my parcel, it is late"}\n'


def _csv(count: int) -> bytes:
    return b"id,at,text\n" + b"".join(ROW % at for at in range(count)) + b"T0,13-04-2026,x\n"


def _json(count: int) -> bytes:
    return b"".join(OBJECT % at for at in range(count))


@pytest.mark.parametrize(
    "made", [_csv, _json, lambda count: gzip.compress(_csv(count), 1)], ids=["csv", "json", "gzip"]
)
def test_memory_does_not_grow_with_the_file(tmp_path: Path, made: Callable[[int], bytes]) -> None:
    peaks = []
    for count in (25_000, 60_000):
        path = tmp_path / str(count)
        path.write_bytes(made(count))
        tracemalloc.start()
        shape = parsing.sniff(path)
        verdict = judging.judge(path, shape, (1,), 0)
        assert sum(1 for _ in parsing.rows(path, shape)) >= count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert verdict.question is None
    assert peaks[1] < LIMIT
    assert peaks[1] < 1.2 * peaks[0]
