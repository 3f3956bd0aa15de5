"""How often tests won, as the floor below scores ideas by it."""

from __future__ import annotations

from django.db.models import Count, Q

from experiments.models import Decision, Experiment
from hypotheses.track_record import Record, TrackRecord

# A test that was stopped or not valid says nothing about the idea.
SAYS_SOMETHING = (Decision.WON, Decision.LOST, Decision.INCONCLUSIVE)


def decided() -> TrackRecord:
    """Winners and decided experiments by source of the idea and stage of its theme; one query."""
    rows = Experiment.objects.filter(decision__in=SAYS_SOMETHING).order_by()
    counted = rows.values_list("hypothesis__source", "hypothesis__theme__stage").annotate(
        wins=Count("pk", filter=Q(decision=Decision.WON)), trials=Count("pk")
    )
    return TrackRecord({(source, stage): Record(wins, trials) for source, stage, wins, trials in counted})
