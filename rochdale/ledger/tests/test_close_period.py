"""Closing a period: nothing is dated into it afterwards (T13)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rochdale.ledger import actions as ledger
from rochdale.ledger import queries
from rochdale.ledger.actions import refused
from rochdale.ledger.rules import Leg, NewPosting
from rochdale.ledger.testing import BOOKS, fresh_key, inside, opened, posted
from rochdale.shared.action import InsideOnly
from rochdale.shared.actor import Actor

YEAR, NEXT = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 2, 1, tzinfo=UTC)
LAST_MOMENT = NEXT - timedelta(microseconds=1)
pytestmark = pytest.mark.usefixtures("books")


def closed(starts=YEAR, ends=NEXT, now=NOW, actor=BOOKS):
    with inside():
        return ledger.close_period(actor=actor, now=now, key=fresh_key(), starts_at=starts, ends_at=ends)


@pytest.fixture
def bank():
    return opened("assets.test.bank", now=YEAR)


@pytest.fixture
def sales():
    return opened("income.test.sales", now=YEAR)


def test_a_closed_year_is_kept_with_the_set_it_closed(bank, sales):
    posted((bank, sales, 5), now=NOW, happened_at=LAST_MOMENT)
    number = closed()
    (found,) = queries.closed_periods()
    assert (found.id, found.starts_at, found.ends_at, found.closed_at, found.actor) == (number, YEAR, NEXT, NOW, "job:test")
    assert queries.is_closed(YEAR)
    assert queries.is_closed(LAST_MOMENT)
    assert not queries.is_closed(NEXT)
    assert not queries.is_closed(YEAR - timedelta(microseconds=1))
    statement = queries.income_statement(currency="EUR", since=YEAR, until=NEXT, checkpoint=found.checkpoint)
    assert statement.result == 5


@pytest.mark.parametrize("moment", [YEAR, datetime(2025, 7, 1, tzinfo=UTC), LAST_MOMENT])
def test_nothing_can_be_dated_into_it(bank, sales, moment):
    closed()
    with pytest.raises(refused.PeriodClosed):
        posted((bank, sales, 5), now=NOW, happened_at=moment)
    with pytest.raises(refused.PeriodClosed), inside():
        batch = [NewPosting(fresh_key(), "test.sale", (Leg(bank, sales, 1),), moment if n == 70 else NOW) for n in range(150)]
        ledger.post_many(actor=BOOKS, now=NOW, key="b", postings=batch)
    assert queries.balance(sales) == 0


@pytest.mark.parametrize("moment", [NEXT, NOW, YEAR - timedelta(microseconds=1)])
def test_before_and_after_it_stays_open(bank, sales, moment):
    closed()
    posted((bank, sales, 5), now=NOW, happened_at=moment)
    assert queries.balance(sales) == 5


def test_a_retry_of_what_was_booked_before_the_closing_gets_its_first_answer(bank, sales):
    first = posted((bank, sales, 5), now=NOW, happened_at=LAST_MOMENT, key="k")
    closed()
    assert posted((bank, sales, 5), now=NOW, happened_at=LAST_MOMENT, key="k") == first


def test_a_correction_is_an_adjusting_entry_in_the_open_period(bank, sales):
    wrong = posted((bank, sales, 5), now=NOW, happened_at=LAST_MOMENT)
    closed()
    with pytest.raises(refused.PeriodClosed), inside():
        ledger.reverse(actor=BOOKS, now=NOW, key="r1", posting=wrong, reason_code="test.x", happened_at=LAST_MOMENT)
    with inside():
        ledger.reverse(actor=BOOKS, now=NOW, key="r2", posting=wrong, reason_code="test.x")
    assert queries.balance(sales) == 0
    assert queries.balance(sales, at=LAST_MOMENT) == 5


def test_the_next_year_can_be_closed_after_it(bank, sales):
    closed()
    after = datetime(2027, 1, 1, tzinfo=UTC)
    closed(NEXT, after, now=after)
    assert [period.starts_at for period in queries.closed_periods()] == [NEXT, YEAR]


@pytest.mark.parametrize("shift", [timedelta(days=-1), timedelta(0), timedelta(days=200)])
def test_no_part_can_be_closed_twice(shift):
    closed()
    with pytest.raises(refused.PeriodOverlaps):
        closed(YEAR + shift, NEXT + shift, now=NOW + timedelta(days=400))


@pytest.mark.parametrize(("starts", "ends", "now"), [(YEAR, NEXT, LAST_MOMENT), (NEXT, YEAR, NOW), (YEAR, YEAR, NOW)])
def test_only_a_period_that_is_over_can_be_closed(starts, ends, now):
    with pytest.raises(refused.PeriodNotOver):
        closed(starts, ends, now=now)


def test_the_database_refuses_a_period_that_is_not_over_or_runs_backwards():
    from django.db import IntegrityError, connection

    for starts, ends, at, named in ((YEAR, NEXT, YEAR, "after_its_end"), (NEXT, YEAR, NOW, "forward")):
        with pytest.raises(IntegrityError, match=f"ledger_closed_{named}"), inside(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_closedperiod (starts_at, ends_at, closed_at, epoch, actor) VALUES (%s, %s, %s, 0, 'x')",
                [starts, ends, at],
            )


def test_nobody_does_it_alone():
    """Closing a month asks two people; this is its last step (payments/actions/months.py)."""
    grace = Actor(kind="person", via="page")
    with pytest.raises(InsideOnly):
        ledger.close_period(actor=grace, now=NOW, key=fresh_key(), starts_at=YEAR, ends_at=NEXT)


def test_an_adjusting_entry_names_the_closed_time_it_corrects(bank, sales):
    period = closed()
    with inside():
        number = ledger.adjust(
            actor=BOOKS, now=NOW, key="a1", period=period, transfers=[Leg(bank, sales, 5)], reason_code="left_out"
        )
    posting = queries.posting(number)
    assert posting is not None
    assert (posting.kind, posting.happened_at, posting.source) == (
        "ledger.adjustment",
        NOW,
        f"ledger.period:{period}:left_out",
    )
    assert queries.adjusting_entries(period) == [number]
    with pytest.raises(refused.NoSuchPeriod), inside():
        ledger.adjust(actor=BOOKS, now=NOW, key="a2", period=999, transfers=[Leg(bank, sales, 5)], reason_code="left_out")
