"""What payments puts on a member's home page, and what it says about personal data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rochdale.cooperatives import queries as cooperatives
from rochdale.offices import queries as offices
from rochdale.shared import module, money

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


def obligations(party: UUID, now: datetime) -> Sequence[module.Obligation]:
    """Return what a leaver settles with the desk: money in the wallet, money on hold, movements that wait, an open day."""
    found: list[module.Obligation] = []
    terms = queries.wallet_terms(now)
    can_refund = terms.provided_for and "unspent_on_request" in terms.refunds
    for currency in queries.currencies():
        found += _of_wallet(queries.wallet(party, currency), can_refund=can_refund)
        day = queries.open_day(currency)
        if day is not None and day.opened_by == party:
            said = str(_("The desk's day that you opened is not closed"))
            found.append(module.Obligation("payments.desk_day_open", said, url=cooperatives.page("payments:day")))
    waiting = queries.waiting_for(party)
    if waiting:
        said = ngettext(
            "{n} movement at the desk waits for a second person", "{n} movements at the desk wait for a second person", waiting
        ).format(n=waiting)
        url = cooperatives.page("payments:approvals")
        found.append(module.Obligation("payments.movement_waits", said, url=url, settled_by="co-op"))
    return found


def _of_wallet(wallet: queries.Wallet, *, can_refund: bool) -> Sequence[module.Obligation]:
    """Return what is in a wallet and what is on hold. Less than can be paid out holds nobody back."""
    found: list[module.Obligation] = []
    url = cooperatives.page("payments:wallet")
    if wallet.available > 0:
        pays = can_refund and money.payable(wallet.available, wallet.currency) > 0
        title = _("Money in the wallet: take it out at the desk") if pays else _("Money in the wallet, too little to be paid out")
        if not can_refund:
            title = _("Money in the wallet that is not paid out here: use it up")
        found.append(
            module.Obligation(
                "payments.wallet_not_empty", title, wallet.available, wallet.currency, url, owed_to="member", blocks=pays
            )
        )
    on_hold = wallet.balance - wallet.available
    if on_hold > 0:
        title = _("Money in the wallet that is on hold for something under way")
        found.append(
            module.Obligation(
                "payments.money_on_hold", title, on_hold, wallet.currency, url, owed_to="member", settled_by="co-op"
            )
        )
    return found


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
        module.PersonalData(
            what=str(_("Lines of the bank's statements: day, amount, and sealed the name and words the bank wrote")),
            why=str(_("To hold the books against the bank, and to find whose money came")),
            basis="legal duty",
            retention_class="register",
            kept_for=str(_("as long as the law wants the books kept")),
            export=_bank_lines,
            erase=None,
        ),
    )


def _bank_lines(party: UUID) -> list[dict[str, Any]]:
    """Return the bank's lines that were matched with movements of a party."""
    return [
        {
            "booked_on": each.booked_on.isoformat(),
            "amount": each.amount,
            "currency": each.currency,
            "counterparty": each.counterparty,
            "reference": each.reference,
        }
        for each in queries.bank_lines_of(party)
    ]


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
