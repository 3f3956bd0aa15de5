"""Reference cases with known answers, and who reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SHARED = Path(__file__).resolve().parents[3] / "shared" / "reference" / "ref_data"

_CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads((FOLDER / "cases.json").read_text(encoding="utf-8"))["cases"]
}


def case(id: str) -> tuple[dict[str, Any], dict[str, Any], float]:
    """Inputs, expected values and tolerance of one case."""
    found = _CASES[id]
    return found["inputs"], found["expected"], found["tolerance"]


def ids() -> set[str]:
    """Every case of the file."""
    return set(_CASES)


def data(name: str) -> Any:
    """A generated data set that the repository carries."""
    return json.loads((FOLDER / "ref_data" / name).read_text(encoding="utf-8"))
