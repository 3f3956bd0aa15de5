"""Imports, live rows and undoing in any order, beside a plain model of what should be stored."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import Company, Person, Role
from feedback import bulk
from feedback.models import CommerceDay, Contact, FormerRow, Import, SurveyResponse
from feedback.services import undo
from metrics.models import CommerceCell, ContactCell, DirtyDay, SurveyCell
from outbox import jobs
from tests.feedback.rows import NOW, bring_in, bring_in_live, counts

pytestmark = pytest.mark.django_db
CHUNK = 2
# A row that no kind takes.
BAD = (3, 2)
Row = tuple[int, int]
Key = tuple[str, int]
_fresh = count()


@dataclass
class Model:
    """For each row the layers that were written, oldest first: (import or None for live, value)."""

    piles: dict[Key, list[tuple[int | None, int]]] = field(default_factory=dict)
    wrote: dict[int, set[Key]] = field(default_factory=lambda: defaultdict(set))

    def bring_in(self, owner: int | None, source: str, rows: Sequence[Row]) -> tuple[int, int, int]:
        """(new, changed, unchanged), row by row; a chunk stores what each of its rows said last."""
        new = changed = unchanged = 0
        for chunk in bulk.batches(rows, CHUNK):
            said = {number: pile[-1][1] for (of, number), pile in self.piles.items() if of == source}
            good = [row for row in chunk if row != BAD]
            for number, value in good:
                new += number not in said
                changed += said.get(number, value) != value
                unchanged += said.get(number) == value
                said[number] = value
            for number in {number for number, _value in good}:
                self._write(owner, (source, number), said[number])
        return new, changed, unchanged

    def _write(self, owner: int | None, key: Key, value: int) -> None:
        pile = self.piles.get(key, [])
        if pile and pile[-1][1] == value:
            return
        if owner is None:
            # Nothing is kept of what live rows replace.
            self.piles[key] = [(None, value)]
            return
        self.piles[key] = [layer for layer in pile if layer[0] != owner] + [(owner, value)]
        self.wrote[owner].add(key)

    def undo(self, owner: int) -> tuple[int, int, int]:
        """(removed, restored, kept)"""
        removed = restored = kept = 0
        for key in self.wrote.pop(owner, set()):
            pile = self.piles[key]
            is_last = pile[-1][0] == owner
            rest = [layer for layer in pile if layer[0] != owner]
            removed += is_last and not rest
            restored += is_last and bool(rest)
            kept += not is_last
            if rest:
                self.piles[key] = rest
            else:
                del self.piles[key]
        return removed, restored, kept

    @property
    def rows(self) -> dict[Key, int]:
        """What is stored."""
        return {key: pile[-1][1] for key, pile in self.piles.items()}


def _file(kind: str, rows: Sequence[Row]) -> str:
    first, *lines = _lines(kind, rows)
    day = {"contacts": 1, "surveys": 1, "commerce": 0}[kind]
    for at, row in enumerate(rows):
        if row == BAD:
            cells = lines[at].split(",")
            cells[day] = "never"
            lines[at] = ",".join(cells)
    return "\n".join([first, *lines])


def _lines(kind: str, rows: Sequence[Row]) -> list[str]:
    if kind == "contacts":
        lines = [f"C{number},2026-03-0{1 + value}T10:00:00Z,Said {value},Reason {value}" for number, value in rows]
        return ["external_id,occurred_at,text,reason", *lines]
    if kind == "surveys":
        lines = [f"C{number},2026-03-0{1 + value}T10:00:00Z,csat,{1 + value},Said {value}" for number, value in rows]
        return ["external_id,responded_at,instrument,score,comment", *lines]
    lines = [f"2026-03-0{1 + number},NL,{10 + value},100" for number, value in rows]
    return ["date,market,orders,sessions", *lines]


def _stored(kind: str, prefix: str) -> dict[Key, int]:
    """What the database says, from several of a row's places at once."""
    found: dict[Key, int] = {}
    if kind == "contacts":
        for row in Contact.objects.filter(source__name__startswith=prefix).select_related("source", "words"):
            value = row.local_day.day - 1
            assert row.words.text == f"Said {value}"
            assert list(row.reason_tags.values_list("reason__name", flat=True)) == [f"Reason {value}"]
            found[row.source.name, int(row.external_id[1:])] = value
    elif kind == "surveys":
        for answer in SurveyResponse.objects.filter(source__name__startswith=prefix).select_related("source", "words"):
            value = answer.local_day.day - 1
            assert (answer.words.text, answer.score) == (f"Said {value}", 1 + value)
            found[answer.source.name, int(answer.external_id[1:])] = value
    else:
        for day in CommerceDay.objects.filter(source__name__startswith=prefix).select_related("source"):
            found[day.source.name, day.day.day - 1] = (day.orders or 0) - 10
    return found


def _series_is_right(kind: str) -> None:
    """Counted again, the series say what the rows say."""
    jobs.perform(jobs.enqueue("feedback.recount", now=NOW).pk)
    assert not DirtyDay.objects.exists()
    cells: dict[Any, float]
    if kind == "contacts":
        raw: Counter[Any] = Counter(Contact.objects.values_list("local_day", flat=True))
        cells = dict(ContactCell.objects.filter(theme=0).values_list("day", "contacts"))
    elif kind == "surveys":
        raw = Counter(SurveyResponse.objects.values_list("local_day", flat=True))
        cells = dict(SurveyCell.objects.filter(theme=0).values_list("day", "n"))
    else:
        raw = Counter()
        for day, orders in CommerceDay.objects.values_list("day", "orders"):
            raw[day] += orders or 0
        cells = dict(CommerceCell.objects.values_list("day", "orders"))
    assert cells == raw


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    monkeypatch.setattr(jobs, "chunk_rows", lambda: CHUNK)


@pytest.fixture
def person(company: Company) -> Person:
    return Person.objects.create(email="pin@delinde.example", name="Pin", role=Role.LINKING_PIN, created_at=NOW)


ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=6)
SOURCES = st.sampled_from(["desk", "shop"])
STEPS = st.lists(
    st.tuples(st.just("import"), SOURCES, ROWS)
    | st.tuples(st.just("import"), SOURCES, ROWS)
    | st.tuples(st.just("again"), st.integers(0, 2), st.none())
    | st.tuples(st.just("live"), SOURCES, ROWS)
    | st.tuples(st.just("undo"), st.integers(0, 9), st.none()),
    min_size=1,
    max_size=8,
)


@trials(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(["contacts", "surveys", "commerce"]), steps=STEPS, order=st.randoms(use_true_random=False))
def test_whatever_comes_and_goes_the_rows_are_those_of_the_model(
    person: Person, kind: str, steps: list[Any], order: Any
) -> None:
    prefix, model, imports = f"{next(_fresh)}-", Model(), list[Import]()
    files: list[tuple[str, list[Row]]] = []
    for verb, what, rows in steps:
        if verb == "import":
            files.append((prefix + what, rows))
            _import_both(kind, prefix + what, rows, model, imports)
        elif verb == "again":
            for source, known in files[what : what + 1]:
                _import_both(kind, source, known, model, imports)
        elif verb == "live":
            model.bring_in(None, prefix + what, rows)
            bring_in_live(_file(kind, rows), kind, source=prefix + what, chunk=CHUNK)
        elif imports:
            _undo_both(imports.pop(what % len(imports)), model, person)
        assert _stored(kind, prefix) == model.rows
    order.shuffle(imports)
    for imported in imports:
        _undo_both(imported, model, person)
        assert _stored(kind, prefix) == model.rows
    assert all(pile[-1][0] is None for pile in model.piles.values()), "only live rows are left"
    assert not FormerRow.objects.filter(imported__source__name__startswith=prefix, former_import__isnull=False).exists()
    _series_is_right(kind)


def _import_both(kind: str, source: str, rows: Sequence[Row], model: Model, imports: list[Import]) -> None:
    dry = bring_in(_file(kind, rows), kind, source=source, dry_run=True)
    imported = bring_in(_file(kind, rows), kind, source=source)
    assert counts(dry) == counts(imported), "a dry run says what will happen"
    assert imported.job
    if "same_as" in imported.job.progress:
        # Not read once more, where a row that says two things would change there and back.
        good = [row for row in rows if row != BAD]
        assert counts(imported)[1:4] == (0, 0, len(good))
        assert {(source, number): value for number, value in good}.items() <= model.rows.items()
    else:
        assert counts(imported)[1:4] == model.bring_in(imported.pk, source, rows)
    assert imported.rejected_count == rows.count(BAD)
    imports.append(imported)


def _undo_both(imported: Import, model: Model, person: Person) -> None:
    if not undo.may_undo(imported, person, now=NOW):
        assert not imported.new_count + imported.changed_count
        return
    foreseen = undo.outcome(imported)
    begun = undo.begin(imported=imported, actor=person, now=NOW)
    assert begun.undo_job_id
    jobs.perform(begun.undo_job_id)
    imported.refresh_from_db()
    assert imported.state == Import.State.UNDONE
    done = (imported.removed_count, imported.restored_count, imported.kept_count)
    assert done == (foreseen.removed, foreseen.restored, foreseen.kept), "the question says what will happen"
    assert done == model.undo(imported.pk)
