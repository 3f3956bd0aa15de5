"""Rows without a reason find their theme in their words."""

from django.utils.translation import gettext_lazy as _

from outbox import jobs


@jobs.handles("feedback.discover_themes", title=_("Find themes in texts"))
def discover_themes(run: jobs.Run) -> None:
    """Sort the untagged rows of the import `run.arguments["import_id"]`; find new themes if many rows wait."""
    # Loads scikit-learn, which takes seconds and 100 MB: the web process registers this handler and never needs it.
    from feedback.jobs import sorting

    sorting.discover_themes(run)
