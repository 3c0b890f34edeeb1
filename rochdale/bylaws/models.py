"""Versions of the bylaws, their values, the packs they rest on, and what was accepted unconfirmed.

All four tables are append-only: by triggers and because the app role
has no right to change a row.
"""

from __future__ import annotations

from django.db import models

UPDATABLE: dict[str, tuple[str, ...]] = {}
DELETABLE: tuple[str, ...] = ()


class PackText(models.Model):
    """A pack word for word as the co-op adopted it, named by its hash: the past is read from here."""

    hash = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=80)
    content = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(hash__regex=r"^[0-9a-f]{64}$"), name="bylaws_pack_hash_is_one")]


class Version(models.Model):
    """One dated edition of all bylaws; `act` is the founding act or resolution that made it stand.

    `seal` is the digest of its whole content (values, packs, currency, hashes of all rows accepted
    unconfirmed so far); `size` is how many values it has; `registration` is the registrar's
    reference where the law asks for registration first.
    """

    number = models.IntegerField()
    valid_from = models.DateTimeField()
    adopted_at = models.DateTimeField()
    act = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    packs = models.JSONField()
    accepted_hashes = models.JSONField()
    size = models.IntegerField()
    seal = models.CharField(max_length=64)
    registration = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="bylaws_version_number_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="bylaws_version_counts_from_one"),
            models.CheckConstraint(
                condition=models.Q(valid_from__gte=models.F("adopted_at")), name="bylaws_version_not_backdated"
            ),
            models.CheckConstraint(condition=models.Q(act__regex=r"^[a-z_]+:.+$"), name="bylaws_version_names_its_act"),
        ]
        indexes = [models.Index(fields=["-valid_from", "-number"], name="bylaws_version_by_day")]


class Value(models.Model):
    """What a version says on one key, as JSON (a percentage as text, an amount in micro-units).

    The reference has no foreign key (its generated name is too long for a sharded database); the
    trigger in `sql/0001_order.sql` refuses a value of no version, or one too many.
    """

    version = models.ForeignKey(Version, on_delete=models.DO_NOTHING, db_constraint=False, related_name="values")
    key = models.CharField(max_length=120)
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="bylaws_value_once_per_version")]


class AcceptedRow(models.Model):
    """A row of law known only from background that the co-op accepted, by an act, exactly as it read."""

    version = models.ForeignKey(Version, on_delete=models.DO_NOTHING, db_constraint=False, related_name="accepted")
    pack = models.CharField(max_length=80)
    key = models.CharField(max_length=120)
    row_from = models.DateField()
    row_hash = models.CharField(max_length=64)
    act = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["row_hash", "pack"], name="bylaws_row_accepted_once")]
