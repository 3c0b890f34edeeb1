"""Makers for tests that need money: an open till, a wallet with money in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from rochdale.members import testing as people
from rochdale.members.testing import NOW, fresh_key, outcome
from rochdale.shared import clock, money
from rochdale.shared.money import ONE

from . import actions, queries


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


BYLAW_OBSERVATIONS: dict[str, Callable[[], Any]] = {
    "payments.two_people_above": _two_people,
    "payments.wallet_cap": _cap,
}
BYLAW_ALTERNATIVES: dict[str, Any] = {
    "payments.two_people_above": 20 * money.ONE,
    "payments.wallet_cap": 20 * money.ONE,
}
