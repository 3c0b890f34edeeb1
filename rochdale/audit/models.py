"""The audit trail, the keys that were used, the seals and what others said of them, and alerts.

Nothing here is ever changed or removed, but for the count of an alert, which only grows.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from rochdale.shared.postgres.ranges import Ranges

UPDATABLE: dict[str, tuple[str, ...]] = {"Alert": ("count", "last_at")}
DELETABLE: tuple[str, ...] = ()


class Key(models.Model):
    """An idempotency key that one principal used for one action. The id is derived from the three;
    the body is an HMAC, because the arguments may hold a PIN or a name."""

    id = models.UUIDField(primary_key=True)
    body = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_key"


class Record(models.Model):
    """One action that changed something: `at` is when it counts, `written_at` when the database wrote it.

    `references` holds ids and codes only; free text lies in `reason`, encrypted with the co-op's key.
    """

    id = models.BigAutoField(primary_key=True)
    claim = models.OneToOneField(Key, on_delete=models.DO_NOTHING, related_name="record", null=True)
    at = models.DateTimeField()
    written_at = models.DateTimeField(db_default=Now())
    action = models.CharField(max_length=100)
    actor_kind = models.CharField(max_length=12)
    via = models.CharField(max_length=10)
    principal = models.CharField(max_length=250)
    person = models.UUIDField(null=True)
    party = models.UUIDField(null=True)
    desk_officer = models.UUIDField(null=True)
    references = models.JSONField(default=dict)
    bylaws_version = models.IntegerField(null=True)
    reason = models.BinaryField(null=True)
    result = models.JSONField(null=True)

    class Meta:
        db_table = "audit_record"
        constraints = [
            models.CheckConstraint(condition=~models.Q(action=""), name="audit_record_names_action"),
        ]
        indexes = [
            models.Index(fields=["party", "-id"], name="audit_record_by_party"),
            models.Index(fields=["person", "-id"], name="audit_record_by_person"),
            models.Index(fields=["action", "-id"], name="audit_record_by_action"),
        ]


class Seal(models.Model):
    """One seal: its head fixes all records it covers and, by the head before, every earlier seal."""

    number = models.IntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    records = models.BigIntegerField()
    root = models.BinaryField()
    previous = models.BinaryField()
    head = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["previous"], name="audit_seal_follows_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="audit_seal_counts_from_one"),
        ]


class SealedSet(models.Model):
    """What a seal covers of one source. `columns` says how its leaves were made; `closed` up to which closed set."""

    seal = models.ForeignKey(Seal, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="sets")
    source = models.CharField(max_length=80)
    columns = models.TextField()
    count = models.BigIntegerField()
    root = models.BinaryField()
    closed = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seal", "source"], name="audit_one_set_per_source")]


class SealedChunk(models.Model):
    """Up to 1,024 leaves of a set, in the order of their keys: which rows, and their hashes one after the other."""

    seal = models.ForeignKey(Seal, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="chunks")
    source = models.CharField(max_length=80)
    place = models.IntegerField()
    root = models.BinaryField()
    ids = Ranges(null=True)
    names = models.JSONField(null=True)
    hashes = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "seal", "place"], name="audit_one_chunk_per_place"),
            models.CheckConstraint(
                condition=models.Q(ids__isnull=True, names__isnull=False) | models.Q(ids__isnull=False, names__isnull=True),
                name="audit_chunk_names_its_rows",
            ),
        ]


class Receipt(models.Model):
    """What a witness signed when it was shown a seal's head: proof that the head was known to somebody else."""

    number = models.IntegerField()
    head = models.BinaryField()
    witness = models.CharField(max_length=200)
    received_at = models.DateTimeField()
    document = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["witness", "number"], name="audit_receipt_once")]


class TimeStamp(models.Model):
    """An RFC 3161 time stamp over a seal's head, as the authority answered it."""

    number = models.IntegerField()
    head = models.BinaryField()
    authority = models.CharField(max_length=200)
    stamped_at = models.DateTimeField()
    answer = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "number"], name="audit_stamp_once")]


class WitnessedSeal(models.Model):
    """A seal of a co-op on another host, as that host showed it to us. Lies in public.

    `era` goes up by one with each break that host declared; what a break withdrew is kept.
    """

    host_key = models.CharField(max_length=64)
    host = models.CharField(max_length=200)
    coop = models.CharField(max_length=40)
    number = models.IntegerField()
    sealed_at = models.DateTimeField()
    records = models.BigIntegerField()
    root = models.BinaryField()
    previous = models.BinaryField()
    head = models.BinaryField()
    received_at = models.DateTimeField()
    era = models.IntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host_key", "coop", "era", "number"], name="audit_witnessed_once")]


class WitnessedBreak(models.Model):
    """Another host said, signed, that a co-op's seals after `number` are gone (a restore). Lies in public; shown to all."""

    host_key = models.CharField(max_length=64)
    coop = models.CharField(max_length=40)
    era = models.IntegerField()
    number = models.IntegerField()
    upto = models.IntegerField()
    reason = models.CharField(max_length=500)
    declared_at = models.DateTimeField()
    received_at = models.DateTimeField()
    document = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["host_key", "coop", "era"], name="audit_one_break_per_era"),
            models.UniqueConstraint(fields=["host_key", "coop", "declared_at"], name="audit_break_declared_once"),
        ]


class Alert(models.Model):
    """Something that somebody should look at. A storm of the same within an hour is one row with a count.

    `subject` names what it is about (a table, a page, a co-op), never a person; `seen_by` is the program or the log.
    """

    code = models.CharField(max_length=60)
    subject = models.CharField(max_length=160)
    seen_by = models.CharField(max_length=10)
    party = models.UUIDField(null=True)
    hour = models.DateTimeField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.IntegerField(default=1)
    details = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "subject", "seen_by", "party", "hour"], name="audit_alert_once_an_hour", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(count__gte=1), name="audit_alert_counts"),
        ]
        indexes = [models.Index(fields=["-last_at"], name="audit_alert_newest")]


class LogPlace(models.Model):
    """How far a log of the database's server was read; a file begun anew is another one. Lies in public."""

    file = models.CharField(max_length=200)
    read_at = models.DateTimeField()
    began = models.CharField(max_length=64)
    upto = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "began", "upto"], name="audit_log_place_once")]
