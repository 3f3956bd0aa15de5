"""People at their pages while a file comes in on SQLite: everybody is answered, nobody meets a lock."""

import pytest

from demo.bench.room import throw_away

pytestmark = [pytest.mark.fault, pytest.mark.slow]


def test_no_request_sees_a_lock_while_rows_come_in() -> None:
    with throw_away("") as room:
        room.prepare()
        lines = {line.name: line for line in room.run("beside", rows=6_000)}
    assert lines["lock errors meanwhile"].measured == 0
    assert lines["requests without an answer meanwhile"].measured == 0
    (pages,) = (line for name, line in lines.items() if name.startswith("pages while 6000 rows"))
    assert pages.measured > 0, "somebody looked"
