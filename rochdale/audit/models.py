"""The audit trail and the keys that were used. Nothing here is ever changed or removed."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


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
