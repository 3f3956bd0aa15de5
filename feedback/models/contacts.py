"""Contacts: narrow rows for counting, the customer's words beside them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models.imports import Import, Source


class DimensionValue(models.Model):
    """A value of a dimension as it arrived: a channel, stage, page, language …

    Rows hold small integers. A value never seen before becomes a row here and is not lost.
    """

    class Dimension(models.TextChoices):
        """Which dimension a value belongs to."""

        CHANNEL = "channel", _("Channel")
        STAGE = "stage", _("Stage")
        LOCATION = "location", _("Location")
        PAGE = "page", _("Page")
        LANGUAGE = "language", _("Language")
        TEAM = "team", _("Team")
        PRODUCT = "product", _("Product")
        DEPARTMENT = "department", _("Department")
        DEVICE = "device", _("Device")

    dimension = models.CharField(max_length=12, choices=Dimension)
    code = models.CharField(max_length=120)
    label = models.CharField(max_length=120)
    # When a person said what it is; until then it is counted as it came and listed as unmapped.
    accepted_at = models.DateTimeField(null=True, blank=True)
    # The value it means, by a person's word: rows that say this are stored as saying that.
    mapped_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Which source said it first.
    found_in = models.ForeignKey(Source, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["dimension", "label"]
        constraints = [models.UniqueConstraint(fields=["dimension", "code"], name="dimension_value_once")]

    def __str__(self) -> str:
        return self.label


class ContactReason(models.Model):
    """A node of the tree of contact reasons. It grows from what arrives."""

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(max_length=120)
    # Names from the root down, joined by " > ".
    path = models.CharField(max_length=500, unique=True)
    depth = models.PositiveSmallIntegerField(default=0)
    # As with dimension values: when a person said what it is, what it means, who said it first.
    accepted_at = models.DateTimeField(null=True, blank=True)
    mapped_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    found_in = models.ForeignKey(Source, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # The theme that counts contacts with this reason.
    theme = models.ForeignKey(
        "feedback.Theme", null=True, blank=True, on_delete=models.SET_NULL, related_name="reasons"
    )

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return self.path


def _dimension() -> models.ForeignKey[DimensionValue | None]:
    """A nullable small reference to a dimension value, without an index (each costs 4 µs a row)."""
    return models.ForeignKey(
        DimensionValue,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        # Checked once a chunk by the writer, not once a row by the database: decision 0015.
        db_constraint=False,
    )


class Contact(models.Model):
    """One conversation that a customer began. Null means not known, never zero."""

    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, related_name="contacts", db_index=False, db_constraint=False
    )
    external_id = models.CharField(max_length=120)
    occurred_at = models.DateTimeField()
    # The day in the market's zone, computed once; every metric belongs to it.
    local_day = models.DateField()
    market = models.ForeignKey(
        "accounts.Market",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    channel = _dimension()
    stage = _dimension()
    location = _dimension()
    page = _dimension()
    language = _dimension()
    team = _dimension()
    product = _dimension()
    # Keyed hashes: the same customer is recognised, nobody is named.
    customer_ref = models.CharField(max_length=32, blank=True)
    order_ref = models.CharField(max_length=32, blank=True)
    agent_ref = models.CharField(max_length=32, blank=True)
    handle_seconds = models.FloatField(null=True, blank=True)
    wait_seconds = models.FloatField(null=True, blank=True)
    abandoned = models.BooleanField(null=True, blank=True)
    first_response_seconds = models.FloatField(null=True, blank=True)
    # Sum and sum of squares over customer turns, and how many turns were answered.
    reply_seconds = models.FloatField(null=True, blank=True)
    reply_squares = models.FloatField(null=True, blank=True)
    reply_count = models.PositiveSmallIntegerField(default=0)
    resolved_first_contact = models.BooleanField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    is_complaint = models.BooleanField(default=False)
    experiment = models.CharField(max_length=40, blank=True)
    variant = models.CharField(max_length=40, blank=True)
    # Of the normalised row: an equal hash is an unchanged row.
    row_hash = models.CharField(max_length=32)
    imported = models.ForeignKey(
        Import, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        constraints = [
            # Everything imported twice is stored once.
            models.UniqueConstraint(fields=["source", "external_id"], name="contact_once"),
            models.CheckConstraint(
                condition=models.Q(handle_seconds__isnull=True) | models.Q(handle_seconds__gte=0),
                name="contact_handle_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(wait_seconds__isnull=True) | models.Q(wait_seconds__gte=0),
                name="contact_wait_positive",
            ),
        ]
        indexes = [
            # Recounting a day; the contacts page, newest first, with keyset pages.
            models.Index(fields=["local_day", "id"], name="contact_day"),
        ]


class ContactText(models.Model):
    """The customer's words, personal data removed before they were stored."""

    contact = models.OneToOneField(
        Contact, primary_key=True, on_delete=models.CASCADE, related_name="words", db_constraint=False
    )
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    redactions = models.PositiveSmallIntegerField(default=0)
    rules_version = models.PositiveSmallIntegerField(default=1)


class ReasonTag(models.Model):
    """A contact has this reason."""

    pk = models.CompositePrimaryKey("contact", "reason")
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="reason_tags", db_index=False, db_constraint=False
    )
    reason = models.ForeignKey(
        ContactReason, on_delete=models.PROTECT, related_name="tags", db_index=False, db_constraint=False
    )

    class Meta:
        # The contacts of a reason; the key serves the reasons of a contact.
        indexes = [models.Index(fields=["reason", "contact"], name="reason_tag_contacts")]


class ContactTheme(models.Model):
    """A contact belongs to a theme: by its reason, or by its text where it has none."""

    class Origin(models.TextChoices):
        """How the theme was found."""

        REASON = "reason", _("by its reason")
        TEXT = "text", _("by its text")
        PERSON = "person", _("by a person")

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="theme_links")
    theme = models.ForeignKey("feedback.Theme", on_delete=models.CASCADE, related_name="contact_links", db_index=False)
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.REASON)
    confidence = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [
            # Also the index for "the contacts of this theme".
            models.UniqueConstraint(fields=["theme", "contact"], name="contact_theme_once")
        ]
