"""Shares: subscribe, pay, give back; first that it works, then each refusal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rochdale.ledger import queries as ledger
from rochdale.members import actions, queries
from rochdale.members import testing as people
from rochdale.members.actions import membership, shares
from rochdale.members.testing import NOW, fresh_key
from rochdale.shared import actor as actors
from rochdale.shared.action import NotAllowed
from rochdale.shared.money import ONE

pytestmark = pytest.mark.usefixtures("coop")
LATER = NOW + timedelta(days=1)


def buy(name: str, count: int, share_class: str = "member", now: Any = NOW) -> dict[str, Any]:
    party = people.join(name, counts=False)
    found: dict[str, Any] = actions.buy_shares(
        actor=people.actor(name, now), now=now, key=fresh_key(), party=party, count=count, share_class=share_class
    )
    return found


def pay(subscription: int, amount: int, *, by: str = "ada", rail: str = "bank", now: Any = NOW) -> dict[str, Any]:
    found: dict[str, Any] = actions.pay_shares(
        actor=people.officer(by), now=now, key=fresh_key(), subscription=subscription, amount=amount, rail=rail
    )
    return found


def give_back(subscription: int, count: int) -> Any:
    return actions.withdraw_shares(
        actor=actors.resolution("resolution:1"), now=LATER, key=fresh_key(), subscription=subscription, count=count
    )


# It works


def test_shares_are_subscribed_paid_and_booked_as_capital() -> None:
    bought = buy("bruno", 5)
    bruno = people.known("bruno")
    assert bought["amount"] == 5 * ONE
    assert queries.holding(bruno, "member", NOW).owed == 5 * ONE
    assert not queries.is_effective(bruno, NOW)
    first = pay(bought["subscription"], 2 * ONE, now=LATER)
    assert (first["owed"], first["counts"]) == (3 * ONE, True)
    assert queries.is_effective(bruno, LATER)
    assert not queries.is_effective(bruno, NOW)
    pay(bought["subscription"], 3 * ONE, rail="cash", now=LATER)
    held = queries.holding(bruno, "member", LATER)
    assert (held.shares, held.subscribed, held.paid) == (5, 5 * ONE, 5 * ONE)
    assert ledger.balance(ledger.account("equity.share_capital", "EUR") or 0) == queries.shares_total(LATER)["paid"]
    assert ledger.balance(ledger.account("assets.cash.desk", "EUR") or 0) == 3 * ONE
    posting = ledger.posting(first["posting"])
    assert posting is not None
    assert (posting.kind, posting.party, posting.standing) == ("members.share_payment", bruno, "non-member")
    assert queries.register_differs_from_ledger() == []


def test_a_payment_sent_twice_counts_once() -> None:
    bought = buy("bruno", 2)
    by = people.officer("ada")
    given: dict[str, Any] = {"actor": by, "now": NOW, "subscription": bought["subscription"], "amount": ONE, "rail": "bank"}
    assert actions.pay_shares(key="once", **given) == actions.pay_shares(key="once", **given)
    found = queries.subscription(bought["subscription"])
    assert found is not None
    assert found.paid == ONE


def test_a_share_keeps_the_price_at_which_it_was_taken() -> None:
    first = buy("bruno", 2)
    people.settle(values={"members.share_par_value": 3 * ONE})
    second = buy("bruno", 2)
    assert (first["amount"], second["amount"]) == (2 * ONE, 6 * ONE)
    assert queries.holding(people.known("bruno"), "member", NOW).subscribed == 8 * ONE


def test_supporters_hold_supporter_shares() -> None:
    bought = buy("dilip", 10, "supporter")
    pay(bought["subscription"], 10 * ONE)
    assert queries.standing(people.known("dilip"), NOW) == "supporter"


def test_the_register_is_known_as_of_two_times() -> None:
    bought = buy("bruno", 2)
    bruno = people.known("bruno")
    pay(bought["subscription"], 2 * ONE, now=LATER)
    assert queries.holdings([bruno], LATER)[bruno][0].paid == 2 * ONE
    assert queries.holdings([bruno], NOW)[bruno][0].paid == 0
    assert queries.holdings([bruno], LATER, NOW)[bruno][0].paid == 0


def test_where_the_law_lets_them_shares_are_given_back_at_par() -> None:
    people.settle(packs=("uk", "activity-wallet-uk"))
    bought = buy("bruno", 5)
    pay(bought["subscription"], 5 * ONE)
    given = give_back(bought["subscription"], 4)
    assert given["amount"] == 4 * ONE
    held = queries.holding(people.known("bruno"), "member", LATER)
    assert (held.shares, held.subscribed, held.paid) == (1, ONE, ONE)
    assert queries.register_differs_from_ledger() == []
    with pytest.raises(shares.NotThatMany):
        give_back(bought["subscription"], 1)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.integers(min_value=1, max_value=900), min_size=1, max_size=5))
def test_whatever_the_instalments_paid_and_owed_add_up(coop: Any, parts: list[int]) -> None:
    bought = buy("bruno", 10)
    people.officer("ada")
    before = queries.shares_total(NOW)["paid"]
    taken = 0
    for cents in parts:
        owed = 10 * ONE - taken
        if cents * 10_000 > owed:
            with pytest.raises(shares.Overpaid):
                pay(bought["subscription"], cents * 10_000)
            continue
        taken += cents * 10_000
        assert pay(bought["subscription"], cents * 10_000)["owed"] == 10 * ONE - taken
    assert queries.shares_total(NOW)["paid"] - before == taken
    assert queries.register_differs_from_ledger() == []
    assert queries.overpaid_subscriptions() == []


# Refusals


@pytest.mark.parametrize("count", [0, -1, 1_000_001])
def test_a_count_that_is_none_is_refused(count: int) -> None:
    with pytest.raises(shares.BadShareCount):
        buy("bruno", count)


def test_an_unknown_class_of_shares_is_refused() -> None:
    with pytest.raises(shares.UnknownShareClass):
        buy("bruno", 1, "golden")


def test_who_is_no_member_takes_no_shares() -> None:
    people.settle()
    eve = people.known("eve")
    with pytest.raises(membership.NotAMember):
        actions.buy_shares(actor=people.actor("eve"), now=NOW, key=fresh_key(), party=eve, count=1)


def test_nobody_takes_shares_for_somebody_else() -> None:
    bruno = people.join("bruno")
    people.join("hana", office=False)
    with pytest.raises(NotAllowed):
        actions.buy_shares(actor=people.actor("hana"), now=NOW, key=fresh_key(), party=bruno, count=1)


def test_fewer_than_the_smallest_shareholding_is_refused() -> None:
    people.settle(values={"members.minimum_shares": {"*": 5}})
    with pytest.raises(shares.UnderMinimum) as refused:
        buy("bruno", 3)
    assert refused.value.data == {"minimum": 5, "missing": 5}
    buy("bruno", 5)
    buy("bruno", 1)


def test_more_than_the_bylaws_let_one_hold_is_refused() -> None:
    people.settle(values={"members.maximum_holding": 100 * ONE})
    buy("bruno", 60)
    with pytest.raises(shares.OverMaximum):
        buy("bruno", 41)
    buy("bruno", 40)


def test_raising_more_in_six_months_than_the_law_allows_is_refused() -> None:
    people.settle(values={"members.share_par_value": 1000 * ONE, "members.maximum_holding": 100_000 * ONE})
    buy("bruno", 29)
    buy("hana", 1)
    with pytest.raises(shares.RaiseNeedsPermission):
        buy("hana", 1)
    buy("hana", 1, now=NOW + timedelta(days=184))


def test_an_unknown_subscription_is_refused() -> None:
    people.settle()
    with pytest.raises(shares.NoSuchSubscription):
        pay(404, ONE)


def test_more_than_is_owed_is_refused() -> None:
    bought = buy("bruno", 2)
    pay(bought["subscription"], ONE)
    with pytest.raises(shares.Overpaid):
        pay(bought["subscription"], ONE + 10_000)
    pay(bought["subscription"], ONE)
    with pytest.raises(shares.Overpaid):
        pay(bought["subscription"], 10_000)


@pytest.mark.parametrize("amount", [0, -ONE, 1, ONE + 5_000])
def test_what_is_no_payment_is_refused(amount: int) -> None:
    bought = buy("bruno", 2)
    with pytest.raises(shares.BadPayment):
        pay(bought["subscription"], amount)


def test_an_unknown_way_to_pay_is_refused() -> None:
    bought = buy("bruno", 2)
    with pytest.raises(shares.UnknownRail):
        pay(bought["subscription"], ONE, rail="cowrie")


def test_an_officer_does_not_take_down_their_own_payment() -> None:
    bought = buy("ada", 2)
    with pytest.raises(shares.OwnPayment):
        pay(bought["subscription"], ONE)


def test_a_member_does_not_say_that_they_paid() -> None:
    bought = buy("bruno", 2)
    with pytest.raises(NotAllowed):
        actions.pay_shares(
            actor=people.actor("bruno"), now=NOW, key=fresh_key(), subscription=bought["subscription"], amount=ONE, rail="bank"
        )


def test_irish_shares_are_not_given_back() -> None:
    bought = buy("bruno", 5)
    pay(bought["subscription"], 5 * ONE)
    with pytest.raises(shares.NotWithdrawable) as refused:
        give_back(bought["subscription"], 1)
    assert "s.32" in str(refused.value)


def test_only_a_resolution_gives_shares_back() -> None:
    bought = buy("bruno", 5)
    with pytest.raises(NotAllowed):
        actions.withdraw_shares(
            actor=people.officer("grace"), now=NOW, key=fresh_key(), subscription=bought["subscription"], count=1
        )


def test_unpaid_shares_are_not_given_back() -> None:
    people.settle(packs=("uk", "activity-wallet-uk"))
    bought = buy("bruno", 5)
    pay(bought["subscription"], 4 * ONE)
    with pytest.raises(shares.NotThatMany):
        give_back(bought["subscription"], 1)


def test_the_makers_say_what_a_party_is() -> None:
    assert isinstance(people.join("bruno"), UUID)
