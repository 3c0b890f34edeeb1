"""Balances now, as of a day, and as known on a day."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from rochdale.ledger import queries
from rochdale.ledger.testing import NOW, opened, posted

ADA = uuid4()
DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("books")


@pytest.fixture
def bank():
    return opened("assets.test.bank")


@pytest.fixture
def sales():
    return opened("income.test.sales")


def test_no_such_account_is_none_and_not_zero():
    assert queries.balance(10**9) is None
    assert queries.balance(10**9, at=NOW) is None
    assert queries.available(10**9) is None


def test_an_open_account_without_movements_has_zero(bank):
    assert queries.balance(bank) == 0
    assert queries.balance(bank, at=NOW) == 0
    assert queries.balance(bank, at=NOW + DAY, known_at=NOW + DAY) == 0


def test_before_it_was_opened_there_is_no_data(bank, sales):
    assert queries.balance(bank, at=NOW - DAY) is None
    assert queries.balance(bank, known_at=NOW - DAY) is None
    posted((bank, sales, 5))
    assert queries.balance(bank, at=NOW - DAY) is None


def test_what_is_dated_back_before_the_opening_is_data(bank, sales):
    posted((bank, sales, 5), happened_at=NOW - 10 * DAY)
    assert queries.balance(bank, at=NOW - 10 * DAY) == 5
    assert queries.balance(bank, at=NOW - 11 * DAY) is None


@pytest.mark.parametrize(
    ("code", "party", "debited", "credited"),
    [
        ("assets.test.bank", None, 5, -5),
        ("expenses.test.rent", None, 5, -5),
        ("liabilities.test.payable", ADA, -5, 5),
        ("equity.test.shares", None, -5, 5),
        ("income.test.sales", None, -5, 5),
    ],
)
def test_a_balance_is_positive_on_the_normal_side_of_its_kind(code, party, debited, credited):
    account, other = opened(code, party=party), opened("liabilities.test.tax")
    posted((account, other, 5))
    assert queries.balance(account) == debited
    posted((other, account, 10))
    assert queries.balance(account) == credited
    assert queries.balance(account, at=NOW) == credited


def test_two_times(bank, sales):
    """An invoice of 1 March is booked on 5 March: on 3 March nobody knew, on 1 March it had happened."""
    posted((bank, sales, 10), now=NOW)
    posted((bank, sales, 7), now=NOW + 4 * DAY, happened_at=NOW)
    assert queries.balance(sales, at=NOW) == 17
    assert queries.balance(sales, at=NOW, known_at=NOW + 2 * DAY) == 10
    assert queries.balance(sales, at=NOW, known_at=NOW + 4 * DAY) == 17
    assert queries.balance(sales, known_at=NOW + 2 * DAY) == 10


def test_both_bounds_are_inclusive(bank, sales):
    posted((bank, sales, 5), now=NOW)
    assert queries.balance(sales, at=NOW, known_at=NOW) == 5
    posted((bank, sales, 7), now=NOW + timedelta(microseconds=1))
    assert queries.balance(sales, at=NOW, known_at=NOW) == 5


def test_totals_of_a_stretch_take_its_start_and_leave_its_end(bank, sales):
    for number in range(4):
        posted((bank, sales, 10**number), now=NOW + number * DAY)
    assert queries.totals(accounts=[sales], since=NOW + DAY, until=NOW + 3 * DAY) == {sales: queries.Total(0, 110)}
    assert queries.totals(accounts=[]) == {}
    assert set(queries.totals()) == {bank, sales}


def test_a_wallet_as_of_a_day_is_summed_and_now_is_the_stored_one(bank, sales):
    wallet = opened("liabilities.test.wallet", party=ADA)
    posted((bank, wallet, 100), now=NOW)
    posted((wallet, sales, 30), now=NOW + DAY)
    assert queries.balance(wallet, at=NOW) == 100
    assert queries.balance(wallet, at=NOW + DAY) == queries.balance(wallet) == 70


def test_sums_larger_than_a_machine_word(bank, sales):
    for _ in range(100):
        posted((bank, sales, 10**17))
    assert queries.balance(sales) == 10**19


def test_what_people_are_owed_and_the_cash_that_covers_it(bank, sales):
    client = opened("assets.bank.test")
    wallet, artist = opened("liabilities.test.wallet", party=ADA), opened("liabilities.test.payable", party=uuid4())
    posted((client, wallet, 100))
    posted((wallet, artist, 70), (wallet, sales, 30), now=NOW + DAY)
    assert queries.owed_to_people("EUR") == 70
    assert queries.owed_to_people("EUR", at=NOW) == 100
    assert queries.cash("EUR") == 100
    assert queries.cash("EUR", ["assets.test.bank"]) == 0
    assert queries.cash("INR") == queries.owed_to_people("INR") == 0
