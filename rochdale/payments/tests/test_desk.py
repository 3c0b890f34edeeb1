"""The till: open, close, differences, banking; the daily check of cover; shares at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from rochdale.ledger import queries as ledger
from rochdale.members import actions as member_actions
from rochdale.members import queries as members
from rochdale.members import testing as people
from rochdale.members.actions import shares
from rochdale.members.testing import NOW, fresh_key
from rochdale.payments import actions, jobs, queries
from rochdale.payments import testing as desk
from rochdale.payments.actions import approvals
from rochdale.payments.actions import desk as desk_actions
from rochdale.shared import clock
from rochdale.shared.action import NotAllowed
from rochdale.shared.money import ONE

pytestmark = pytest.mark.usefixtures("coop")


def close(day: int, counted: int) -> Any:
    return actions.close_desk_day(actor=people.officer("ada"), now=NOW, key=fresh_key(), day=day, counted=counted)


def move(source: str, target: str, amount: int, by: str = "ada") -> Any:
    return actions.move_cash(
        actor=people.officer(by), now=NOW, key=fresh_key(), source=source, target=target, amount=amount, currency="EUR"
    )


def subscription(name: str = "bruno", count: int = 2) -> tuple[Any, int]:
    party = people.join(name, counts=False)
    bought = member_actions.buy_shares(actor=people.actor(name), now=NOW, key=fresh_key(), party=party, count=count)
    return party, int(bought["subscription"])


def take(number: int, amount: int, rail: str = "cash", by: str = "ada") -> dict[str, Any]:
    found: dict[str, Any] = actions.take_share_payment(
        actor=people.officer(by), now=NOW, key=fresh_key(), subscription=number, amount=amount, rail=rail
    )
    return found


# The till


def test_a_day_is_opened_and_closed_with_counted_cash() -> None:
    bruno = people.join("bruno")
    day = desk.open_till()
    desk.top_up(bruno, 20 * ONE)
    found = queries.open_day("EUR")
    assert found is not None
    assert (found.id, found.expected_now) == (day, 20 * ONE)
    assert close(day, 20 * ONE) == {"difference": 0}
    assert queries.open_day("EUR") is None


def test_a_difference_is_booked_and_not_hidden() -> None:
    bruno = people.join("bruno")
    day = desk.open_till()
    desk.top_up(bruno, 20 * ONE)
    assert close(day, 19 * ONE) == {"difference": -ONE}
    assert ledger.balance(ledger.account(queries.DIFFERENCES, "EUR") or 0) == ONE
    assert queries.in_till("EUR") == 19 * ONE
    again = actions.open_desk_day(actor=people.officer("finn"), now=NOW, key=fresh_key(), currency="EUR", counted=20 * ONE)
    assert again["difference"] == ONE
    assert ledger.balance(ledger.account(queries.DIFFERENCES, "EUR") or 0) == 0


def test_one_day_is_open_at_a_time() -> None:
    people.settle()
    desk.open_till()
    with pytest.raises(desk_actions.DayIsOpen):
        actions.open_desk_day(actor=people.officer("finn"), now=NOW, key=fresh_key(), currency="EUR", counted=0)


def test_a_day_is_closed_once_and_must_be_there() -> None:
    people.settle()
    day = desk.open_till()
    close(day, 0)
    with pytest.raises(desk_actions.NoOpenDay):
        close(day, 0)
    with pytest.raises(desk_actions.NoOpenDay):
        close(404, 0)


@pytest.mark.parametrize("counted", [-ONE, 1, True, 1.5, 10**18])
def test_what_is_no_count_is_refused(counted: Any) -> None:
    ada = people.officer("ada")
    with pytest.raises(desk_actions.BadCount):
        actions.open_desk_day(actor=ada, now=NOW, key=fresh_key(), currency="EUR", counted=counted)
    day = desk.open_till()
    with pytest.raises(desk_actions.BadCount):
        close(day, counted)


def test_only_the_desks_officers_open_it() -> None:
    people.officer("carmen")
    with pytest.raises(NotAllowed):
        actions.open_desk_day(actor=people.actor("carmen"), now=NOW, key=fresh_key(), currency="EUR", counted=0)


# Between till and bank


def test_cash_is_banked_and_what_is_the_co_ops_own_may_leave() -> None:
    desk.top_up(people.join("bruno"), 20 * ONE)
    _party, number = subscription("hana", 5)
    take(number, 5 * ONE)
    move("desk", "client", 20 * ONE)
    assert queries.in_till("EUR") == 5 * ONE
    waits = move("desk", "own", 5 * ONE)
    assert (waits["state"], queries.in_till("EUR")) == ("waits", 5 * ONE)
    decide: dict[str, Any] = {"now": NOW, "approval": waits["approval"], "approved": True}
    with pytest.raises(approvals.SamePerson):
        actions.decide_approval(actor=people.officer("ada"), key=fresh_key(), **decide)
    assert actions.decide_approval(actor=people.officer("finn"), key=fresh_key(), **decide)["state"] == "done"
    assert queries.in_till("EUR") == 0
    assert queries.cover("EUR").covered
    with pytest.raises(desk_actions.NotCovered):
        move("client", "own", ONE)


def test_counting_more_than_there_is_covers_nothing() -> None:
    """Ada counts EUR 20 that are not there, so that members' money could leave the clients' account behind it."""
    desk.top_up(people.join("bruno"), 20 * ONE)
    move("desk", "client", 20 * ONE)
    day = queries.open_day("EUR")
    assert day is not None
    close(day.id, 20 * ONE)
    assert queries.cover("EUR").cash == 20 * ONE
    with pytest.raises(desk_actions.NotCovered):
        move("client", "own", 20 * ONE)


def test_more_than_the_till_holds_is_not_banked() -> None:
    desk.top_up(people.join("bruno"), 20 * ONE)
    with pytest.raises(desk_actions.TillTooLow):
        move("desk", "client", 21 * ONE)


@pytest.mark.parametrize(("source", "target"), [("desk", "desk"), ("desk", "pocket"), ("moon", "own")])
def test_cash_moves_between_known_places(source: str, target: str) -> None:
    people.settle()
    with pytest.raises(desk_actions.UnknownPlace):
        move(source, target, ONE)


def test_a_closed_till_gives_nothing_to_the_bank() -> None:
    people.settle()
    with pytest.raises(desk_actions.NoOpenDay):
        move("desk", "client", ONE)


def test_the_cashier_does_not_bank() -> None:
    desk.top_up(people.join("bruno"), 20 * ONE)
    with pytest.raises(NotAllowed):
        move("desk", "client", ONE, by="finn")


# Cover


def test_the_daily_check_is_recorded_once_a_day() -> None:
    desk.top_up(people.join("bruno"), 20 * ONE)
    with clock.at(NOW):
        assert jobs.check_cover() == []
        assert jobs.check_cover() == []
    found = queries.latest_cover_check("EUR")
    assert found is not None
    assert (found.owed, found.cash) == (20 * ONE, 20 * ONE)
    checked = actions.check_cover(actor=people.officer("ada"), now=NOW, key=fresh_key(), currency="EUR")
    assert checked["covered"]


def test_the_job_names_what_is_not_covered() -> None:
    desk.top_up(people.join("bruno"), 20 * ONE)
    day = queries.open_day("EUR")
    assert day is not None
    close(day.id, 10 * ONE)
    with clock.at(NOW):
        assert jobs.check_cover() == ["EUR"]


# Shares


def test_shares_are_paid_at_the_desk_with_a_receipt() -> None:
    party, number = subscription()
    desk.open_till()
    paid = take(number, 2 * ONE)
    assert (paid["owed"], paid["counts"]) == (0, True)
    found = queries.movement(paid["receipt"])
    assert found is not None
    assert (found.kind, found.party, found.amount) == ("share_payment", party, 2 * ONE)
    assert members.is_effective(party, NOW)
    assert members.register_differs_from_ledger() == []


def test_shares_are_not_paid_in_cash_at_a_closed_desk() -> None:
    _party, number = subscription()
    with pytest.raises(desk_actions.NoOpenDay):
        take(number, ONE)
    assert take(number, ONE, rail="bank")["owed"] == ONE


def test_the_desk_refuses_what_a_share_payment_refuses() -> None:
    _party, number = subscription()
    desk.open_till()
    with pytest.raises(shares.Overpaid):
        take(number, 3 * ONE)
    with pytest.raises(shares.NoSuchSubscription):
        take(404, ONE)
    _own, mine = subscription("ada")
    with pytest.raises(shares.OwnPayment):
        take(mine, ONE)
    assert take(mine, ONE, by="finn")["receipt"] == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_deskmovement SET amount = 1",
        "DELETE FROM payments_deskmovement",
        "TRUNCATE payments_deskmovement",
        "UPDATE payments_approvaldecision SET approved = true",
        "UPDATE payments_approval SET amount = 1",
        "DELETE FROM payments_deskday",
        "UPDATE payments_deskday SET counted = 9",
        "UPDATE payments_counter SET last = 0",
        "UPDATE payments_covercheck SET cash = 10",
    ],
)
def test_the_database_refuses_what_rewrites_the_desk(statement: str) -> None:
    desk.top_up(people.join("bruno"), 20 * ONE)
    people.settle(values={"payments.two_people_above": 20 * ONE})
    desk.top_up(people.known("bruno"), 30 * ONE)
    with clock.at(NOW):
        jobs.check_cover()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)
