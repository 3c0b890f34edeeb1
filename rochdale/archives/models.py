"""Archives that were asked for and made, and log-ins that come back after a move."""

from __future__ import annotations

from django.db import models


class Export(models.Model):
    """An officer asked for the co-op's archive: every member can see that."""

    asked_at = models.DateTimeField()
    asked_by = models.UUIDField()


class ExportApproval(models.Model):
    """A second officer agreed that everything is written out."""

    export = models.OneToOneField(Export, on_delete=models.DO_NOTHING, related_name="approval")
    at = models.DateTimeField()
    by = models.UUIDField()


class ExportResult(models.Model):
    """What became of it: a file with its hash, or why there is none."""

    export = models.OneToOneField(Export, on_delete=models.DO_NOTHING, related_name="result")
    at = models.DateTimeField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    failure = models.CharField(max_length=100)
    expires_at = models.DateTimeField()


class Returning(models.Model):
    """A party that had a log-in on the host the co-op came from. Written by loading only."""

    party = models.UUIDField(primary_key=True)
    since = models.DateTimeField()


class ClaimCode(models.Model):
    """A code by which a person takes up their own party again: only its hash. A newer one ends the older."""

    party = models.UUIDField()
    code_hash = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=120)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code_hash"], name="archives_claim_code_once")]
        indexes = [models.Index(fields=["party", "-id"], name="archives_claim_by_party")]


class ClaimTry(models.Model):
    """Somebody with a log-in entered a code: what came of it. Wrong ones are counted by log-in."""

    at = models.DateTimeField()
    person = models.UUIDField()
    code = models.OneToOneField(ClaimCode, on_delete=models.DO_NOTHING, null=True, related_name="use")

    class Meta:
        indexes = [models.Index(fields=["person", "-at"], name="archives_tries_by_person")]
