"""The desk's tables. Amounts are micro-units; people appear as party references only."""

from __future__ import annotations

from django.db import models

UPDATABLE = {"Turn": ("taken",), "Counter": ("last",), "DeskDay": ("closed_at",)}
DELETABLE: tuple[str, ...] = ()

KINDS = ("top_up", "refund", "share_payment")
PROPOSED_KINDS = (*KINDS, "to_own")
"""What may wait for a second person: movements of people's money, and money that goes to the co-op's own account."""
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
    bank_line = models.BigIntegerField(null=True)
    """The line of the bank's statement with which the money came."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payments_approval_above_zero"),
            models.CheckConstraint(condition=models.Q(kind__in=PROPOSED_KINDS), name="payments_approval_kind"),
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
    basis = models.CharField(max_length=5, default="books")
    bank_on = models.DateField(null=True)
    """The day of the bank's own closing balance it rests on, where there is one."""

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(basis__in=("books", "bank")), name="payments_cover_basis")]
        indexes = [models.Index(fields=["currency", "-at"], name="payments_latest_cover")]


class BankStatement(models.Model):
    """What the bank said of one account from one day to another, as a file brought it. Amounts are signed micro-units.

    `content` tells equal files apart from others; `lines` counts all entries of the file, also those an earlier one
    had brought; `gap` is its opening less what the lines before it add up to, where both are known.
    """

    place = models.CharField(max_length=6)
    currency = models.CharField(max_length=3)
    from_on = models.DateField()
    until_on = models.DateField()
    opening = models.BigIntegerField(null=True)
    closing = models.BigIntegerField(null=True)
    total = models.BigIntegerField()
    lines = models.IntegerField()
    gap = models.BigIntegerField(null=True)
    form = models.CharField(max_length=12)
    remarks = models.CharField(max_length=120, blank=True)
    content = models.CharField(max_length=64)
    account_sealed = models.BinaryField(null=True)
    imported_at = models.DateTimeField()
    imported_by = models.UUIDField(null=True)
    """The officer's party; None when the host's operator brought the file."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "currency", "content"], name="payments_statement_once"),
            models.CheckConstraint(condition=models.Q(place__in=("client", "own")), name="payments_statement_place"),
            models.CheckConstraint(condition=models.Q(until_on__gte=models.F("from_on")), name="payments_statement_forward"),
        ]
        indexes = [models.Index(fields=["place", "currency", "-until_on"], name="payments_latest_statement")]


class BankLine(models.Model):
    """One line of the bank, once, whichever files hold it; who and what for are sealed with the co-op's key.

    `kind` "opening" is what lay on the account before its first statement: the books' entries until then answer for it.
    """

    statement = models.ForeignKey(BankStatement, on_delete=models.DO_NOTHING, related_name="entries")
    place = models.CharField(max_length=6)
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=8, default="entry")
    number = models.IntegerField()
    booked_on = models.DateField()
    value_on = models.DateField(null=True)
    amount = models.BigIntegerField()
    identity = models.CharField(max_length=64)
    texts_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "currency", "identity"], name="payments_bank_line_once"),
            models.CheckConstraint(condition=~models.Q(amount=0), name="payments_bank_line_moves_money"),
            models.CheckConstraint(condition=models.Q(kind__in=("entry", "opening")), name="payments_bank_line_kind"),
        ]
        indexes = [models.Index(fields=["place", "currency", "booked_on"], name="payments_bank_lines_by_day")]


class BankMatch(models.Model):
    """Lines of the bank and entries of the books that an officer says are the same money; both add up to the same."""

    place = models.CharField(max_length=6)
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    why = models.CharField(max_length=20)
    score = models.SmallIntegerField(default=0)


class BankMatchLine(models.Model):
    """A line in a match. `round` counts the matches of this line that were undone before: one match at a time."""

    match = models.ForeignKey(BankMatch, on_delete=models.DO_NOTHING, related_name="its_lines")
    line = models.ForeignKey(BankLine, on_delete=models.DO_NOTHING, related_name="its_matches")
    round = models.IntegerField()
    amount = models.BigIntegerField()
    booked_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "round"], name="payments_line_matched_once")]


class BankMatchEntry(models.Model):
    """A posting in a match, with what it changed on the account."""

    match = models.ForeignKey(BankMatch, on_delete=models.DO_NOTHING, related_name="its_entries")
    place = models.CharField(max_length=6)
    currency = models.CharField(max_length=3)
    posting = models.BigIntegerField()
    round = models.IntegerField()
    amount = models.BigIntegerField()
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "currency", "posting", "round"], name="payments_entry_matched_once")
        ]


class BankMatchUndo(models.Model):
    """That a match was taken back, and why."""

    match = models.OneToOneField(BankMatch, on_delete=models.DO_NOTHING, primary_key=True, related_name="undo")
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    reason_code = models.CharField(max_length=40)


class Suspense(models.Model):
    """A bank line whose money nobody can place yet: booked aside until it is known whose it is."""

    line = models.OneToOneField(BankLine, on_delete=models.DO_NOTHING, primary_key=True, related_name="suspense")
    amount = models.BigIntegerField()
    posting = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.UUIDField()
    reason_code = models.CharField(max_length=40)


class SuspenseEnd(models.Model):
    """How money put aside found its place."""

    suspense = models.OneToOneField(Suspense, on_delete=models.DO_NOTHING, primary_key=True, related_name="end")
    at = models.DateTimeField()
    by = models.UUIDField()
    how = models.CharField(max_length=20)
    posting = models.BigIntegerField()


class CountConfirmed(models.Model):
    """That a second person counted the till with the one who closed the day."""

    day = models.OneToOneField(DeskDay, on_delete=models.DO_NOTHING, primary_key=True, related_name="confirmed")
    at = models.DateTimeField()
    by = models.UUIDField()


class MonthProposal(models.Model):
    """An officer says a month is ready to be closed; `checklist` is what was found then: code, done, blocks."""

    starts_on = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    round = models.SmallIntegerField(default=0)
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    checklist = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["starts_on", "round"], name="payments_month_proposed_once"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="payments_month_forward"),
        ]


class MonthDecision(models.Model):
    """What the second person said of it: closed for ever (`period` of the ledger), or not yet, with a reason."""

    proposal = models.OneToOneField(MonthProposal, on_delete=models.DO_NOTHING, primary_key=True, related_name="decision")
    closed = models.BooleanField()
    by = models.UUIDField()
    at = models.DateTimeField()
    period = models.BigIntegerField(null=True)
    reason_code = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed=True, period__isnull=False) | (models.Q(closed=False) & ~models.Q(reason_code="")),
                name="payments_month_closed_or_why_not",
            )
        ]


class Adjustment(models.Model):
    """A correction of a closed month, proposed: what it corrects, why, and its legs by account code."""

    period = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    legs = models.JSONField()
    reason_code = models.CharField(max_length=40)
    reason_sealed = models.BinaryField()
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()


class AdjustmentApproval(models.Model):
    """A yes to an adjusting entry; the second one posts it. `place` 1 and 2."""

    adjustment = models.ForeignKey(Adjustment, on_delete=models.DO_NOTHING, related_name="approvals")
    place = models.SmallIntegerField()
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["adjustment", "by"], name="payments_adjustment_approved_once_each"),
            models.UniqueConstraint(fields=["adjustment", "place"], name="payments_adjustment_places"),
            models.CheckConstraint(condition=models.Q(place__in=(1, 2)), name="payments_adjustment_two"),
        ]


class AdjustmentEnd(models.Model):
    """How a proposed adjusting entry ended: posted, or rejected with a reason."""

    adjustment = models.OneToOneField(Adjustment, on_delete=models.DO_NOTHING, primary_key=True, related_name="end")
    posting = models.BigIntegerField(null=True)
    by = models.UUIDField()
    at = models.DateTimeField()
    reason_code = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(posting__isnull=False) | ~models.Q(reason_code=""), name="payments_adjustment_end"
            )
        ]
