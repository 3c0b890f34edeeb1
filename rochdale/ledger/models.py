"""The ledger's tables. Only `GuardedBalance` is ever updated, and only by the ledger's own triggers.

Checks are few on purpose: PostgreSQL plans each of them again for every statement, and one posting
is only microseconds long. What each says is refused by name in `actions/` before.

References inside the ledger carry no foreign key: a key check per row would lock the busy
account it points to, for every posting. The triggers in `sql/` check whole statements instead,
and refuse a transfer whose posting or accounts are not there.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

UPDATABLE: dict[str, tuple[str, ...]] = {"GuardedBalance": ("balance", "held")}
DELETABLE: tuple[str, ...] = ()

KINDS = ["asset", "liability", "equity", "income", "expense"]


class Account(models.Model):
    """One account: a planned code, a currency and, where it is somebody's, their party reference."""

    code = models.CharField(max_length=80)
    party = models.UUIDField(null=True)
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=9)
    scale = models.SmallIntegerField(default=6)
    floor = models.BigIntegerField(null=True)
    client_money = models.BooleanField()
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "party", "currency"], name="ledger_account_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="ledger_account_kind"),
            models.CheckConstraint(condition=Q(scale__gte=0, scale__lte=9), name="ledger_account_scale"),
        ]
        indexes = [models.Index(fields=["party"], name="ledger_account_party", condition=Q(party__isnull=False))]


class GuardedBalance(models.Model):
    """The stored balance of an account with a floor, positive on its normal side.

    `held` is promised to open holds; what is left above the floor after it may be spent.
    `side` is +1 where credits raise the balance and -1 where debits do.
    """

    account_id = models.BigIntegerField(primary_key=True)
    side = models.SmallIntegerField()
    floor = models.BigIntegerField()
    balance = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(held__gte=0, balance__gte=F("floor") + F("held")), name="ledger_guarded_floor"),
        ]


class Posting(models.Model):
    """One business event that moves money.

    `body` is the hash a repeated key must match, `legs` how many transfers belong to it,
    `epoch` the set of postings it will be closed with, `actor` the principal who caused it.
    """

    key = models.CharField(max_length=200)
    body = models.BinaryField()
    kind = models.CharField(max_length=60)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=120)
    actor = models.CharField(max_length=120)
    via = models.CharField(max_length=10)
    party = models.UUIDField(null=True)
    standing = models.CharField(max_length=120)
    tax = models.CharField(max_length=40)
    bylaws_version = models.IntegerField()
    reverses = models.BigIntegerField(null=True)
    legs = models.SmallIntegerField()
    epoch = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="ledger_posting_key"),
            models.UniqueConstraint(fields=["reverses"], name="ledger_posting_reverses", condition=Q(reverses__isnull=False)),
            models.CheckConstraint(condition=Q(legs__gte=1, happened_at__lte=F("recorded_at")), name="ledger_posting_sound"),
        ]
        indexes = [
            models.Index(fields=["source"], name="ledger_posting_source", condition=~Q(source="")),
            BrinIndex(fields=["happened_at", "epoch"], name="ledger_posting_times", pages_per_range=32),
        ]


class Transfer(models.Model):
    """One leg: a positive amount from the credit account to the debit account."""

    pk = models.CompositePrimaryKey("posting_id", "place")
    posting_id = models.BigIntegerField()
    debit_id = models.BigIntegerField()
    credit_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    epoch = models.IntegerField()
    place = models.SmallIntegerField()
    role = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=10**17) & ~Q(debit_id=F("credit_id")), name="ledger_transfer_sound"
            ),
        ]
        indexes = [
            models.Index(fields=["debit_id", "epoch"], name="ledger_transfer_debit"),
            models.Index(fields=["credit_id", "epoch"], name="ledger_transfer_credit"),
        ]


class Hold(models.Model):
    """An amount of a guarded account that nobody else may spend until it is resolved."""

    key = models.CharField(max_length=200)
    body = models.BinaryField()
    account_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    source = models.CharField(max_length=120)
    actor = models.CharField(max_length=120)
    via = models.CharField(max_length=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="ledger_hold_key"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_hold_positive"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("placed_at")), name="ledger_hold_expires_later"),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="ledger_hold_expires"),
            models.Index(fields=["account_id"], name="ledger_hold_account"),
        ]


class HoldResolution(models.Model):
    """How a hold ended, once: captured (by the posting with key `ledger.capture:<hold>`), released or expired."""

    hold_id = models.BigIntegerField(primary_key=True)
    key = models.CharField(max_length=200)
    body = models.BinaryField()
    outcome = models.CharField(max_length=9)
    captured = models.BigIntegerField()
    resolved_at = models.DateTimeField()
    actor = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["captured", "released", "expired"]), name="ledger_resolution_outcome"
            ),
            models.CheckConstraint(
                condition=Q(outcome="captured", captured__gt=0) | (~Q(outcome="captured") & Q(captured=0)),
                name="ledger_resolution_captured",
            ),
        ]


class Epoch(models.Model):
    """Since when postings are stamped with this number; none yet means number 0."""

    number = models.IntegerField(primary_key=True)
    opened_at = models.DateTimeField()


class Checkpoint(models.Model):
    """A closed set: every posting stamped with an epoch up to `epoch`. No posting can join it any more."""

    epoch = models.IntegerField(primary_key=True)
    made_at = models.DateTimeField()
    postings = models.BigIntegerField()
    actor = models.CharField(max_length=120)


class CheckpointBalance(models.Model):
    """What an account's transfers of the epochs after `after_epoch` up to `epoch` add up to.

    `debits` and `credits` count from the account's beginning, `debits_here` and
    `credits_here` only this stretch; the four moments are the first and last times in it, so
    that a question about a day needs to look inside few stretches. Quiet accounts get a row
    only when enough has gathered: their tail is short anyway.
    """

    pk = models.CompositePrimaryKey("account_id", "epoch")
    account_id = models.BigIntegerField()
    epoch = models.IntegerField()
    after_epoch = models.IntegerField()
    debits = models.DecimalField(max_digits=30, decimal_places=0)
    credits = models.DecimalField(max_digits=30, decimal_places=0)
    debits_here = models.DecimalField(max_digits=30, decimal_places=0)
    credits_here = models.DecimalField(max_digits=30, decimal_places=0)
    first_happened_at = models.DateTimeField()
    last_happened_at = models.DateTimeField()
    first_recorded_at = models.DateTimeField()
    last_recorded_at = models.DateTimeField()


class ClosedPeriod(models.Model):
    """A stretch of time into which nothing may be dated any more: from `starts_at` until before `ends_at`."""

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField()
    epoch = models.IntegerField()
    actor = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ends_at"], name="ledger_closed_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="ledger_closed_forward"),
            models.CheckConstraint(condition=Q(ends_at__lte=F("closed_at")), name="ledger_closed_after_its_end"),
        ]


class ImportRun(models.Model):
    """One time that a file of other books was brought in: its hash, its form, how many transactions it was found to hold."""

    file_hash = models.CharField(max_length=64)
    form = models.CharField(max_length=20)
    transactions = models.IntegerField()
    begun_at = models.DateTimeField()
    actor = models.CharField(max_length=120)


class ImportedAccount(models.Model):
    """An account of other books and what it is here. `mark` tells its old name without giving it away (HMAC).

    `title` is the old name; for a person's own account only the name above it, and `party` is
    the person's reference. `code` is a code of its own, or a planned account it was mapped to.
    """

    mark = models.CharField(max_length=64)
    code = models.CharField(max_length=80)
    party = models.UUIDField(null=True)
    kind = models.CharField(max_length=9)
    title = models.CharField(max_length=200)
    run = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mark"], name="ledger_imported_account_once"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="ledger_imported_account_kind"),
        ]
        indexes = [models.Index(fields=["code"], name="ledger_imported_account_code")]


class ImportedText(models.Model):
    """What an imported posting said in words (payee, narration), sealed; and the line of the file it stood on."""

    posting_id = models.BigIntegerField(primary_key=True)
    run = models.BigIntegerField()
    line = models.IntegerField()
    sealed = models.BinaryField()
