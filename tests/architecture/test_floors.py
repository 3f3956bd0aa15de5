"""Stairs only go down: imports, foreign keys and templates; and the pure rooms stay pure."""

import re
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.conf import settings

pytestmark = pytest.mark.slow  # the same on every database

ROOT = Path(settings.BASE_DIR)
FLOORS = (
    "accounts", "outbox", "metrics", "feedback", "hypotheses", "experiments",
    "collaboration", "dashboards", "demo", "config",
)  # fmt: skip
# Rooms that may know Django. Every other module is arithmetic or plain data: it opens in a notebook,
# unless it stands below with its reason.
ROOMS = {
    "admin", "api", "api_urls", "apps", "authentication", "celery", "context", "decorators", "fields", "filters",
    "bench", "forms", "handlers", "jobs", "management", "messages", "middleware", "migrations", "models", "pagination",
    "permissions", "relay", "renderers", "selectors", "serializers", "services", "templatetags", "urls", "views",
}  # fmt: skip
KNOWS_DJANGO = {
    "accounts.choices": "translated lists that forms offer",
    "accounts.errors": "translated errors of the API",
    "accounts.formats": "numbers and days in the active language and zone",
    "accounts.matrix": "translated names of scopes",
    "accounts.notices": "what a page says after something was done",
    "accounts.paging": "keyset pages of a QuerySet",
    "accounts.vault": "the key from the settings",
    "feedback.bulk": "many rows at once into either database",
    "feedback.counting": "sums of contacts, made inside the database",
    "feedback.kinds": "from a kind of file to its models",
    "feedback.rejections": "translated reasons for a rejected row",
    "feedback.uploads": "files that are sent in, before they are read",
}
# The roof ties things together, and the floor of processes, brokers and clocks is all machinery.
MACHINERY = {"config", "outbox"}
PURE_FLOORS = [app for app in FLOORS if app not in MACHINERY]
IMPURE = ("django", "rest_framework", "celery", "redis", "psycopg2", "requests", "urllib3", "socket", "subprocess")
CLOCKS = re.compile(r"\b(datetime\.now|datetime\.today|date\.today|timezone\.now|time\.time|utcnow)\(")
TEMPLATE_TAG = re.compile(r"""{%\s*(?:extends|include)\s+["']([^"'#]+)""")
SHARED_FOLDERS = ("components", "base.html", "errors")


def floor_of(label: str) -> int | None:
    """How high this app lives; None for apps that are not ours."""
    return FLOORS.index(label) if label in FLOORS else None


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*FLOORS, include_external_packages=True, cache_dir=None)


def test_no_app_imports_one_above_it(graph: grimp.ImportGraph) -> None:
    climbs = []
    for importer in graph.modules:
        own = floor_of(importer.split(".")[0])
        for imported in graph.find_modules_directly_imported_by(importer):
            other = floor_of(imported.split(".")[0])
            if own is not None and other is not None and other > own:
                climbs.append(f"{importer} imports {imported}")
    assert not climbs


def test_no_foreign_key_climbs() -> None:
    climbs = []
    for model in apps.get_models(include_auto_created=True):
        own = floor_of(model._meta.app_label)
        for field in model._meta.get_fields():
            if own is None or not field.concrete or not isinstance(field.related_model, type):
                continue
            other = floor_of(field.related_model._meta.app_label)
            if other is not None and other > own:
                climbs.append(f"{model._meta.label}.{field.name} points at {field.related_model._meta.label}")
    assert not climbs


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def test_no_template_includes_one_of_a_higher_floor() -> None:
    climbs = []
    for path in templates():
        name = path.relative_to(ROOT / "templates")
        own = floor_of(name.parts[0])
        for wanted in TEMPLATE_TAG.findall(path.read_text()):
            folder = wanted.split("/")[0]
            other = floor_of(folder)
            shared_takes_from_an_app = name.parts[0] in SHARED_FOLDERS and other is not None
            climbs_up = own is not None and other is not None and other > own
            if climbs_up or shared_takes_from_an_app:
                climbs.append(f"{name} takes {wanted}")
    assert not climbs


def is_pure(module: str) -> bool:
    """Whether this module stands outside the rooms: no part of its dotted name is one of them."""
    app, *rest = module.split(".")
    return app in PURE_FLOORS and bool(rest) and not ROOMS & set(rest) and module not in KNOWS_DJANGO


@pytest.mark.parametrize("app", PURE_FLOORS)
def test_modules_outside_the_rooms_know_no_django(app: str, graph: grimp.ImportGraph) -> None:
    stained = []
    for module in sorted(graph.modules):
        if not (is_pure(module) and module.startswith(f"{app}.")):
            continue
        for impure in IMPURE:
            if impure in graph.modules and graph.chain_exists(importer=module, imported=impure, as_packages=False):
                chain = graph.find_shortest_chain(importer=module, imported=impure) or ()
                stained.append(" → ".join(chain))
    assert not stained, "free these of Django, move them into a room, or add them to KNOWS_DJANGO with the reason"


def test_modules_outside_the_rooms_read_no_clock(graph: grimp.ImportGraph) -> None:
    reads = []
    for module in sorted(graph.modules):
        path = ROOT / (module.replace(".", "/") + ".py")
        if is_pure(module) and path.exists() and CLOCKS.search(path.read_text()):
            reads.append(module)
    assert not reads
