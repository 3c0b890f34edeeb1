"""Acting at the desk without a log-in: a PIN, printed one-time codes, and every attempt."""

from __future__ import annotations

from django.db import models

from .parties import Party


class DeskCredential(models.Model):
    """A PIN issued to a party. A new one replaces all before it; only its strong hash is kept."""

    party = models.ForeignKey(Party, on_delete=models.DO_NOTHING, related_name="desk_credentials")
    version = models.PositiveIntegerField()
    pin_hash = models.CharField(max_length=200)
    issued_at = models.DateTimeField()
    issued_by = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "version"], name="members_one_pin_per_version")]


class DeskCode(models.Model):
    """A printed one-time code of a PIN's sheet, found by its number on the sheet; used at most once."""

    credential = models.ForeignKey(DeskCredential, on_delete=models.DO_NOTHING, related_name="codes")
    position = models.PositiveSmallIntegerField()
    code_hash = models.CharField(max_length=200)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["credential", "position"], name="members_one_code_per_place")]


class DeskAttempt(models.Model):
    """Somebody tried to act at the desk: with which PIN, in which officer's presence, and whether it held."""

    party = models.ForeignKey(Party, on_delete=models.DO_NOTHING, related_name="desk_attempts")
    credential = models.ForeignKey(DeskCredential, on_delete=models.DO_NOTHING, related_name="+")
    officer = models.UUIDField(null=True)
    at = models.DateTimeField()
    passed = models.BooleanField()
    key = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "key"], name="members_desk_attempt_once")]
        indexes = [models.Index(fields=["party", "at"], name="members_desk_attempts_of")]
