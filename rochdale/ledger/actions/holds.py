"""Holds: money of a guarded account that is promised until it is captured, released or expired."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from rochdale.ledger import catalogue, queries
from rochdale.ledger.rules import Leg, drawn_from
from rochdale.shared import may, money
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.ids import KEY_LENGTH

from . import postings
from .refused import (
    ExpiryNotAhead,
    HoldExpired,
    HoldMissed,
    HoldResolved,
    HoldTooSmall,
    KeyReused,
    KeyUnusable,
    NoSuchHold,
    NotPositive,
    TooLarge,
    UnknownKind,
    named,
)

HOLD = """
INSERT INTO ledger_hold (key, body, account_id, amount, kind, placed_at, expires_at, source, actor, via)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (key) DO NOTHING RETURNING id
"""
EARLIER_HOLD = "SELECT id, body FROM ledger_hold WHERE key = %s"
RESOLVE = """
INSERT INTO ledger_holdresolution (hold_id, key, body, outcome, captured, resolved_at, actor)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (hold_id) DO NOTHING RETURNING hold_id
"""
EARLIER_RESOLUTION = "SELECT key, body, outcome FROM ledger_holdresolution WHERE hold_id = %s"
OUTCOMES = {"captured": _("captured"), "released": _("released"), "expired": _("expired")}
LOCK = """
SELECT account_id FROM ledger_guardedbalance WHERE account_id = ANY(%s) ORDER BY account_id FOR NO KEY UPDATE
"""
EXPIRE = """
INSERT INTO ledger_holdresolution (hold_id, key, body, outcome, captured, resolved_at, actor)
SELECT h.id, 'ledger.expire_holds:' || h.id, ''::bytea, 'expired', 0, %s, %s
FROM ledger_hold h LEFT JOIN ledger_holdresolution r ON r.hold_id = h.id
WHERE h.expires_at <= %s AND r.hold_id IS NULL
ORDER BY h.account_id, h.id LIMIT %s
ON CONFLICT (hold_id) DO NOTHING
"""


@action("ledger.hold", may=may.inside, recorded=False)
def hold(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    account: int,
    amount: int,
    kind: str,
    expires_at: datetime,
    source: str = "",
) -> int:
    """Hold an amount (micro-units) of a guarded account until `expires_at`; return the hold's id.

    Held money counts as spent against the floor until the hold ends, also after its time is
    over and before `expire_holds` has run. `kind` is the kind of posting it is held for.
    Refuses an account without a floor, too little money, and a key used for another hold.
    """
    _check_hold(key=key, amount=amount, kind=kind)
    if expires_at <= now:
        raise ExpiryNotAhead()
    body = _hash(account, amount, kind, expires_at.isoformat(), source)
    with connection.cursor() as cursor, named(account=account):
        given: list[Any] = [key, body, account, amount, kind, now, expires_at, source, actor.principal, actor.via]
        cursor.execute(HOLD, given)
        made = cursor.fetchone()
        if made:
            return int(made[0])
        cursor.execute(EARLIER_HOLD, [key])
        earlier, known = cursor.fetchone()
    if bytes(known) != body:
        raise KeyReused(key=key)
    return int(earlier)


@action("ledger.capture", may=may.inside, recorded=False)
def capture(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    hold: int,
    transfers: Sequence[Leg],
    source: str = "",
    party: UUID | None = None,
    standing: str = "",
    tax: str = "",
) -> int:
    """End a hold by booking transfers that take at most the held amount; return the posting's id.

    What is not taken is free again. The posting has the hold's kind, the key
    `ledger.capture:<hold>`, and happens now. Refuses a hold that has ended, whose time is
    over, or that is too small; the same key and body again return the first posting.
    """
    held = _hold(hold)
    _lock([held.account, *(leg.debit for leg in transfers), *(leg.credit for leg in transfers)])
    body = _hash(hold, [[leg.debit, leg.credit, leg.amount, leg.role] for leg in transfers], source, party, standing, tax)
    if _ended(hold, key=key, body=body):
        return _captured_by(hold)
    taken = drawn_from(held.account, legs=transfers, kind=held.account_kind)
    if now >= held.expires_at:
        raise HoldExpired()
    if taken <= 0:
        raise HoldMissed()
    if taken > held.amount:
        raise HoldTooSmall()
    # The hold ends before the money moves: its own promise must not stand in its way.
    _resolve(hold, key=key, body=body, outcome="captured", taken=taken, actor=actor, now=now)
    return int(
        postings.post(
            actor=actor,
            now=now,
            key=f"ledger.capture:{hold}",
            kind=held.kind,
            transfers=transfers,
            happened_at=now,
            source=source or held.source,
            party=party,
            standing=standing,
            tax=tax,
        )
    )


@action("ledger.release", may=may.inside, recorded=False)
def release(*, actor: Actor, now: datetime, key: str, hold: int) -> int:
    """End a hold without taking anything; return the hold's id. Refuses a hold that has ended otherwise."""
    held = _hold(hold)
    _lock([held.account])
    if not _ended(hold, key=key, body=b"release"):
        _resolve(hold, key=key, body=b"release", outcome="released", taken=0, actor=actor, now=now)
    return hold


@action("ledger.expire_holds", may=may.jobs, recorded=False)
def expire_holds(*, actor: Actor, now: datetime, key: str, most: int = 1000) -> int:
    """End the holds whose time is over, at most so many at once; return how many ended. Safe to repeat."""
    with connection.cursor() as cursor:
        cursor.execute(EXPIRE, [now, actor.principal, now, most])
        return int(cursor.rowcount)


def _check_hold(*, key: str, amount: int, kind: str) -> None:
    if not 0 < len(key) <= KEY_LENGTH:
        raise KeyUnusable(longest=KEY_LENGTH)
    if type(amount) is not int or amount <= 0:
        raise NotPositive()
    if amount > money.LARGEST:
        raise TooLarge()
    if catalogue.posting_kind(kind) is None:
        raise UnknownKind(kind=kind)


def _hash(*parts: object) -> bytes:
    return hashlib.sha256(json.dumps(parts, default=str).encode()).digest()


def _hold(number: int) -> queries.HoldDetail:
    found = queries.hold(number)
    if found is None:
        raise NoSuchHold(hold=number)
    return found


def _lock(accounts: Sequence[int]) -> None:
    """Lock all guarded accounts of a capture in the order of their ids, before the hold's own is touched."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [list(accounts)])


def _ended(hold: int, *, key: str, body: bytes) -> bool:
    """Say whether this very resolution was made before. Refuses when another one was."""
    with connection.cursor() as cursor:
        cursor.execute(EARLIER_RESOLUTION, [hold])
        earlier = cursor.fetchone()
    if earlier is None:
        return False
    if earlier[0] != key:
        raise HoldResolved(outcome=OUTCOMES[earlier[2]])
    if bytes(earlier[1]) != body:
        raise KeyReused(key=key)
    return True


def _resolve(hold: int, *, key: str, body: bytes, outcome: str, taken: int, actor: Actor, now: datetime) -> None:
    with connection.cursor() as cursor, named():
        cursor.execute(RESOLVE, [hold, key, body, outcome, taken, now, actor.principal])
        if cursor.fetchone() is None:
            raise HoldResolved(outcome=_("ended"))


def _captured_by(hold: int) -> int:
    found = queries.posting_with_key(f"ledger.capture:{hold}")
    if found is None:
        raise HoldResolved(outcome=_("ended"))
    return found
