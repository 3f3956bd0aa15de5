"""An installation makes itself ready: migrated once, also when two start at once; static files collected."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.environment import ROOT, for_installed

COLLECT = "import django; django.setup(); from config import prepared; prepared.collect_static_when_needed()"


def environ(data: Path, database: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "HEARBACK_DEBUG")}
    named = {"DATABASE_URL": database} if database else {}
    mine = {"HEARBACK_DATA": str(data), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return for_installed(kept) | mine | named


def start(data: Path, database: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=environ(data, database), cwd=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_the_first_start_migrates_and_the_second_has_nothing_to_do(tmp_path: Path, own_database: str) -> None:
    prepared = ("-m", "config.prepared", "showmigrations", "--plan")
    code, out, err = finish(start(tmp_path, own_database, *prepared))
    assert code == 0, err
    assert "[X]  accounts.0001_initial" in out
    assert "[ ]" not in out
    assert err == "Preparing the database.\n"
    assert finish(start(tmp_path, own_database, *prepared))[2] == ""


def test_two_first_starts_at_once_do_not_disturb_each_other(tmp_path: Path, own_database: str) -> None:
    both = [start(tmp_path, own_database, "-m", "config.prepared", "showmigrations", "--plan") for _ in range(2)]
    ends = [finish(process) for process in both]
    assert [code for code, _out, _err in ends] == [0, 0], ends
    assert sum("Preparing the database." in err for _code, _out, err in ends) == 1


@pytest.mark.slow
def test_a_database_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    nobody = "postgres://hearback@127.0.0.1:1/hearback"
    code, out, err = finish(start(tmp_path, nobody, "-m", "config.prepared", "showmigrations"))
    assert (code, out) == (1, "")
    assert err.startswith("hearback: the database cannot be used:")
    assert "Traceback" not in err


@pytest.mark.slow
def test_static_files_are_collected_once_and_again_when_they_change(tmp_path: Path) -> None:
    """Also: every file that a stylesheet names exists, or the collection would fail."""
    manifest = tmp_path / "static" / "staticfiles.json"
    code, _out, err = finish(start(tmp_path, "", "-c", COLLECT))
    assert code == 0, err
    first = manifest.stat().st_mtime_ns
    finish(start(tmp_path, "", "-c", COLLECT))
    assert manifest.stat().st_mtime_ns == first
    (tmp_path / "static" / ".sources").write_text("other sources")
    finish(start(tmp_path, "", "-c", COLLECT))
    assert manifest.stat().st_mtime_ns > first


@pytest.mark.slow
def test_wrong_use_of_a_command_exits_2(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "hearback"), "manage", "check", "--no-such-option"],
        env=environ(tmp_path, ""), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert "--no-such-option" in done.stderr
