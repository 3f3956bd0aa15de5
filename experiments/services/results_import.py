"""Experiment results as files: registered with the imports of the floor below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy

from experiments import normalise
from experiments.models import Experiment, Result, Status
from experiments.normalise import Known, ResultRow
from experiments.services.totals import Row, enter_results
from feedback import kinds, rejections
from feedback.models import Import
from feedback.normalise import Circumstances
from feedback.references import References

SENTENCES = {
    "experiment_unknown": gettext_lazy("There is no experiment with this key, such as EXP-45."),
    "variant_unknown": gettext_lazy("This test has no such variant; it has %(keys)s."),
    "conversions_above_visitors": gettext_lazy("There are more conversions than visitors."),
    "count_missing": gettext_lazy("The number is missing."),
    "experiment_not_running": gettext_lazy(
        "This test is not running, so its results stay as they are; this row says something else."
    ),
    "outside_test": gettext_lazy("The test ran from %(first)s to %(last)s; this day is not one of its days."),
}


def register() -> None:
    """Make results known to the import; once, when the app starts."""
    rejections.add(SENTENCES)
    kinds.register(kinds.Kind("results", normalise.COLUMNS, normalise.REQUIRED, normaliser, ResultWriter))


def normaliser(around: Circumstances) -> Callable[[Mapping[str, str]], ResultRow]:
    """Rows checked against the experiments as they are when the file is read."""
    known: dict[int, Known | None] = {}

    def find(number: int) -> Known | None:
        if number not in known:
            known[number] = _known(number, around.references)
        return known[number]

    return normalise.normaliser(around, find)


def _known(number: int, references: References) -> Known | None:
    experiment = Experiment.objects.prefetch_related("variants").filter(number=number).first()
    if experiment is None:
        return None
    running = experiment.status == Status.RUNNING
    return Known(
        number=number,
        variants=tuple(variant.key for variant in experiment.variants.all()),
        running=running,
        starts_on=experiment.starts_on,
        ends_on=experiment.ends_on,
        stored={} if running else _hashes([number], references),
    )


def _hashes(numbers: Iterable[int], references: References) -> dict[str, str]:
    """Row hashes of the stored results of these experiments by external id."""
    rows = Result.objects.filter(variant__experiment__number__in=numbers).values_list(
        "variant__experiment__number", "variant__key", "day", "visitors", "conversions",
        "revenue_sum", "revenue_sumsq", "contacts",
    )  # fmt: skip
    return {normalise.external_id(*row[:3]): references.row(row) for row in rows}


class ResultWriter:
    """A `feedback.kinds.Writer` for results."""

    def __init__(self, imported: Import) -> None:
        self._imported = imported
        self._references = References(settings.CUSTOMER_KEY)

    def known(self, external_ids: Sequence[str]) -> dict[str, str]:
        """Row hashes of the arms' days that exist."""
        numbers = {int(key.split("|", 1)[0].removeprefix("EXP-")) for key in external_ids}
        stored = _hashes(numbers, self._references)
        return {key: stored[key] for key in external_ids if key in stored}

    def prepare(self, rows: Sequence[ResultRow]) -> int:
        """Counts hold no words."""
        return 0

    def write(self, new: Sequence[ResultRow], changed: Sequence[ResultRow]) -> None:
        """Store the rows, experiment by experiment; one that was decided meanwhile stops the import."""
        by_experiment: dict[int, list[Row]] = {}
        for row in [*new, *changed]:
            by_experiment.setdefault(row.experiment, []).append(Row(*row[3:]))
        for experiment in Experiment.objects.filter(number__in=by_experiment).order_by("number"):
            enter_results(experiment=experiment, rows=by_experiment[experiment.number], actor=None, now=timezone.now())
