"""The books without any person: what moved between account codes, and what stands behind one of them.

All are set-based: one query each, however many accounts and postings there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from rochdale.ledger import rules

from .rows import one, rows, whole


@dataclass(frozen=True, slots=True)
class Moved:
    """What one kind of posting moved between accounts of two codes, in micro-units; reversals are taken off."""

    kind: str
    debit: str
    debit_kind: str
    credit: str
    credit_kind: str
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class Month:
    """One kind's postings on one account code in a month: how many, by how many parties, what they added
    (or took), and the last version of the bylaws under which they were made."""

    kind: str
    month: date
    count: int
    parties: int
    amount: int
    bylaws_version: int


@dataclass(frozen=True, slots=True)
class OwnPosting:
    """A posting of the co-op itself (nobody's in particular), and what it added to the account code."""

    id: int
    kind: str
    happened_at: datetime
    amount: int
    bylaws_version: int


MOVED = """
SELECT s.kind, d.code, d.kind, c.code, c.kind, d.currency, sum(s.amount) FROM (
    SELECT p.kind,
        CASE WHEN p.reverses IS NULL THEN t.debit_id ELSE t.credit_id END AS debit,
        CASE WHEN p.reverses IS NULL THEN t.credit_id ELSE t.debit_id END AS credit,
        sum(CASE WHEN p.reverses IS NULL THEN t.amount ELSE -t.amount END) AS amount
    FROM ledger_posting p JOIN ledger_transfer t ON t.posting_id = p.id
    WHERE p.happened_at >= %(start)s AND p.happened_at < %(end)s
    GROUP BY 1, 2, 3
) s JOIN ledger_account d ON d.id = s.debit JOIN ledger_account c ON c.id = s.credit
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 4
"""


def moved(*, start: datetime, end: datetime) -> list[Moved]:
    """Return what each kind of posting moved from `start` until before `end`: statements and flows follow from it.

    Sums by account first and by code after, so that it costs one pass over the transfers (a
    third of `flows`, which also counts parties).
    """
    return [Moved(*(*row[:6], whole(row[6]))) for row in rows(MOVED, {"start": start, "end": end})]


PEOPLE = """
SELECT kind, count(DISTINCT party) FROM ledger_posting
WHERE happened_at >= %(start)s AND happened_at < %(end)s GROUP BY kind
"""


def people_by_kind(*, start: datetime, end: datetime) -> dict[str, int]:
    """Return whose business each kind of posting was: how many different parties from `start` until before `end`."""
    return {row[0]: int(row[1]) for row in rows(PEOPLE, {"start": start, "end": end})}


MONTHS = """
SELECT p.kind, date_trunc('month', p.happened_at AT TIME ZONE %(zone)s)::date, count(DISTINCT p.id), count(DISTINCT p.party),
    sum(m.amount), max(p.bylaws_version)
FROM (
    SELECT t.posting_id, t.amount FROM ledger_account a JOIN ledger_transfer t ON t.credit_id = a.id
    WHERE a.code = %(code)s AND a.currency = %(currency)s
    UNION ALL
    SELECT t.posting_id, -t.amount FROM ledger_account a JOIN ledger_transfer t ON t.debit_id = a.id
    WHERE a.code = %(code)s AND a.currency = %(currency)s
) m (posting_id, amount) JOIN ledger_posting p ON p.id = m.posting_id
WHERE p.happened_at >= %(start)s AND p.happened_at < %(end)s
GROUP BY 1, 2 ORDER BY 1, 2
"""


def months_of(code: str, currency: str, *, start: datetime, end: datetime, zone: str) -> list[Month]:
    """Return an account code's postings by kind and month (months of the time zone), positive when they raised it."""
    kind = type_of(code)
    if kind is None:
        return []
    given = {"code": code, "currency": currency, "start": start, "end": end, "zone": zone}
    side = rules.side(kind)
    return [Month(row[0], row[1], row[2], row[3], side * whole(row[4]), row[5]) for row in rows(MONTHS, given)]


OWN = """
SELECT p.id, p.kind, p.happened_at, p.bylaws_version, sum(m.amount)
FROM (
    SELECT t.posting_id, t.amount FROM ledger_account a JOIN ledger_transfer t ON t.credit_id = a.id
    WHERE a.code = %(code)s AND a.currency = %(currency)s AND a.party IS NULL
    UNION ALL
    SELECT t.posting_id, -t.amount FROM ledger_account a JOIN ledger_transfer t ON t.debit_id = a.id
    WHERE a.code = %(code)s AND a.currency = %(currency)s AND a.party IS NULL
) m (posting_id, amount) JOIN ledger_posting p ON p.id = m.posting_id
WHERE p.party IS NULL AND p.happened_at >= %(start)s AND p.happened_at < %(end)s
GROUP BY p.id, p.kind, p.happened_at, p.bylaws_version ORDER BY p.happened_at DESC, p.id DESC LIMIT %(limit)s
"""


def own_postings(code: str, currency: str, *, start: datetime, end: datetime, limit: int = 50) -> list[OwnPosting]:
    """Return the latest postings on an account code that concern nobody in particular; those of people are never listed here."""
    kind = type_of(code)
    if kind is None:
        return []
    given = {"code": code, "currency": currency, "start": start, "end": end, "limit": limit}
    side = rules.side(kind)
    return [OwnPosting(row[0], row[1], row[2], side * whole(row[4]), row[3]) for row in rows(OWN, given)]


def type_of(code: str) -> str | None:
    """Return the type of the accounts with a code (asset, liability, …), or None where none is open."""
    found = one("SELECT kind FROM ledger_account WHERE code = %s LIMIT 1", [code])
    return str(found[0]) if found else None
