"""Reading the environment: secrets are made once, and a wrong value is a sentence."""

import stat
from pathlib import Path

import pytest

from config import environment


def test_a_secret_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "secret_key"
    first = environment.key_file(path)
    assert len(first) >= 50
    assert environment.key_file(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret_key"]


def test_a_number_that_is_none_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARBACK_UPLOAD_MB", "plenty")
    with pytest.raises(SystemExit, match="HEARBACK_UPLOAD_MB must be a whole number, not 'plenty'"):
        environment.number("HEARBACK_UPLOAD_MB", 200)


@pytest.mark.parametrize(("value", "expected"), [("", True), ("1", True), ("Yes", True), ("0", False), ("off", False)])
def test_a_flag(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("HEARBACK_FLAG", value)
    assert environment.flag("HEARBACK_FLAG", default=True) is expected
