"""The vault's tables. Everything readable in them is a random reference, a class and a time."""

from __future__ import annotations

from django.db import models

UPDATABLE = {"DataKey": ("wrapped", "destroyed_at")}
DELETABLE = ("Mark",)


class DataKey(models.Model):
    """One key per party and retention class, wrapped by the co-op's key, which lies outside the database."""

    party = models.UUIDField()
    retention_class = models.CharField(max_length=20)
    wrapped = models.BinaryField(null=True)
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
