"""The cast: one person of each role, as fixtures' raw material."""

from datetime import UTC, datetime

from accounts.models import Company, Market, Person, Role, Team

THEN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"

CAST = {
    "agent": ("Sanne de Wit", Role.AGENT, "Returns team", Team.Kind.CUSTOMER_SERVICE),
    "other_agent": ("Tom Maes", Role.AGENT, "Returns team", Team.Kind.CUSTOMER_SERVICE),
    "cro_member": ("Priya Raman", Role.CRO_MEMBER, "Checkout team", Team.Kind.OPTIMISATION),
    "cro_lead": ("Daan Vermeer", Role.CRO_LEAD, "Checkout team", Team.Kind.OPTIMISATION),
    "linking_pin": ("Marijke Claes", Role.LINKING_PIN, "Customer Insights", Team.Kind.CUSTOMER_SERVICE),
    "manager": ("Ilse Bakker", Role.MANAGER, "Customer Insights", Team.Kind.CUSTOMER_SERVICE),
    "admin": ("Ada Min", Role.ADMINISTRATOR, "Platform", Team.Kind.OTHER),
    "api_client": ("Help desk", Role.API_CLIENT, "Platform", Team.Kind.OTHER),
}


def company() -> Company:
    """The company of the tests, with its two markets."""
    Market.objects.get_or_create(code="NL", defaults={"name": "Netherlands", "zone": "Europe/Amsterdam", "position": 1})
    Market.objects.get_or_create(code="BE", defaults={"name": "Belgium", "zone": "Europe/Brussels", "position": 2})
    return Company.objects.get_or_create(pk=1, defaults={"name": "Testers & Co", "set_up_at": THEN})[0]


def person(key: str) -> Person:
    """One member of the cast, made when first asked for."""
    name, role, team_name, kind = CAST[key]
    team, _ = Team.objects.get_or_create(name=team_name, defaults={"kind": kind})
    email = f"{key}@testers.example"
    found = Person.objects.filter(email=email).first()
    if found:
        return found
    made = Person(email=email, name=name, role=role, team=team, created_at=THEN)
    made.set_password(PASSWORD)
    made.save()
    return made
