"""What both teams agreed: shared goals on one measured metric each."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Goal(models.Model):
    """A number that both teams sign up to: where it stood, where it must be, by when."""

    # An id of the metric registry.
    metric = models.CharField(max_length=40)
    baseline = models.FloatField()
    baseline_on = models.DateField()
    target = models.FloatField()
    due_on = models.DateField()
    cs_owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    cro_owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(due_on__gt=models.F("baseline_on")), name="goal_dates")
        ]
