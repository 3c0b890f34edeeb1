"""The register itself: copies that were made of it, who looked, who asked for a copy."""

from __future__ import annotations

from django.db import models


class RegisterInspection(models.Model):
    """Somebody looked at the register under a duty to say why: when, which kind of viewer, the purpose (sealed)."""

    at = models.DateTimeField()
    person = models.UUIDField(null=True)
    party = models.UUIDField(null=True)
    viewer = models.CharField(max_length=10, default="outsider")
    purpose_class = models.CharField(max_length=20, default="other")
    purpose_sealed = models.BinaryField()
    shown_holdings = models.BooleanField()


class RegisterExport(models.Model):
    """The register as of one moment and as known at another left the system, with the digests of what it said.

    `digest` is over all that was shown, `digest_without_names` over everything but what lies in the
    vault, so that it can be made again after somebody was erased. What is recorded later counts as
    known later than every `known_at` here.
    """

    as_of = models.DateTimeField()
    known_at = models.DateTimeField()
    scope = models.CharField(max_length=10)
    members = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    digest_without_names = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    by_party = models.UUIDField(null=True)
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope__in=("full", "holdings", "names")), name="members_register_export_scope"
            ),
            models.CheckConstraint(condition=~models.Q(act=""), name="members_register_export_has_act"),
        ]
        indexes = [
            models.Index(fields=["known_at"], name="members_register_export_known"),
            models.Index(fields=["digest"], name="members_register_export_digest"),
        ]


class CopyRequest(models.Model):
    """Somebody asked for a copy of the register, with the day by which the law wants it given."""

    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    person = models.UUIDField(null=True)
    party = models.UUIDField(null=True)
    viewer = models.CharField(max_length=10)
    scope = models.CharField(max_length=10)
    purpose_class = models.CharField(max_length=20)
    purpose_sealed = models.BinaryField()
    fee = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(act=""), name="members_copy_request_has_act")]


class CopyAnswer(models.Model):
    """A copy of the register was given, or refused with a reason; once."""

    request = models.OneToOneField(CopyRequest, on_delete=models.DO_NOTHING, primary_key=True, related_name="answer")
    state = models.CharField(max_length=10)
    export = models.ForeignKey(RegisterExport, on_delete=models.DO_NOTHING, null=True, related_name="+")
    at = models.DateTimeField()
    by_party = models.UUIDField(null=True)
    reason_code = models.CharField(max_length=40, blank=True)
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="given", export__isnull=False, reason_code="")
                | (models.Q(state="refused", export__isnull=True) & ~models.Q(reason_code="")),
                name="members_copy_answer_state",
            ),
        ]
