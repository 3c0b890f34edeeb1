"""The daily check that the cash covers what is owed to people, and the alarm when it does not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rochdale.members.actions import notices
from rochdale.offices import queries as offices
from rochdale.shared import ids, may, money
from rochdale.shared.action import action
from rochdale.shared.actor import Actor

from .. import queries
from ..models import CoverCheck

TOLD = ("treasurer", "board", "chair", "auditor")


@action("payments.check_cover", may=may.jobs | may.office("treasurer", "cashier", "auditor"), about=("currency",))
def check_cover(*, actor: Actor, now: datetime, key: str, currency: str) -> dict[str, Any]:
    """Record what is owed to people and what is held for them, and tell the officers when it is not covered.

    Returns {"covered": bool, "owed": …, "cash": …, "basis": "bank" or "books"}. Treasurer, board, chair and auditor
    get a message, at most one a day.
    """
    found = queries.cover(money.currency_code(currency))
    CoverCheck.objects.create(
        at=now, currency=found.currency, owed=found.owed, cash=found.cash, basis=found.basis, bank_on=found.bank_on
    )
    if not found.covered:
        _alarm(found, actor=actor, now=now)
    return {"covered": found.covered, "owed": found.owed, "cash": found.cash, "basis": found.basis}


def _alarm(found: queries.Cover, *, actor: Actor, now: datetime) -> None:
    told = {party for office in TOLD for party in offices.holders(office, now)}
    context = {
        "owed": money.formatted(found.owed, found.currency),
        "cash": money.formatted(found.cash, found.currency),
        "missing": money.formatted(found.owed - found.cash, found.currency),
        "basis": found.basis,
    }
    for party in sorted(told):
        notices.tell(
            actor=actor,
            now=now,
            key=ids.derived_key("cover", found.currency, now.date()),
            kind="payments.not_covered",
            party=party,
            context=context,
        )
