"""What was there before: former values of changed rows for undoing an import, and values that stand for others."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from feedback.models.imports import Import


class FormerRow(models.Model):
    """The values of a row before an import changed it; kept for changed rows only."""

    # The import that changed the row.
    imported = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="former_rows")
    # The import that had written it before; none for rows of webhooks, connectors and the API.
    former_import = models.ForeignKey(
        Import, null=True, blank=True, on_delete=models.SET_NULL, related_name="overwritten_rows"
    )
    kind = models.CharField(max_length=10, choices=Import.Kind)
    row_id = models.BigIntegerField()
    # {"row": {column: value}, "texts": {…}, "reasons": [ids], …}, words as they were stored: redacted.
    values = models.JSONField()
    # So that erasing a customer finds them.
    customer_ref = models.CharField(max_length=32, blank=True)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            # A resumed chunk keeps them once.
            models.UniqueConstraint(fields=["imported", "kind", "row_id"], name="former_row_once")
        ]
        indexes = [
            models.Index(fields=["customer_ref"], condition=~models.Q(customer_ref=""), name="former_row_customer"),
        ]


class ValueMapping(models.Model):
    """A person's word that one value means another: "telefoon" is Phone. Later rows follow it on arrival."""

    class Dimension(models.TextChoices):
        """What the value is of: a dimension, or one of the two that have tables of their own."""

        CHANNEL = "channel"
        STAGE = "stage"
        LOCATION = "location"
        PAGE = "page"
        LANGUAGE = "language"
        TEAM = "team"
        PRODUCT = "product"
        DEPARTMENT = "department"
        DEVICE = "device"
        MARKET = "market"
        REASON = "reason"

    dimension = models.CharField(max_length=12, choices=Dimension)
    # The ids of the value that arrived and the one it stands for, in the dimension's own table.
    from_id = models.BigIntegerField()
    to_id = models.BigIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    job = models.ForeignKey("outbox.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    rows = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dimension", "from_id"], name="value_mapped_once"),
            models.CheckConstraint(condition=~models.Q(from_id=models.F("to_id")), name="value_mapped_to_another"),
        ]


class MappedRows(models.Model):
    """Which stored rows hold what a mapping says instead of their own value, so that it can be taken back."""

    mapping = models.ForeignKey(ValueMapping, on_delete=models.CASCADE, related_name="chunks")
    # "contacts", "surveys", "commerce", "tags", "both"
    table = models.CharField(max_length=12)
    number = models.PositiveIntegerField()
    # [id, row_hash] of each; see `services.stand_ins`.
    ids = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mapping", "table", "number"], name="mapped_rows_once")]
