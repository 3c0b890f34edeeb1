"""The desk's tables. Amounts are micro-units; people appear as party references only."""

from __future__ import annotations

from django.db import models

UPDATABLE = {"Turn": ("taken",), "Counter": ("last",), "DeskDay": ("closed_at",)}
DELETABLE: tuple[str, ...] = ()

KINDS = ("top_up", "refund", "share_payment")
RAILS = ("cash", "bank")


class Turn(models.Model):
    """The queue of one party's money at the desk: its row lock makes sums over the last day true."""

    party = models.UUIDField(primary_key=True)
    taken = models.PositiveIntegerField(default=0)


class Counter(models.Model):
    """The last receipt number given out; gapless like member numbers."""

    name = models.CharField(primary_key=True, max_length=20)
    last = models.PositiveIntegerField()


class DeskDay(models.Model):
    """A day at the cash desk: opened with counted cash. One is open per currency at a time."""

    currency = models.CharField(max_length=3)
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField()
    counted = models.BigIntegerField()
    expected = models.BigIntegerField()
    posting = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["currency"], condition=models.Q(closed_at__isnull=True), name="payments_one_open_desk_day"
            ),
            models.CheckConstraint(condition=models.Q(counted__gte=0), name="payments_float_not_negative"),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | models.Q(closed_at__gte=models.F("opened_at")),
                name="payments_desk_day_forward_in_time",
            ),
        ]


class DeskCount(models.Model):
    """The count with which a desk day was closed; the difference is a posting of its own."""

    day = models.OneToOneField(DeskDay, on_delete=models.DO_NOTHING, primary_key=True, related_name="count")
    at = models.DateTimeField()
    by = models.UUIDField()
    counted = models.BigIntegerField()
    expected = models.BigIntegerField()
    posting = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(counted__gte=0), name="payments_count_not_negative")]


class Approval(models.Model):
    """A movement that needs a second person: who proposed it, for whom, how much."""

    kind = models.CharField(max_length=20)
    party = models.UUIDField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    rail = models.CharField(max_length=8)
    maker = models.UUIDField()
    proposed_at = models.DateTimeField()
    why = models.CharField(max_length=30)
    reference_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payments_approval_above_zero"),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="payments_approval_kind"),
            models.CheckConstraint(condition=models.Q(rail__in=RAILS), name="payments_approval_rail"),
        ]


class ApprovalDecision(models.Model):
    """What the second person said. One decision per approval: of two at once the database lets one through."""

    approval = models.OneToOneField(Approval, on_delete=models.DO_NOTHING, primary_key=True, related_name="decision")
    approved = models.BooleanField()
    checker = models.UUIDField()
    at = models.DateTimeField()
    reason_code = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved=True) | ~models.Q(reason_code=""), name="payments_rejection_has_a_reason"
            ),
        ]


class DeskMovement(models.Model):
    """Money that came in or went out at the desk, with its receipt number and the ledger's posting."""

    receipt = models.PositiveIntegerField(primary_key=True)
    kind = models.CharField(max_length=20)
    party = models.UUIDField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    rail = models.CharField(max_length=8)
    day = models.ForeignKey(DeskDay, on_delete=models.DO_NOTHING, null=True, related_name="movements")
    maker = models.UUIDField()
    approval = models.OneToOneField(Approval, on_delete=models.DO_NOTHING, null=True, related_name="movement")
    posting = models.BigIntegerField()
    happened_at = models.DateTimeField()
    reference_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payments_movement_above_zero"),
            models.CheckConstraint(condition=models.Q(receipt__gt=0), name="payments_receipt_starts_at_one"),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="payments_movement_kind"),
            models.CheckConstraint(condition=models.Q(rail__in=RAILS), name="payments_movement_rail"),
            models.CheckConstraint(
                condition=~models.Q(rail="cash") | models.Q(day__isnull=False), name="payments_cash_needs_a_desk_day"
            ),
            models.UniqueConstraint(fields=["posting"], name="payments_one_receipt_per_posting"),
        ]
        indexes = [models.Index(fields=["party", "kind", "happened_at"], name="payments_movements_of")]


class CoverCheck(models.Model):
    """A check that the money held for people covers what is owed to them, at a moment."""

    at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    owed = models.BigIntegerField()
    cash = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["currency", "-at"], name="payments_latest_cover")]
