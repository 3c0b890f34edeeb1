"""Applications for membership and what became of them, step by step."""

from __future__ import annotations

from django.db import models

from .parties import Party


class Application(models.Model):
    """A party's wish to enter a class. What became of it stands in its events."""

    party = models.ForeignKey(Party, on_delete=models.DO_NOTHING, related_name="applications")
    class_code = models.CharField(max_length=30)
    applied_at = models.DateTimeField()
    bylaws_version = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["party", "class_code"], name="members_application_of")]


class ApplicationEvent(models.Model):
    """One step of an application. Each step happens at most once: the database holds the races."""

    STEPS = {"applied": 1, "admitted": 2, "refused": 2, "appealed": 3, "appeal_upheld": 4, "appeal_rejected": 4}

    application = models.ForeignKey(Application, on_delete=models.DO_NOTHING, related_name="events")
    step = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=20)
    at = models.DateTimeField()
    by_party = models.UUIDField(null=True)
    act = models.CharField(max_length=120)
    reason_code = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "step"], name="members_application_step_once"),
            models.CheckConstraint(
                condition=models.Q(step=1, state="applied")
                | models.Q(step=2, state__in=("admitted", "refused"))
                | models.Q(step=3, state="appealed")
                | models.Q(step=4, state__in=("appeal_upheld", "appeal_rejected")),
                name="members_application_step_fits_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("refused", "appeal_rejected")) | ~models.Q(reason_code=""),
                name="members_refusal_has_a_reason",
            ),
            models.CheckConstraint(condition=~models.Q(act=""), name="members_application_event_has_act"),
        ]
