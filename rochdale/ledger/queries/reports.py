"""The books as a whole: trial balance, income statement, balance sheet, flows, use by party."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rochdale.ledger import rules

from .rows import rows, whole
from .totals import just_after, totals

ACCOUNTS = "SELECT id, code, currency, kind, party IS NOT NULL FROM ledger_account"


@dataclass(frozen=True, slots=True)
class TrialLine:
    """An account code in a currency: what was debited and credited, over all parties (`accounts` of them)."""

    code: str
    kind: str
    currency: str
    debits: int
    credits: int
    accounts: int

    @property
    def balance(self) -> int:
        """On the normal side of the kind."""
        return rules.side(self.kind) * (self.credits - self.debits)


def trial_balance(
    at: datetime | None = None,
    known_at: datetime | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    checkpoint: int | None = None,
    currency: str | None = None,
) -> list[TrialLine]:
    """Return debits and credits by account code and currency; both sides add up to the same.

    `at` and `known_at` are inclusive moments; `since` (inclusive) and `until` (exclusive) take
    only the movements of a stretch of time. Codes without movements are left out.
    """
    found = totals(since=since, until=just_after(at) if at is not None else until, known_at=known_at, checkpoint=checkpoint)
    lines: dict[tuple[str, str], TrialLine] = {}
    for number, code, its_currency, kind, _ in rows(ACCOUNTS):
        total = found.get(number)
        if total is None or (currency is not None and its_currency != currency):
            continue
        so_far = lines.get((code, its_currency), TrialLine(code, kind, its_currency, 0, 0, 0))
        lines[code, its_currency] = TrialLine(
            code, kind, its_currency, so_far.debits + total.debits, so_far.credits + total.credits, so_far.accounts + 1
        )
    return [lines[place] for place in sorted(lines)]


@dataclass(frozen=True, slots=True)
class IncomeStatement:
    """What a stretch of time brought in and cost, in one currency, by account code."""

    currency: str
    income: tuple[TrialLine, ...]
    expenses: tuple[TrialLine, ...]

    @property
    def result(self) -> int:
        return sum(line.balance for line in self.income) - sum(line.balance for line in self.expenses)


def income_statement(*, currency: str, since: datetime, until: datetime, checkpoint: int | None = None) -> IncomeStatement:
    """Return income and expenses from `since` until before `until`, by account code."""
    lines = trial_balance(since=since, until=until, checkpoint=checkpoint, currency=currency)
    return IncomeStatement(
        currency,
        tuple(line for line in lines if line.kind == "income"),
        tuple(line for line in lines if line.kind == "expense"),
    )


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """What the co-op has, owes and owns at a moment, in one currency; `result` is earned and not yet divided."""

    currency: str
    assets: tuple[TrialLine, ...]
    liabilities: tuple[TrialLine, ...]
    equity: tuple[TrialLine, ...]
    result: int

    @property
    def total_assets(self) -> int:
        return sum(line.balance for line in self.assets)

    @property
    def total_claims(self) -> int:
        return sum(line.balance for line in (*self.liabilities, *self.equity)) + self.result


def balance_sheet(*, currency: str, at: datetime | None = None, checkpoint: int | None = None) -> BalanceSheet:
    """Return assets, liabilities and equity at a moment (inclusive; None is now), by account code."""
    lines = trial_balance(at=at, checkpoint=checkpoint, currency=currency)
    by_kind = {kind: tuple(line for line in lines if line.kind == kind) for kind in ("asset", "liability", "equity")}
    result = sum(line.balance for line in lines if line.kind == "income")
    result -= sum(line.balance for line in lines if line.kind == "expense")
    return BalanceSheet(currency, by_kind["asset"], by_kind["liability"], by_kind["equity"], result)


@dataclass(frozen=True, slots=True)
class Flow:
    """What moved between two account codes by one kind of posting and one role; reversals are taken off.

    `parties` counts whose business it was, so that a reader of open books can merge small groups.
    """

    kind: str
    role: str
    debit: str
    credit: str
    currency: str
    amount: int
    postings: int
    parties: int


SIGN = "CASE WHEN p.reverses IS NULL THEN 1 ELSE -1 END"
NET_COUNT = "count(DISTINCT p.id) FILTER (WHERE p.reverses IS NULL) - count(DISTINCT p.id) FILTER (WHERE p.reverses IS NOT NULL)"
DEBIT = "CASE WHEN p.reverses IS NULL THEN d.code ELSE c.code END"
CREDIT = "CASE WHEN p.reverses IS NULL THEN c.code ELSE d.code END"
FLOWS = f"""
SELECT p.kind, t.role, {DEBIT}, {CREDIT}, d.currency, sum({SIGN} * t.amount), {NET_COUNT}, count(DISTINCT p.party)
FROM ledger_posting p JOIN ledger_transfer t ON t.posting_id = p.id
JOIN ledger_account d ON d.id = t.debit_id JOIN ledger_account c ON c.id = t.credit_id
WHERE p.happened_at >= %(since)s AND p.happened_at < %(until)s AND (%(checkpoint)s::integer IS NULL OR p.epoch <= %(checkpoint)s)
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""  # noqa: S608  # put together from our own words


def flows(*, since: datetime, until: datetime, checkpoint: int | None = None) -> list[Flow]:
    """Return what moved from `since` until before `until`, by kind, role and account codes.

    A reversal takes its posting off the flow it had made, at the reversal's own date; amounts
    can therefore be negative in a stretch that only reversed.
    """
    found = rows(FLOWS, {"since": since, "until": until, "checkpoint": checkpoint})
    return [Flow(*(*row[:5], whole(row[5]), int(row[6]), int(row[7]))) for row in found]


@dataclass(frozen=True, slots=True)
class Activity:
    """What one party moved by one kind and role; reversals are taken off."""

    party: UUID
    standing: str
    kind: str
    role: str
    currency: str
    amount: int
    postings: int


ACTIVITY = f"""
SELECT p.party, p.standing, p.kind, t.role, a.currency, sum({SIGN} * t.amount), {NET_COUNT}
FROM ledger_posting p JOIN ledger_transfer t ON t.posting_id = p.id JOIN ledger_account a ON a.id = t.debit_id
WHERE p.kind = ANY(%(kinds)s) AND p.party IS NOT NULL AND p.happened_at >= %(since)s AND p.happened_at < %(until)s
    AND (%(checkpoint)s::integer IS NULL OR p.epoch <= %(checkpoint)s)
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""  # noqa: S608  # put together from our own words


def activity_by_party(*, kinds: Sequence[str], since: datetime, until: datetime, checkpoint: int | None = None) -> list[Activity]:
    """Return what each party moved by these kinds, by standing and role: the use that patronage is measured by."""
    found = rows(ACTIVITY, {"kinds": list(kinds), "since": since, "until": until, "checkpoint": checkpoint})
    return [Activity(*(*row[:5], whole(row[5]), int(row[6]))) for row in found]


OWED = """
SELECT a.id, a.kind FROM ledger_account a WHERE a.client_money AND a.kind = 'liability' AND a.currency = %s
"""
CASH = """
SELECT a.id, a.kind FROM ledger_account a WHERE a.kind = 'asset' AND a.currency = %s
    AND (CASE WHEN %s::text[] IS NULL THEN a.code LIKE 'assets.bank.%%' OR a.code LIKE 'assets.cash.%%' ELSE a.code = ANY(%s) END)
"""


def owed_to_people(currency: str, at: datetime | None = None) -> int:
    """Return all client money: what wallets, payables and escrows hold for people, in micro-units."""
    return _sum(rows(OWED, [currency]), at)


def cash(currency: str, codes: Sequence[str] | None = None, at: datetime | None = None) -> int:
    """Return what lies in bank and cash accounts (or in the accounts of these codes), in micro-units."""
    wanted = list(codes) if codes is not None else None
    return _sum(rows(CASH, [currency, wanted, wanted]), at)


def _sum(accounts: Sequence[tuple[Any, ...]], at: datetime | None) -> int:
    kinds = {int(number): str(kind) for number, kind in accounts}
    found = totals(accounts=list(kinds), until=just_after(at))
    return sum(rules.side(kinds[number]) * (total.credits - total.debits) for number, total in found.items())
