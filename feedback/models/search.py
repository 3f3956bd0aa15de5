"""What the search index still has to read. The index itself is a table of each database's own (migration 0002)."""

from django.db import models


class SearchMark(models.Model):
    """Contacts whose words changed, by a range of ids; appended with the rows, deleted when they are indexed."""

    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
