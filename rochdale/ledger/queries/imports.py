"""Books that were brought in: what old accounts became, which transactions are there, what they come to."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rochdale.ledger.models import ImportedAccount, ImportedText
from rochdale.shared import keys

from .rows import rows, whole


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """What an account of other books became: a code, and a party where it is a person's own."""

    code: str
    kind: str
    party: UUID | None
    title: str


@dataclass(frozen=True, slots=True)
class Import:
    """One time that a file was brought in; `posted` counts what it booked."""

    run: int
    form: str
    begun_at: datetime
    transactions: int
    posted: int


@dataclass(frozen=True, slots=True)
class OldText:
    """What an imported posting said in words, and where it stood."""

    run: int
    line: int
    payee: str
    text: str


def mark_of_account(name: str) -> str:
    """Return the keyed fingerprint under which an old account is found again."""
    return keys.mac(f"ledger.account:{name}")


def place_of_text(posting: int) -> str:
    """Name the place a posting's words are sealed to."""
    return f"ledger.text:{posting}"


def imported_accounts(names: Collection[str]) -> dict[str, KnownAccount]:
    """Return what old accounts became, by their old names; those never seen are left out."""
    marks = {mark_of_account(name): name for name in names}
    found = ImportedAccount.objects.filter(mark__in=list(marks))
    return {marks[row.mark]: KnownAccount(row.code, row.kind, row.party, row.title) for row in found}


def imported_codes() -> dict[str, bool]:
    """Return every code that imported accounts have, and whether it is of people's own accounts."""
    found = ImportedAccount.objects.values_list("code", "party")
    return {code: party is not None for code, party in found}


def keys_there(wanted: Sequence[str]) -> set[str]:
    """Return which of these keys the books have."""
    return {row[0] for row in rows("SELECT key FROM ledger_posting WHERE key = ANY(%s)", [list(wanted)])}


SUMS = """
SELECT s.account, a.currency, sum(s.amount) FROM (
    SELECT t.debit_id AS account, t.amount
    FROM ledger_posting p JOIN ledger_transfer t ON t.posting_id = p.id WHERE p.key = ANY(%(keys)s)
    UNION ALL
    SELECT t.credit_id, -t.amount
    FROM ledger_posting p JOIN ledger_transfer t ON t.posting_id = p.id WHERE p.key = ANY(%(keys)s)
) s JOIN ledger_account a ON a.id = s.account GROUP BY s.account, a.currency
"""


def sums_of_keys(wanted: Sequence[str]) -> dict[int, int]:
    """Return what the postings with these keys put on each account, debits positive, read back from the books."""
    return {int(row[0]): whole(row[2]) for row in rows(SUMS, {"keys": list(wanted)})}


def account_ids(places: Collection[tuple[str, UUID | None, str]]) -> dict[tuple[str, UUID | None, str], int]:
    """Return the ids of open accounts by code, party and currency."""
    codes = sorted({code for code, _party, _currency in places})
    found = rows("SELECT code, party, currency, id FROM ledger_account WHERE code = ANY(%s)", [codes])
    return {(row[0], row[1], row[2]): int(row[3]) for row in found}


IMPORTS = """
SELECT r.id, r.form, r.begun_at, r.transactions, (SELECT count(*) FROM ledger_importedtext t WHERE t.run = r.id)
FROM ledger_importrun r ORDER BY r.id DESC LIMIT %s
"""


def imports(limit: int = 50) -> list[Import]:
    """Return the latest imports, newest first."""
    return [Import(*row) for row in rows(IMPORTS, [limit])]


def old_text(posting: int) -> OldText | None:
    """Return what an imported posting said in words, or None; the caller decides who may read it."""
    row = ImportedText.objects.filter(pk=posting).first()
    if row is None:
        return None
    said = json.loads(keys.decrypt_text(bytes(row.sealed), about=place_of_text(posting)))
    return OldText(row.run, row.line, said["payee"], said["text"])


def old_texts_of(party: UUID) -> list[dict[str, object]]:
    """Return the words of imported postings that concern a party, for their copy of their data."""
    found = rows(
        "SELECT t.posting_id, p.happened_at, t.sealed FROM ledger_importedtext t JOIN ledger_posting p ON p.id = t.posting_id "
        "WHERE p.party = %s ORDER BY p.happened_at, p.id",
        [party],
    )
    return [
        {"posting": row[0], "happened_at": row[1]} | json.loads(keys.decrypt_text(bytes(row[2]), about=place_of_text(row[0])))
        for row in found
    ]
