"""What a founding looks like now."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from rochdale.shared.refusals import Refusal

from .models import Act, Confirmation, Founder, Plan


@dataclass(frozen=True, slots=True)
class Seat:
    """One founder's place, without a name: what they would be, and whether they confirmed this text."""

    id: UUID
    classes: tuple[str, ...]
    offices: tuple[str, ...]
    confirmed: bool


@dataclass(frozen=True, slots=True)
class ActOfFounding:
    """When and by which text the co-op was founded."""

    reference: str
    text_hash: str
    founded_at: datetime


class NoPlan(Refusal):
    code = "founding.no_plan"
    status = 404
    text = _("No founding was begun here with a plan. Nothing was changed.")


def plan() -> Plan:
    """Return the plan as it stands: the latest draft. Refuses where nothing was planned."""
    found = Plan.objects.order_by("-order").first()
    if found is None:
        raise NoPlan()
    return found


def planned_values() -> dict[str, Any]:
    """Return the bylaw values of the plan as it stands."""
    return dict(plan().values)


def seats() -> list[Seat]:
    """Return the founders' places in the order of invitation, and who confirmed the plan as it stands."""
    confirmed = set(Confirmation.objects.filter(text_hash=plan().text_hash).values_list("founder_id", flat=True))
    return [
        Seat(row.id, tuple(row.classes), tuple(row.offices), row.id in confirmed)
        for row in Founder.objects.order_by("invited_at", "id")
    ]


def waiting_for(text_hash: str) -> int:
    """Return how many founders have not confirmed this text."""
    return Founder.objects.count() - Confirmation.objects.filter(text_hash=text_hash).count()


def invitation_stands(founder: UUID, token: str) -> bool:
    """Tell whether the founder's invitation carries this token."""
    row = Founder.objects.filter(id=founder).first()
    return row is not None and hmac.compare_digest(row.token_hash, hashlib.sha256(token.encode()).hexdigest())


def act() -> ActOfFounding | None:
    """Return the act of founding, or None while the co-op is in formation."""
    row = Act.objects.first()
    return ActOfFounding(row.reference, row.text_hash, row.founded_at) if row else None


def act_exists(reference: str) -> bool:
    """Tell whether this act of founding has been done in this co-op."""
    return Act.objects.filter(reference=reference).exists()


def lock_formation() -> None:
    """Let one confirmation at a time through, until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(current_schema()))")


def export(party: UUID) -> list[dict[str, Any]]:
    """Return what the founding keeps about a party."""
    return [
        {
            "confirmed_at": row.confirmed_at.isoformat(),
            "text_hash": row.text_hash,
            "classes": row.founder.classes,
            "offices": row.founder.offices,
        }
        for row in Confirmation.objects.filter(party=party).select_related("founder")
    ]


def acts_without_confirmations() -> list[dict[str, Any]]:
    """Return acts of founding whose text some founder never confirmed."""
    return [{"act": act.reference, "missing": missing} for act in Act.objects.all() if (missing := waiting_for(act.text_hash))]
