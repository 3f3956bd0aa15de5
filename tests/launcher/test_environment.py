"""Which lock a start installs."""

import hashlib
from pathlib import Path

import pytest

from launcher import environment

RUNTIME, DEV = "runtime aaa", "dev bbb"


@pytest.mark.parametrize(
    ("installed", "for_tests", "wanted"),
    [
        ("", False, "runtime"),
        ("", True, "dev"),
        (RUNTIME, False, None),
        (RUNTIME, True, "dev"),
        (DEV, False, None),
        (DEV, True, None),
        ("runtime old", False, "runtime"),
        ("dev old", False, "dev"),
        ("dev old", True, "dev"),
    ],
)
def test_the_stamp_decides_what_is_installed(installed: str, for_tests: bool, wanted: str | None) -> None:
    assert environment.lock_to_install(installed, runtime=RUNTIME, dev=DEV, for_tests=for_tests) == wanted


def test_a_stamp_changes_with_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("six==1.17.0\n")
    before = environment.stamp_of("runtime", lock)
    lock.write_text("six==1.17.1\n")
    assert before == f"runtime {hashlib.sha256(b'six==1.17.0' + bytes([10])).hexdigest()}"
    assert environment.stamp_of("runtime", lock) != before
    assert environment.stamp_of("dev", lock).startswith("dev ")


@pytest.mark.parametrize("lock", [*environment.LOCKS.values(), environment.UV_LOCK], ids=lambda lock: lock.name)
def test_locks_are_hashed_and_name_no_index(lock: Path) -> None:
    text = lock.read_text()
    pins = [line for line in text.splitlines() if "==" in line and not line.lstrip().startswith("#")]
    assert pins
    assert all(line.endswith("\\") for line in pins), "a pin without a hash"
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_the_runtime_lock_is_part_of_the_development_lock() -> None:
    def pins(kind: str) -> set[str]:
        lines = environment.LOCKS[kind].read_text().splitlines()
        return {line.split(" ")[0] for line in lines if "==" in line and not line.startswith((" ", "#"))}

    assert pins("runtime") < pins("dev")


def test_an_installed_python_finds_hearback_from_any_folder() -> None:
    environ = environment.for_installed({"VIRTUAL_ENV": "/elsewhere", "PYTHONPATH": "/mine", "LANG": "C"})
    assert environ == {"PYTHONPATH": f"{environment.ROOT}:/mine", "LANG": "C"}
