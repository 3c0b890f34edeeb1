"""Pure rules: when a term begins and ends, which offices one person may not hold together, how a token is made."""

from __future__ import annotations

import calendar
import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

APART: tuple[frozenset[str], ...] = (
    frozenset({"treasurer", "cashier"}),
    frozenset({"auditor", "treasurer"}),
    frozenset({"auditor", "cashier"}),
    frozenset({"auditor", "board"}),
    frozenset({"auditor", "chair"}),
    frozenset({"auditor", "secretary"}),
)
"""Two pairs of hands on money are two people, and nobody audits their own work."""

PROOF_LASTS = timedelta(minutes=15)
LONGEST_TOKEN_DAYS = 366
TOKEN_PREFIX = "roch_"  # noqa: S105  # the public beginning of every token, so that leaked ones can be recognised

ANSWER_FOR_THE_LAW = frozenset({"chair", "secretary", "board"})
"""Offices that are told when the law changes."""


def term_moments(from_on: date, until_on: date, time_zone: str) -> tuple[datetime, datetime]:
    """Return the first moment of the first day and the first moment after the last day, in the zone given."""
    zone = ZoneInfo(time_zone)
    start = datetime.combine(from_on, time(), zone)
    end = datetime.combine(until_on + timedelta(days=1), time(), zone)
    return start, end


def months_later(day: date, months: int) -> date:
    """Return the last day of a term of so many months: the day before the same day of a later month.

    Where the later month has no such day (31 January and one month), its last day counts.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)) - timedelta(days=1)


def kept_apart(office: str, held: Iterable[str]) -> str | None:
    """Return an office among those held that may not be in the same hands as this one, or None."""
    for other in sorted(held):
        if frozenset({office, other}) in APART:
            return other
    return None


def new_token() -> str:
    """Return a fresh access token: 256 random bits behind a fixed beginning."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Return the SHA-256 of a token; enough for 256 random bits, unlike for a password."""
    return hashlib.sha256(token.encode()).hexdigest()


def fresh(sure_at: datetime | None, now: datetime) -> bool:
    """Return whether someone proved who they are at most fifteen minutes ago (and not in the future)."""
    return sure_at is not None and timedelta(seconds=-60) <= now - sure_at <= PROOF_LASTS
