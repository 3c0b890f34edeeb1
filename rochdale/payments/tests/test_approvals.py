"""Two people above a limit: maker and checker (T25)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from rochdale.members import actions as member_actions
from rochdale.members import testing as people
from rochdale.members.testing import NOW, fresh_key, inside
from rochdale.offices.authority import ProveYourself
from rochdale.payments import actions, queries
from rochdale.payments import testing as desk
from rochdale.payments.actions import approvals, wallets
from rochdale.payments.models import Approval
from rochdale.shared import actor as actors
from rochdale.shared.action import NotAllowed
from rochdale.shared.money import ONE

pytestmark = pytest.mark.usefixtures("coop")


@pytest.fixture(autouse=True)
def limit(coop: Any) -> None:
    """Let two people be needed above 20 euro."""
    people.settle(values={"payments.two_people_above": 20 * ONE})
    people.officer("ada")
    people.officer("finn")


def decide(name: str, approval: int, *, approved: bool = True, reason_code: str = "", now: Any = NOW) -> dict[str, Any]:
    found: dict[str, Any] = actions.decide_approval(
        actor=people.officer(name, now),
        now=now,
        key=fresh_key(),
        approval=approval,
        approved=approved,
        reason_code=reason_code,
    )
    return found


def proposed(name: str = "bruno", amount: int = 30 * ONE, by: str = "ada") -> int:
    done = desk.top_up(people.join(name), amount, rail="bank", by=by)
    assert done["state"] == "waits"
    return int(done["approval"])


# It works


def test_above_the_limit_nothing_moves_until_a_second_person_says_yes() -> None:
    approval = proposed()
    bruno = people.known("bruno")
    assert queries.wallet(bruno, "EUR").balance == 0
    assert [each.why for each in queries.waiting()] == ["limit"]
    done = decide("finn", approval)
    assert done["state"] == "done"
    assert queries.wallet(bruno, "EUR").balance == 30 * ONE
    found = queries.movement(done["receipt"])
    assert found is not None
    assert (found.maker, found.checker) == (people.known("ada"), people.known("finn"))
    assert queries.waiting() == []
    assert queries.large_movements_without_approval() == []


def test_a_no_has_a_reason_and_moves_nothing() -> None:
    approval = proposed()
    with pytest.raises(approvals.RejectionNeedsReason):
        decide("finn", approval, approved=False, reason_code="i dislike him")
    assert decide("finn", approval, approved=False, reason_code="paper_missing") == {"state": "rejected"}
    assert queries.wallet(people.known("bruno"), "EUR").balance == 0
    assert queries.waiting_one(approval) is None


def test_two_just_under_the_limit_count_together_for_a_day() -> None:
    bruno = people.join("bruno")
    assert desk.top_up(bruno, 19 * ONE, rail="bank")["state"] == "done"
    second = desk.top_up(bruno, 19 * ONE, rail="bank", by="finn")
    assert second["state"] == "waits"
    assert Approval.objects.get(pk=second["approval"]).why == "rolling"
    tomorrow = NOW + timedelta(hours=24, seconds=1)
    assert desk.top_up(bruno, 19 * ONE, tomorrow, rail="bank")["state"] == "done"


def test_refunds_count_together_too() -> None:
    bruno = people.join("bruno")
    decide("finn", proposed(amount=60 * ONE))
    given: dict[str, Any] = {"now": NOW, "party": bruno, "amount": 15 * ONE, "currency": "EUR", "rail": "bank"}
    ada = people.officer("ada")
    assert actions.refund_wallet(actor=ada, key=fresh_key(), **given)["state"] == "done"
    waits = actions.refund_wallet(actor=ada, key=fresh_key(), **given)
    assert waits["state"] == "waits"
    assert queries.wallet(bruno, "EUR").balance == 45 * ONE
    decide("finn", waits["approval"])
    assert queries.wallet(bruno, "EUR").balance == 30 * ONE


def test_the_same_human_under_two_names_counts_as_one() -> None:
    bruno = people.join("bruno")
    with inside():
        double = UUID(
            member_actions.make_party(
                actor=actors.job("t"),
                now=NOW,
                key=fresh_key(),
                register={"name": "B. Okafor"},
                contact={"email": "bruno@example.org"},
            )
        )
    assert desk.top_up(bruno, 19 * ONE, rail="bank")["state"] == "done"
    assert desk.top_up(double, 19 * ONE, rail="bank")["state"] == "waits"


def test_an_officers_own_wallet_always_needs_somebody_else() -> None:
    ada = people.known("ada")
    waits = desk.top_up(ada, ONE, rail="bank")
    assert waits["state"] == "waits"
    assert [each.why for each in queries.waiting()] == ["own"]
    assert decide("finn", waits["approval"])["state"] == "done"


# Refusals


def test_the_maker_does_not_check() -> None:
    with pytest.raises(approvals.SamePerson):
        decide("ada", proposed())


def test_the_same_human_with_another_account_does_not_check() -> None:
    approval = proposed()
    with inside():
        records = UUID(
            member_actions.make_organisation(
                actor=actors.job("t"),
                now=NOW,
                key=fresh_key(),
                representative=people.known("ada"),
                register={"name": "Ada and Daughters"},
            )
        )
    people.fill("ada", "treasurer")
    from datetime import date

    from rochdale.offices import actions as offices

    offices.fill_office(
        actor=actors.resolution(people.ACT),
        now=NOW,
        key=fresh_key(),
        office="board",
        party=records,
        from_on=date(2026, 1, 1),
        until_on=date(2027, 1, 1),
    )
    from rochdale.members import queries as members

    as_organisation = members.actor_for(
        person=people.log_in("ada"), via="page", now=NOW, sure_at=NOW, strong=True, acting_as=records
    )
    assert as_organisation.party == records
    with pytest.raises(approvals.SamePerson):
        actions.decide_approval(actor=as_organisation, now=NOW, key=fresh_key(), approval=approval, approved=True)


def test_whoever_receives_the_money_does_not_check() -> None:
    with pytest.raises(approvals.BeneficiaryChecks):
        decide("finn", proposed("finn"))


def test_who_holds_no_office_does_not_check() -> None:
    approval = proposed()
    for name in ("bruno", "carmen"):
        with pytest.raises(NotAllowed):
            decide(name, approval)


def test_checking_asks_for_a_fresh_proof() -> None:
    approval = proposed()
    with pytest.raises(ProveYourself):
        actions.decide_approval(
            actor=people.actor("finn", sure=False), now=NOW, key=fresh_key(), approval=approval, approved=True
        )


def test_it_is_decided_once() -> None:
    approval = proposed()
    decide("finn", approval)
    with pytest.raises(approvals.ApprovalDecided):
        decide("grace", approval)
    with pytest.raises(approvals.ApprovalDecided):
        decide("grace", approval, approved=False, reason_code="mistake")


def test_nothing_waits_under_a_number_nobody_gave() -> None:
    with pytest.raises(approvals.NoSuchApproval):
        decide("finn", 404)


def test_what_is_no_longer_allowed_when_it_is_checked_is_refused() -> None:
    first, second = proposed(amount=60 * ONE), proposed(amount=60 * ONE)
    decide("finn", first)
    with pytest.raises(wallets.OverCap):
        decide("finn", second)
    assert queries.waiting_one(second) is not None


def test_the_check_finds_a_large_movement_that_nobody_else_saw() -> None:
    from rochdale.payments.models import DeskMovement

    desk.top_up(people.join("bruno"), 10 * ONE, rail="bank")
    DeskMovement.objects.create(
        receipt=2,
        kind="refund",
        party=people.known("bruno"),
        amount=90 * ONE,
        currency="EUR",
        rail="bank",
        maker=people.known("ada"),
        posting=10**12,
        happened_at=NOW,
    )
    assert [row["receipt"] for row in queries.large_movements_without_approval()] == [2]
