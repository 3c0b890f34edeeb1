"""A person's log-in, and which co-ops it belongs to. No names here: those lie in each co-op."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from rochdale.shared import ids

from .coop import Coop


class People(BaseUserManager["Person"]):
    """Finds a person by e-mail address, as Django's log-in asks."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """A log-in, valid for every co-op of this host. At least one of e-mail and phone, or neither for
    someone who only ever acts at a desk (then no log-in is made at all)."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    email = models.EmailField(null=True, blank=True)
    phone = models.CharField(max_length=16, null=True, blank=True)
    phone_verified = models.BooleanField(default=False)
    language = models.CharField(max_length=12, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[People] = People()

    class Meta:
        db_table = "cooperatives_person"
        constraints = [
            models.UniqueConstraint(fields=["email"], name="cooperatives_person_email_once"),
            models.UniqueConstraint(fields=["phone"], name="cooperatives_person_phone_once"),
            models.CheckConstraint(
                condition=Q(email=Lower("email")) | Q(email__isnull=True), name="cooperatives_person_email_lower"
            ),
            models.CheckConstraint(
                condition=Q(phone__regex=r"^\+[1-9][0-9]{6,14}$") | Q(phone__isnull=True), name="cooperatives_person_phone_e164"
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(phone__isnull=False), name="cooperatives_person_can_be_reached"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Affiliation(models.Model):
    """A person who is known to a co-op, as member, customer or founder; ids only, for the list of one's co-ops."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.DO_NOTHING, related_name="+")
    coop = models.ForeignKey(Coop, on_delete=models.DO_NOTHING, related_name="+")
    since = models.DateTimeField()

    class Meta:
        db_table = "cooperatives_affiliation"
        constraints = [models.UniqueConstraint(fields=["person", "coop"], name="cooperatives_affiliation_once")]
