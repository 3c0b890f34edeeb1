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


def closed_period(number: int) -> ClosedPeriod | None:
    """Return one closed period, or None."""
    return next((period for period in closed_periods() if period.id == number), None)


def adjusts(period: int, reason_code: str) -> str:
    """Return how an adjusting entry names, as its source, the closed period it corrects and why."""
    return f"ledger.period:{period}:{reason_code}"


def adjusting_entries(period: int) -> list[int]:
    """Return the postings that corrected a closed period later, oldest first."""
    found = rows(
        "SELECT id FROM ledger_posting WHERE kind = 'ledger.adjustment' AND source LIKE %s ORDER BY id",
        [f"ledger.period:{period}:%"],
    )
    return [int(row[0]) for row in found]


def first_moment() -> datetime | None:
    """Return when the first thing happened that the books know of, or None while they are empty."""
    found = one("SELECT min(happened_at) FROM ledger_posting")
    return found[0] if found else None


def holds_open_since(moment: datetime) -> int:
    """Return how many holds placed before a moment have not ended."""
    found = one(
        "SELECT count(*) FROM ledger_hold h LEFT JOIN ledger_holdresolution r ON r.hold_id = h.id "
        "WHERE h.placed_at < %s AND r.hold_id IS NULL",
        [moment],
    )
    return int(found[0]) if found else 0
