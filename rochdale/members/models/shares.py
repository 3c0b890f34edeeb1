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
    """Something happened to shares. `effective_at` is when it counts, `recorded_at` when we wrote it.

    A *lot* is what one row brought in: a subscription, or shares that came by transfer,
    inheritance or conversion. Every later row names its lot in `subscription`. `amount` is in
    micro-units: for shares their nominal value, for a payment what was paid; `carried` is how
    much of shares that change hands was paid. What came in names in `came_from` the row by
    which it went out. A wrong row is followed by a counter-entry of the same kind that names it
    in `corrects` and counts the other way. `evidence_sealed` is the reason and where the paper lies.
    """

    OPENING = ("subscribed", "transfer_in", "inherit_in", "convert_in")
    LEAVING = ("transfer_out", "inherit_out", "convert_out")

    party = models.ForeignKey(Party, on_delete=models.DO_NOTHING, related_name="share_movements")
    share_class = models.ForeignKey(ShareClass, on_delete=models.DO_NOTHING, db_column="share_class", related_name="+")
    kind = models.CharField(max_length=12)
    shares = models.PositiveIntegerField()
    par_value = models.BigIntegerField()
    amount = models.BigIntegerField()
    carried = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    act = models.CharField(max_length=120)
    subscription = models.ForeignKey("self", on_delete=models.DO_NOTHING, null=True, related_name="followed_by")
    came_from = models.ForeignKey("self", on_delete=models.DO_NOTHING, null=True, related_name="led_to")
    corrects = models.ForeignKey("self", on_delete=models.DO_NOTHING, null=True, related_name="corrected_by")
    posting = models.BigIntegerField(null=True)
    evidence_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="members_share_amount_above_zero"),
            models.CheckConstraint(condition=models.Q(par_value__gt=0), name="members_share_par_above_zero"),
            models.CheckConstraint(condition=~models.Q(act=""), name="members_share_movement_has_act"),
            models.CheckConstraint(
                condition=models.Q(carried__gte=0, carried__lte=models.F("amount")), name="members_share_carries_at_most_all"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="paid", shares=0, carried=0, posting__isnull=False, subscription__isnull=False)
                | models.Q(
                    kind="withdrawn",
                    shares__gt=0,
                    carried=0,
                    posting__isnull=False,
                    subscription__isnull=False,
                    amount=models.F("shares") * models.F("par_value"),
                )
                | models.Q(
                    kind="subscribed",
                    shares__gt=0,
                    carried=0,
                    posting__isnull=True,
                    came_from__isnull=True,
                    amount=models.F("shares") * models.F("par_value"),
                )
                | models.Q(
                    kind__in=("transfer_out", "inherit_out", "convert_out"),
                    shares__gt=0,
                    posting__isnull=True,
                    subscription__isnull=False,
                    amount=models.F("shares") * models.F("par_value"),
                )
                | models.Q(
                    kind__in=("transfer_in", "inherit_in", "convert_in"),
                    shares__gt=0,
                    posting__isnull=True,
                    came_from__isnull=False,
                    amount=models.F("shares") * models.F("par_value"),
                ),
                name="members_share_row_fits_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(corrects__isnull=False, subscription__isnull=False)
                | models.Q(
                    corrects__isnull=True,
                    subscription__isnull=True,
                    kind__in=("subscribed", "transfer_in", "inherit_in", "convert_in"),
                )
                | models.Q(
                    corrects__isnull=True,
                    subscription__isnull=False,
                    kind__in=("paid", "withdrawn", "transfer_out", "inherit_out", "convert_out"),
                ),
                name="members_share_row_has_its_lot",
            ),
            models.UniqueConstraint(fields=["posting"], name="members_one_share_movement_a_posting"),
            models.UniqueConstraint(fields=["corrects"], name="members_share_row_corrected_once"),
            models.UniqueConstraint(
                fields=["came_from"], condition=models.Q(corrects__isnull=True), name="members_share_row_leads_to_one"
            ),
        ]
        indexes = [
            models.Index(fields=["party", "effective_at"], name="members_shares_of_a_party"),
            models.Index(fields=["recorded_at"], name="members_shares_by_record"),
        ]


class ShareRequest(models.Model):
    """A wish about shares that somebody else decides or that waits its turn: transfer, inheritance, buy-back."""

    KINDS = ("transfer", "inheritance", "buy_back")

    kind = models.CharField(max_length=12)
    party = models.ForeignKey(Party, on_delete=models.DO_NOTHING, related_name="share_requests")
    receiver = models.ForeignKey(Party, on_delete=models.DO_NOTHING, null=True, related_name="+")
    share_class = models.ForeignKey(ShareClass, on_delete=models.DO_NOTHING, db_column="share_class", related_name="+")
    shares = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    act = models.CharField(max_length=120)
    bylaws_version = models.PositiveIntegerField(null=True)
    evidence_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=("transfer", "inheritance"), receiver__isnull=False)
                | models.Q(kind="buy_back", receiver__isnull=True),
                name="members_share_request_kind",
            ),
            models.CheckConstraint(condition=models.Q(shares__gt=0), name="members_share_request_of_some"),
            models.CheckConstraint(condition=~models.Q(act=""), name="members_share_request_has_act"),
        ]
        indexes = [models.Index(fields=["kind", "asked_at", "id"], name="members_share_requests_in_turn")]


class ShareRequestEnd(models.Model):
    """What became of a wish about shares; once, whoever tries at the same time."""

    request = models.OneToOneField(ShareRequest, on_delete=models.DO_NOTHING, primary_key=True, related_name="end")
    state = models.CharField(max_length=10)
    at = models.DateTimeField()
    by_party = models.UUIDField(null=True)
    act = models.CharField(max_length=120)
    reason_code = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=("done", "taken_back")) | (models.Q(state="refused") & ~models.Q(reason_code="")),
                name="members_share_request_end_state",
            ),
            models.CheckConstraint(condition=~models.Q(act=""), name="members_share_request_end_act"),
        ]


class BuyBackRound(models.Model):
    """A payment to the front of the buy-back queue, as one person prepared it: at most `budget` micro-units."""

    number = models.PositiveIntegerField(primary_key=True)
    currency = models.CharField(max_length=3)
    budget = models.BigIntegerField()
    prepared_at = models.DateTimeField()
    prepared_by = models.UUIDField(null=True)
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(budget__gt=0), name="members_buy_back_round_budget"),
            models.CheckConstraint(condition=~models.Q(act=""), name="members_buy_back_round_has_act"),
        ]


class BuyBackRoundEnd(models.Model):
    """A second person released a round, or somebody dropped it; once."""

    round = models.OneToOneField(BuyBackRound, on_delete=models.DO_NOTHING, primary_key=True, related_name="end")
    state = models.CharField(max_length=10)
    paid = models.BigIntegerField()
    at = models.DateTimeField()
    by_party = models.UUIDField(null=True)
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="released", paid__gte=0) | models.Q(state="dropped", paid=0),
                name="members_buy_back_round_end_state",
            ),
        ]


class BuyBackPart(models.Model):
    """Shares of a request that a round paid back: the movement that took them off the register."""

    round = models.ForeignKey(BuyBackRound, on_delete=models.DO_NOTHING, null=True, related_name="parts")
    request = models.ForeignKey(ShareRequest, on_delete=models.DO_NOTHING, related_name="parts")
    movement = models.OneToOneField(ShareMovement, on_delete=models.DO_NOTHING, related_name="+")
    shares = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(shares__gt=0), name="members_buy_back_part_of_some")]


class TransferAgreement(models.Model):
    """Whoever is to get shares by a transfer agreed to take them; before that nobody decides about it."""

    request = models.OneToOneField(ShareRequest, on_delete=models.DO_NOTHING, primary_key=True, related_name="agreement")
    at = models.DateTimeField()
    by_party = models.UUIDField(null=True)
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(act=""), name="members_transfer_agreement_act")]


class RefundCut(models.Model):
    """A part of what a leaver asked back is kept, because they left without a reason the bylaws accept: percent times 100."""

    request = models.OneToOneField(ShareRequest, on_delete=models.DO_NOTHING, primary_key=True, related_name="cut")
    percent_hundredths = models.PositiveIntegerField()
    at = models.DateTimeField()
    by_party = models.UUIDField(null=True)
    act = models.CharField(max_length=120)
    evidence_sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(percent_hundredths__gt=0, percent_hundredths__lte=10_000), name="members_refund_cut_is_a_part"
            ),
            models.CheckConstraint(condition=~models.Q(act=""), name="members_refund_cut_has_act"),
        ]


class InstalmentReminder(models.Model):
    """Somebody was reminded of an instalment that was not paid in time; once for each."""

    subscription = models.ForeignKey(ShareMovement, on_delete=models.DO_NOTHING, related_name="+")
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscription", "due_at"], name="members_reminded_once")]


class ShareCertificate(models.Model):
    """A numbered certificate of what a member held at a moment. `code` lets anybody who holds the paper check it."""

    number = models.PositiveIntegerField(primary_key=True)
    party = models.ForeignKey(Party, on_delete=models.DO_NOTHING, related_name="+")
    share_class = models.ForeignKey(ShareClass, on_delete=models.DO_NOTHING, db_column="share_class", related_name="+")
    shares = models.PositiveIntegerField()
    subscribed = models.BigIntegerField()
    paid = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField()
    issued_by = models.UUIDField(null=True)
    code = models.CharField(max_length=24)
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="members_certificate_code"),
            models.CheckConstraint(condition=models.Q(shares__gt=0), name="members_certificate_of_some"),
        ]
