"""When something counts as recorded, and how rows of the register are written. Steps of other actions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rochdale.shared import keys
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries
from ..models import ShareMovement
from .known import recorded
from .parties import act_text, take_turn

EVIDENCE = "members.share_evidence"
LEAST_EVIDENCE = 5


class NotYet(Refusal):
    code = "members.not_yet"
    status = 422
    text = _("That lies in the future. Nothing was changed; enter what has happened.")


class EvidenceMissing(Refusal):
    code = "members.evidence_missing"
    status = 422
    text = _(
        "Say why, and where the paper lies that shows it, in at least {least} letters. It is kept encrypted. Nothing was changed."
    )


class NotEnoughThen(Refusal):
    code = "members.not_enough_shares_then"
    status = 422
    text = _(
        "With this entry a holding would be less than nothing, or be paid beyond its price, on {day}. "
        "Nothing was changed; correct what followed first."
    )


class OwnEntry(Refusal):
    code = "members.own_entry"
    status = 403
    text = _("Nobody writes in the register about their own shares. Nothing was changed; ask another officer.")


def sealed(evidence: str, *, needed: bool = True) -> bytes | None:
    """Seal the reason of an entry and where its paper lies. Refuses one that says nothing where it is needed."""
    text = evidence.strip()
    if needed and len(text) < LEAST_EVIDENCE:
        raise EvidenceMissing(least=LEAST_EVIDENCE)
    return keys.encrypt_text(text[:500], about=EVIDENCE) if text else None


def check_not_own(actor: Actor, parties: Collection[UUID], now: datetime) -> None:
    """Refuse an officer's entry about themselves, under another party too. A resolution and a job have no self."""
    if actor.party is not None and any(queries.is_same_human(actor.party, party, now) for party in parties):
        raise OwnEntry()


def take_turns(*, actor: Actor, now: datetime, key: str, parties: Collection[UUID]) -> None:
    """Wait for several parties in the order of their references, so that two never wait for each other."""
    for party in sorted(set(parties)):
        take_turn(actor=actor, now=now, key=key, party=party)


def check_lots(lots: Sequence[int]) -> None:
    """Refuse what would leave a lot, at any moment, with less than nothing or paid beyond its price."""
    broken = queries.broken_lots(lots)
    if broken:
        raise NotEnoughThen(day=min(at for _lot, at in broken).date().isoformat())


def move(
    found: queries.Subscription,
    *,
    way: str,
    receiver: UUID,
    share_class: str,
    shares: int,
    carried: int,
    effective_at: datetime,
    recorded_at: datetime,
    act: str,
    evidence: bytes | None = None,
) -> tuple[ShareMovement, ShareMovement]:
    """Write both halves of shares that change hands or class: `way` is transfer, inherit or convert."""
    same: dict[str, Any] = {
        "shares": shares,
        "par_value": found.par_value,
        "amount": shares * found.par_value,
        "carried": carried,
        "currency": found.currency,
        "effective_at": effective_at,
        "recorded_at": recorded_at,
        "act": act,
        "evidence_sealed": evidence,
    }
    out = ShareMovement.objects.create(
        party_id=found.party, share_class_id=found.share_class, kind=f"{way}_out", subscription_id=found.id, **same
    )
    into = ShareMovement.objects.create(party_id=receiver, share_class_id=share_class, kind=f"{way}_in", came_from=out, **same)
    return out, into


__all__ = ["recorded"]


def act_of(actor: Actor, key: str) -> str:
    """Name the act of a row."""
    return act_text(actor, key)
