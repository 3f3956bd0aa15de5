"""What holds for every system: the table of its rows, any order, no personal data, and no error whatever is sent."""

import json
import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.rejections import ROW_SENTENCES, SYSTEM_SENTENCES
from feedback.systems import Record, Settings, System, Unknown, Unmappable, registry
from tests.feedback import systems_run as run

pytestmark = pytest.mark.slow  # the same on every database

NAMES = tuple(sorted(registry.BY_NAME.keys() & {path.stem for path in run.PAYLOADS.glob("*.json")}))
SENTENCES = ROW_SENTENCES | SYSTEM_SENTENCES
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def test_every_system_has_a_fixture() -> None:
    assert set(NAMES) == registry.BY_NAME.keys() - {"generic"}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_system_sends_becomes_these_rows(name: str) -> None:
    of, case = run.system(name), run.case(name)

    rows = run.rows_of(of, run.records_of(of, case), run.settings_of(case))

    assert run.shown(rows) == case["rows"]


@pytest.mark.parametrize("name", NAMES)
def test_twice_and_in_any_order_the_rows_are_the_same(name: str) -> None:
    of, case = run.system(name), run.case(name)
    records = run.records_of(of, case)

    for seed in range(20):
        shuffled = [*records, *records]
        random.Random(seed).shuffle(shuffled)
        rows = run.rows_of(of, shuffled, run.settings_of(case))
        assert run.shown(rows) == case["rows"], seed


@pytest.mark.parametrize("name", NAMES)
def test_nobody_of_the_payload_is_left_in_rows_or_raw_records(name: str) -> None:
    of, case = run.system(name), run.case(name)
    records = run.records_of(of, case)

    kept = [record.payload for members in run.stored(of, records).values() for record in members]
    left = json.dumps([kept, run.shown(run.rows_of(of, records, run.settings_of(case)))], ensure_ascii=False).lower()

    assert [value for value in case["personal"] if value.lower() in left] == []


@pytest.mark.parametrize("name", NAMES)
def test_records_fit_their_columns(name: str) -> None:
    of, case = run.system(name), run.case(name)
    for record in run.records_of(of, case):
        assert len(record.stream) <= 40
        assert 0 < len(record.external_id) <= 120
        assert len(record.entity) <= 160
        assert record.version == "" or (record.version.isdigit() and len(record.version) == 17)
        assert record.occurred_at is None or record.occurred_at.utcoffset() is not None


@pytest.mark.parametrize("name", NAMES)
def test_what_was_stored_gives_the_same_rows_when_mapped_again(name: str) -> None:
    of, case = run.system(name), run.case(name)
    for entity, members in run.stored(of, run.records_of(of, case)).items():
        before = [deepcopy(dict(record.payload)) for record in members]
        first = of.rows(entity, members, run.settings_of(case))
        assert of.rows(entity, members, run.settings_of(case)) == first
        assert [record.payload for record in members] == before, "a mapper changes nothing of what it is given"


def answers(of: System, make: Callable[[], list[Record]], config: Settings) -> None:
    """An answer, Unknown, or Unmappable with a sentence that exists; never another error."""
    reasons: list[str] = []
    try:
        records = make()
        for record in records:
            assert json.dumps(record.payload)
            assert all(isinstance(value, str) for value in (record.people.customer, *record.people.known))
        for entity, members in run.stored(of, records).items():
            for row in of.rows(entity, members, config):
                assert all(isinstance(value, str) for value in row.fields.values())
                assert row.gone or all(value.strip() for value in row.fields.values())
    except Unknown:
        pass
    except Unmappable as fault:
        found = SENTENCES[fault.reason]
        reasons.append(str(found) % fault.parameters)
    assert all(reasons)


@pytest.mark.parametrize("name", NAMES)
@given(body=JSON)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_sent_there_is_an_answer(name: str, body: Any) -> None:
    of, config = run.system(name), run.settings_of(run.case(name))
    answers(of, lambda: list(of.records(body, config)), config)
    for read in of.pulled.values():
        if isinstance(body, dict):
            answers(of, lambda read=read: list(read(body, config)), config)  # type: ignore[misc]


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_however_a_payload_is_spoilt_there_is_an_answer(name: str, data: st.DataObject) -> None:
    of, case = run.system(name), run.case(name)
    config = run.settings_of(
        case, data.draw(st.sampled_from([*{it.get("topic", "") for it in case.get("sent", [])}, ""]))
    )
    bodies: list[tuple[Callable[[Any, Settings], Any], Any]] = [(of.records, it["body"]) for it in case.get("sent", [])]
    bodies += [(of.pulled[stream], item) for stream, items in case.get("pulled", {}).items() for item in items]
    read, body = data.draw(st.sampled_from(bodies))
    body = deepcopy(body)
    for _ in range(data.draw(st.integers(1, 3))):
        spoil(body, data)
    answers(of, lambda: list(read(body, config)), config)


def spoil(value: Any, data: st.DataObject) -> None:
    """Replace one value, somewhere, by any other, or take it away."""
    while isinstance(value, dict | list) and value:
        key = data.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
        inside = value[key]
        if isinstance(inside, dict | list) and inside and data.draw(st.integers(0, 4)):
            value = inside
            continue
        if isinstance(value, dict) and data.draw(st.booleans()):
            del value[key]
        else:
            value[key] = data.draw(JSON)
        return


@pytest.mark.parametrize("name", NAMES)
@given(config=st.dictionaries(
    st.sampled_from(
        ["markets", "fields", "questions", "experiments", "surveys", "reason_fields", "reason_names", "strip_tags",
         "complaint", "order_pattern", "goal", "revenue", "instrument", "orders", "channels", "teams",
         "csat_points", "outbound"]),
    JSON,
))  # fmt: skip
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_stands_in_the_settings_there_is_an_answer(name: str, config: dict[str, Any]) -> None:
    of, case = run.system(name), run.case(name)
    spoilt = case | {"config": config}
    answers(of, lambda: run.records_of(of, spoilt), run.settings_of(spoilt))
