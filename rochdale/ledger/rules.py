"""What a posting is, and the arithmetic of drawing from several accounts. Pure: no Django."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

MOST_LEGS = 1000
"""A posting with more legs than this is several postings."""

DEBIT_NORMAL = frozenset({"asset", "expense"})


@dataclass(frozen=True, slots=True)
class Leg:
    """One transfer of a posting: account ids, a positive amount in micro-units, and what the leg is
    for (`price`, `tax`, `fee` …; the open books group by it)."""

    debit: int
    credit: int
    amount: int
    role: str = ""


@dataclass(frozen=True, slots=True)
class NewPosting:
    """A posting to be made. `party` is whose business it is and `standing` their class codes at that
    moment (or "non-member"); `source` refers to the thing it stems from, such as `music.play:17`."""

    key: str
    kind: str
    transfers: tuple[Leg, ...]
    happened_at: datetime
    source: str = ""
    party: UUID | None = None
    standing: str = ""
    tax: str = ""
    reverses: int | None = None


def body_hash(posting: NewPosting) -> bytes:
    """Return the SHA-256 over everything a repeated key must repeat (not who sent it, nor when we wrote it)."""
    legs = [[leg.debit, leg.credit, leg.amount, leg.role] for leg in posting.transfers]
    body = [
        posting.kind,
        posting.happened_at.astimezone(UTC).isoformat(timespec="microseconds"),
        posting.source,
        str(posting.party or ""),
        posting.standing,
        posting.tax,
        posting.reverses or 0,
        legs,
    ]
    return hashlib.sha256(json.dumps(body, separators=(",", ":"), ensure_ascii=True).encode()).digest()


def opposite(legs: Sequence[Leg]) -> tuple[Leg, ...]:
    """Return the legs that undo these, in the same order."""
    return tuple(Leg(debit=leg.credit, credit=leg.debit, amount=leg.amount, role=leg.role) for leg in legs)


def side(kind: str) -> int:
    """Return +1 for accounts that grow by credits (liability, equity, income), -1 for those that grow by debits."""
    return -1 if kind in DEBIT_NORMAL else 1


def drawn_from(account: int, *, legs: Sequence[Leg], kind: str) -> int:
    """Return by how much the legs lower an account of this kind, net; negative when they raise it."""
    credited = sum(leg.amount for leg in legs if leg.credit == account)
    debited = sum(leg.amount for leg in legs if leg.debit == account)
    return side(kind) * (debited - credited)


def waterfall(wanted: int, available: Sequence[int]) -> list[int] | None:
    """Take from each source in turn until the wanted amount is whole: 100 from 40, 40, 21 takes 40, 40, 20.

    Returns None when the sources together hold too little: then nothing may be taken
    (TigerBeetle's linked balancing transfers, state machine cases T3 and T4).
    """
    if wanted < 0 or any(source < 0 for source in available):
        raise ValueError("a waterfall takes non-negative amounts from non-negative sources")
    taken: list[int] = []
    left = wanted
    for source in available:
        taken.append(min(source, left))
        left -= taken[-1]
    return None if left else taken
