"""The clock, read by entrances only; actions and queries take `now`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_standing_still_at: ContextVar[datetime | None] = ContextVar("rochdale_clock", default=None)


def now() -> datetime:
    """Return this moment in UTC, or the moment at which a test or the demo holds the clock."""
    return _standing_still_at.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at a moment, which must carry its time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment carries its time zone")
    token = _standing_still_at.set(moment)
    try:
        yield
    finally:
        _standing_still_at.reset(token)
