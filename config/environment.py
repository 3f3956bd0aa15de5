"""Reading the environment: the few helpers that the settings use."""

import contextlib
import os
import secrets
from pathlib import Path

_TRUE = {"1", "true", "yes", "on"}


def text(name: str, default: str = "") -> str:
    """The variable as text; blank counts as absent."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    """The variable as yes or no."""
    value = text(name)
    return value.lower() in _TRUE if value else default


def number(name: str, default: int) -> int:
    """The variable as a whole number; a clear error otherwise."""
    value = text(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise SystemExit(f"{name} must be a whole number, not {value!r}.") from None


def names(name: str, default: str = "") -> list[str]:
    """The variable as a list, separated by commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def key_file(path: Path) -> str:
    """The secret in this file; made at first use, readable by its owner alone.

    Two processes may start at once, so the file appears whole or not at all, and the first one's stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        mine = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(mine, path)
        mine.unlink()
    return path.read_text().strip()
