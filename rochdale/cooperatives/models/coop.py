"""A co-op on this host: where it lies and what the directory says of it."""

from __future__ import annotations

from django.db import models

from rochdale.shared import ids


class Coop(models.Model):
    """What a co-op knows of its people lies in its own schema; here is only what everyone may see."""

    class State(models.TextChoices):
        FORMATION = "formation"
        ACTIVE = "active"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    slug = models.CharField(max_length=40)
    schema_name = models.CharField(max_length=45)
    name = models.CharField(max_length=120)
    purpose = models.TextField(blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.FORMATION)
    is_demo = models.BooleanField(default=False)
    listed = models.BooleanField(default=True)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=60, default="UTC")
    languages = models.JSONField(default=list)
    kit = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="coop_slug_once"),
            models.UniqueConstraint(fields=["schema_name"], name="coop_schema_once"),
            models.CheckConstraint(condition=models.Q(state__in=["formation", "active", "closed"]), name="coop_state_known"),
        ]

    def __str__(self) -> str:
        return self.name
