"""What payments puts on a member's home page, and what it says about personal data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rochdale.offices import queries as offices
from rochdale.shared import module

from . import queries

SECOND = frozenset({"treasurer", "cashier", "chair", "board"})
"""Offices that may be the second person."""


def home_cards(party: UUID, now: datetime) -> Sequence[module.Card]:
    """Return the wallet card of a home page, and for the desk's officers what waits for a second person."""
    cards: list[module.Card] = []
    waiting = [each for each in queries.waiting() if each.maker != party] if SECOND & offices.held_by(party, now) else []
    if waiting:
        data: dict[str, Any] = {"count": len(waiting), "url": reverse("payments:approvals")}
        cards.append(module.Card(_("A second person is needed"), "payments/_officer_card.html", data, order=5))
    wallets = [queries.wallet(party, currency) for currency in queries.currencies()]
    used = [wallet for wallet in wallets if wallet.account is not None]
    if wallets and (used or queries.wallet_terms(now).provided_for):
        data = {"wallets": used or wallets[:1], "url": reverse("payments:wallet")}
        cards.append(module.Card(_("My wallet"), "payments/_card.html", data, order=20))
    return cards


def obligations(party: UUID) -> Sequence[module.Obligation]:
    """Return wallets that still hold money: it is given back before somebody leaves."""
    wallets = [queries.wallet(party, currency) for currency in queries.currencies()]
    return tuple(
        module.Obligation("payments.wallet_not_empty", _("Money in the wallet"), wallet.balance, wallet.currency)
        for wallet in wallets
        if wallet.balance > 0
    )


def personal_data() -> Sequence[module.PersonalData]:
    """Declare what the desk keeps of people."""
    return (
        module.PersonalData(
            what=str(_("Desk movements: date, amount, way, receipt number, sealed reference; under a party reference")),
            why=str(_("Receipts, and the proof that client money is whole")),
            basis="legal duty",
            retention_class="register",
            kept_for=str(_("as long as the law wants the books kept")),
            export=_export,
            erase=None,
        ),
    )


def _export(party: UUID) -> list[dict[str, Any]]:
    return [
        {
            "receipt": each.receipt,
            "kind": each.kind,
            "amount": each.amount,
            "currency": each.currency,
            "rail": each.rail,
            "at": each.happened_at.isoformat(),
        }
        for each in queries.movements(party=party, limit=100_000)
    ]
