"""Periods, last days and refunds by table: the edges of clocks, zones and months."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rochdale.members import deadlines
from rochdale.shared.money import ONE


@pytest.mark.parametrize(
    ("began", "zone", "given", "ends"),
    [
        # the day it began does not count, the last day counts whole
        ("2026-03-02T12:00", "UTC", {"days": 14}, "2026-03-17T00:00"),
        ("2026-03-02T00:00", "UTC", {"days": 14}, "2026-03-17T00:00"),
        ("2026-03-02T23:59:59", "UTC", {"days": 14}, "2026-03-17T00:00"),
        # one second after midnight in the zone is another day
        ("2026-03-02T22:59:59", "Europe/Madrid", {"days": 20}, "2026-03-22T23:00"),
        ("2026-03-02T23:00:00", "Europe/Madrid", {"days": 20}, "2026-03-23T23:00"),
        # clocks go forward on 29 March and back on 25 October: the end is midnight on the wall, not so many hours
        ("2026-03-28T12:00", "Europe/Dublin", {"days": 1}, "2026-03-29T23:00"),
        ("2026-10-24T12:00", "Europe/Dublin", {"days": 1}, "2026-10-26T00:00"),
        ("2026-10-24T12:00", "America/New_York", {"days": 14}, "2026-11-08T05:00"),
        # both end days left out, or both counted
        ("2026-03-02T12:00", "UTC", {"days": 15, "counting": "excludes_both_end_days"}, "2026-03-19T00:00"),
        ("2026-03-02T12:00", "UTC", {"days": 15, "counting": "includes_both_end_days"}, "2026-03-17T00:00"),
        ("2026-03-02T12:00", "UTC", {"days": 0}, "2026-03-03T00:00"),
        # months: the last of the month stays the last
        ("2026-11-30T12:00", "Europe/Madrid", {"months": 3}, "2027-02-28T23:00"),
        ("2026-03-02T12:00", "Europe/Madrid", {"months": 3}, "2026-06-02T22:00"),
    ],
)
def test_a_period_ends_at_midnight_on_the_wall(began: str, zone: str, given: dict[str, Any], ends: str) -> None:
    moment = datetime.fromisoformat(began).replace(tzinfo=UTC)
    assert deadlines.period_end(moment, zone=zone, **given).astimezone(UTC) == datetime.fromisoformat(ends).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("given_on", "days", "months", "leave_at", "year_starts", "last"),
    [
        ("2026-03-02", 30, 0, "any_day", 1, "2026-04-01"),
        ("2026-03-02", 0, 0, "any_day", 1, "2026-03-02"),
        ("2026-01-31", 0, 1, "any_day", 1, "2026-02-28"),
        ("2026-03-02", 30, 0, "end_of_month", 1, "2026-04-30"),
        ("2026-12-05", 30, 0, "end_of_month", 1, "2027-01-31"),
        ("2026-09-30", 0, 3, "end_of_financial_year", 1, "2026-12-31"),
        ("2026-10-01", 0, 3, "end_of_financial_year", 1, "2027-12-31"),
        ("2026-03-02", 30, 0, "end_of_financial_year", 7, "2026-06-30"),
        ("2026-03-02", 30, 3, "any_day", 1, "2026-06-02"),
    ],
)
def test_the_last_day_of_a_membership(given_on: str, days: int, months: int, leave_at: Any, year_starts: int, last: str) -> None:
    found = deadlines.last_day(
        date.fromisoformat(given_on), days=days, months=months, leave_at=leave_at, year_start_month=year_starts
    )
    assert found.isoformat() == last


@given(amount=st.integers(0, 10**12), months=st.integers(1, 120))
def test_shares_come_back_whole_in_parts_no_later_than_the_law_allows(amount: int, months: int) -> None:
    parts = deadlines.refund_schedule(amount, currency="EUR", last_on=date(2026, 3, 31), months=months, yearly=True)
    cents = amount // 10_000 * 10_000
    assert sum(each.amount for each in parts) == (cents if parts else 0)
    assert all(each.amount % 10_000 == 0 for each in parts)
    if parts and cents:
        share, spread = cents // len(parts), 10_000 * len(parts)
        assert all(abs(each.amount - share) <= spread for each in parts)
        assert [each.due_on for each in parts] == sorted(each.due_on for each in parts)
        assert len(parts) == -(-months // 12)


def test_five_years_give_at_least_a_fifth_each_year() -> None:
    parts = deadlines.refund_schedule(1000 * ONE, currency="EUR", last_on=date(2026, 3, 31), months=60, yearly=True)
    assert [each.amount for each in parts] == [200 * ONE] * 5
    assert [each.due_on.year for each in parts] == [2027, 2028, 2029, 2030, 2031]


def test_without_a_law_of_yearly_parts_all_comes_back_at_the_end() -> None:
    [part] = deadlines.refund_schedule(10 * ONE, currency="EUR", last_on=date(2026, 8, 31), months=18, yearly=False)
    assert (part.due_on, part.amount) == (date(2028, 2, 29), 10 * ONE)


def test_a_cut_never_takes_more_than_its_percentage() -> None:
    assert deadlines.cut_of(1000 * ONE, 3000) == 300 * ONE
    assert deadlines.cut_of(1, 3000) == 0
