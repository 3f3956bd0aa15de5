"""From the fields of a row to values in the units of the database. Pure: no Django, no clock, no network."""

from feedback.normalise.circumstances import Circumstances
from feedback.normalise.problem import Problem

__all__ = ["Circumstances", "Problem"]
