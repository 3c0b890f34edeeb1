"""The vault's tables. Everything readable in them is a random reference, a class and a time."""

from __future__ import annotations

from django.db import models

UPDATABLE = {"DataKey": ("wrapped", "generation", "destroyed_at")}
DELETABLE = ("Mark",)


class DataKey(models.Model):
    """One key per party and retention class, wrapped by the co-op's key, which lies outside the database."""

    party = models.UUIDField()
    retention_class = models.CharField(max_length=20)
    wrapped = models.BinaryField(null=True)
    generation = models.SmallIntegerField(default=1)
    """Of the co-op's key that wraps it. A trigger lets it only grow, and the wrapping change only with it."""
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "retention_class"], name="privacy_one_key_per_class"),
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=True, destroyed_at__isnull=False)
                | models.Q(wrapped__isnull=False, destroyed_at__isnull=True),
                name="privacy_key_is_there_or_destroyed",
            ),
        ]


class SealedRecord(models.Model):
    """A version of what is known of a party in one retention class; never edited, only followed by a newer one."""

    party = models.UUIDField()
    retention_class = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    sealed = models.BinaryField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "retention_class", "version"], name="privacy_one_record_per_version"),
            models.CheckConstraint(condition=models.Q(version__gt=0), name="privacy_version_starts_at_one"),
        ]


class Tombstone(models.Model):
    """What was forgotten, when and why: replayed after a backup is restored."""

    party = models.UUIDField()
    retention_class = models.CharField(max_length=20)
    forgotten_at = models.DateTimeField()
    reason_code = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "retention_class"], name="privacy_one_tombstone")]


class Mark(models.Model):
    """A keyed fingerprint of a phone number or address, to find a person and to see two entries of one human."""

    party = models.UUIDField()
    retention_class = models.CharField(max_length=20)
    what = models.CharField(max_length=10)
    mark = models.CharField(max_length=128)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "what", "mark"], name="privacy_one_mark")]
        indexes = [models.Index(fields=["what", "mark"], name="privacy_mark_is_looked_up")]


class KeyGeneration(models.Model):
    """That the co-op's key got a generation: its check value (not the key), and the earlier ones sealed with it."""

    number = models.SmallIntegerField()
    check_value = models.CharField(max_length=32)
    earlier = models.BinaryField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "check_value"], name="privacy_generation_once")]


class AccessRequest(models.Model):
    """An officer asks to see what is closed to them: one party, one retention class, and why (sealed)."""

    party = models.UUIDField()
    retention_class = models.CharField(max_length=20)
    asked_by = models.UUIDField()
    asked_by_person = models.UUIDField(null=True)
    reason_sealed = models.BinaryField()
    asked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["party", "-id"], name="privacy_access_by_party")]


class AccessOpening(models.Model):
    """A second person opened it, until a moment."""

    request = models.OneToOneField(AccessRequest, on_delete=models.DO_NOTHING, related_name="opening")
    opened_by = models.UUIDField()
    opened_at = models.DateTimeField()
    until_at = models.DateTimeField()


class AccessLook(models.Model):
    """The one who asked looked: one row for each look."""

    request = models.ForeignKey(AccessRequest, on_delete=models.DO_NOTHING, related_name="looks")
    looked_at = models.DateTimeField()
