"""A co-operative in formation: its plan, its founders, their confirmations, and the act of founding."""

from __future__ import annotations

import uuid

from django.db import models

UPDATABLE: dict[str, tuple[str, ...]] = {}
DELETABLE: tuple[str, ...] = ()


class Plan(models.Model):
    """What the founders are asked to agree to. A changed plan is a new row; confirmations name the text they accepted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kit = models.CharField(max_length=40)
    packs = models.JSONField()
    currency = models.CharField(max_length=3)
    values = models.JSONField()
    unconfirmed_rows = models.JSONField()
    text_hash = models.CharField(max_length=64)
    drafted_by = models.UUIDField()
    drafted_at = models.DateTimeField()
    order = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order"], name="founding_plan_order")]


class Founder(models.Model):
    """Somebody invited to found: how to reach them is sealed, the invitation is kept as a hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sealed_address = models.BinaryField()
    address_print = models.CharField(max_length=64)
    token_hash = models.CharField(max_length=64)
    classes = models.JSONField()
    offices = models.JSONField()
    invited_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address_print"], name="founding_founder_address"),
            models.UniqueConstraint(fields=["token_hash"], name="founding_founder_token"),
        ]


class Confirmation(models.Model):
    """A founder confirmed with their own log-in that they accept this text."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    founder = models.ForeignKey(Founder, on_delete=models.DO_NOTHING, related_name="confirmations")
    person = models.UUIDField()
    party = models.UUIDField()
    text_hash = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["founder", "text_hash"], name="founding_confirmed_once"),
            models.UniqueConstraint(fields=["person", "text_hash"], name="founding_one_person_one_founder"),
        ]


class Act(models.Model):
    """The act of founding: from here version 1 of the bylaws stands and money may move."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    reference = models.CharField(max_length=60)
    text_hash = models.CharField(max_length=64)
    founded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="founding_act_is_one")]
