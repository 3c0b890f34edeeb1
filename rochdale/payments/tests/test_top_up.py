"""Money into a wallet at the desk."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from rochdale.ledger import queries as ledger
from rochdale.members import testing as people
from rochdale.members.testing import NOW, fresh_key, inside
from rochdale.payments import actions, queries
from rochdale.payments import testing as desk
from rochdale.payments.actions import desk as desk_actions
from rochdale.payments.actions import wallets
from rochdale.shared import actor as actors
from rochdale.shared.action import NotAllowed
from rochdale.shared.money import ONE, UnknownCurrency

pytestmark = pytest.mark.usefixtures("coop")


def test_cash_at_the_desk_goes_on_the_wallet() -> None:
    bruno = people.join("bruno")
    done = desk.top_up(bruno, 20 * ONE)
    assert done["state"] == "done"
    wallet = queries.wallet(bruno, "EUR")
    assert (wallet.balance, wallet.available) == (20 * ONE, 20 * ONE)
    assert queries.in_till("EUR") == 20 * ONE
    assert queries.cover("EUR").covered
    found = queries.movement(done["receipt"])
    assert found is not None
    assert (found.name, found.number, found.amount) == ("Bruno Okafor", 1, 20 * ONE)
    posting = ledger.posting(done["posting"])
    assert posting is not None
    assert posting.standing == "artist"


def test_a_customer_who_is_no_member_has_a_wallet_too() -> None:
    people.settle()
    eve = people.known("eve")
    done = desk.top_up(eve, 20 * ONE, rail="bank")
    posting = ledger.posting(done["posting"])
    assert posting is not None
    assert posting.standing == "non-member"


def test_money_by_bank_needs_no_open_desk() -> None:
    bruno = people.join("bruno")
    people.officer("ada")
    desk.top_up(bruno, 20 * ONE, rail="bank")
    assert queries.open_day("EUR") is None


def test_receipts_are_numbered_without_gaps() -> None:
    bruno = people.join("bruno")
    assert [desk.top_up(bruno, ONE)["receipt"] for _ in range(3)] == [1, 2, 3]
    assert queries.receipts_with_gaps() == []


def test_a_wallet_is_opened_from_inside_only_where_it_is_provided_for() -> None:
    people.settle(packs=("ie",))
    bruno = people.join("bruno")
    with inside(), pytest.raises(wallets.WalletNotProvidedFor):
        actions.open_wallet(actor=actors.job("t"), now=NOW, key=fresh_key(), party=bruno, currency="EUR")


def test_where_the_packs_are_silent_no_wallet_is_topped_up() -> None:
    people.settle(packs=("ie",))
    bruno = people.join("bruno")
    with pytest.raises(wallets.WalletNotProvidedFor) as refused:
        desk.top_up(bruno, 20 * ONE, rail="bank")
    assert "wallet.kind" in str(refused.value)
    assert queries.wallet(bruno, "EUR").account is None


def test_more_than_the_cap_is_refused() -> None:
    bruno = people.join("bruno")
    desk.top_up(bruno, 60 * ONE, rail="bank")
    with pytest.raises(wallets.OverCap):
        desk.top_up(bruno, 41 * ONE, rail="bank")
    desk.top_up(bruno, 40 * ONE, rail="bank")


def test_the_laws_cap_comes_before_the_bylaws() -> None:
    people.settle(values={"payments.wallet_cap": 150 * ONE})
    assert queries.wallet_terms(NOW).cap == 150 * ONE


def test_a_closed_desk_takes_no_cash() -> None:
    bruno, ada = people.join("bruno"), people.officer("ada")
    with pytest.raises(desk_actions.NoOpenDay):
        actions.top_up(actor=ada, now=NOW, key=fresh_key(), party=bruno, amount=ONE, currency="EUR", rail="cash")


def test_only_the_desks_officers_take_money() -> None:
    bruno = people.join("bruno")
    people.officer("carmen")
    for name in ("bruno", "carmen"):
        with pytest.raises(NotAllowed):
            actions.top_up(
                actor=people.actor(name), now=NOW, key=fresh_key(), party=bruno, amount=ONE, currency="EUR", rail="bank"
            )


@pytest.mark.parametrize("amount", [0, -ONE, 1, 12_345, 10**18, 2.5, True])
def test_what_is_no_amount_is_refused(amount: Any) -> None:
    """T09: a float, nothing, less than nothing, finer than a cent."""
    bruno = people.join("bruno")
    with pytest.raises(desk_actions.BadAmount):
        desk.top_up(bruno, amount, rail="bank")


def test_a_currency_has_its_own_digits() -> None:
    """T09: yen have none, dinars three."""
    bruno = people.join("bruno")
    with pytest.raises(desk_actions.BadAmount):
        desk.top_up(bruno, ONE + ONE // 10, rail="bank", currency="JPY")
    with pytest.raises(UnknownCurrency):
        desk.top_up(bruno, ONE, rail="bank", currency="XXX")
    desk.top_up(bruno, ONE + ONE // 1000, rail="bank", currency="KWD")


def test_an_unknown_way_and_an_unknown_party_are_refused() -> None:
    bruno = people.join("bruno")
    with pytest.raises(wallets.UnknownRail):
        desk.top_up(bruno, ONE, rail="pigeon")
    with pytest.raises(wallets.UnknownParty):
        desk.top_up(uuid4(), ONE, rail="bank")


def test_an_officer_nobody_knows_takes_no_money() -> None:
    bruno = people.join("bruno")
    with inside(), pytest.raises(wallets.OfficerUnknown):
        actions.top_up(actor=actors.job("t"), now=NOW, key=fresh_key(), party=bruno, amount=ONE, currency="EUR", rail="bank")
