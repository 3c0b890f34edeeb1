"""Short words for tests about shares: who does something, what somebody holds, and that the books hold."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from rochdale.shared.money import ONE

from . import actions, queries
from . import testing as people
from .testing import NOW, fresh_key

LATER = NOW + timedelta(days=1)
UK = ("uk",)


def by(name: str, now: datetime = LATER) -> dict[str, Any]:
    """Say who does something, when, with a new key."""
    return {"actor": people.officer(name) if people.PEOPLE[name].office else people.actor(name), "now": now, "key": fresh_key()}


def held(name: str, share_class: str = "member", at: datetime = LATER) -> tuple[int, int]:
    found = queries.holding(people.known(name), share_class, at)
    return found.shares, found.paid // ONE


def offer(count: int, giver: str = "bruno", receiver: str = "finn") -> Any:
    """Offer shares; nobody agreed yet."""
    return actions.offer_transfer(**by(giver), party=people.known(giver), receiver=people.known(receiver), count=count)


def agree(request: int, receiver: str = "finn", agreed: bool = True) -> Any:
    """Let the receiver of a transfer say yes, or no."""
    return actions.agree_to_transfer(**by(receiver), receiver=people.known(receiver), request=request, agreed=agreed)


def agreed_offer(count: int, giver: str = "bruno", receiver: str = "finn") -> Any:
    """Offer shares to somebody who agrees."""
    offered = offer(count, giver, receiver)
    return offered | agree(offered["request"], receiver)


def books_hold() -> None:
    """Ask every check of members that shares can break."""
    assert queries.register_differs_from_ledger() == []
    assert queries.overpaid_subscriptions() == []
    assert queries.halves_without_their_other() == []
    assert queries.bought_back_beyond_the_request() == []
    assert queries.holdings_above_maximum() == []


def ask(name: str, count: int, now: datetime = LATER) -> Any:
    return actions.ask_buy_back(**by(name, now), party=people.known(name), count=count)


def prepare(budget: int, name: str = "ada") -> int:
    return int(actions.prepare_buy_backs(**by(name), budget=budget * ONE, currency="GBP")["round"])
