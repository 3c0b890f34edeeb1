"""Buy-back by queue: in order of asking, by two people, never more than there is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rochdale.ledger import queries as ledger
from rochdale.members import actions, queries, rules
from rochdale.members import testing as people
from rochdale.members.actions import buyback, giving_back, shares
from rochdale.members.models import ShareMovement
from rochdale.members.testing import NOW, fresh_key, holding_of
from rochdale.members.testing_shares import LATER, UK, agreed_offer, ask, books_hold, by, held, prepare
from rochdale.messages import queries as messages
from rochdale.shared import actor as actors
from rochdale.shared import money
from rochdale.shared.action import NotAllowed
from rochdale.shared.money import ONE
from rochdale.shared.refusals import Refusal

pytestmark = pytest.mark.usefixtures("coop")


# It works


def test_the_queue_is_paid_in_order_of_asking_by_two_people() -> None:
    people.settle(NOW, packs=UK)
    holding_of("bruno", 6)
    holding_of("finn", 6)
    people.officer("ada"), people.officer("grace")
    assert ask("bruno", 5)["ahead"] == 0
    assert ask("finn", 5, LATER + timedelta(minutes=1))["ahead"] == 5
    number = prepare(7)
    assert actions.release_buy_backs(**by("grace"), round=number) == {"paid": 7 * ONE, "parts": 2}
    assert (held("bruno"), held("finn")) == ((1, 1), (4, 4))
    [left] = queries.buy_back_queue()
    assert (left.party, left.left) == (people.known("finn"), 3)
    assert "members.bought_back" in {letter.kind for letter in messages.sent()}
    books_hold()


def test_when_most_members_ask_at_once_no_more_is_paid_than_there_is() -> None:
    """T46: the bank keeps what the bylaws keep, capital does not fall below its minimum, and nobody is passed over."""
    people.settle(NOW, {"members.buy_back_cash_kept": 4 * ONE, "members.minimum_capital": 10 * ONE}, packs=UK)
    for name in ("bruno", "finn", "dilip"):
        holding_of(name, 8)
    people.officer("ada"), people.officer("grace")
    asked = {"bruno": ask("bruno", 7), "finn": ask("finn", 7)}
    assert len(asked) == 2
    room = queries.buy_back_room("GBP", LATER)
    bank = ledger.balance(ledger.account("assets.bank.own", "GBP") or 0) or 0
    capital = queries.shares_total(LATER)["paid"]
    assert room == min(bank - 4 * ONE, capital - 10 * ONE)
    done = actions.release_buy_backs(**by("grace"), round=prepare(1000))
    assert done["paid"] == min(room, 14 * ONE)
    assert queries.buy_back_room("GBP", LATER) >= 0
    people.settle(LATER, {"members.buy_back_cash_kept": 1000 * ONE}, packs=UK)
    if queries.buy_back_queue():
        with pytest.raises(buyback.NothingToPayWith):
            prepare(1)
    books_hold()


def test_buy_backs_are_refused_by_name() -> None:
    people.settle(NOW, packs=UK)
    holding_of("bruno", 3)
    people.officer("ada"), people.officer("grace")
    with pytest.raises(buyback.QueueEmpty):
        prepare(1)
    with pytest.raises(shares.NotThatMany):
        ask("bruno", 3)
    ask("bruno", 2)
    with pytest.raises(shares.NotThatMany):
        ask("bruno", 1)
    with pytest.raises(shares.BadPayment):
        prepare(0)
    number = prepare(2)
    with pytest.raises(buyback.SamePersonReleases):
        actions.release_buy_backs(**by("ada"), round=number)
    with pytest.raises(buyback.NoSuchRound):
        actions.release_buy_backs(**by("grace"), round=number + 1)
    with pytest.raises(NotAllowed):
        actions.release_buy_backs(**by("bruno"), round=number)
    actions.drop_buy_backs(**by("grace"), round=number)
    with pytest.raises(buyback.RoundEnded):
        actions.release_buy_backs(**by("grace"), round=number)
    assert held("bruno") == (3, 3)


def test_whoever_is_paid_by_a_round_neither_prepares_nor_releases_it() -> None:
    people.settle(NOW, packs=UK)
    holding_of("grace", 3)
    people.officer("ada")
    ask("grace", 2)
    with pytest.raises(buyback.ReceivesFromRound):
        actions.release_buy_backs(**by("grace"), round=prepare(2))


def give_back(name: str, count: int) -> Any:
    lot = queries.lots_of(people.known(name), "member")[-1]
    return actions.withdraw_shares(
        actor=actors.resolution("resolution:7"), now=LATER, key=fresh_key(), subscription=lot.id, count=count
    )


def test_a_resolution_overtakes_nobody_who_waits_and_pays_no_more_than_there_is() -> None:
    people.settle(NOW, {"members.minimum_capital": 8 * ONE}, packs=UK)
    holding_of("bruno", 6)
    holding_of("finn", 6)
    people.officer("ada"), people.officer("grace")
    ask("finn", 2)
    with pytest.raises(giving_back.OthersWait) as waits:
        give_back("bruno", 1)
    assert "2 shares wait" in str(waits.value)
    actions.release_buy_backs(**by("grace"), round=prepare(2))
    room = queries.buy_back_room("GBP", LATER) // ONE
    assert 0 < room < 5
    with pytest.raises(buyback.NothingToPayWith):
        give_back("bruno", room + 1)
    assert give_back("bruno", room)["amount"] == room * ONE
    assert queries.buy_back_room("GBP", LATER) == 0
    books_hold()


def test_a_resolution_does_not_give_back_what_its_holder_asked_back_already() -> None:
    people.settle(NOW, packs=UK)
    holding_of("bruno", 6)
    ask("bruno", 4)
    with pytest.raises(shares.NotThatMany):
        give_back("bruno", 2)
    assert give_back("bruno", 1)["amount"] == ONE


def test_irish_shares_do_not_enter_the_queue() -> None:
    holding_of("bruno", 3)
    with pytest.raises(shares.NotWithdrawable):
        ask("bruno", 1)


def test_a_resolution_alone_carries_a_round_out() -> None:
    people.settle(NOW, packs=UK)
    holding_of("bruno", 3)
    ask("bruno", 2)
    by_vote: dict[str, Any] = {"actor": actors.resolution("resolution:7"), "now": LATER}
    number = actions.prepare_buy_backs(**by_vote, key=fresh_key(), budget=2 * ONE, currency="GBP")["round"]
    assert actions.release_buy_backs(**by_vote, key=fresh_key(), round=number)["paid"] == 2 * ONE


@given(wishes=st.lists(st.tuples(st.integers(1, 50), st.integers(1, 9)), max_size=12), money=st.integers(-5, 300))
def test_a_round_pays_in_order_and_never_more_than_there_is(wishes: list[tuple[int, int]], money: int) -> None:
    queue = [rules.BuyBackLot(place, UUID(int=place), place, count, par) for place, (count, par) in enumerate(wishes)]
    plan = rules.buy_back_plan(queue, money)
    assert sum(each.amount for each in plan) <= max(0, money)
    assert [each.lot for each in plan] == list(range(len(plan)))
    assert all(each.shares == queue[each.lot].shares for each in plan[:-1])


@given(amount=st.integers(1, 10**12), percent=st.integers(0, 3000), currency=st.sampled_from(["EUR", "JPY", "KWD"]))
def test_what_is_paid_and_what_is_kept_make_par(amount: int, percent: int, currency: str) -> None:
    par = max(ONE, money.payable(amount, currency))
    kept = rules.kept_part(par, percent, currency)
    assert 0 <= kept * 10_000 <= par * percent
    assert money.payable(par - kept, currency) == par - kept > 0


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["transfer", "convert", "correct", "ask", "round", "buy", "give back"]),
        st.sampled_from(["bruno", "finn", "hana"]),
        st.integers(1, 4),
    ),
    max_size=12,
)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_to_shares_register_and_ledger_agree(coop: Any, steps: list[tuple[str, str, int]]) -> None:
    from django.db import transaction

    with transaction.atomic():
        people.settle(NOW, {"members.share_transfers": "between_members"}, packs=UK)
        for name in ("bruno", "finn", "hana"):
            holding_of(name, 4)
        people.officer("ada"), people.officer("carmen"), people.officer("grace")
        for kind, name, count in steps:
            try:
                _step(kind, name, count)
            except Refusal:
                continue
        books_hold()
        transaction.set_rollback(True)


def _step(kind: str, name: str, count: int) -> None:
    party = people.known(name)
    if kind == "transfer":
        agreed_offer(count, giver=name, receiver="hana" if name != "hana" else "bruno")
    elif kind == "convert":
        actions.convert_shares(**by("grace"), party=party, share_class="member", into="supporter", count=count)
    elif kind == "ask":
        ask(name, count)
    elif kind == "buy":
        holding_of(name, count, now=LATER)
    elif kind == "give back":
        give_back(name, count)
    elif kind == "round":
        actions.release_buy_backs(**by("grace"), round=prepare(count))
    else:
        rows = list(ShareMovement.objects.filter(party=party).order_by("-id")[:count])
        actions.correct_movement(**by("carmen"), movement=rows[-1].id, reason="Entered by mistake")
