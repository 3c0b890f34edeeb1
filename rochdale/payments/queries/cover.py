"""Does the cash cover what is owed to people? From what the bank itself says, as far as it has spoken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from rochdale.ledger import queries as ledger

from .. import rules
from ..models import BankMatchEntry, BankMatchLine, CoverCheck
from . import bank, days
from .desk import CASH_DESK, CLIENT_BANK, DIFFERENCES, currencies, in_till

HELD_FOR_PEOPLE = (CLIENT_BANK, CASH_DESK)
"""Where money owed to people lies: the clients' bank account and the till until it is banked."""


@dataclass(frozen=True, slots=True)
class Part:
    """One line of how the held money was reckoned."""

    words: Any
    micro: int


@dataclass(frozen=True, slots=True)
class Cover:
    """What is owed to people and what is held for them, in micro-units.

    `basis` is "bank" where the clients' account is taken from the bank's own balance of `bank_on`, else "books".
    """

    currency: str
    owed: int
    cash: int
    basis: str = "books"
    bank_on: date | None = None
    parts: tuple[Part, ...] = ()

    @property
    def covered(self) -> bool:
        return rules.covered(cash=self.cash, owed=self.owed)


def cover(currency: str) -> Cover:
    """Return what is owed to people and what is held for them now.

    Where the bank has said a balance, it counts, with what the books have written since; what they wrote before it
    and the bank never showed counts only while it may be on its way. Money that only a count of the till brought
    into the books covers nothing: whoever counts could otherwise invent cover, and move members' money out behind it.
    """
    account = ledger.account(DIFFERENCES, currency)
    counted_in = max(0, -(ledger.balance(account) or 0)) if account is not None else 0
    last = bank.latest_statement("client", currency)
    if last is None:
        parts = [Part(_("Bank account for members' money, by the books"), ledger.cash(currency, [CLIENT_BANK]))]
    else:
        parts = _by_the_bank(currency, last)
    parts.append(Part(_("Cash in the till, by the books"), in_till(currency)))
    if counted_in:
        parts.append(Part(_("of it only counted in, from nowhere known"), -counted_in))
    return Cover(
        currency,
        ledger.owed_to_people(currency),
        sum(part.micro for part in parts),
        "bank" if last else "books",
        last.until_on if last else None,
        tuple(part for part in parts if part.micro or part is parts[0]),
    )


def _by_the_bank(currency: str, last: bank.Statement) -> list[Part]:
    """Reckon the clients' account from the bank's closing balance."""
    assert last.closing is not None  # `latest_statement` looks for one
    on = last.until_on
    found = bank.reconciliation("client", currency, on)
    since = ledger.cash(currency, [CLIENT_BANK]) - found.books
    later = _matched_later(currency, on)
    on_its_way = sum(
        entry.amount for entry in found.entries if entry.amount < 0 or entry.posting in later or on - entry.day <= bank.IN_TRANSIT
    )
    unclaimed = sum(line.amount for line in found.lines if line.amount > 0)
    booked_late = sum(line.amount for line in found.lines if line.amount < 0 and line.id in _lines_matched(currency))
    return [
        Part(_("The bank's own balance"), last.closing),
        Part(_("Booked since"), since),
        Part(_("Booked before, on its way"), on_its_way),
        Part(_("Came in and is nobody's yet"), -unclaimed),
        Part(_("Went out and was booked later"), -booked_late),
    ]


def _matched_later(currency: str, on: date) -> set[int]:
    rows = BankMatchEntry.objects.filter(
        match__undo__isnull=True, place="client", currency=currency, happened_at__lt=days.end_of(on)
    )
    return set(rows.values_list("posting", flat=True))


def _lines_matched(currency: str) -> set[int]:
    rows = BankMatchLine.objects.filter(match__undo__isnull=True, match__place="client", match__currency=currency)
    return set(rows.values_list("line_id", flat=True))


def latest_cover_check(currency: str) -> CoverCheck | None:
    """Return the last recorded check of cover, or None when none was made."""
    return CoverCheck.objects.filter(currency=currency).order_by("-at", "-id").first()


def cover_checks(
    currency: str, limit: int = 90, *, since: datetime | None = None, until: datetime | None = None
) -> list[CoverCheck]:
    """Return the recorded checks, newest first; of a stretch when it is given."""
    rows = CoverCheck.objects.filter(currency=currency).order_by("-at", "-id")
    if since is not None and until is not None:
        rows = rows.filter(at__gte=since, at__lt=until)
    return list(rows[:limit])


def days_without_cover(since: datetime, until: datetime) -> tuple[list[date], list[date]]:
    """Return the days of a stretch on which a check failed, and those on which none was made."""
    zone = days.zone()
    rows = CoverCheck.objects.filter(at__gte=since, at__lt=until)
    made = {(days.day_of(row.at, zone), row.cash >= row.owed) for row in rows}
    failed = sorted(day for day, good in made if not good)
    checked = {day for day, _good in made}
    first, last = days.day_of(since, zone), days.day_of(until, zone)
    missed = [day for day in (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal())) if day not in checked]
    return failed, missed


def client_money_not_covered() -> Sequence[dict[str, Any]]:
    """Return currencies in which less is held for people than is owed to them."""
    found = [cover(currency) for currency in currencies()]
    return [{"currency": each.currency, "owed": each.owed, "cash": each.cash} for each in found if not each.covered]
