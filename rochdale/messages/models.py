"""The outbox and the addresses we may not write to. What was said is never changed, only what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from rochdale.shared import ids

UPDATABLE = {"Message": ("state", "attempts", "next_try_at", "claimed_at", "sent_at", "failure", "reference")}
DELETABLE = ("Message", "Suppression")
"""A trigger lets only log-in codes be deleted from the outbox."""


class Message(models.Model):
    """One message to one address. Address, subject and body are encrypted with the co-op's key."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        SUPPRESSED = "suppressed"
        PRINTED = "printed"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    key = models.CharField(max_length=ids.KEY_LENGTH)
    kind = models.CharField(max_length=80)
    channel = models.CharField(max_length=6)
    legal_notice = models.BooleanField(default=False)
    language = models.CharField(max_length=12)
    template = models.CharField(max_length=120, blank=True, default="")
    recipient_party = models.UUIDField(null=True)
    recipient_person = models.UUIDField(null=True)
    to_sealed = models.BinaryField()
    to_print = models.CharField(max_length=64)
    subject_sealed = models.BinaryField(null=True)
    body_sealed = models.BinaryField()
    queued_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True, default="")
    reference = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        db_table = "messages_message"
        constraints = [
            models.UniqueConstraint(fields=["key"], name="messages_key_once"),
            models.CheckConstraint(condition=Q(channel__in=["email", "sms", "letter"]), name="messages_channel_known"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending", "sent", "failed", "suppressed", "printed"]),
                name="messages_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="messages_due", condition=Q(state__in=["queued", "sending"])),
            models.Index(fields=["recipient_party", "-queued_at"], name="messages_by_party"),
            models.Index(fields=["-queued_at"], name="messages_newest"),
        ]


class Suppression(models.Model):
    """An address we may not write to, as a fingerprint: its owner asked us not to, or it bounced."""

    id = models.BigAutoField(primary_key=True)
    to_print = models.CharField(max_length=64)
    reason = models.CharField(max_length=12)
    since = models.DateTimeField()

    class Meta:
        db_table = "messages_suppression"
        constraints = [
            models.UniqueConstraint(fields=["to_print"], name="messages_suppression_once"),
            models.CheckConstraint(condition=Q(reason__in=["unsubscribed", "bounced"]), name="messages_suppression_reason"),
        ]
