"""Entries after the fact, counter-entries, and instalments with their reminders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rochdale.members import actions, queries, rules
from rochdale.members import testing as people
from rochdale.members.actions import entries, recording
from rochdale.members.actions.membership import NotAMember
from rochdale.members.models import ShareMovement
from rochdale.members.testing import NOW, fresh_key, holding_of
from rochdale.members.testing_shares import LATER, agreed_offer, books_hold, by, held
from rochdale.messages import queries as messages
from rochdale.shared import actor as actors
from rochdale.shared.action import NotAllowed
from rochdale.shared.money import ONE

pytestmark = pytest.mark.usefixtures("coop")


# Back-dated entries and corrections


def test_a_subscription_from_paper_counts_from_its_day_and_is_known_from_today() -> None:
    bruno = people.join("bruno", NOW)
    entered = actions.enter_subscription(
        **by("carmen", LATER), party=bruno, count=3, effective_at=NOW + timedelta(hours=1), evidence="Sheet 4, signed"
    )
    actions.enter_payment(
        **by("ada", LATER),
        subscription=entered["subscription"],
        amount=3 * ONE,
        rail="bank",
        effective_at=NOW + timedelta(hours=2),
        evidence="Bank statement 9",
    )
    assert queries.holdings([bruno], NOW + timedelta(hours=3))[bruno][0].shares == 4
    assert queries.holdings([bruno], NOW + timedelta(hours=3), NOW + timedelta(hours=3))[bruno][0].shares == 1
    books_hold()


def test_back_dated_entries_are_refused_by_name() -> None:
    bruno = people.join("bruno", NOW)
    enter: dict[str, Any] = {"party": bruno, "count": 1, "effective_at": NOW, "evidence": "Sheet 4, signed"}
    with pytest.raises(recording.NotYet):
        actions.enter_subscription(**by("carmen"), **enter | {"effective_at": LATER + timedelta(days=1)})
    with pytest.raises(entries.AfterTheFact):
        actions.enter_subscription(**by("carmen"), **enter | {"effective_at": NOW - timedelta(days=1)})
    with pytest.raises(recording.EvidenceMissing):
        actions.enter_subscription(**by("carmen"), **enter | {"evidence": ""})
    with pytest.raises(recording.OwnEntry):
        actions.enter_subscription(**by("carmen"), **enter | {"party": people.known("carmen"), "effective_at": LATER})
    with pytest.raises(NotAMember):
        actions.enter_subscription(**by("carmen"), **enter | {"party": people.known("eve")})


def test_a_wrong_payment_is_countered_in_register_and_ledger() -> None:
    holding_of("bruno", 3)
    payment = ShareMovement.objects.filter(kind="paid", party=people.known("bruno")).get()
    found = actions.correct_movement(**by("carmen"), movement=payment.id, reason="Paid by somebody else")
    counter = ShareMovement.objects.get(pk=found["counter_entries"][0])
    assert (counter.corrects_id, counter.effective_at, counter.recorded_at) == (payment.id, payment.effective_at, LATER)
    assert held("bruno") == (3, 0)
    with pytest.raises(entries.CorrectedAlready):
        actions.correct_movement(**by("carmen"), movement=payment.id, reason="Paid by somebody else")
    with pytest.raises(entries.CorrectedAlready):
        actions.correct_movement(**by("carmen"), movement=counter.id, reason="Paid by somebody else")
    books_hold()


def test_a_wrong_transfer_is_countered_on_both_sides_and_only_before_what_builds_on_it() -> None:
    people.settle(NOW, {"members.share_transfers": "between_members"})
    holding_of("bruno", 5)
    people.join("finn")
    people.join("hana")
    agreed_offer(3)
    first = ShareMovement.objects.get(kind="transfer_in")
    agreed_offer(3, giver="finn", receiver="hana")
    onward = ShareMovement.objects.filter(kind="transfer_in").order_by("-id").first()
    assert onward is not None
    with pytest.raises(recording.NotEnoughThen):
        actions.correct_movement(**by("carmen"), movement=first.id, reason="Wrong receiver")
    for each in ShareMovement.objects.filter(kind="transfer_in").order_by("-id"):
        actions.correct_movement(**by("carmen"), movement=each.id, reason="Wrong receiver")
    assert (held("bruno"), held("finn"), held("hana")) == ((5, 5), (1, 1), (1, 1))
    books_hold()


def test_corrections_are_refused_by_name() -> None:
    holding_of("bruno", 3)
    opened = ShareMovement.objects.get(kind="subscribed", party=people.known("bruno"))
    with pytest.raises(recording.NotEnoughThen):
        actions.correct_movement(**by("carmen"), movement=opened.id, reason="Wrong member")
    with pytest.raises(entries.NoSuchMovement):
        actions.correct_movement(**by("carmen"), movement=10**9, reason="Wrong member")
    with pytest.raises(NotAllowed):
        actions.correct_movement(**by("bruno"), movement=opened.id, reason="Wrong member")
    own = ShareMovement.objects.filter(kind="subscribed", party=people.officer("carmen").party).get()
    with pytest.raises(recording.OwnEntry):
        actions.correct_movement(**by("carmen"), movement=own.id, reason="Wrong member")


# Instalments


def test_a_quarter_at_once_and_the_rest_by_the_month() -> None:
    people.settle(NOW, {"members.entry_paid_pct": 25, "members.instalment_months": 3})
    bruno = people.join("bruno", counts=False)
    bought = actions.buy_shares(actor=people.actor("bruno"), now=NOW, key=fresh_key(), party=bruno, count=100)
    lot = queries.subscription(bought["subscription"])
    assert lot is not None
    plan = queries.instalments_of(lot, NOW)
    assert [each.amount // ONE for each in plan] == [25, 25, 25, 25]
    pay: dict[str, Any] = {"subscription": lot.id, "rail": "bank"}
    first = actions.pay_shares(**by("ada", NOW), **pay, amount=25 * ONE)
    assert (first["counts"], first["owed"]) == (True, 75 * ONE)
    assert queries.overdue_instalments(NOW + timedelta(days=20)) == []
    late = queries.overdue_instalments(NOW + timedelta(days=70))
    assert [each.missing // ONE for each in late] == [25, 25]


def test_overdue_instalments_are_reminded_once() -> None:
    people.settle(NOW, {"members.entry_paid_pct": 50, "members.instalment_months": 1})
    bruno = people.join("bruno", counts=False)
    actions.buy_shares(actor=people.actor("bruno"), now=NOW, key=fresh_key(), party=bruno, count=10)
    job: dict[str, Any] = {"actor": actors.job("members.remind_instalments"), "now": NOW + timedelta(days=40)}
    assert actions.remind_instalments(**job, key=fresh_key()) == 2
    assert actions.remind_instalments(**job, key=fresh_key()) == 0
    assert [each.kind for each in messages.sent()].count("members.instalment_overdue") == 2


@given(
    amount=st.integers(1, 10**9),
    percent=st.integers(1, 100),
    months=st.integers(0, 120),
    smallest=st.sampled_from([1, 10**4, 10**6]),
)
def test_instalments_always_add_up(amount: int, percent: int, months: int, smallest: int) -> None:
    plan = rules.instalments(amount, percent=percent, months=months, since=NOW, smallest=smallest)
    assert sum(part for _due, part in plan) == amount
    assert all(part > 0 for _due, part in plan)
    assert [due for due, _part in plan] == sorted(due for due, _part in plan)
    assert plan[0][1] >= min(amount, rules.entry_amount(amount, percent))
