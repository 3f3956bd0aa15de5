"""Where rows come from, and what became of each delivery."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """A system or file series that rows come from. Ids are unique within a source."""

    name = models.CharField(max_length=80, unique=True)
    market = models.ForeignKey("accounts.Market", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # For times without a zone, where no market says it.
    zone = models.CharField(max_length=64, default="Europe/Amsterdam")
    # The last mapping of each kind, offered at the next upload: {"contacts": {…}, …}.
    mappings = models.JSONField(default=dict)
    # Which of `feedback.systems` it is: it decides how its webhooks are verified and what its objects mean.
    system = models.CharField(max_length=20, default="files")
    # Its address: /hooks/<slug>/. Empty for files, which nobody sends by themselves.
    slug = models.SlugField(max_length=60, blank=True, db_index=False)
    # Since when it is paused: what it sends is kept and waits, nothing is pulled.
    paused_at = models.DateTimeField(null=True, blank=True)
    # How its objects become rows: questions of surveys, markets of brands, a field map …
    config = models.JSONField(default=dict, blank=True)
    # Secrets of its webhook, newest first, two at most while they are changed:
    # [{"id": …, "secret": encrypted, "created_at": …}].
    secrets = models.JSONField(default=list, blank=True)
    # What a connector signs in with, encrypted as one JSON object; never shown again.
    credentials = models.TextField(blank=True)
    # When the linking pin was told that it is silent; empty when data came since.
    silence_told_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["slug"], condition=~models.Q(slug=""), name="source_address_once")
        ]

    def __str__(self) -> str:
        return self.name


class Turn(models.Model):
    """How many transactions wrote rows of a source; whoever writes counts here first, and so waits for the others.

    Not a column of the source, which people save whole.
    """

    source = models.OneToOneField(Source, primary_key=True, on_delete=models.CASCADE, related_name="+")
    number = models.BigIntegerField(default=0)


class Import(models.Model):
    """One file or batch: who, what, how many rows became what. Its job does the work."""

    class Kind(models.TextChoices):
        """What the rows are."""

        CONTACTS = "contacts", _("Contacts")
        SURVEYS = "surveys", _("Survey responses")
        COMMERCE = "commerce", _("Orders and visits per day")
        RESULTS = "results", _("Experiment results")

    class Door(models.TextChoices):
        """How it came in."""

        UPLOAD = "upload", _("Upload")
        COMMAND = "command", _("Command")
        API = "api", _("API")

    class State(models.TextChoices):
        """Draft: uploaded, its mapping not yet confirmed. The rest follows the job."""

        DRAFT = "draft", _("Being mapped")
        STARTED = "started", _("Started")
        FINISHED = "finished", _("Finished")
        FAILED = "failed", _("Failed")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="imports")
    kind = models.CharField(max_length=10, choices=Kind)
    door = models.CharField(max_length=8, choices=Door)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    dry_run = models.BooleanField(default=False)
    file_name = models.CharField(max_length=200, blank=True)
    # Relative to the upload folder; empty once the file is deleted.
    path = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField(default=0)
    mapping = models.JSONField(default=dict)
    job = models.ForeignKey("outbox.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    read_count = models.BigIntegerField(default=0)
    new_count = models.BigIntegerField(default=0)
    changed_count = models.BigIntegerField(default=0)
    unchanged_count = models.BigIntegerField(default=0)
    rejected_count = models.BigIntegerField(default=0)
    redacted_count = models.BigIntegerField(default=0)
    # Every row that it wrote has an id between these two. To look for them anywhere would cost more each year.
    first_row_id = models.BigIntegerField(null=True, blank=True)
    last_row_id = models.BigIntegerField(null=True, blank=True)
    # After undoing: rows that were taken out, rows that have their former values again, rows that stay.
    removed_count = models.BigIntegerField(default=0)
    restored_count = models.BigIntegerField(default=0)
    kept_count = models.BigIntegerField(default=0)
    undone_at = models.DateTimeField(null=True, blank=True)
    undo_job = models.ForeignKey("outbox.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # When the former values of the rows it changed were thrown away: from then on it stays.
    swept_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Why the whole file was refused: a kind of `feedback.rejections` and its parameters.
    problem = models.CharField(max_length=60, blank=True)
    problem_parameters = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # The history, newest first.
            models.Index(fields=["-created_at", "-id"], name="import_newest"),
            # Were these bytes imported before?
            models.Index(fields=["sha256", "kind"], name="import_same_bytes"),
        ]


class ImportReject(models.Model):
    """A row that could not be stored: where, which value (redacted), why."""

    imported = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rejects")
    line = models.BigIntegerField()
    column = models.CharField(max_length=80, blank=True)
    value = models.CharField(max_length=200, blank=True)
    # A kind and its parameters, so that the reader gets it in their language.
    reason = models.CharField(max_length=60)
    parameters = models.JSONField(default=dict)

    class Meta:
        constraints = [
            # A resumed chunk writes its rejects again.
            models.UniqueConstraint(fields=["imported", "line"], name="reject_once")
        ]
