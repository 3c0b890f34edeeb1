"""Shares: classes of shares, and movements that are only ever added."""

from __future__ import annotations

from django.db import models

from .parties import Party


class ShareClass(models.Model):
    """A class of shares, as the founding or a later resolution defined it. Its price is a bylaw."""

    code = models.CharField(primary_key=True, max_length=30)
    title = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    withdrawable = models.BooleanField()
    defined_at = models.DateTimeField()
    act = models.CharField(max_length=120)


class ShareMovement(models.Model):
    """Shares were subscribed, paid for or given back. `effective_at` is when it counts, `recorded_at` when we wrote it.

    `amount` is in micro-units: for a subscription what is owed for it, for a payment what was
    paid, for a withdrawal what was paid back. The last two name the subscription they belong
    to and the ledger's posting.
    """

    party = models.ForeignKey(Party, on_delete=models.DO_NOTHING, related_name="share_movements")
    share_class = models.ForeignKey(ShareClass, on_delete=models.DO_NOTHING, db_column="share_class", related_name="+")
    kind = models.CharField(max_length=12)
    shares = models.PositiveIntegerField()
    par_value = models.BigIntegerField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    act = models.CharField(max_length=120)
    subscription = models.ForeignKey("self", on_delete=models.DO_NOTHING, null=True, related_name="followed_by")
    posting = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="members_share_amount_above_zero"),
            models.CheckConstraint(condition=models.Q(par_value__gt=0), name="members_share_par_above_zero"),
            models.CheckConstraint(condition=~models.Q(act=""), name="members_share_movement_has_act"),
            models.CheckConstraint(
                condition=models.Q(
                    kind="subscribed",
                    shares__gt=0,
                    subscription__isnull=True,
                    posting__isnull=True,
                    amount=models.F("shares") * models.F("par_value"),
                )
                | models.Q(kind="paid", shares=0, subscription__isnull=False, posting__isnull=False)
                | models.Q(
                    kind="withdrawn",
                    shares__gt=0,
                    subscription__isnull=False,
                    posting__isnull=False,
                    amount=models.F("shares") * models.F("par_value"),
                ),
                name="members_share_movement_fits_kind",
            ),
            models.UniqueConstraint(fields=["posting"], name="members_one_share_movement_a_posting"),
        ]
        indexes = [models.Index(fields=["party", "effective_at"], name="members_shares_of_a_party")]
