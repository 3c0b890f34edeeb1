"""Unspent wallet money given back, and what stops it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from rochdale.ledger import actions as ledger
from rochdale.ledger import queries as books
from rochdale.ledger.rules import Leg
from rochdale.members import testing as people
from rochdale.members.testing import NOW, fresh_key, inside
from rochdale.offices.authority import ProveYourself
from rochdale.payments import actions, queries
from rochdale.payments import testing as desk
from rochdale.payments.actions import desk as desk_actions
from rochdale.payments.actions import wallets
from rochdale.shared import actor as actors
from rochdale.shared.action import NotAllowed
from rochdale.shared.money import ONE

pytestmark = pytest.mark.usefixtures("coop")


def refund(amount: int, *, name: str = "bruno", rail: str = "cash", by: Any = None, now: Any = NOW) -> dict[str, Any]:
    found: dict[str, Any] = actions.refund_wallet(
        actor=by or people.officer("ada", now),
        now=now,
        key=fresh_key(),
        party=people.known(name),
        amount=amount,
        currency="EUR",
        rail=rail,
    )
    return found


def test_unspent_money_is_given_back_at_par() -> None:
    bruno = people.join("bruno")
    desk.top_up(bruno, 20 * ONE)
    done = refund(5 * ONE)
    assert done["state"] == "done"
    assert queries.wallet(bruno, "EUR").balance == 15 * ONE
    assert queries.in_till("EUR") == 15 * ONE
    found = queries.movement(done["receipt"])
    assert found is not None
    assert (found.kind, found.receipt) == ("refund", 2)
    assert queries.client_money_not_covered() == []


def test_more_than_is_there_is_refused() -> None:
    desk.top_up(people.join("bruno"), 20 * ONE)
    with pytest.raises(wallets.WalletTooLow):
        refund(20 * ONE + 10_000)
    desk.open_till()
    with pytest.raises(wallets.WalletTooLow):
        refund(ONE, name="hana")


def test_where_the_packs_let_nothing_be_paid_back_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every pack shipped here lets unspent money go back; one that does not is put in its place."""
    desk.top_up(people.join("bruno"), 20 * ONE)
    terms = replace(queries.wallet_terms(NOW), refunds=("never",))
    monkeypatch.setattr(queries, "wallet_terms", lambda at: terms)
    with pytest.raises(wallets.RefundNotProvidedFor):
        refund(ONE)


def test_while_members_money_is_not_covered_nothing_is_paid_out() -> None:
    bruno = people.join("bruno")
    desk.top_up(bruno, 20 * ONE, rail="bank")
    with inside():
        client = ledger.open_account(actor=actors.job("t"), now=NOW, key="a", code=queries.CLIENT_BANK, currency="EUR")
        own = ledger.open_account(actor=actors.job("t"), now=NOW, key="b", code=queries.OWN_BANK, currency="EUR")
        ledger.post(
            actor=actors.job("t"),
            now=NOW,
            key="theft",
            kind="payments.cash_moved",
            transfers=[Leg(debit=own, credit=client, amount=ONE)],
            happened_at=NOW,
        )
    assert not queries.cover("EUR").covered
    with pytest.raises(desk_actions.NotCovered):
        refund(ONE, rail="bank")
    assert queries.wallet(bruno, "EUR").balance == 20 * ONE
    assert [row["currency"] for row in queries.client_money_not_covered()] == ["EUR"]


def test_more_cash_than_is_in_the_till_is_not_given() -> None:
    bruno = people.join("bruno")
    desk.top_up(bruno, 20 * ONE, rail="bank")
    desk.open_till()
    with pytest.raises(desk_actions.TillTooLow):
        refund(5 * ONE)
    assert books.balance(books.account(queries.CASH_DESK, "EUR") or 0) == 0


def test_a_closed_desk_gives_no_cash() -> None:
    people.settle()
    desk.top_up(people.join("bruno"), 20 * ONE, rail="bank")
    with pytest.raises(desk_actions.NoOpenDay):
        refund(ONE)


def test_paying_out_asks_for_a_fresh_proof() -> None:
    desk.top_up(people.join("bruno"), 20 * ONE)
    people.officer("ada")
    with pytest.raises(ProveYourself):
        refund(ONE, by=people.actor("ada", sure=False))
    with pytest.raises(ProveYourself):
        refund(ONE, by=people.actor("ada"), now=NOW + timedelta(minutes=16))


def test_nobody_pays_themselves_out() -> None:
    desk.top_up(people.join("bruno"), 20 * ONE)
    with pytest.raises(NotAllowed):
        refund(ONE, by=people.actor("bruno"))


@pytest.mark.parametrize("amount", [0, -ONE, 1, ONE + 1, 10**18])
def test_what_is_no_amount_is_refused(amount: int) -> None:
    """T09."""
    desk.top_up(people.join("bruno"), 20 * ONE)
    with pytest.raises(desk_actions.BadAmount):
        refund(amount)


def test_the_same_key_pays_once() -> None:
    bruno = people.join("bruno")
    desk.top_up(bruno, 20 * ONE)
    given: dict[str, Any] = {
        "actor": people.officer("ada"),
        "now": NOW,
        "key": "once",
        "party": bruno,
        "amount": ONE,
        "currency": "EUR",
        "rail": "cash",
    }
    assert actions.refund_wallet(**given) == actions.refund_wallet(**given)
    assert queries.wallet(bruno, "EUR").balance == 19 * ONE
