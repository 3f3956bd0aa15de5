"""An erasure that is killed half-way is finished: by the next one, or by a worker."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import Person
from accounts.services import record
from feedback import erasing
from feedback.services import erasure, imports, leftovers, unfinished
from outbox import jobs
from outbox.models import Job
from tests.cast import ClientFor
from tests.feedback.erased import ANSWERED, CONTACTS, SAID, WHO, by_page, dump, everywhere
from tests.feedback.rows import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


class Killed(BaseException):
    """Nothing that anybody catches."""


def erase_and_die(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, after: int) -> None:
    """Others copy the customer while an erasure looks for copies, which ends as it calls this once more."""
    real, look, calls = getattr(module, name), erasure._out_of_copies, []

    def dies(*given: Any, **more: Any) -> Any:
        calls.append(name)
        if len(calls) > after:
            raise Killed
        return real(*given, **more)

    def look_while_others_copy(copies: erasing.Copies) -> int:
        found = look(copies)
        Job.objects.create(kind="tests", progress={"said": SAID, "who": WHO}, run_after=NOW, created_at=NOW)
        record(actor=None, action="import", name=f"{WHO}.csv", details={"said": SAID}, now=NOW)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(erasure, "_out_of_copies", look_while_others_copy)
        if name == "_out_of_copies":
            real = look_while_others_copy
        patched.setattr(module, name, dies)
        with pytest.raises(Killed):
            erasure.erase(actor=None, written=[WHO], now=NOW)


DEATHS = [
    (erasure, "_out_of_copies", 0),
    (erasure, "_forget_former", 0),
    (erasure, "_sign", 0),
    (erasure, "finish", 0),
    (leftovers, "drop_drafts", 0),
    (leftovers, "drop_reports", 0),
    (erasure, "_out_of_copies", 1),
]


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize(("module", "name", "after"), DEATHS, ids=lambda value: str(getattr(value, "__name__", value)))
@pytest.mark.parametrize("again", ["service", "page"])
def test_an_erasure_that_is_killed_is_done_by_the_next_one(
    linking_pin: Person,
    hashed: str,
    client_for: ClientFor,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    after: int,
    again: str,
) -> None:
    source = imports.source_named(name="desk", now=NOW)
    imports.hold(
        file=io.BytesIO(CONTACTS.encode()), file_name="a.csv", kind="contacts", source=source, door="upload", now=NOW
    )
    erase_and_die(monkeypatch, module, name, after)
    assert list(everywhere(dump(), WHO)) == [WHO]
    if again == "service":
        erasure.erase(actor=linking_pin, written=[WHO], now=NOW)
    else:
        by_page(client_for(linking_pin), WHO)
    assert list(everywhere(dump(), WHO, SAID, ANSWERED, hashed)) == []
    assert not unfinished.waiting()


@pytest.mark.usefixtures("everything")
def test_an_erasure_that_is_killed_at_its_last_step_is_done_by_a_worker(
    hashed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase_and_die(monkeypatch, erasure, "finish", 0)
    (job,) = unfinished.waiting()
    assert list(everywhere(json.dumps(job.arguments), WHO, SAID, ANSWERED)) == [], "sealed"
    assert job.run_after > NOW, "whoever erases comes to the end long before"
    Job.objects.filter(pk=job.pk).update(run_after=NOW)
    jobs.perform(job.pk)
    assert list(everywhere(dump(), WHO, SAID, ANSWERED, hashed)) == []
    assert not unfinished.waiting()


@pytest.mark.usefixtures("everything")
def test_one_that_was_sealed_with_another_key_says_so_and_holds_up_nobody(
    linking_pin: Person, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.VAULT_KEY = "former key"
    erase_and_die(monkeypatch, erasure, "finish", 0)
    (job,) = unfinished.waiting()
    Job.objects.filter(pk=job.pk).update(run_after=NOW)
    settings.VAULT_KEY = "new key"
    done = jobs.perform(job.pk)
    assert done
    assert (done.state, "vault key" in done.error) == (Job.State.FAILED, True)
    erasure.erase(actor=linking_pin, written=[WHO], now=NOW)
    assert unfinished.waiting() == [job]
    settings.VAULT_KEY = "new key, former key"
    erasure.erase(actor=linking_pin, written=["somebody else"], now=NOW)
    assert list(everywhere(dump(), WHO, SAID)) == []
