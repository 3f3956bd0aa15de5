"""docs/metrics.md and the registry say the same."""

from pathlib import Path

from django.conf import settings

from metrics import book
from metrics.formulas import REGISTRY


def test_the_page_is_the_registry() -> None:
    # python -c "from metrics import book; open('docs/metrics.md', 'w').write(book.document())"
    assert Path(settings.BASE_DIR, "docs", "metrics.md").read_text() == book.document()


def test_every_metric_has_its_entry() -> None:
    page = book.document()
    assert all(f"| Id | `{id}` |" in page for id in REGISTRY)
