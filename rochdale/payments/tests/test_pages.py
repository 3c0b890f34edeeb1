"""The pages of the desk and the wallet."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from rochdale.members import queries as members
from rochdale.members import testing as people
from rochdale.members.testing import NOW
from rochdale.members.testing_pages import Page
from rochdale.payments import queries
from rochdale.payments import testing as desk
from rochdale.shared.money import ONE

pytestmark = pytest.mark.usefixtures("coop")


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def test_a_day_at_the_desk_by_pages() -> None:
    people.officer("ada")
    bruno = people.join("bruno")
    number = members.number_of(bruno)
    ada, page = Page("ada"), Page("bruno")
    assert "The desk is closed" in text_of(ada.get("money/desk/"))
    assert "should hold" in text_of(ada.get("money/desk/day/"))
    assert ada.post("money/desk/day/", {"counted": "0"}).status_code == 303
    assert ada.get(f"money/desk/?number={number}").status_code == 303
    assert "no member with this number" in text_of(ada.get("money/desk/?number=99"))
    assert "Bruno Okafor" in text_of(ada.get(f"money/desk/members/{number}/"))
    asked = text_of(ada.get(f"money/desk/members/{number}/move/?kind=top_up&amount=20,00&rail=cash&reference="))
    assert "Top up this wallet?" in asked
    assert queries.wallet(bruno, "EUR").balance == 0
    done = ada.post(f"money/desk/members/{number}/move/", {"kind": "top_up", "amount": "20", "rail": "cash"})
    assert done.status_code == 303
    assert queries.wallet(bruno, "EUR").balance == 20 * ONE
    assert "Receipt 1" in text_of(ada.get("money/receipts/1/"))
    assert "Receipt 1" in text_of(page.get("money/receipts/1/"))
    assert page.get("money/receipts/2/").status_code == 404
    wallet = text_of(page.get("money/wallet/"))
    assert "€20.00" in wallet
    assert "Wallet topped up" in text_of(page.get("money/wallet/how/"))
    assert "20" in text_of(page.get("money/wallet/statement.csv"))
    assert "Nothing waits" in text_of(ada.get("money/desk/"))
    assert "Cash in the till" in text_of(ada.get("money/desk/how/till/"))
    assert "Wallet" in text_of(ada.get("money/desk/how/owed/"))
    assert "Cash in the till" in text_of(ada.get("money/desk/how/held/"))
    assert ada.get("money/desk/how/moon/").status_code == 404
    refund = ada.post(f"money/desk/members/{number}/move/", {"kind": "refund", "amount": "5", "rail": "cash"})
    assert refund.status_code == 303
    assert queries.wallet(bruno, "EUR").balance == 15 * ONE
    too_much = ada.post(f"money/desk/members/{number}/move/", {"kind": "refund", "amount": "50", "rail": "cash"})
    assert too_much.status_code == 422
    assert "Close the desk" in text_of(ada.get("money/desk/day/"))
    assert ada.post("money/desk/day/", {"counted": "15"}).status_code == 303
    assert queries.open_day("EUR") is None


def test_a_receipt_is_shown_to_nobody_else() -> None:
    bruno = people.join("bruno")
    people.join("hana", office=False)
    desk.top_up(bruno, 20 * ONE)
    assert Page("hana").get("money/receipts/1/").status_code == 404


def test_shares_are_paid_at_the_desk() -> None:
    people.officer("ada")
    bruno = people.join("bruno", counts=False)
    number = members.number_of(bruno)
    desk.open_till()
    Page("bruno").post("members/shares/buy/", {"count": "2", "share_class": "member"})
    [to_pay] = members.subscriptions_to_pay(bruno)
    ada = Page("ada")
    path = f"money/desk/members/{number}/shares/"
    assert "Take this payment" in text_of(ada.get(f"{path}?subscription={to_pay.id}&amount=2&rail=cash"))
    assert ada.post(path, {"subscription": to_pay.id, "amount": "3", "rail": "cash"}).status_code == 422
    assert ada.post(path, {"subscription": to_pay.id, "amount": "nonsense", "rail": "cash"}).status_code == 422
    assert ada.post(path, {"subscription": to_pay.id, "amount": "2", "rail": "cash"}).status_code == 303
    assert members.is_effective(bruno, NOW)
    assert ada.get("money/desk/members/99/").status_code == 404


def test_a_second_person_decides_by_pages() -> None:
    people.officer("ada")
    people.officer("finn")
    bruno = people.join("bruno")
    number = members.number_of(bruno)
    people.settle(values={"payments.two_people_above": 20 * ONE})
    ada, finn = Page("ada"), Page("finn")
    waits = ada.post(f"money/desk/members/{number}/move/", {"kind": "top_up", "amount": "30", "rail": "bank"})
    assert waits.status_code == 303
    assert queries.wallet(bruno, "EUR").balance == 0
    [waiting] = queries.waiting()
    assert "yours: somebody else looks" in text_of(ada.get("money/desk/"))
    assert "above the limit" in text_of(finn.get("money/desk/approvals/"))
    assert "Bruno Okafor" in text_of(finn.get(f"money/desk/approvals/{waiting.approval}/"))
    path = f"money/desk/approvals/{waiting.approval}/"
    assert ada.post(path, {"decision": "approve"}).status_code == 422
    assert finn.post(path, {"decision": "reject"}).status_code == 200
    assert finn.post(path, {"decision": "approve"}).status_code == 303
    assert queries.wallet(bruno, "EUR").balance == 30 * ONE
    assert finn.get(path).status_code == 404
    assert "checked by" in text_of(Page("bruno").get("money/receipts/1/"))


def test_a_co_op_whose_packs_say_nothing_of_wallets_says_so() -> None:
    people.settle(packs=("ie",))
    people.join("bruno")
    assert "offers no wallet" in text_of(Page("bruno").get("money/wallet/"))


def test_the_till_is_banked_by_a_page() -> None:
    bruno = people.join("bruno")
    desk.top_up(bruno, 20 * ONE)
    ada = Page("ada")
    assert "Owed to people" in text_of(ada.get("money/desk/cash/"))
    assert ada.post("money/desk/cash/", {"source": "desk", "target": "own", "amount": "20"}).status_code == 422
    assert ada.post("money/desk/cash/", {"source": "desk", "target": "client", "amount": "20"}).status_code == 303
    assert queries.in_till("EUR") == 0


def test_home_cards_show_what_waits() -> None:
    bruno = people.join("bruno")
    desk.top_up(bruno, 20 * ONE)
    people.officer("finn")
    people.settle(values={"payments.two_people_above": 20 * ONE})
    desk.top_up(bruno, 30 * ONE, rail="bank")
    assert "€20.00" in text_of(Page("bruno").get("me/"))
    assert "second person" in text_of(Page("finn").get("me/"))
