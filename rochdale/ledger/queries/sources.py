"""What an account got from which source: earnings per track, per loan, per stay, read off the books."""

from __future__ import annotations

from uuid import UUID

from .rows import rows, whole

BY_SOURCE = """
SELECT coalesce(o.source, p.source), sum(m.amount)
FROM (
    SELECT posting_id, amount FROM ledger_transfer WHERE credit_id = %(account)s
    UNION ALL
    SELECT posting_id, -amount FROM ledger_transfer WHERE debit_id = %(account)s
) m
JOIN ledger_posting p ON p.id = m.posting_id LEFT JOIN ledger_posting o ON o.id = p.reverses
WHERE coalesce(o.source, p.source) LIKE %(beginning)s
GROUP BY 1
"""


def credited_by_source(account: int, beginning: str) -> dict[str, int]:
    """Return what an account was credited, less what it was debited, per source that begins so.

    A reversal counts against the source of the posting it reverses. In micro-units.
    """
    escaped = beginning.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {str(row[0]): whole(row[1]) for row in rows(BY_SOURCE, {"account": account, "beginning": f"{escaped}%"})}


AVAILABLE = """
SELECT a.party, b.balance - b.held - b.floor
FROM ledger_account a JOIN ledger_guardedbalance b ON b.account_id = a.id
WHERE a.code = %s AND a.currency = %s AND a.party = ANY(%s::uuid[])
"""


def available_to(parties: list[UUID], *, code: str, currency: str) -> dict[UUID, int]:
    """Return what each party may spend of its guarded account of a code; who has none is left out."""
    return {row[0]: int(row[1]) for row in rows(AVAILABLE, [code, currency, parties])}
