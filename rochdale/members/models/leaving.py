"""How a membership ends: the notice given, what became of it, and the end itself. Rows are only added."""

from __future__ import annotations

from django.db import models

from .members import Member

END_REASONS = ("resigned", "excluded", "died", "dissolved", "class_ended")


class LeavingNotice(models.Model):
    """A member says that they leave. `ends_at` is the first moment after the last day, in the co-op's time zone."""

    member = models.ForeignKey(Member, on_delete=models.DO_NOTHING, related_name="leaving_notices")
    turn = models.PositiveSmallIntegerField()
    given_at = models.DateTimeField()
    last_on = models.DateField()
    ends_at = models.DateTimeField()
    bylaws_version = models.PositiveIntegerField(null=True)
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "turn"], name="members_leaving_notice_once"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("given_at")), name="members_leaving_notice_ahead"),
            models.CheckConstraint(condition=~models.Q(act=""), name="members_leaving_notice_has_act"),
        ]


class LeavingStep(models.Model):
    """What became of a notice: it was withdrawn or the membership ended. Of the two the database lets one through."""

    STATES = ("withdrawn", "ended")

    notice = models.OneToOneField(LeavingNotice, on_delete=models.DO_NOTHING, primary_key=True, related_name="outcome")
    state = models.CharField(max_length=12)
    at = models.DateTimeField()
    by_party = models.UUIDField(null=True)
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=("withdrawn", "ended")), name="members_leaving_step_known"),
            models.CheckConstraint(condition=~models.Q(act=""), name="members_leaving_step_has_act"),
        ]


class MembershipEnd(models.Model):
    """A membership ended: from when that counts, when we wrote it, and why. The member's row and number stay."""

    member = models.OneToOneField(Member, on_delete=models.DO_NOTHING, primary_key=True, related_name="ending")
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    reason = models.CharField(max_length=12)
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(reason__in=END_REASONS), name="members_end_reason_known"),
            models.CheckConstraint(
                condition=models.Q(recorded_at__gte=models.F("effective_at")), name="members_end_is_not_ahead"
            ),
            models.CheckConstraint(condition=~models.Q(act=""), name="members_end_has_act"),
        ]
        indexes = [models.Index(fields=["effective_at"], name="members_ends_by_moment")]
