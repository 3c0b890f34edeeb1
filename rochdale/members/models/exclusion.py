"""Excluding a member with due process, step by step. What is said is sealed; rows are only added."""

from __future__ import annotations

from django.db import models

from .members import Member

OUTCOMES = ("excluded", "dismissed")


class ExclusionCase(models.Model):
    """Somebody in office says that a member should be excluded, for one of the grounds of the bylaws.

    `place` is the random name to which the texts of this case are sealed.
    """

    place = models.UUIDField()
    member = models.ForeignKey(Member, on_delete=models.DO_NOTHING, related_name="exclusion_cases")
    ground = models.CharField(max_length=40)
    facts_sealed = models.BinaryField()
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)
    hearing_days = models.PositiveSmallIntegerField()
    hearing_counting = models.CharField(max_length=30, blank=True)
    bylaws_version = models.PositiveIntegerField(null=True)
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place"], name="members_exclusion_place_once"),
            models.CheckConstraint(condition=~models.Q(act=""), name="members_exclusion_case_has_act"),
        ]


class ExclusionService(models.Model):
    """A text of a case was sent to the member, or put into their hands: what proves when they had it."""

    WHAT = ("charge", "decision", "appeal")

    case = models.ForeignKey(ExclusionCase, on_delete=models.DO_NOTHING, related_name="services")
    what = models.CharField(max_length=10)
    message = models.UUIDField(null=True)
    handed_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    by_party = models.UUIDField(null=True)
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(what__in=("charge", "decision", "appeal")), name="members_exclusion_service_known"
            ),
            models.CheckConstraint(
                condition=models.Q(message__isnull=False, handed_at__isnull=True)
                | models.Q(message__isnull=True, handed_at__isnull=False),
                name="members_exclusion_sent_or_handed",
            ),
        ]
        indexes = [models.Index(fields=["case", "what"], name="members_exclusion_services")]


class ExclusionReply(models.Model):
    """What the member said, on the page or written down by an officer."""

    case = models.ForeignKey(ExclusionCase, on_delete=models.DO_NOTHING, related_name="replies")
    at = models.DateTimeField()
    by_party = models.UUIDField(null=True)
    words_sealed = models.BinaryField()
    act = models.CharField(max_length=120)


class ExclusionVote(models.Model):
    """One officer's decision, of which two that agree are needed; `round` 1 is the case, 2 the appeal."""

    case = models.ForeignKey(ExclusionCase, on_delete=models.DO_NOTHING, related_name="votes")
    round = models.PositiveSmallIntegerField()
    by_party = models.UUIDField()
    outcome = models.CharField(max_length=12)
    reasons_sealed = models.BinaryField()
    at = models.DateTimeField()
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "round", "by_party"], name="members_exclusion_vote_once"),
            models.CheckConstraint(condition=models.Q(outcome__in=OUTCOMES), name="members_exclusion_vote_known"),
            models.CheckConstraint(condition=models.Q(round__in=(1, 2)), name="members_exclusion_vote_round"),
        ]


class ExclusionStep(models.Model):
    """A step of a case that happens once: the database holds the races.

    A case is closed at most once: withdrawn, dismissed, lifted on appeal, made final, or because the
    membership ended otherwise.
    """

    STEPS = {"decided": 1, "appealed": 2, "appeal_decided": 3, "closed": 4}
    CLOSED = ("withdrawn", "dismissed", "lifted", "final", "left")

    case = models.ForeignKey(ExclusionCase, on_delete=models.DO_NOTHING, related_name="steps")
    step = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16)
    at = models.DateTimeField()
    by_party = models.UUIDField(null=True)
    words_sealed = models.BinaryField(null=True)
    appeal_days = models.PositiveSmallIntegerField(null=True)
    appeal_counting = models.CharField(max_length=30, blank=True)
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "step"], name="members_exclusion_step_once"),
            models.CheckConstraint(
                condition=models.Q(step=1, state__in=OUTCOMES)
                | models.Q(step=2, state="appealed")
                | models.Q(step=3, state__in=("lifted", "rejected"))
                | models.Q(step=4, state__in=("withdrawn", "dismissed", "lifted", "final", "left")),
                name="members_exclusion_step_fits_state",
            ),
            models.CheckConstraint(condition=~models.Q(act=""), name="members_exclusion_step_has_act"),
        ]
