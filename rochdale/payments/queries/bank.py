"""Bank statements and the books side by side: lines, entries, matches, the reconciled balance."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, Min, OuterRef, QuerySet, Sum

from rochdale.ledger import queries as ledger
from rochdale.members import queries as members
from rochdale.privacy import queries as privacy
from rochdale.shared import keys

from ..models import BankLine, BankMatchEntry, BankMatchLine, BankStatement, DeskMovement
from . import days
from .desk import CLIENT_BANK, OWN_BANK

ACCOUNTS = {"client": CLIENT_BANK, "own": OWN_BANK}
"""The bank accounts that have statements: a word for each, and its code in the books."""
IN_TRANSIT = timedelta(days=5)
"""How long money may be on its way between the books and the bank before it counts as missing."""


@dataclass(frozen=True, slots=True)
class Line:
    """A bank line, opened for the treasurer."""

    id: int
    kind: str
    booked_on: date
    amount: int
    currency: str
    place: str
    counterparty: str
    reference: str
    bank_id: str
    statement: int


@dataclass(frozen=True, slots=True)
class BookEntry:
    """A posting as it changed a bank account; who and which receipt where the desk wrote one."""

    posting: int
    kind: str
    happened_at: datetime
    day: date
    amount: int
    name: str = ""
    number: int | None = None
    receipt: int | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as it was imported."""

    id: int
    place: str
    currency: str
    from_on: date
    until_on: date
    opening: int | None
    closing: int | None
    total: int
    lines: int
    gap: int | None
    remarks: tuple[str, ...]
    imported_at: datetime
    imported_by: UUID | None

    @property
    def off_by(self) -> int | None:
        """Return what opening and lines miss to the closing balance; None without balances."""
        return None if self.opening is None or self.closing is None else self.closing - self.opening - self.total


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Books and bank of one account at the end of a day, in micro-units.

    Always: books − outstanding + unmatched = said. `bank` is the bank's own balance of that day (None
    where no statement with balances reaches it) and `missing` what its lines lack to it.
    """

    place: str
    currency: str
    on: date
    books: int
    outstanding: int
    unmatched: int
    said: int
    bank: int | None
    entries: tuple[BookEntry, ...]
    lines: tuple[BankLine, ...]

    @property
    def missing(self) -> int | None:
        return None if self.bank is None else self.bank - self.said

    @property
    def overdue(self) -> tuple[BookEntry, ...]:
        """Return the entries the bank should have shown by now: older than money is on its way."""
        return tuple(entry for entry in self.entries if self.on - entry.day > IN_TRANSIT)

    @property
    def whole(self) -> bool:
        """Say whether the account is reconciled: nothing missing, no line open, nothing overdue."""
        return self.missing == 0 and not self.lines and not self.overdue


def account_of(place: str, currency: str) -> int | None:
    """Return the ledger's account of a bank account, or None before it was first used."""
    return ledger.account(ACCOUNTS[place], currency)


def statements(place: str, currency: str, limit: int = 24) -> list[Statement]:
    """Return the statements of an account, newest first."""
    return [
        _statement(row)
        for row in BankStatement.objects.filter(place=place, currency=currency).order_by("-until_on", "-id")[:limit]
    ]


def latest_statement(place: str, currency: str) -> Statement | None:
    """Return the statement that reaches furthest and says a closing balance, or None."""
    rows = BankStatement.objects.filter(place=place, currency=currency, closing__isnull=False)
    row = rows.order_by("-until_on", "-id").first()
    return _statement(row) if row else None


def covered_until(place: str, currency: str) -> date | None:
    """Return the last day any statement of the account covers."""
    found: date | None = BankStatement.objects.filter(place=place, currency=currency).aggregate(last=Max("until_on"))["last"]
    return found


def _statement(row: BankStatement) -> Statement:
    return Statement(
        row.id, row.place, row.currency, row.from_on, row.until_on, row.opening, row.closing, row.total, row.lines, row.gap,
        tuple(row.remarks.split()), row.imported_at, row.imported_by,
    )  # fmt: skip


def open_lines(place: str, currency: str) -> QuerySet[BankLine]:
    """Return the lines in no match that stands, oldest first."""
    standing = BankMatchLine.objects.filter(line=OuterRef("pk"), match__undo__isnull=True)
    return BankLine.objects.filter(~Exists(standing), place=place, currency=currency).order_by("booked_on", "id")


def line(number: int) -> Line | None:
    """Return one line, opened, or None."""
    row = BankLine.objects.filter(pk=number).first()
    return opened(row) if row else None


def opened(row: BankLine) -> Line:
    """Open a line's sealed texts."""
    texts = json.loads(keys.decrypt_text(bytes(row.texts_sealed), about="payments.bank_line")) if row.texts_sealed else {}
    return Line(
        row.id, row.kind, row.booked_on, row.amount, row.currency, row.place, texts.get("counterparty", ""),
        texts.get("reference", ""), texts.get("bank_id", ""), row.statement_id,
    )  # fmt: skip


def said_by_bank(place: str, currency: str, on: date) -> int:
    """Return what the bank's lines up to a day add up to, its opening balance included."""
    rows = BankLine.objects.filter(place=place, currency=currency, booked_on__lte=on)
    return int(rows.aggregate(total=Sum("amount", default=0))["total"])


def bank_balance(place: str, currency: str, on: date) -> int | None:
    """Return the bank's own balance at the end of a day: a closing balance, less what came after the day.

    None where no statement with balances reaches the day.
    """
    rows = BankStatement.objects.filter(place=place, currency=currency, closing__isnull=False, until_on__gte=on)
    row = rows.order_by("until_on", "-id").first()
    if row is None or row.closing is None:
        return None
    return row.closing - (said_by_bank(place, currency, row.until_on) - said_by_bank(place, currency, on))


def reconciliation(place: str, currency: str, on: date) -> Reconciliation:
    """Hold an account's books against its bank at the end of a day."""
    end = days.end_of(on)
    matched_entries, matched_lines = _whole_by(place, currency, on)
    account = account_of(place, currency)
    entries: list[BookEntry] = []
    books = 0
    if account is not None:
        zone = days.zone()
        for each in ledger.statement_lines(account, None, end):
            books += each.change
            if each.posting not in matched_entries:
                entries.append(
                    BookEntry(each.posting, each.kind, each.happened_at, days.day_of(each.happened_at, zone), each.change)
                )
    rows = BankLine.objects.filter(place=place, currency=currency, booked_on__lte=on).order_by("booked_on", "id")
    lines = tuple(row for row in rows if row.id not in matched_lines)
    return Reconciliation(
        place=place,
        currency=currency,
        on=on,
        books=books,
        outstanding=sum(entry.amount for entry in entries),
        unmatched=sum(row.amount for row in lines),
        said=said_by_bank(place, currency, on),
        bank=bank_balance(place, currency, on),
        entries=tuple(entries),
        lines=lines,
    )


def _whole_by(place: str, currency: str, on: date) -> tuple[set[int], set[int]]:
    """Return postings and lines of matches that stand and of which every part was there by the day."""
    end = days.end_of(on)
    late: set[int] = set()
    postings: list[tuple[int, int]] = []
    lines: list[tuple[int, int]] = []
    standing: dict[str, Any] = {"match__undo__isnull": True, "match__place": place, "match__currency": currency}
    for match, posting, at in BankMatchEntry.objects.filter(**standing).values_list("match_id", "posting", "happened_at"):
        postings.append((match, posting))
        if at >= end:
            late.add(match)
    for match, number, day in BankMatchLine.objects.filter(**standing).values_list("match_id", "line_id", "booked_on"):
        lines.append((match, number))
        if day > on:
            late.add(match)
    return {each for match, each in postings if match not in late}, {each for match, each in lines if match not in late}


def open_entries(place: str, currency: str, now: datetime) -> list[BookEntry]:
    """Return what the books say of the account and no match that stands explains, oldest first."""
    account = account_of(place, currency)
    if account is None:
        return []
    taken = set(
        BankMatchEntry.objects.filter(match__undo__isnull=True, place=place, currency=currency).values_list("posting", flat=True)
    )
    zone = days.zone()
    return [
        BookEntry(each.posting, each.kind, each.happened_at, days.day_of(each.happened_at, zone), each.change)
        for each in ledger.statement_lines(account)
        if each.posting not in taken
    ]


def named(entries: Sequence[BookEntry]) -> list[BookEntry]:
    """Add who it was about and which receipt, where the desk wrote one."""
    found = {row.posting: row for row in DeskMovement.objects.filter(posting__in=[each.posting for each in entries])}
    names = privacy.names({row.party for row in found.values()})
    numbers = {party: members.number_of(party) for party in {row.party for row in found.values()}}
    return [
        BookEntry(
            each.posting, each.kind, each.happened_at, each.day, each.amount, names.get(row.party, ""), numbers.get(row.party),
            row.receipt,
        )
        if (row := found.get(each.posting)) is not None
        else each
        for each in entries
    ]  # fmt: skip


def places_in_use() -> list[tuple[str, str]]:
    """Return the bank accounts money moved on, or the bank spoke of, with their currencies."""
    found = {
        (place, account.currency)
        for account in ledger.coop_accounts()
        for place, code in ACCOUNTS.items()
        if account.code == code
    }
    found |= set(BankStatement.objects.order_by().values_list("place", "currency").distinct())
    return sorted(found)


def reconciled_until(currency: str) -> date | None:
    """Return the last day up to which every bank account of a currency is reconciled; None where one never was.

    That is the day before its first open line or overdue entry, at most the last day its statements cover; nothing
    where the bank's balance and its lines differ.
    """
    found: list[date] = []
    for place, its_currency in places_in_use():
        if its_currency != currency or account_of(place, currency) is None:
            continue
        day = _reconciled_until(place, currency)
        if day is None:
            return None
        found.append(day)
    return min(found, default=None)


def _reconciled_until(place: str, currency: str) -> date | None:
    last = latest_statement(place, currency)
    if last is None:
        return None
    first_on: date | None = BankStatement.objects.filter(place=place, currency=currency).aggregate(first=Min("from_on"))["first"]
    found = reconciliation(place, currency, last.until_on)
    if found.missing != 0:
        return None
    open_days = [row.booked_on for row in found.lines] + [entry.day for entry in found.overdue]
    day = min([last.until_on, *(each - timedelta(days=1) for each in open_days)])
    return day if first_on is None or day >= first_on else None


def sums_that_differ() -> Sequence[dict[str, Any]]:
    """Return matches that stand whose lines and entries do not add up to the same."""
    lines = _sums(BankMatchLine.objects.filter(match__undo__isnull=True).values_list("match_id").annotate(total=Sum("amount")))
    entries = _sums(BankMatchEntry.objects.filter(match__undo__isnull=True).values_list("match_id").annotate(total=Sum("amount")))
    return [{"match": each} for each in sorted(lines.keys() | entries.keys()) if lines.get(each, 0) != entries.get(each, 0)]


def _sums(rows: Iterable[tuple[int, int]]) -> dict[int, int]:
    return {int(match): int(total) for match, total in rows}


def matched_twice() -> Sequence[dict[str, Any]]:
    """Return lines and entries that stand in two matches at once."""
    found: list[dict[str, Any]] = []
    seen: set[tuple[str, Any]] = set()
    for number in BankMatchLine.objects.filter(match__undo__isnull=True).values_list("line_id", flat=True):
        found += [{"line": number}] if ("line", number) in seen else []
        seen.add(("line", number))
    rows = BankMatchEntry.objects.filter(match__undo__isnull=True).values_list("place", "currency", "posting")
    for entry in rows:
        found += [{"entry": entry[2]}] if ("entry", entry) in seen else []
        seen.add(("entry", entry))
    return found
