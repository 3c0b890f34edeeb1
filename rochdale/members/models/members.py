"""Members: numbers, classes, from when membership counts."""

from __future__ import annotations

from django.db import models

from .applications import Application
from .parties import Party


class Counter(models.Model):
    """The last number given out. Its row lock makes numbers gapless: a rolled-back admission gives its number back."""

    name = models.CharField(primary_key=True, max_length=20)
    last = models.PositiveIntegerField()


class MemberClass(models.Model):
    """A class of members, as the founding or a later resolution defined it."""

    code = models.CharField(primary_key=True, max_length=30)
    title = models.CharField(max_length=80)
    explanation = models.TextField(blank=True)
    votes = models.BooleanField()
    defined_at = models.DateTimeField()
    act = models.CharField(max_length=120)


class Member(models.Model):
    """A party that was admitted. The number is given once and never to anybody else; who comes back gets a new one."""

    number = models.PositiveIntegerField(primary_key=True)
    party = models.ForeignKey(Party, on_delete=models.DO_NOTHING, related_name="memberships")
    admitted_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    application = models.ForeignKey(Application, on_delete=models.DO_NOTHING, null=True, related_name="+")
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gt=0), name="members_number_starts_at_one"),
            models.CheckConstraint(condition=~models.Q(act=""), name="members_admission_has_act"),
        ]


class MembershipStart(models.Model):
    """From when a membership counts, and by which of the bylaws' rules."""

    member = models.OneToOneField(Member, on_delete=models.DO_NOTHING, primary_key=True, related_name="start")
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    rule = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["effective_at"], name="members_start_effective")]


class ClassMembership(models.Model):
    """A member's place in a class, from one moment to another. One member may have several."""

    member = models.ForeignKey(Member, on_delete=models.DO_NOTHING, related_name="classes")
    class_code = models.ForeignKey(MemberClass, on_delete=models.DO_NOTHING, db_column="class_code", related_name="+")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "class_code"], condition=models.Q(until_at__isnull=True), name="members_in_a_class_once"
            ),
            models.CheckConstraint(
                condition=models.Q(until_at__isnull=True) | models.Q(until_at__gte=models.F("from_at")),
                name="members_in_class_forward_in_time",
            ),
            models.CheckConstraint(condition=~models.Q(act=""), name="members_class_has_act"),
        ]


class ClassEnd(models.Model):
    """A member's place in a class ended. Sealed; `ClassMembership.until_at` only repeats it (check ML4)."""

    membership = models.OneToOneField(ClassMembership, on_delete=models.DO_NOTHING, primary_key=True, related_name="ending")
    until_at = models.DateTimeField()
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(act=""), name="members_class_end_has_act")]
