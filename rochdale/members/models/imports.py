"""Registers that were kept elsewhere and brought in: when, and under which number each member stood there."""

from __future__ import annotations

from django.db import models

from .members import Member


class RegisterImport(models.Model):
    """One time that an old register was brought in: the hash of its files, how many members they hold, and
    their highest number, above which new members are counted on."""

    file_hash = models.CharField(max_length=64)
    members = models.PositiveIntegerField()
    highest = models.PositiveIntegerField()
    begun_at = models.DateTimeField()
    act = models.CharField(max_length=120)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(act=""), name="members_register_import_has_act")]


class ImportedMember(models.Model):
    """A member who came with an old register, and the number they had there."""

    member = models.OneToOneField(Member, on_delete=models.DO_NOTHING, primary_key=True, related_name="imported")
    reference = models.CharField(max_length=30)
    run = models.ForeignKey(RegisterImport, on_delete=models.DO_NOTHING, db_column="run", related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="members_old_number_once"),
            models.CheckConstraint(condition=~models.Q(reference=""), name="members_old_number_is_there"),
        ]
