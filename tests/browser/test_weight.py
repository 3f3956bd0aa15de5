"""What a browser downloads on a cold first visit, compressed as the installation serves it.

Counted are the page, every file that it names, and the font that every page needs; the font for extended
Latin is fetched only where a letter of it stands.
"""

import gzip
import re
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from pytest_django import Settings

from tests import furnished, people
from tests.cast import ClientFor

KILOBYTE = 1000
FIRST_VISIT, BOARD = 65 * KILOBYTE, 80 * KILOBYTE
# Files that are compressed in themselves.
PACKED = {".woff2"}
SVG_PARTS = re.compile(r"#.*$")


def static_files(page: str) -> set[str]:
    """The names of the static files that this page makes a browser fetch."""
    named = re.findall(r"""(?:src|href)=["']/static/([^"']+)["']""", page)
    return {SVG_PARTS.sub("", name) for name in named}


def transferred(name: str) -> int:
    """Bytes of a static file on the wire: whitenoise keeps it as gzip's best, or as it is when that is smaller."""
    path = finders.find(name)
    assert path, name
    content = Path(path).read_bytes()
    if Path(name).suffix in PACKED:
        return len(content)
    return min(len(content), len(gzip.compress(content, 9)))


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "limit"), [("dashboards:loop", FIRST_VISIT), ("hypotheses:sprint-board", BOARD)])
def test_a_cold_visit_is_light(
    client_for: ClientFor, name: str, limit: int, tmp_path: Path, settings: Settings
) -> None:
    settings.UPLOAD_DIR = tmp_path
    with time_machine.travel(furnished.NOW):
        house = furnished.furnish()
        browser = client_for(people.person("cro_lead"))
        whole = browser.get(house.pages[name]).content.decode()
        packed = browser.get(house.pages[name], headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    weights = {file: transferred(file) for file in static_files(whole)} | {"the page": len(packed.content)}
    assert {"app.css", "app.js", "icons.svg", "fonts/figtree-latin-wght-normal.woff2"} <= weights.keys()
    assert sum(weights.values()) <= limit, sorted(weights.items(), key=lambda item: -item[1])


@pytest.mark.slow
def test_every_icon_is_there_and_used() -> None:
    root = Path(django_settings.BASE_DIR)
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (root / "static/icons.svg").read_text()))
    sources = [
        path for path in (*root.glob("*/**/*.py"), *root.glob("templates/**/*.html")) if "tests" not in path.parts
    ]
    text = "\n".join(path.read_text() for path in sources if ".venv" not in path.parts)
    asked = set(re.findall(r"""{%\s*icon\s+["']([\w-]+)["']""", text))
    assert asked - drawn == set()
    assert {name for name in drawn if f'"{name}"' not in text and f"'{name}'" not in text} == set()
