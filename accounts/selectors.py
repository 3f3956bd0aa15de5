"""Questions about people and the company."""

from datetime import date, timedelta
from functools import cached_property

from accounts.models import Company, Market


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
    """All markets in their order."""
    return list(Market.objects.all())


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
    return sum(
        str((start + timedelta(days=offset)).isoweekday()) in working_days
        for offset in range(1, span + 1)
    )
