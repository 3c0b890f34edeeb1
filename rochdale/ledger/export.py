"""The books for other programs: beancount, hledger, CSV. Streamed, and without names.

Accounts are called by their code and, where they are somebody's, by the account's number
(`Liabilities:Wallet:A17`): whoever may open the ledger can look it up, nobody else can.
Every file ends with the balances the ledger itself has, so that the other program says
whether it comes to the same.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

from rochdale.audit.queries import seals
from rochdale.ledger import queries
from rochdale.ledger.queries import rows
from rochdale.shared import money, tables

Balances = dict[tuple[str, str], int]
Format = Literal["beancount", "hledger", "csv"]
FORMATS: tuple[Format, ...] = ("beancount", "hledger", "csv")

ROOTS = {"asset": "Assets", "liability": "Liabilities", "equity": "Equity", "income": "Income", "expense": "Expenses"}

ACCOUNTS = """
SELECT a.id, a.code, a.party IS NOT NULL, a.currency, a.kind, least(a.opened_at, m.first)
FROM ledger_account a LEFT JOIN (
    SELECT s.account, min(p.happened_at) AS first FROM (
        SELECT debit_id AS account, posting_id FROM ledger_transfer UNION ALL SELECT credit_id, posting_id FROM ledger_transfer
    ) s JOIN ledger_posting p ON p.id = s.posting_id
    WHERE %(checkpoint)s::integer IS NULL OR p.epoch <= %(checkpoint)s GROUP BY s.account
) m ON m.account = a.id
WHERE %(checkpoint)s::integer IS NULL OR m.account IS NOT NULL
ORDER BY a.id
"""
TRANSFERS = """
SELECT p.id, p.kind, p.happened_at, p.recorded_at, p.source, p.bylaws_version, p.reverses, p.tax,
    t.place, t.debit_id, t.credit_id, t.amount, t.role
FROM ledger_posting p JOIN ledger_transfer t ON t.posting_id = p.id
WHERE %(checkpoint)s::integer IS NULL OR p.epoch <= %(checkpoint)s
ORDER BY p.happened_at, p.id, t.place
"""


class Text(Protocol):
    """Where text is written: an open file, standard output."""

    def write(self, text: str, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Name:
    """An account as the file calls it."""

    name: str
    currency: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One transfer with its posting, as it is written."""

    posting: int
    kind: str
    happened_at: datetime
    recorded_at: datetime
    source: str
    bylaws_version: int
    reverses: int | None
    tax: str
    place: int
    debit: int
    credit: int
    amount: int
    role: str


def write(form: Format, out: Text, *, checkpoint: int | None = None) -> int:
    """Write the books of the co-op of the moment, all or those of a closed set; return how many transfers.

    Call inside a transaction: rows come a few thousand at a time, so that books of any size
    fit in memory. Dates are those of UTC.
    """
    names = _names(checkpoint)
    lines = (Row(*row) for row in rows.stream(TRANSFERS, {"checkpoint": checkpoint}))
    if form == "csv":
        return _csv(out, names, lines)
    closing = _balances(names, checkpoint)
    if checkpoint is None and (line := seals.head_line()):  # a closed set comes out the same each time
        out.write(f"; {line}\n")
    return _beancount(out, names, lines, closing) if form == "beancount" else _hledger(out, names, lines, closing)


def _names(checkpoint: int | None) -> dict[int, Name]:
    return {int(row[0]): _name(*row) for row in rows.rows(ACCOUNTS, {"checkpoint": checkpoint})}


def _name(number: int, code: str, personal: bool, currency: str, kind: str, since: datetime) -> Name:
    parts = code.split(".")
    if parts[0].capitalize() in ROOTS.values():
        parts = parts[1:]
    words = [ROOTS[kind], *("-".join(word.capitalize() for word in part.split("_")) for part in parts)]
    words += [f"A{number}"] if personal else []
    return Name(":".join(words), currency, since)


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()


def _amount(micro: int) -> str:
    return f"{money.to_decimal(micro):f}"


def _grouped(lines: Iterator[Row]) -> Iterator[list[Row]]:
    """Yield the transfers of one posting together."""
    group: list[Row] = []
    for line in lines:
        if group and line.posting != group[0].posting:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _words(text: str) -> str:
    """Take from a text what could end it early or start another line."""
    return "".join(character if character.isprintable() and character not in '"\\;|' else " " for character in text)


def _beancount(out: Text, names: dict[int, Name], lines: Iterator[Row], closing: Balances) -> int:
    count, last = 0, ""
    opened: dict[str, list[Name]] = {}
    for name in names.values():
        opened.setdefault(name.name, []).append(name)
    for called, its in opened.items():
        currencies = ",".join(sorted(name.currency for name in its))
        out.write(f"{min(_day(name.since) for name in its)} open {called} {currencies}\n")
    for group in _grouped(lines):
        first, last = group[0], _day(group[0].happened_at)
        out.write(f'\n{last} * "{_words(first.kind)}" "{_words(first.source)}"\n  posting: {first.posting}\n')
        out.write(f"  recorded: {_day(first.recorded_at)}\n  bylaws: {first.bylaws_version}\n")
        if first.reverses is not None:
            out.write(f"  reverses: {first.reverses}\n")
        for line in group:
            count += 1
            role = f"\n    role: {chr(34)}{_words(line.role)}{chr(34)}" if line.role else ""
            for account, sign in ((line.debit, 1), (line.credit, -1)):
                out.write(f"  {names[account].name}  {_amount(sign * line.amount)} {names[account].currency}{role}\n")
    for (called, currency), balance in _with_those_below(closing).items():
        out.write(f"\n{_day_after(last)} balance {called}  {_amount(balance)} ~ 0 {currency}\n")
    return count


def _with_those_below(closing: Balances) -> Balances:
    """Return balances as beancount states them: an account's together with those of all accounts below it."""
    found = dict(closing)
    for (called, currency), balance in closing.items():
        above = called.rpartition(":")[0]
        while above:
            if (above, currency) in found:
                found[above, currency] += balance
            above = above.rpartition(":")[0]
    return found


def _hledger(out: Text, names: dict[int, Name], lines: Iterator[Row], closing: Balances) -> int:
    count, last = 0, ""
    for currency in sorted({name.currency for name in names.values()}):
        out.write(f"commodity {currency} 1000.000000\n")
    for called in sorted({name.name for name in names.values()}):
        out.write(f"account {called}\n")
    for group in _grouped(lines):
        first, last = group[0], _day(group[0].happened_at)
        tags = f"posting:{first.posting}, bylaws:{first.bylaws_version}, recorded:{_day(first.recorded_at)}"
        tags += f", reverses:{first.reverses}" if first.reverses is not None else ""
        out.write(f"\n{last} * {_words(first.kind)} {_words(first.source)}".rstrip() + f"  ; {tags}\n")
        for line in group:
            count += 1
            role = f"  ; role:{_words(line.role)}" if line.role else ""
            for account, sign in ((line.debit, 1), (line.credit, -1)):
                out.write(f"    {names[account].name}  {names[account].currency} {_amount(sign * line.amount)}{role}\n")
    if closing:
        out.write(f"\n{_day_after(last)} * balances as the ledger has them\n")
    for (called, currency), balance in closing.items():
        out.write(f"    {called}  {currency} 0.000000 = {currency} {_amount(balance)}\n")
    return count


HEAD = (
    "posting", "place", "kind", "happened_at", "recorded_at", "debit", "credit", "amount", "currency", "role", "source", "tax",
    "bylaws_version", "reverses",
)  # fmt: skip


def _csv(out: Text, names: dict[int, Name], lines: Iterator[Row]) -> int:
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEAD)
    count = 0
    for line in lines:
        count += 1
        debit, credit = names[line.debit], names[line.credit]
        texts = [tables.plain(text) for text in (line.role, line.source, line.tax)]
        moments = [line.happened_at.isoformat(), line.recorded_at.isoformat()]
        facts = [line.posting, line.place, line.kind, *moments, debit.name, credit.name, _amount(line.amount), debit.currency]
        writer.writerow([*facts, *texts, line.bylaws_version, line.reverses if line.reverses is not None else ""])
    return count


def _balances(names: dict[int, Name], checkpoint: int | None) -> Balances:
    found: Balances = {}
    for number, total in sorted(queries.totals(checkpoint=checkpoint).items()):
        place = (names[number].name, names[number].currency)
        found[place] = found.get(place, 0) + total.debits - total.credits
    return found


def balances_by_name(*, checkpoint: int | None = None) -> Balances:
    """Return what each account of the file holds: (name, currency) to micro-units, debits positive."""
    return _balances(_names(checkpoint), checkpoint)


def _day_after(day: str) -> str:
    return (datetime.fromisoformat(day) + timedelta(days=1)).date().isoformat()
