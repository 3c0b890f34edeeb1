"""Terms of office, their early ends, and access tokens. Rows are added, never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from rochdale.shared import ids


class Term(models.Model):
    """An office held by a party from one day to another, both included. The moments are the same in UTC,
    worked out in the co-op's time zone when the office was filled."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    office = models.CharField(max_length=40)
    party = models.UUIDField()
    from_on = models.DateField()
    until_on = models.DateField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    act = models.CharField(max_length=250)
    filled_at = models.DateTimeField()

    class Meta:
        db_table = "offices_term"
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="offices_term_ends_after_start"),
            models.CheckConstraint(condition=Q(until_at__gt=F("from_at")), name="offices_term_lasts"),
            models.CheckConstraint(condition=~Q(act=""), name="offices_term_names_act"),
        ]
        indexes = [models.Index(fields=["party", "until_at"], name="offices_term_by_party")]


class Ending(models.Model):
    """A term that ended early: removed by a resolution, or resigned."""

    term = models.OneToOneField(Term, on_delete=models.DO_NOTHING, primary_key=True, related_name="ending")
    at = models.DateTimeField()
    act = models.CharField(max_length=250)

    class Meta:
        db_table = "offices_ending"
        constraints = [models.CheckConstraint(condition=~Q(act=""), name="offices_ending_names_act")]


class AccessToken(models.Model):
    """A personal access token of this co-op. The token itself is not kept: only its SHA-256 (it is 256 random bits)."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    party = models.UUIDField()
    person = models.UUIDField()
    name = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64)
    scopes = models.JSONField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "offices_access_token"
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="offices_token_once"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="offices_token_expires"),
        ]
        indexes = [models.Index(fields=["party"], name="offices_token_by_party")]


class Revocation(models.Model):
    """A token that counts no more."""

    token = models.OneToOneField(AccessToken, on_delete=models.DO_NOTHING, primary_key=True, related_name="revocation")
    at = models.DateTimeField()

    class Meta:
        db_table = "offices_revocation"
