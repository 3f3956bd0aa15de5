"""Wrong use is refused before anything is installed; the rest goes to Django's commands."""

import subprocess
import sys

import pytest

from launcher import commands
from launcher.environment import ROOT


@pytest.mark.parametrize("arguments", [[], ["sevre"], ["--port", "8000"]])
def test_wrong_use_exits_2_with_the_usage_on_standard_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "usage: ./hearback COMMAND" in printed.err


def test_help_is_a_good_exit(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["--help"]) == 0
    assert "usage: ./hearback COMMAND" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("demo", ["-m", "config.prepared", "demo", "--once"]),
        ("import", ["-m", "config.prepared", "import_feedback", "--once"]),
        ("metrics", ["-m", "config.prepared", "metrics", "--once"]),
        ("analyse", [str(ROOT / "manage.py"), "analyse", "--once"]),
        ("manage", [str(ROOT / "manage.py"), "--once"]),
        ("test", None),
        ("unknown", None),
    ],
)
def test_commands_reach_django(command: str, expected: list[str] | None) -> None:
    assert commands.django_arguments(command, ["--once"]) == expected


def test_every_command_is_in_the_usage() -> None:
    for command in [*commands.ON_DATA, *commands.WITHOUT_DATA, "manage", "test"]:
        assert f"\n  {command} " in commands.USAGE


def test_the_script_needs_nothing_but_python() -> None:
    # -S -I: no site-packages, no environment, as on a fresh machine.
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from launcher import commands; sys.exit(commands.main([]))"
    done = subprocess.run([sys.executable, "-S", "-I", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "usage:" in done.stderr


def test_an_old_python_is_told_so_in_one_sentence() -> None:
    script = (ROOT / "hearback").read_text()
    # No newer Python can be found on an empty PATH.
    code = f"import os, sys; os.environ['PATH'] = ''; sys.version_info = (3, 9); exec({script!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "hearback: Python 3.11 or newer is needed; this is 3.9.\n"
