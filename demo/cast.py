"""The people of De Linde. Invented, like the company."""

from dataclasses import dataclass

DOMAIN = "delinde.example"


@dataclass(frozen=True, slots=True)
class Member:
    """One person: the name before the @, full name, role, team, language."""

    login: str
    name: str
    role: str
    team: str
    language: str = "en"

    @property
    def email(self) -> str:
        """The address they sign in with."""
        return f"{self.login}@{DOMAIN}"


TEAMS = (
    ("Returns team", "cs"),
    ("Checkout team", "cs"),
    ("Delivery team", "cs"),
    ("Advice team", "cs"),
    ("Customer Insights", "cs"),
    ("Optimisation", "cro"),
    ("Platform", "other"),
)

CAST = (
    Member("sanne", "Sanne de Wit", "agent", "Returns team"),
    Member("bram", "Bram Willems", "agent", "Returns team"),
    Member("elif", "Elif Kaya", "agent", "Returns team"),
    Member("femke", "Femke Jonker", "agent", "Checkout team", "nl"),
    Member("youssef", "Youssef El Amrani", "agent", "Checkout team", "nl"),
    Member("noor", "Noor Haddad", "agent", "Checkout team"),
    Member("tom", "Tom Maes", "agent", "Delivery team", "nl"),
    Member("lotte", "Lotte Peeters", "agent", "Delivery team", "nl"),
    Member("jeroen", "Jeroen Bos", "agent", "Delivery team", "nl"),
    Member("mila", "Mila Janssen", "agent", "Advice team", "nl"),
    Member("marijke", "Marijke Claes", "linking_pin", "Customer Insights"),
    Member("ilse", "Ilse Bakker", "manager", "Customer Insights"),
    Member("daan", "Daan Vermeer", "cro_lead", "Optimisation"),
    Member("priya", "Priya Raman", "cro_member", "Optimisation"),
    Member("admin", "Hugo Smit", "administrator", "Platform"),
)

SIGN_INS = ("sanne", "daan", "priya", "marijke", "ilse", "admin")
"""Those whose sign-ins are printed when the demo starts."""
