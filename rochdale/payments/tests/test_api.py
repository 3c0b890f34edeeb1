"""Wallets and the desk over the API."""

from __future__ import annotations

from typing import Any

import pytest

from rochdale.members import actions as member_actions
from rochdale.members import testing as people
from rochdale.members.testing import NOW, fresh_key
from rochdale.members.testing_pages import Page
from rochdale.members.tests.test_api import call
from rochdale.payments import queries
from rochdale.payments import testing as desk
from rochdale.shared.money import ONE

pytestmark = pytest.mark.usefixtures("coop")


def test_a_wallet_is_topped_up_read_and_given_back() -> None:
    bruno = people.join("bruno")
    people.officer("ada")
    ada, page = Page("ada"), Page("bruno")
    assert call(page, "get", "money/wallet/statement")[1]["count"] == 0
    status, day = call(ada, "post", "money/desk-days", {"currency": "EUR", "counted": 0})
    assert status == 200
    body: dict[str, Any] = {"party": str(bruno), "amount": 20 * ONE, "currency": "EUR", "rail": "cash"}
    status, done = call(ada, "post", "money/top-ups", body)
    assert (status, done["state"]) == (200, "done")
    status, wallet = call(page, "get", "money/wallet")
    assert (wallet["balance"], wallet["provided_for"]) == (20 * ONE, True)
    status, statement = call(page, "get", "money/wallet/statement")
    assert [entry["change"] for entry in statement["entries"]] == [20 * ONE]
    assert call(page, "get", "money/receipts/1")[1]["amount"] == 20 * ONE
    assert call(ada, "post", "money/refunds", body | {"amount": 5 * ONE})[1]["state"] == "done"
    assert call(ada, "get", "money/cover")[1]["covered"] is True
    assert call(ada, "post", f"money/desk-days/{day['day']}/count", {"counted": 15 * ONE})[1]["difference"] == 0


def test_a_second_person_decides_over_the_api() -> None:
    people.settle(values={"payments.two_people_above": 20 * ONE})
    bruno = people.join("bruno")
    people.officer("finn")
    waits = desk.top_up(bruno, 30 * ONE, rail="bank")
    _status, waiting = call(Page("finn"), "get", "money/approvals")
    assert [each["approval"] for each in waiting] == [waits["approval"]]
    path = f"money/approvals/{waits['approval']}/decision"
    assert call(Page("ada"), "post", path, {"approve": True})[1]["code"] == "payments.same_person"
    assert call(Page("finn", strong=False), "post", path, {"approve": True})[1]["code"] == "offices.prove_yourself"
    assert call(Page("finn"), "post", path, {"approve": True})[1]["state"] == "done"


def test_shares_are_paid_over_the_api() -> None:
    people.officer("ada")
    bruno = people.join("bruno", counts=False)
    bought = member_actions.buy_shares(actor=people.actor("bruno"), now=NOW, key=fresh_key(), party=bruno, count=1)
    path = f"money/subscriptions/{bought['subscription']}/payments"
    status, paid = call(Page("ada"), "post", path, {"amount": ONE, "rail": "bank"})
    assert (status, paid["counts"]) == (200, True)


@pytest.mark.parametrize("amount", [1.5, "20", -1, 0, 10**18, True])
def test_amounts_are_whole_numbers(amount: Any) -> None:
    """T09."""
    bruno = people.join("bruno")
    people.officer("ada")
    body = {"party": str(bruno), "amount": amount, "currency": "EUR", "rail": "bank"}
    assert call(Page("ada"), "post", "money/top-ups", body)[1]["code"] == "shared.invalid"


def test_others_receipts_and_the_desk_are_closed() -> None:
    bruno = people.join("bruno")
    people.join("hana", office=False)
    desk.top_up(bruno, 20 * ONE)
    hana = Page("hana")
    assert call(hana, "get", "money/receipts/1")[0] == 404
    assert call(hana, "get", "money/approvals")[0] == 403
    assert call(hana, "get", "money/cover")[0] == 403
    body = {"party": str(bruno), "amount": ONE, "currency": "EUR", "rail": "bank"}
    assert call(hana, "post", "money/top-ups", body)[1]["code"] == "offices.not_allowed"
    people.log_in("eve")
    assert call(Page("eve"), "get", "money/wallet")[1]["code"] == "payments.nobody_here"
    assert queries.wallet(bruno, "EUR").balance == 20 * ONE
