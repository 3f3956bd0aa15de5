"""Questions about people and the company."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property

from django.db.models import Count, Q

from accounts import keys
from accounts.matrix import SCOPES
from accounts.models import ApiToken, AuditEntry, Company, Invitation, Market, Person, Role, Team
from accounts.paging import Page
from accounts.paging import page as keyset_page

PEOPLE_PER_PAGE = 50
ENTRIES_PER_PAGE = 50
EXPIRY_WARNING = timedelta(days=14)


def company() -> Company | None:
    """The company, or None before set-up."""
    return Company.objects.first()


class LazyCompany:
    """The company for templates: no query unless a page shows it."""

    @cached_property
    def _row(self) -> Company | None:
        return company()

    @property
    def name(self) -> str:
        """Its name, or nothing before set-up."""
        return self._row.name if self._row else ""

    @property
    def is_demo(self) -> bool:
        """Is this the demo company?"""
        return bool(self._row and self._row.is_demo)

    @property
    def currency(self) -> str:
        """The currency in which handling time is counted."""
        return self._row.currency if self._row else "EUR"


def markets() -> list[Market]:
    """All markets in their order, without those that mean another."""
    return list(Market.objects.filter(mapped_to=None))


def market_zone() -> tzinfo:
    """The zone of the company's first market (UTC without one)."""
    market = Market.objects.first()
    return market.tzinfo if market else UTC


def market_day(now: datetime) -> date:
    """Today in the market's zone."""
    return now.astimezone(market_zone()).date()


def add_working_days(start: date, days: int, working_days: str) -> date:
    """The date that lies `days` working days after `start`; `working_days` are ISO digits ("12345")."""
    current, left = start, days
    while left > 0:
        current += timedelta(days=1)
        if str(current.isoweekday()) in working_days:
            left -= 1
    return current


def working_days_between(start: date, end: date, working_days: str) -> int:
    """How many working days lie after `start`, up to and including `end`."""
    span = max(0, (end - start).days)
    return sum(str((start + timedelta(days=offset)).isoweekday()) in working_days for offset in range(1, span + 1))


@dataclass(frozen=True)
class PeoplePage:
    """Some of the people, and how many there are of which role."""

    page: Page[Person]
    found: int
    total: int
    by_role: list[tuple[str, int]]


def people_page(*, search: str = "", role: str = "", team: str = "", after: str = "", before: str = "") -> PeoplePage:
    """People by name, those of closed accounts too; programs are with their tokens.

    `search` is part of a name or an e-mail address, `role` a role, `team` the key of a team; "" for all.
    """
    everybody = Person.objects.exclude(role=Role.API_CLIENT)
    some = everybody.select_related("team")
    if search:
        some = some.filter(Q(name__icontains=search) | Q(email__icontains=search))
    if role:
        some = some.filter(role=role)
    if team.isdecimal():
        some = some.filter(team=int(team))
    counts = dict(everybody.filter(is_active=True).order_by().values_list("role").annotate(n=Count("pk")))
    return PeoplePage(
        page=keyset_page(some, by="name", descending=False, size=PEOPLE_PER_PAGE, after=after, before=before),
        found=some.count(),
        total=sum(counts.values()),
        by_role=[(str(kind.label), counts[kind]) for kind in Role if kind in counts],
    )


@dataclass(frozen=True)
class TokenRow:
    """One API token as the settings show it."""

    token: ApiToken
    may: list[str]
    state: str  # "open", "soon" (expires within two weeks), "expired" or "revoked"


def tokens(now: datetime) -> list[TokenRow]:
    """All tokens: those that work first, newest first."""
    rows = [
        TokenRow(token, [str(SCOPES[scope]) for scope in token.scopes if scope in SCOPES], _state(token, now))
        for token in ApiToken.objects.select_related("created_by", "person").order_by("-created_at", "-pk")
    ]
    return sorted(rows, key=lambda row: row.state in {"expired", "revoked"})


def _state(token: ApiToken, now: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at is None or token.expires_at - now > EXPIRY_WARNING:
        return "open"
    return "soon" if token.expires_at > now else "expired"


def open_invitations(now: datetime) -> list[Invitation]:
    """Invitations to join that were not used and can still be, newest first."""
    waiting = Invitation.objects.filter(purpose=Invitation.Purpose.JOIN, used_at=None, expires_at__gt=now)
    return list(waiting.select_related("team", "created_by").order_by("-created_at", "-pk"))


def open_link(secret: str, purpose: str, now: datetime) -> Invitation | None:
    """The link with this secret and purpose, while it may be used."""
    link = (
        Invitation.objects.select_related("person", "team").filter(digest=keys.digest(secret), purpose=purpose).first()
    )
    return link if link is not None and link.is_open(now) else None


def teams() -> list[Team]:
    """All teams by name, each with `members`: how many open accounts it has."""
    return list(Team.objects.annotate(members=Count("people", filter=Q(people__is_active=True))))


def audit_page(
    *, person: str = "", kind: str = "", key: str = "", after: str = "", before: str = ""
) -> Page[AuditEntry]:
    """The audit trail, newest first: of one person, of one kind of thing, of one thing; "" for all."""
    entries = AuditEntry.objects.select_related("actor__team")
    if person.isdecimal():
        entries = entries.filter(actor=int(person))
    if kind:
        entries = entries.filter(object_kind=kind)
    if key:
        entries = entries.filter(object_id=key)
    return keyset_page(entries, by="at", descending=True, size=ENTRIES_PER_PAGE, after=after, before=before)
