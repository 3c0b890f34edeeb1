"""An account's statement: its postings in the order they happened, with a running balance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rochdale.ledger import rules

from .rows import one, rows, stream
from .totals import totals

LINES = """
SELECT p.id, p.kind, p.happened_at, p.recorded_at, p.source, p.reverses, m.change, m.others, m.roles,
    %(opening)s::numeric + sum(m.change) OVER (ORDER BY p.happened_at, p.id)
FROM (
    SELECT s.posting_id, %(side)s * sum(s.amount) AS change, array_agg(DISTINCT s.other) AS others,
        array_agg(DISTINCT s.role) FILTER (WHERE s.role <> '') AS roles
    FROM (
        SELECT t.posting_id, t.amount, t.role, t.debit_id AS other FROM ledger_transfer t WHERE t.credit_id = %(account)s
        UNION ALL
        SELECT t.posting_id, -t.amount, t.role, t.credit_id FROM ledger_transfer t WHERE t.debit_id = %(account)s
    ) s GROUP BY s.posting_id
) m JOIN ledger_posting p ON p.id = m.posting_id
WHERE (%(start)s::timestamptz IS NULL OR p.happened_at >= %(start)s) AND (%(end)s::timestamptz IS NULL OR p.happened_at < %(end)s)
ORDER BY p.happened_at {order}, p.id {order}
"""
COUNT = """
SELECT count(DISTINCT s.posting_id) FROM (
    SELECT posting_id FROM ledger_transfer WHERE credit_id = %(account)s
    UNION ALL SELECT posting_id FROM ledger_transfer WHERE debit_id = %(account)s
) s JOIN ledger_posting p ON p.id = s.posting_id
WHERE (%(start)s::timestamptz IS NULL OR p.happened_at >= %(start)s) AND (%(end)s::timestamptz IS NULL OR p.happened_at < %(end)s)
"""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One posting as this account saw it: `change` and `balance` on the account's normal side."""

    posting: int
    kind: str
    happened_at: datetime
    recorded_at: datetime
    source: str
    reverses: int | None
    change: int
    balance: int
    others: tuple[int, ...]
    """Ids of the accounts on the other side."""
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """Lines of a stretch of time between an opening and a closing balance; `count` of all its lines."""

    account: int
    currency: str
    opening: int
    closing: int
    count: int
    lines: tuple[StatementLine, ...]


def statement(
    account: int,
    start: datetime | None = None,
    end: datetime | None = None,
    limit: int = 100,
    offset: int = 0,
    *,
    newest_first: bool = True,
) -> Statement | None:
    """Return a page of an account's statement; None when there is no such account.

    `start` is inclusive and `end` exclusive, by when things happened; entries dated back later
    stand where they happened, with the balances after them moved accordingly.
    """
    found = _frame(account, start, end)
    if found is None:
        return None
    given, currency, closing = found
    order = "DESC" if newest_first else "ASC"
    lines = rows(LINES.format(order=order) + " LIMIT %(limit)s OFFSET %(offset)s", given | {"limit": limit, "offset": offset})
    counted = one(COUNT, given)
    count = int(counted[0]) if counted else 0
    return Statement(account, currency, given["opening"], closing, count, tuple(_line(row) for row in lines))


def statement_lines(account: int, start: datetime | None = None, end: datetime | None = None) -> Iterator[StatementLine]:
    """Yield all lines of a statement, oldest first, without holding them in memory; inside a transaction."""
    found = _frame(account, start, end)
    if found is not None:
        yield from map(_line, stream(LINES.format(order="ASC"), found[0]))


def _frame(account: int, start: datetime | None, end: datetime | None) -> tuple[dict[str, Any], str, int] | None:
    found = one("SELECT kind, currency FROM ledger_account WHERE id = %s", [account])
    if found is None:
        return None
    side = rules.side(found[0])
    before = totals(accounts=[account], until=start).get(account) if start is not None else None
    inside = totals(accounts=[account], since=start, until=end).get(account)
    opening = side * (before.credits - before.debits) if before else 0
    closing = opening + (side * (inside.credits - inside.debits) if inside else 0)
    return {"account": account, "start": start, "end": end, "side": side, "opening": opening}, found[1], closing


def _line(row: tuple[Any, ...]) -> StatementLine:
    return StatementLine(*(*row[:6], int(row[6]), int(row[9]), tuple(row[7]), tuple(row[8] or ())))
