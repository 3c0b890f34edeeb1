"""Makers for tests that need money: an open till, a wallet with money in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from rochdale.members import testing as people
from rochdale.members.testing import NOW, fresh_key, outcome
from rochdale.shared import clock, money
from rochdale.shared.money import ONE

from . import actions, queries
from .banking import form
from .models import BankLine


def open_till(now: datetime = NOW, *, counted: int = 0, currency: str = "EUR") -> int:
    """Open the desk's day (or find the open one) and return it. Cash that is counted comes in as a difference."""
    day = queries.open_day(currency)
    if day is not None:
        return day.id
    opened = actions.open_desk_day(actor=people.officer("ada", now), now=now, key=fresh_key(), currency=currency, counted=counted)
    return int(opened["day"])


def top_up(
    party: UUID, amount: int, now: datetime = NOW, *, by: str = "ada", rail: str = "cash", currency: str = "EUR"
) -> dict[str, Any]:
    """Put money on a wallet at the open desk; `amount` in micro-units."""
    if rail == "cash":
        open_till(now, currency=currency)
    found: dict[str, Any] = actions.top_up(
        actor=people.officer(by, now), now=now, key=fresh_key(), party=party, amount=amount, currency=currency, rail=rail
    )
    return found


def _two_people() -> Any:
    now = clock.now()
    return top_up(people.join("bruno", now), 50 * ONE, now, rail="bank")["state"]


def _cap() -> Any:
    now = clock.now()
    party = people.join("bruno", now)
    return outcome(lambda: top_up(party, 50 * ONE, now, rail="bank")["state"] != "")


def statement(
    *lines: tuple[date, int] | tuple[date, int, str],
    opening: int | None = 0,
    closing: int | None = None,
    until: date | None = None,
    currency: str = "EUR",
    balances: bool = True,
) -> form.Statement:
    """Return a statement of lines given as (day, micro-units, words); it ties out unless a closing balance is given."""
    entries = tuple(form.Entry(each[0], each[1], reference=each[2] if len(each) > 2 else "") for each in lines)
    days = [each[0] for each in lines]
    start = opening if opening is not None and balances else None
    end = closing if closing is not None else (None if start is None else start + sum(each.amount for each in entries))
    first, last = min(days, default=until), max([*days, *([until] if until else [])])
    assert first is not None
    return form.Statement(currency, first, last, entries, start, end)


def brought(
    what: form.Statement, now: datetime = NOW, *, place: str = "client", by: str = "finn", currency: str = "EUR"
) -> dict[str, Any]:
    """Bring a statement in as an officer."""
    found: dict[str, Any] = actions.import_statement(
        actor=people.officer(by, now), now=now, key=fresh_key(), place=place, currency=currency, statement=what
    )
    return found


def line_of(amount: int, place: str = "client") -> int:
    """Return the first bank line of an amount."""
    return BankLine.objects.filter(amount=amount, place=place).order_by("id").values_list("id", flat=True)[0]


def _bank_line() -> Any:
    now = clock.now()
    return outcome(lambda: top_up(people.join("bruno", now), 10 * ONE, now, rail="bank")["state"])


BYLAW_OBSERVATIONS: dict[str, Callable[[], Any]] = {
    "payments.two_people_above": _two_people,
    "payments.wallet_cap": _cap,
    "payments.bank_line_first": _bank_line,
}
BYLAW_ALTERNATIVES: dict[str, Any] = {
    "payments.two_people_above": 20 * money.ONE,
    "payments.wallet_cap": 20 * money.ONE,
}
