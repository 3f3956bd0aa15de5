"""The commands of `./hearback` and where each of them goes."""

import os
import sys
from collections.abc import Sequence

from launcher import environment, suite
from launcher.trouble import Trouble

USAGE = """\
usage: ./hearback COMMAND [arguments]

  demo       load the demo company and serve it at http://127.0.0.1:8000
  serve      run this installation: everything, or one of web, worker, beat
  import     bring in a file of contacts, surveys, commerce or results
  analyse    themes, tags, experiment, deflection or signals of a file; stores nothing
  metrics    the numbers of the database
  bench      how fast and how right, each beside its target
  manage     Django's own command line
  test       run every test on every database that can be found

Each command explains itself with --help. Data lives in HEARBACK_DATA (default: data/ beside this script).
"""

# Command → Django management command. The first group works on the installation's data, which is
# made ready before (config/prepared.py); the second needs no database.
ON_DATA = {"demo": "demo", "serve": "serve", "import": "import_feedback", "metrics": "metrics"}
WITHOUT_DATA = {"analyse": "analyse", "bench": "bench"}


def django_arguments(command: str, arguments: Sequence[str]) -> list[str] | None:
    """What the installed Python is started with, or None for a command that does not exist."""
    if command in ON_DATA:
        return ["-m", "config.prepared", ON_DATA[command], *arguments]
    if command in WITHOUT_DATA:
        return [str(environment.ROOT / "manage.py"), WITHOUT_DATA[command], *arguments]
    if command == "manage":
        return [str(environment.ROOT / "manage.py"), *arguments]
    return None


def main(arguments: Sequence[str]) -> int:
    """Run one command; 0 done, 1 failed, 2 wrong use. A command of Django's takes this process over."""
    if not arguments:
        print(USAGE, end="", file=sys.stderr)
        return 2
    command, *rest = arguments
    if command in ("-h", "--help", "help"):
        print(USAGE, end="")
        return 0
    started = django_arguments(command, rest)
    if started is None and command != "test":
        print(f"hearback: there is no command {command!r}.\n\n{USAGE}", end="", file=sys.stderr)
        return 2
    try:
        if started is None:
            return suite.run(environment.ensure(for_tests=True), rest)
        _become(started, environment.ensure(for_tests=False))
    except Trouble as trouble:
        print(f"hearback: {trouble}", file=sys.stderr)
        return trouble.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


def _become(arguments: list[str], python: os.PathLike[str]) -> None:
    """Give this process to the installed Python, so that signals and exit codes are its own."""
    environ = environment.for_installed(dict(os.environ))
    environ.setdefault("HEARBACK_DATA", str(environment.ROOT / "data"))
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(python, [str(python), *arguments], environ)  # noqa: S606
