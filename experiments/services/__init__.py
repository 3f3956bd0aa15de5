"""The verbs of this floor: every write to experiments, results, releases and outcomes."""

from experiments.services.outcomes import measure, measure_due
from experiments.services.releases import announce, release
from experiments.services.tests import Arm, Refusal, decide, edit, make, start
from experiments.services.totals import Row, enter_results

__all__ = [
    "Arm",
    "Refusal",
    "Row",
    "announce",
    "decide",
    "edit",
    "enter_results",
    "make",
    "measure",
    "measure_due",
    "release",
    "start",
]
