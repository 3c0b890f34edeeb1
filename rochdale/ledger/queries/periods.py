"""Closed periods and checkpoints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .rows import one, rows


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """A closed time; `checkpoint` names the set of postings the books held at its closing."""

    id: int
    starts_at: datetime
    ends_at: datetime
    closed_at: datetime
    checkpoint: int
    actor: str


def closed_periods() -> list[ClosedPeriod]:
    """Return the closed periods, newest first."""
    found = rows("SELECT id, starts_at, ends_at, closed_at, epoch, actor FROM ledger_closedperiod ORDER BY starts_at DESC")
    return [ClosedPeriod(*row) for row in found]


def is_closed(moment: datetime) -> bool:
    """Say whether nothing may be dated to this moment any more."""
    return one("SELECT 1 FROM ledger_closedperiod WHERE starts_at <= %s AND ends_at > %s", [moment, moment]) is not None


def last_checkpoint() -> tuple[int, datetime] | None:
    """Return number and moment of the last checkpoint, or None."""
    found = one("SELECT epoch, made_at FROM ledger_checkpoint ORDER BY epoch DESC LIMIT 1")
    return (int(found[0]), found[1]) if found else None
