"""Who is here: company, market, team, person, invitation, API token, audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person comes to do; `accounts.permissions` says what each may do."""

    AGENT = "agent", _("Agent")
    CRO_MEMBER = "cro_member", _("CRO member")
    CRO_LEAD = "cro_lead", _("CRO lead")
    LINKING_PIN = "linking_pin", _("Linking pin")
    MANAGER = "manager", _("Manager")
    ADMINISTRATOR = "administrator", _("Administrator")
    API_CLIENT = "api_client", _("API client")


class Company(models.Model):
    """The one company of this installation (row 1)."""

    name = models.CharField(max_length=120)
    handling_minute_cents = models.PositiveIntegerField(default=62)
    currency = models.CharField(max_length=3, default="EUR")
    # ISO weekdays on which the teams work, such as "12345".
    working_days = models.CharField(max_length=7, default="12345")
    answer_within_days = models.PositiveSmallIntegerField(default=5)
    # Customers' words older than this are deleted; empty keeps them.
    retention_months = models.PositiveSmallIntegerField(null=True, blank=True)
    # Regular expressions of the shop's own order and tracking numbers, one a line.
    order_patterns = models.TextField(blank=True)
    is_demo = models.BooleanField(default=False)
    set_up_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="company_is_one")]

    def __str__(self) -> str:
        return self.name


class Market(models.Model):
    """A country or shop: a day is a day of its zone, money is of its currency."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=80)
    zone = models.CharField(max_length=64, default="Europe/Amsterdam")
    currency = models.CharField(max_length=3, default="EUR")
    position = models.PositiveSmallIntegerField(default=0)
    # An import found it and nobody has said what it is yet.
    is_found = models.BooleanField(default=False)
    # The market it means, by a person's word.
    mapped_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def tzinfo(self) -> ZoneInfo:
        """The market's time zone."""
        return ZoneInfo(self.zone)


class Team(models.Model):
    """People who work together; its kind places it on one side of the loop."""

    class Kind(models.TextChoices):
        """Which side of the loop a team stands on."""

        CUSTOMER_SERVICE = "cs", _("Customer service")
        OPTIMISATION = "cro", _("Conversion optimisation")
        OTHER = "other", _("Another department")

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.CUSTOMER_SERVICE)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    """Finds people by e-mail, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person with this e-mail address."""
        return self.get(email__iexact=username or "")


class Person(AbstractBaseUser):
    """Someone (or some program) who signs in."""

    class Theme(models.TextChoices):
        """Light, dark, or as the device says."""

        SYSTEM = "system", _("As my device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=16, choices=Role, default=Role.AGENT)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="people")
    language = models.CharField(max_length=5, default="en")
    time_zone = models.CharField(max_length=64, default="Europe/Amsterdam")
    theme = models.CharField(max_length=8, choices=Theme, default=Theme.SYSTEM)
    single_key_shortcuts = models.BooleanField(default=True)
    # People are thanked by name only when they agreed to it.
    may_be_named = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_any_case")]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        """First letters of the first and the last word of the name."""
        words = [word for word in self.name.split() if word[:1].isalpha()]
        return "".join(word[0].upper() for word in [*words[:1], *words[1:][-1:]]) or "?"

    @property
    def first_name(self) -> str:
        """The word a colleague would use."""
        return self.name.split(" ")[0]

    @property
    def side(self) -> str:
        """Which side of the loop: "cs", "cro" or "other"; from the team, else from the role."""
        if self.team_id and self.team:
            return self.team.kind
        return "cro" if self.role in {Role.CRO_LEAD, Role.CRO_MEMBER} else "cs"


class Invitation(models.Model):
    """A link that may be used once: to join, or to choose a new password, or to set up."""

    class Purpose(models.TextChoices):
        """What the link is for."""

        JOIN = "join", _("Invitation")
        PASSWORD = "password", _("New password")
        SET_UP = "set_up", _("First set-up")

    purpose = models.CharField(max_length=8, choices=Purpose)
    digest = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=16, choices=Role, blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="invitations")
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="invitations_sent")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.email}"

    def is_open(self, now: datetime) -> bool:
        """May the link still be used?"""
        return self.used_at is None and now < self.expires_at


class ApiToken(models.Model):
    """A program's key. Only its digest is kept; the token itself is shown once."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class AuditEntry(models.Model):
    """One write, by whom. The database refuses to change or delete it (see the migrations)."""

    at = models.DateTimeField()
    actor = models.ForeignKey(Person, null=True, blank=True, on_delete=models.DO_NOTHING, related_name="+")
    actor_name = models.CharField(max_length=120)
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60, blank=True)
    object_name = models.CharField(max_length=200, blank=True)
    # Counts and short facts; never a customer's words.
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            # The audit page, newest first.
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            # "What happened to this thing?"
            models.Index(fields=["object_kind", "object_id"], name="audit_object"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.action} {self.object_kind} {self.object_name}"
