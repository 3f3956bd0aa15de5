"""What a template may not hold: anything that the content policy forbids, or text marked safe by hand."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow  # the same on every database

ROOT = Path(settings.BASE_DIR)
FORBIDDEN = {
    "an inline style": re.compile(r"""<style\b|\sstyle\s*=\s*["'{]""", re.I),
    "an inline script": re.compile(
        r"""<script\b(?![^>]*\bsrc=)(?![^>]*type=["']application/(?:ld\+)?json["'])[^>]*>""", re.I
    ),
    "an inline event handler": re.compile(r"""<[^>]*\son[a-z]+\s*=\s*["'{]""", re.I),
    "an hx-on handler": re.compile(r"\bhx-on\b|\bhx-on:", re.I),
    "a js: value": re.compile(r"""=\s*["'](?:js|javascript):""", re.I),
    "text marked safe": re.compile(r"\|\s*safe(?:seq)?\b|{%\s*autoescape\s+off"),
}
MARKS = {"mark_safe", "SafeString", "SafeText"}
# The file and how many such marks it has: a chart's markup is made by one function that escapes everything.
SAFE_BY_CONSTRUCTION = {"metrics/templatetags/charts.py": 1}


def templates() -> list[Path]:
    return sorted(path for path in ROOT.rglob("templates/**/*.html") if ".venv" not in path.parts)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what: str) -> None:
    found = []
    for path in templates():
        text = re.sub(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", "", path.read_text(), flags=re.S)
        found += [f"{path.relative_to(ROOT)}: {match.group(0)[:60]}" for match in FORBIDDEN[what].finditer(text)]
    assert templates()
    assert not found


@pytest.mark.parametrize(
    ("what", "markup"),
    [
        ("an inline style", '<p style="width:3%">'),
        ("an inline style", "<style>"),
        ("an inline script", "<script>alert(1)</script>"),
        ("an inline event handler", '<a href="#" onclick="x()">'),
        ("an hx-on handler", '<form hx-on::after-request="x()">'),
        ("a js: value", """<a hx-vals="js:{now: Date.now()}">"""),
        ("text marked safe", "{{ text|safe }}"),
    ],
)
def test_the_check_sees(what: str, markup: str) -> None:
    assert FORBIDDEN[what].search(markup)


@pytest.mark.parametrize(
    "markup",
    ['<script src="/x.js" defer></script>', '<script id="d" type="application/json">', '<a class="on" href="/one=1">'],
)
def test_the_check_lets_pass(markup: str) -> None:
    assert not [what for what, pattern in FORBIDDEN.items() if pattern.search(markup)]


def unsafe_marks(source: str) -> list[int]:
    """The lines that mark something safe which is not a text written right there."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        if name in MARKS and not all(isinstance(argument, ast.Constant) for argument in node.args):
            lines.append(node.lineno)
    return lines


def test_no_python_marks_text_safe() -> None:
    """Markup comes from templates and `format_html`, which escape what they are given."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if not name.startswith((".", "tests/", "data/")) and (lines := unsafe_marks(path.read_text())):
            found[name] = len(lines)
    assert found.items() <= SAFE_BY_CONSTRUCTION.items()


def test_the_check_sees_text_marked_safe() -> None:
    assert unsafe_marks("a = mark_safe(text)\nb = mark_safe('<hr>')\nc = safestring.SafeString(f'<b>{x}</b>')") == [
        1,
        3,
    ]
