"""Statements: order, running balance, pages."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from rochdale.ledger import queries
from rochdale.ledger.rules import Leg
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


@pytest.fixture
def wallet(bank):
    number = opened("liabilities.test.wallet", party=ADA)
    posted((bank, number, 100), kind="test.top_up")
    return number


def test_one_line_per_posting_with_the_balance_after_it(wallet, sales, bank):
    tax = opened("liabilities.test.tax")
    sale = posted(Leg(wallet, sales, 20, "price"), Leg(wallet, tax, 5, "tax"), now=NOW + DAY, source="test:1")
    found = queries.statement(wallet)
    assert found is not None
    assert (found.opening, found.closing, found.count, found.currency) == (0, 75, 2, "EUR")
    newest, oldest = found.lines
    assert (newest.posting, newest.kind, newest.change, newest.balance, newest.source) == (sale, "test.sale", -25, 75, "test:1")
    assert (set(newest.others), set(newest.roles)) == ({sales, tax}, {"price", "tax"})
    assert (oldest.change, oldest.balance, oldest.others, oldest.roles) == (100, 100, (bank,), ())


def test_a_stretch_of_time_has_its_opening_and_closing(wallet, sales):
    for number in range(1, 5):
        posted((wallet, sales, number), now=NOW + number * DAY)
    found = queries.statement(wallet, NOW + 2 * DAY, NOW + 4 * DAY)
    assert found is not None
    assert (found.opening, found.closing, found.count) == (99, 94, 2)
    assert [(line.change, line.balance) for line in found.lines] == [(-3, 94), (-2, 97)]


def test_late_entries_stand_where_they_happened(wallet, sales):
    posted((wallet, sales, 10), now=NOW + 3 * DAY)
    posted((wallet, sales, 1), now=NOW + 9 * DAY, happened_at=NOW + DAY)
    found = queries.statement(wallet, newest_first=False)
    assert found is not None
    assert [line.balance for line in found.lines] == [100, 99, 89]


def test_pages_keep_the_running_balance(wallet, sales):
    for number in range(10):
        posted((wallet, sales, 1), now=NOW + number * DAY)
    pages = [queries.statement(wallet, limit=4, offset=offset) for offset in (0, 4, 8, 12)]
    assert [page.count for page in pages if page] == [11] * 4
    assert [line.balance for page in pages if page for line in page.lines] == [90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100]


def test_the_same_moment_is_ordered_by_posting(wallet, sales):
    numbers = [posted((wallet, sales, 1)) for _ in range(5)]
    found = queries.statement(wallet, newest_first=False)
    assert found is not None
    assert [line.posting for line in found.lines][1:] == numbers


def test_an_expense_grows_by_debits(bank):
    rent = opened("expenses.test.rent")
    posted((rent, bank, 40), kind="test.rent")
    found = queries.statement(rent)
    assert found is not None
    assert [(line.change, line.balance) for line in found.lines] == [(40, 40)]


def test_no_account_no_statement():
    assert queries.statement(10**9) is None
    assert list(queries.statement_lines(10**9)) == []


def test_an_account_without_movements_has_an_empty_one(bank):
    found = queries.statement(bank)
    assert found is not None
    assert (found.lines, found.count, found.closing) == ((), 0, 0)


def test_all_lines_can_be_streamed(wallet, sales):
    for number in range(30):
        posted((wallet, sales, 1), now=NOW + number * DAY)
    lines = list(queries.statement_lines(wallet))
    assert [line.balance for line in lines] == [100 - number for number in range(31)]
    assert len(list(queries.statement_lines(wallet, NOW + 10 * DAY, NOW + 20 * DAY))) == 10


class TestPostingsOf:
    def test_by_kind_source_party_and_time(self, wallet, sales):
        first = posted((wallet, sales, 5), source="test:1", party=ADA)
        second = posted((wallet, sales, 6), source="test:2", now=NOW + DAY)
        assert [each.id for each in queries.postings_of(kinds=["test.sale"])] == [second, first]
        assert [each.id for each in queries.postings_of(source="test:1")] == [first]
        assert [each.id for each in queries.postings_of(party=ADA)] == [first]
        assert [each.id for each in queries.postings_of(start=NOW + DAY)] == [second]
        assert [each.id for each in queries.postings_of(kinds=["test.sale"], end=NOW + DAY)] == [first]
        assert [each.id for each in queries.postings_of(kinds=["test.sale"], before=second)] == [first]
        assert queries.postings_of(kinds=[]) == []
        assert len(queries.postings_of(limit=1)) == 1

    def test_amounts_are_summed_per_currency(self, bank, sales):
        rupees, other = opened("assets.test.bank", currency="INR"), opened("income.test.sales", currency="INR")
        posted((bank, sales, 5), (bank, sales, 6), (rupees, other, 450))
        assert queries.postings_of(limit=1)[0].amounts == {"EUR": 11, "INR": 450}
