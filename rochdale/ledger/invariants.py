"""Truths about the books, numbered. Each check returns the rows that break it; an empty list is good.

Used by the tests, the nightly job and `rochdale check-books`. They read the tables as they
are, and trust neither the triggers nor the stored balances.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from rochdale.shared.module import Invariant

Rows = Sequence[dict[str, Any]]

SENTENCES: dict[str, tuple[str, str]] = {
    "L1": (
        "Debits equal credits in every currency.",
        """
        SELECT a.currency, sum(s.debit) AS debits, sum(s.credit) AS credits FROM (
            SELECT debit_id AS account, sum(amount) AS debit, 0 AS credit FROM ledger_transfer GROUP BY debit_id
            UNION ALL SELECT credit_id, 0, sum(amount) FROM ledger_transfer GROUP BY credit_id
        ) s JOIN ledger_account a ON a.id = s.account GROUP BY a.currency HAVING sum(s.debit) <> sum(s.credit)
        """,
    ),
    "L2": (
        "A guarded account's stored balance is the sum of its transfers.",
        """
        SELECT b.account_id, b.balance, coalesce(s.total, 0) AS transfers FROM ledger_guardedbalance b
        JOIN ledger_account a ON a.id = b.account_id
        LEFT JOIN (
            SELECT account, sum(amount) AS total FROM (
                SELECT credit_id AS account, amount FROM ledger_transfer UNION ALL SELECT debit_id, -amount FROM ledger_transfer
            ) m GROUP BY account
        ) s ON s.account = b.account_id
        WHERE b.balance <> coalesce(s.total, 0) * CASE WHEN a.kind IN ('asset', 'expense') THEN -1 ELSE 1 END
        """,
    ),
    "L3": (
        "No guarded balance is below its floor and its holds.",
        "SELECT account_id, balance, held, floor FROM ledger_guardedbalance WHERE balance - held < floor",
    ),
    "L4": (
        "What an account holds is the sum of its open holds.",
        """
        SELECT b.account_id, b.held, coalesce(s.total, 0) AS holds FROM ledger_guardedbalance b LEFT JOIN (
            SELECT h.account_id, sum(h.amount) AS total FROM ledger_hold h LEFT JOIN ledger_holdresolution r ON r.hold_id = h.id
            WHERE r.hold_id IS NULL GROUP BY h.account_id
        ) s ON s.account_id = b.account_id WHERE b.held <> coalesce(s.total, 0)
        """,
    ),
    "L5": (
        "Every transfer belongs to a posting of its set, and every posting has all its transfers.",
        """
        SELECT coalesce(p.id, t.posting_id) AS posting, p.legs, t.found FROM ledger_posting p FULL JOIN (
            SELECT posting_id, count(*) AS found, max(place) AS last, min(epoch) AS first_epoch, max(epoch) AS last_epoch
            FROM ledger_transfer GROUP BY posting_id
        ) t ON t.posting_id = p.id
        WHERE p.id IS NULL OR t.posting_id IS NULL OR p.legs <> t.found OR t.last <> p.legs
            OR t.first_epoch <> p.epoch OR t.last_epoch <> p.epoch
        """,
    ),
    "L6": (
        "Every transfer moves a positive amount between two accounts that exist and share a currency.",
        """
        SELECT t.posting_id, t.place, t.amount, d.currency AS debit_currency, c.currency AS credit_currency
        FROM ledger_transfer t LEFT JOIN ledger_account d ON d.id = t.debit_id LEFT JOIN ledger_account c ON c.id = t.credit_id
        WHERE d.id IS NULL OR c.id IS NULL OR d.currency <> c.currency OR t.amount <= 0 OR d.id = c.id
        """,
    ),
    "L7": (
        "A checkpoint's balances are the sums of the transfers in its set, stretch by stretch.",
        """
        SELECT r.account_id, r.epoch, r.debits, r.credits, s.debits AS debits_found, s.credits AS credits_found
        FROM (
            SELECT b.*, row_number() OVER backwards = 1 AS newest,
                lag(b.debits, 1, 0) OVER forwards AS debits_before, lag(b.credits, 1, 0) OVER forwards AS credits_before,
                lag(b.epoch, 1, -1) OVER forwards AS epoch_before
            FROM ledger_checkpointbalance b
            WINDOW forwards AS (PARTITION BY account_id ORDER BY epoch),
                backwards AS (PARTITION BY account_id ORDER BY epoch DESC)
        ) r LEFT JOIN (
            SELECT m.account, sum(m.debit) AS debits, sum(m.credit) AS credits FROM (
                SELECT debit_id AS account, epoch, amount AS debit, 0 AS credit FROM ledger_transfer
                UNION ALL SELECT credit_id, epoch, 0, amount FROM ledger_transfer
            ) m JOIN (SELECT account_id, max(epoch) AS epoch FROM ledger_checkpointbalance GROUP BY account_id) l
                ON l.account_id = m.account AND m.epoch <= l.epoch
            GROUP BY m.account
        ) s ON s.account = r.account_id
        WHERE r.debits <> r.debits_before + r.debits_here OR r.credits <> r.credits_before + r.credits_here
            OR r.after_epoch <> r.epoch_before
            OR (r.newest AND (r.debits <> coalesce(s.debits, 0) OR r.credits <> coalesce(s.credits, 0)))
        """,
    ),
    "L8": (
        "Every posting names the version of the bylaws it used.",
        "SELECT id, kind, bylaws_version FROM ledger_posting WHERE bylaws_version < 1",
    ),
    "L9": (
        "A reversal is the exact opposite of its posting, later than it, and of no reversal.",
        """
        SELECT r.id AS reversal, r.reverses AS posting FROM ledger_posting r LEFT JOIN ledger_posting p ON p.id = r.reverses
        WHERE r.reverses IS NOT NULL AND (
            p.id IS NULL OR p.reverses IS NOT NULL OR p.legs <> r.legs OR p.kind <> r.kind OR r.recorded_at < p.recorded_at
            OR EXISTS (
                SELECT FROM ledger_transfer t LEFT JOIN ledger_transfer o ON o.posting_id = p.id AND o.place = t.place
                WHERE t.posting_id = r.id AND (
                    o.place IS NULL OR o.amount <> t.amount OR o.debit_id <> t.credit_id OR o.credit_id <> t.debit_id
                )
            )
        )
        """,
    ),
    "L10": (
        "Nothing dated into a closed period was booked after its closing.",
        """
        SELECT p.id, p.happened_at, p.epoch, z.id AS period FROM ledger_closedperiod z
        JOIN ledger_posting p ON p.happened_at >= z.starts_at AND p.happened_at < z.ends_at
        WHERE p.epoch > z.epoch
        """,
    ),
    "L11": (
        "Every account with a floor has its stored balance, and no other has one.",
        """
        SELECT a.id, a.code, a.floor, b.floor AS guarded_at
        FROM ledger_account a FULL JOIN ledger_guardedbalance b ON b.account_id = a.id
        WHERE a.floor IS DISTINCT FROM b.floor
        """,
    ),
    "L12": (
        "A captured hold has its posting, of no more than was held; no other end has one.",
        """
        SELECT r.hold_id, r.outcome, r.captured, h.amount, p.id AS posting FROM ledger_holdresolution r
        LEFT JOIN ledger_hold h ON h.id = r.hold_id LEFT JOIN ledger_posting p ON p.key = 'ledger.capture:' || r.hold_id
        WHERE h.id IS NULL OR r.captured > h.amount OR (r.outcome = 'captured') <> (p.id IS NOT NULL)
        """,
    ),
    "L13": (
        "A checkpoint counts the postings of its set.",
        """
        SELECT c.epoch, c.postings, s.found FROM ledger_checkpoint c CROSS JOIN LATERAL (
            SELECT count(*) AS found FROM ledger_posting p WHERE p.epoch <= c.epoch
                AND p.epoch > coalesce((SELECT max(e.epoch) FROM ledger_checkpoint e WHERE e.epoch < c.epoch), -1)
        ) s WHERE s.found <> c.postings AND c.epoch = (SELECT max(epoch) FROM ledger_checkpoint)
        """,
    ),
    "L14": (
        "No posting is stamped with a set that has not begun.",
        "SELECT id, epoch FROM ledger_posting WHERE epoch > coalesce((SELECT max(number) FROM ledger_epoch), 0) OR epoch < 0",
    ),
}


def offending(number: str) -> list[dict[str, Any]]:
    """Return the rows that break one truth; reads the co-op of the moment."""
    with connection.cursor() as cursor:
        cursor.execute(SENTENCES[number][1].replace("%", "%%"), [])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def check_all() -> dict[str, list[dict[str, Any]]]:
    """Check every truth; return the offending rows by number, only of what is broken."""
    found = {number: offending(number) for number in SENTENCES}
    return {number: rows for number, rows in found.items() if rows}


def _check(number: str) -> Callable[[], Rows]:
    return lambda: offending(number)


BOOK_CHECKS = tuple(Invariant(number, sentence, _check(number)) for number, (sentence, _) in SENTENCES.items())
