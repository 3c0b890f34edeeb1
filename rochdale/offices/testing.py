"""Makers for tests: people who hold offices, and what each bylaw of this module changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from rochdale.shared import actor as actors
from rochdale.shared import clock, ids

from . import actions, queries


def holds(party: UUID, office: str, now: datetime, *, days: int = 365) -> str:
    """Put a party into an office from today on, by a resolution; return the term's id."""
    return actions.fill_office(
        actor=actors.resolution("founding:test"), now=now, key=str(ids.new_id()), office=office, party=party,
        from_on=now.date() - timedelta(days=1), until_on=now.date() + timedelta(days=days),
    )  # fmt: skip


def officer(party: UUID, now: datetime, *, strong: bool = True, **more: Any) -> actors.Actor:
    """Return a signed-in person with a fresh second factor."""
    return actors.Actor(kind="person", via="page", person=uuid4(), party=party, strong=strong, sure_at=now, **more)


def _end_of_first_term() -> date:
    party = uuid4()
    now = clock.now()
    actions.fill_first_term(
        actor=actors.resolution("founding:test"),
        now=now,
        key=str(ids.new_id()),
        office="secretary",
        party=party,
        act="founding:test",
    )
    return next(each.until_on for each in queries.holdings(now) if each.party == party)


BYLAW_OBSERVATIONS: dict[str, Callable[[], Any]] = {
    "offices.term_months": lambda: (_end_of_first_term() - clock.now().date()).days // 28
}
