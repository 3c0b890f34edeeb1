"""What accounts add up to: now, as of a day, as known on a day, in a closed set.

One query serves all. It adds the stretches that checkpoints closed and that lie wholly inside
the question, and then only looks at the transfers of stretches that are cut by it and at each
account's tail behind its last checkpoint. So a balance costs as much as the tail is long,
however many transfers the account has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rochdale.ledger import rules

from .rows import one, rows, whole

CURRENT = """
SELECT CASE WHEN g.account_id IS NOT NULL THEN g.balance
    ELSE (CASE WHEN a.kind IN ('asset', 'expense') THEN -1 ELSE 1 END)
        * (coalesce(c.credits, 0) + coalesce(k.amount, 0) - coalesce(c.debits, 0) - coalesce(d.amount, 0)) END
FROM ledger_account a
LEFT JOIN ledger_guardedbalance g ON g.account_id = a.id
LEFT JOIN LATERAL (
    SELECT b.epoch, b.debits, b.credits FROM ledger_checkpointbalance b
    WHERE b.account_id = a.id AND g.account_id IS NULL ORDER BY b.epoch DESC LIMIT 1
) c ON true
LEFT JOIN LATERAL (
    SELECT sum(t.amount) AS amount FROM ledger_transfer t
    WHERE t.debit_id = a.id AND t.epoch > coalesce(c.epoch, -1) AND g.account_id IS NULL
) d ON true
LEFT JOIN LATERAL (
    SELECT sum(t.amount) AS amount FROM ledger_transfer t
    WHERE t.credit_id = a.id AND t.epoch > coalesce(c.epoch, -1) AND g.account_id IS NULL
) k ON true
WHERE a.id = %s
"""
"""The balance of one account now: the stored one, or its last checkpoint and the tail behind it."""

TOTALS = """
WITH chosen AS (
    SELECT a.id FROM ledger_account a
    WHERE (%(accounts)s::bigint[] IS NULL OR a.id = ANY(%(accounts)s))
), stretch AS (
    SELECT b.account_id, b.after_epoch, b.epoch, b.debits_here, b.credits_here,
        b.last_happened_at < coalesce(%(until)s::timestamptz, 'infinity')
            AND b.first_happened_at >= coalesce(%(since)s::timestamptz, '-infinity')
            AND b.last_recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
            AND b.epoch <= coalesce(%(checkpoint)s::integer, 2147483647) AS inside,
        b.first_happened_at >= coalesce(%(until)s::timestamptz, 'infinity')
            OR b.last_happened_at < coalesce(%(since)s::timestamptz, '-infinity')
            OR b.first_recorded_at > coalesce(%(known_at)s::timestamptz, 'infinity')
            OR b.after_epoch >= coalesce(%(checkpoint)s::integer, 2147483647) AS outside
    FROM ledger_checkpointbalance b JOIN chosen ON chosen.id = b.account_id
), piece AS (
    SELECT account_id, after_epoch, epoch FROM stretch WHERE NOT inside AND NOT outside
    UNION ALL
    SELECT chosen.id, coalesce(
        (SELECT max(b.epoch) FROM ledger_checkpointbalance b WHERE b.account_id = chosen.id), -1
    ), 2147483647 FROM chosen
), loose AS (
    SELECT piece.account_id, t.posting_id, t.epoch, t.amount AS debit, 0 AS credit FROM piece
    JOIN ledger_transfer t ON t.debit_id = piece.account_id AND t.epoch > piece.after_epoch AND t.epoch <= piece.epoch
    UNION ALL
    SELECT piece.account_id, t.posting_id, t.epoch, 0, t.amount FROM piece
    JOIN ledger_transfer t ON t.credit_id = piece.account_id AND t.epoch > piece.after_epoch AND t.epoch <= piece.epoch
)
SELECT s.account_id, sum(s.debits), sum(s.credits) FROM (
    SELECT account_id, debits_here AS debits, credits_here AS credits FROM stretch WHERE inside
    UNION ALL
    SELECT l.account_id, l.debit, l.credit FROM loose l JOIN ledger_posting p ON p.id = l.posting_id
    WHERE (%(until)s::timestamptz IS NULL OR p.happened_at < %(until)s)
        AND (%(since)s::timestamptz IS NULL OR p.happened_at >= %(since)s)
        AND (%(known_at)s::timestamptz IS NULL OR p.recorded_at <= %(known_at)s)
        AND (%(checkpoint)s::integer IS NULL OR l.epoch <= %(checkpoint)s)
) s GROUP BY s.account_id
"""
"""Debits and credits per account; `since` inclusive, `until` exclusive, `known_at` inclusive."""


@dataclass(frozen=True, slots=True)
class Total:
    """What was debited to and credited to an account."""

    debits: int
    credits: int


def totals(
    *,
    accounts: Sequence[int] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    known_at: datetime | None = None,
    checkpoint: int | None = None,
) -> dict[int, Total]:
    """Return debits and credits per account id; accounts without a transfer in question are left out.

    `since` is inclusive and `until` exclusive, both by when things happened. `known_at` takes
    what was recorded by then; `checkpoint` takes exactly the set that checkpoint closed, which
    nothing can join later: reports that must come out the same for ever name one.
    """
    given: dict[str, Any] = {"since": since, "until": until, "known_at": known_at, "checkpoint": checkpoint}
    given["accounts"] = list(accounts) if accounts is not None else None
    return {int(row[0]): Total(whole(row[1]), whole(row[2])) for row in rows(TOTALS, given)}


def balance(
    account: int, at: datetime | None = None, known_at: datetime | None = None, *, checkpoint: int | None = None
) -> int | None:
    """Return an account's balance in micro-units, positive on the normal side of its kind.

    `at` takes what had happened by that moment (inclusive), `known_at` what was recorded by
    then. None means no data: no such account, or a moment before the account was opened with
    nothing dated to it. An open account without movements has 0.
    """
    if at is None and known_at is None and checkpoint is None:
        found = one(CURRENT, [account])
        return int(found[0]) if found else None
    found = one("SELECT kind, opened_at FROM ledger_account WHERE id = %s", [account])
    if found is None:
        return None
    total = totals(accounts=[account], until=just_after(at), known_at=known_at, checkpoint=checkpoint).get(account)
    if total is not None:
        return rules.side(found[0]) * (total.credits - total.debits)
    asked = [moment for moment in (at, known_at) if moment is not None]
    return 0 if all(moment >= found[1] for moment in asked) else None


def just_after(moment: datetime | None) -> datetime | None:
    """Return the first moment after this one, so that an exclusive bound includes it."""
    return None if moment is None else moment + moment.resolution
