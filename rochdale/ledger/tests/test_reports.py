"""Trial balance, income statement, balance sheet, flows, and use by party."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from rochdale.ledger import actions as ledger
from rochdale.ledger import queries
from rochdale.ledger.rules import Leg
from rochdale.ledger.testing import BOOKS, NOW, inside, opened, posted

ADA, BRUNO, FINN = uuid4(), uuid4(), uuid4()
DAY = timedelta(days=1)
YEAR: dict[str, Any] = {"since": NOW - 30 * DAY, "until": NOW + 300 * DAY}
pytestmark = pytest.mark.usefixtures("books")


@pytest.fixture
def month():
    """A small co-op's month: shares, top-ups, four plays (one reversed), rent."""
    bank, shares, rent = opened("assets.test.bank"), opened("equity.test.shares"), opened("expenses.test.rent")
    sales, tax = opened("income.test.sales"), opened("liabilities.test.tax")
    artist = opened("liabilities.test.payable", party=BRUNO)
    posted((bank, shares, 5_000), kind="test.top_up", now=NOW - 10 * DAY)
    for number, person in enumerate((ADA, FINN)):
        wallet = opened("liabilities.test.wallet", party=person)
        posted((bank, wallet, 1_000), kind="test.top_up", party=person, now=NOW + number * DAY)
        for _ in range(2):
            legs = (Leg(wallet, artist, 70, "price"), Leg(wallet, sales, 30, "price"), Leg(wallet, tax, 23, "tax"))
            last = posted(*legs, party=person, standing="listener", now=NOW + 2 * DAY)
    with inside():
        ledger.reverse(actor=BOOKS, now=NOW + 3 * DAY, key="r", posting=last, reason_code="test.x")
    posted((rent, bank, 400), kind="test.rent", now=NOW + 4 * DAY)


def by_code(lines):
    return {line.code: line.balance for line in lines}


def test_the_trial_balance_has_equal_sides(month):
    lines = queries.trial_balance()
    assert sum(line.debits for line in lines) == sum(line.credits for line in lines)
    assert by_code(lines) == {
        "assets.test.bank": 6_600,
        "equity.test.shares": 5_000,
        "expenses.test.rent": 400,
        "income.test.sales": 90,
        "liabilities.test.payable": 210,
        "liabilities.test.tax": 69,
        "liabilities.test.wallet": 2_000 - 369,
    }
    assert {line.code: line.accounts for line in lines}["liabilities.test.wallet"] == 2


def test_the_trial_balance_of_an_earlier_day(month):
    assert by_code(queries.trial_balance(at=NOW)) == {
        "assets.test.bank": 6_000,
        "equity.test.shares": 5_000,
        "liabilities.test.wallet": 1_000,
    }
    assert queries.trial_balance(at=NOW - 20 * DAY) == []
    assert by_code(queries.trial_balance(known_at=NOW - DAY)) == {"assets.test.bank": 5_000, "equity.test.shares": 5_000}


def test_currencies_are_kept_apart(month):
    posted((opened("assets.test.bank", currency="INR"), opened("income.test.sales", currency="INR"), 7))
    assert by_code(queries.trial_balance(currency="INR")) == {"assets.test.bank": 7, "income.test.sales": 7}
    assert queries.income_statement(currency="INR", **YEAR).result == 7


def test_the_income_statement(month):
    found = queries.income_statement(currency="EUR", **YEAR)
    assert (by_code(found.income), by_code(found.expenses)) == ({"income.test.sales": 90}, {"expenses.test.rent": 400})
    assert found.result == -310
    until_now = queries.income_statement(currency="EUR", since=NOW - 30 * DAY, until=NOW)
    assert (until_now.income, until_now.result) == ((), 0)


def test_the_balance_sheet_balances(month):
    for at in (None, NOW - 10 * DAY, NOW, NOW + 2 * DAY, NOW + 30 * DAY):
        sheet = queries.balance_sheet(currency="EUR", at=at)
        assert sheet.total_assets == sheet.total_claims
    assert queries.balance_sheet(currency="EUR").result == -310


def test_flows_sum_by_kind_role_and_accounts_without_reversed_ones(month):
    found = {(flow.kind, flow.role, flow.debit, flow.credit): flow for flow in queries.flows(**YEAR)}
    price = found["test.sale", "price", "liabilities.test.wallet", "liabilities.test.payable"]
    assert (price.amount, price.postings, price.parties, price.currency) == (210, 3, 2, "EUR")
    assert found["test.sale", "tax", "liabilities.test.wallet", "liabilities.test.tax"].amount == 69
    assert found["test.rent", "", "expenses.test.rent", "assets.test.bank"].amount == 400
    assert not any(debit == "liabilities.test.payable" for _, _, debit, _ in found)


def test_a_stretch_that_only_reversed_has_a_negative_flow(month):
    found = queries.flows(since=NOW + 3 * DAY, until=NOW + 4 * DAY)
    assert {flow.amount for flow in found} == {-70, -30, -23}


def test_activity_is_what_each_party_used(month):
    posted((opened("assets.test.bank"), opened("income.test.sales"), 1_000))
    found = queries.activity_by_party(kinds=["test.sale"], **YEAR)
    price = {each.party: (each.amount, each.postings, each.standing) for each in found if each.role == "price"}
    assert price == {ADA: (200, 2, "listener"), FINN: (100, 1, "listener")}
    assert queries.activity_by_party(kinds=["test.rent"], **YEAR) == []
    assert queries.activity_by_party(kinds=[], **YEAR) == []
