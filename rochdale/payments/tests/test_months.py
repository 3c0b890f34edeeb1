"""Closing months by two people, with a checklist; correcting a closed one by three (T13)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from rochdale.ledger import actions as books
from rochdale.ledger import queries as ledger
from rochdale.ledger.rules import Leg
from rochdale.members import testing as people
from rochdale.members.testing import at_once, fresh_key, inside
from rochdale.payments import actions, queries
from rochdale.payments import testing as desk
from rochdale.payments.actions import adjustments, matches, months
from rochdale.payments.actions import desk as desk_actions
from rochdale.payments.testing import brought, statement
from rochdale.shared import coops
from rochdale.shared.action import NotAllowed
from rochdale.shared.money import ONE

MARCH, APRIL = datetime(2026, 3, 10, 12, tzinfo=UTC), datetime(2026, 4, 3, 12, tzinfo=UTC)
LAST = date(2026, 3, 31)
CAST = ("ada", "bruno", "finn", "grace", "hana")


def ready() -> None:
    """Let March be a month of one bank top-up, brought, matched and counted."""
    for name in CAST:
        people.join(name, MARCH)
    posting = desk.top_up(people.join("bruno", MARCH), 20 * ONE, MARCH, rail="bank")["posting"]
    brought(statement((MARCH.date(), 20 * ONE), until=LAST), APRIL)
    actions.match(
        actor=people.officer("ada", APRIL), now=APRIL, key=fresh_key(), lines=[desk.line_of(20 * ONE)], entries=[posting]
    )
    own = queries.account_of("own", "EUR")
    if own is not None:  # the shares that were paid when they joined
        shares = ledger.balance(own) or 0
        brought(statement((MARCH.date(), shares), until=LAST), APRIL, place="own")
        entries = [each.posting for each in ledger.statement_lines(own)]
        actions.match(
            actor=people.officer("ada", APRIL), now=APRIL, key=fresh_key(),
            lines=[desk.line_of(shares, "own")], entries=entries,
        )  # fmt: skip


def propose(month: str = "2026-03", now: datetime = APRIL, by: str = "ada") -> int:
    return int(actions.propose_month(actor=people.officer(by, now), now=now, key=fresh_key(), month=month)["proposal"])


def decide(proposal: int, by: str = "hana", closed: bool = True, reason: str = "", now: datetime = APRIL) -> Any:
    return actions.decide_month(
        actor=people.officer(by, now), now=now, key=fresh_key(), proposal=proposal, closed=closed, reason_code=reason
    )


def closed_march() -> queries.Closed:
    ready()
    decide(propose())
    (found,) = queries.closed_months()
    return found


def adjust(month: str = "2026-03", by: str = "ada", *, legs: Any = None, code: str = "left_out", why: str = "A fee") -> int:
    given = [{"debit": "expenses.bank_fees", "credit": "assets.bank.own", "amount": 4 * ONE}] if legs is None else legs
    done = actions.propose_adjustment(
        actor=people.officer(by, APRIL), now=APRIL, key=fresh_key(), month=month, currency="EUR", legs=given,
        reason_code=code, reason=why,
    )  # fmt: skip
    return int(done["adjustment"])


def agree(adjustment: int, by: str, approved: bool = True, reason: str = "") -> Any:
    return actions.decide_adjustment(
        actor=people.officer(by, APRIL), now=APRIL, key=fresh_key(), adjustment=adjustment, approved=approved, reason_code=reason
    )


@pytest.mark.usefixtures("coop")
class TestClosing:
    def test_the_treasurer_says_it_is_ready_and_the_board_closes_it_for_ever(self) -> None:
        found = closed_march()
        assert (found.month.code, found.proposed_by, found.closed_by) == ("2026-03", people.known("ada"), people.known("hana"))
        assert ledger.is_closed(MARCH)
        assert ledger.is_closed(datetime(2001, 1, 1, tzinfo=UTC)), "nothing slips in before the first month either"
        assert not ledger.is_closed(APRIL)
        assert queries.months_closed_alone() == []
        coming = queries.next_month()
        assert coming is not None
        assert coming.code == "2026-04"
        assert queries.reconciled_until("EUR") == LAST

    def test_what_is_not_done_stops_it_and_is_named(self) -> None:
        people.join("ada", MARCH)
        desk.top_up(people.join("bruno", MARCH), 20 * ONE, MARCH, rail="bank")
        with pytest.raises(months.MonthNotReady) as refused:
            propose()
        assert "The bank's statements reach the last day" in str(refused.value)
        points = {point.code: point for point in queries.checklist(queries.month(MARCH.date()), APRIL)}
        assert (points["payments.statements"].stops, points["payments.cover"].stops) == (True, False)
        brought(statement((MARCH.date(), 21 * ONE), until=LAST), APRIL)
        points = {point.code: point for point in queries.checklist(queries.month(MARCH.date()), APRIL)}
        assert "1 bank lines are not matched" in str(points["payments.reconciled"].says)
        assert "1 entries never came" in str(points["payments.reconciled"].says)

    def test_an_open_desk_a_waiting_movement_and_a_count_by_one_stop_it(self) -> None:
        ready()
        day = desk.open_till(MARCH)
        march = queries.month(MARCH.date())

        def stops() -> set[str]:
            return {point.code for point in queries.checklist(march, APRIL) if point.stops}

        assert "payments.desk_days" in stops()
        actions.close_desk_day(actor=people.officer("ada", MARCH), now=MARCH, key=fresh_key(), day=day, counted=0)
        assert stops() == {"payments.counted_by_two"}
        with pytest.raises(desk_actions.CountedAlone):
            actions.confirm_count(actor=people.officer("ada", APRIL), now=APRIL, key=fresh_key(), day=day)
        with pytest.raises(desk_actions.DayNotCounted):
            actions.confirm_count(actor=people.officer("finn", APRIL), now=APRIL, key=fresh_key(), day=999)
        actions.confirm_count(actor=people.officer("finn", APRIL), now=APRIL, key=fresh_key(), day=day)
        assert stops() == set()
        desk.top_up(people.join("ada", MARCH), ONE, MARCH, by="finn", rail="bank")  # held against the bank nowhere
        assert stops() == {"payments.reconciled", "ledger.invariants"}, "the bank shows that a wallet is not covered"

    def test_order_time_and_second_person(self) -> None:
        ready()
        with pytest.raises(months.NoSuchMonth):
            propose("March")
        with pytest.raises(months.MonthOutOfOrder):
            propose("2026-02")
        with pytest.raises(months.MonthOutOfOrder):
            propose("2026-04", now=APRIL + timedelta(days=40))
        with pytest.raises(months.MonthNotOver):
            propose(now=MARCH + timedelta(days=2))
        with pytest.raises(NotAllowed):
            propose(by="finn")
        proposal = propose()
        with pytest.raises(months.MonthWaits):
            propose()
        with pytest.raises(NotAllowed):
            decide(proposal, by="finn")
        people.fill("ada", "chair", APRIL)
        with pytest.raises(months.MonthNeedsTwo):
            decide(proposal, by="ada")
        with pytest.raises(months.NotClosedNeedsReason):
            decide(proposal, closed=False)
        assert decide(proposal, closed=False, reason="looks_wrong") == {"state": "open"}
        with pytest.raises(months.NoMonthWaits):
            decide(proposal)
        again = propose()
        assert decide(again)["state"] == "closed"
        with pytest.raises(months.MonthOutOfOrder):
            propose()

    def test_what_comes_undone_between_the_two_stops_the_second(self) -> None:
        ready()
        proposal = propose()
        match = queries.matches("client", "EUR")[0].id
        actions.undo_match(actor=people.officer("ada", APRIL), now=APRIL, key=fresh_key(), match=match, reason_code="mistake")
        with pytest.raises(months.MonthNotReady):
            decide(proposal)
        assert not ledger.is_closed(MARCH)

    def test_a_match_of_a_closed_month_stays(self) -> None:
        closed_march()
        with pytest.raises(matches.MonthIsClosed):
            actions.undo_match(
                actor=people.officer("ada", APRIL), now=APRIL, key=fresh_key(),
                match=queries.matches("client", "EUR")[0].id, reason_code="mistake",
            )  # fmt: skip


@pytest.mark.usefixtures("coop")
class TestAdjusting:
    def test_t13_a_closed_month_is_corrected_only_by_an_entry_that_two_others_approve(self) -> None:
        found = closed_march()
        own = queries.account_of("own", "EUR")
        with inside():
            fees = books.open_account(
                actor=people.officer("ada", APRIL), now=APRIL, key=fresh_key(), code="expenses.bank_fees", currency="EUR"
            )
            assert own is not None
            with pytest.raises(books.refused.PeriodClosed), transaction.atomic():
                books.post(
                    actor=people.officer("ada", APRIL), now=APRIL, key=fresh_key(), kind="payments.bank_fee",
                    transfers=[Leg(fees, own, 4 * ONE)], happened_at=MARCH,
                )  # fmt: skip
        number = adjust()
        assert ledger.adjusting_entries(found.period) == []
        assert agree(number, "grace")["state"] == "waits"
        assert ledger.adjusting_entries(found.period) == []
        done = agree(number, "hana")
        assert done["state"] == "posted"
        posting = ledger.posting(done["posting"])
        assert posting is not None
        assert (posting.kind, posting.happened_at) == ("ledger.adjustment", APRIL)
        assert ledger.adjusting_entries(found.period) == [done["posting"]]
        assert queries.adjusting_entries_without_two() == []
        trial = ledger.trial_balance(until=found.month.ends_at, checkpoint=found.checkpoint)
        assert "expenses.bank_fees" not in {line.code for line in trial}, "the closed month stays as it was"

    def test_t13_neither_its_maker_nor_the_same_person_twice(self) -> None:
        closed_march()
        number = adjust()
        with pytest.raises(adjustments.AdjustmentNeedsOthers):
            agree(number, "ada")
        agree(number, "grace")
        with pytest.raises(adjustments.AdjustmentNeedsOthers):
            agree(number, "grace")
        with pytest.raises(NotAllowed):
            agree(number, "bruno")
        with pytest.raises(adjustments.AdjustmentNeedsReason):
            agree(number, "hana", approved=False)
        assert agree(number, "hana", approved=False, reason="looks_wrong")["state"] == "rejected"
        with pytest.raises(adjustments.NoSuchAdjustment):
            agree(number, "finn")

    def test_it_corrects_closed_months_and_the_co_ops_own_accounts_only(self) -> None:
        closed_march()
        with pytest.raises(adjustments.MonthIsOpen):
            adjust("2026-04")
        with pytest.raises(adjustments.MonthIsOpen):
            adjust("moon")
        with pytest.raises(adjustments.AdjustmentNeedsReason):
            adjust(why=" ")
        for legs in (
            [],
            [{"debit": "liabilities.wallet", "credit": "assets.bank.own", "amount": ONE}],
            [{"debit": "assets.bank.own", "credit": "assets.bank.own", "amount": ONE}],
            [{"debit": "assets.bank.own", "credit": "moon", "amount": ONE}],
        ):
            with pytest.raises(adjustments.BadAdjustment):
                adjust(legs=legs)
        with pytest.raises(desk_actions.BadAmount):
            adjust(legs=[{"debit": "expenses.bank_fees", "credit": "assets.bank.own", "amount": -1}])
        with pytest.raises(NotAllowed):
            adjust(by="finn")


def test_two_close_the_same_month_at_once_and_it_is_closed_once(own_database: Any) -> None:
    schema = str(own_database.coop.schema_name)
    with coops.inside(schema):
        ready()
        proposal = propose()
        officers = [people.officer("grace", APRIL), people.officer("hana", APRIL)]
    given: dict[str, Any] = {"now": APRIL, "proposal": proposal, "closed": True}
    done = at_once(schema, [partial(actions.decide_month, actor=by, key=fresh_key(), **given) for by in officers])
    assert sum(isinstance(each, dict) for each in done) == 1
    with coops.inside(schema):
        assert len(ledger.closed_periods()) == 1


def test_two_approve_an_adjusting_entry_at_once_and_it_is_posted_once(own_database: Any) -> None:
    schema = str(own_database.coop.schema_name)
    with coops.inside(schema):
        found = closed_march()
        number = adjust()
        officers = [people.officer(name, APRIL) for name in ("finn", "grace", "hana")]
    given: dict[str, Any] = {"now": APRIL, "adjustment": number, "approved": True}
    done = at_once(schema, [partial(actions.decide_adjustment, actor=by, key=fresh_key(), **given) for by in officers])
    if not any(isinstance(each, dict) and each["state"] == "posted" for each in done):
        done = at_once(schema, [partial(actions.decide_adjustment, actor=by, key=fresh_key(), **given) for by in officers])
    with coops.inside(schema):
        assert len(ledger.adjusting_entries(found.period)) == 1
        assert queries.adjusting_entries_without_two() == []
