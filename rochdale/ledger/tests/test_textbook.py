"""Textbook bookkeeping, worked by hand, and the small state machines other ledgers are tested by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from rochdale.ledger import queries, rules
from rochdale.ledger.actions import refused
from rochdale.ledger.rules import Leg
from rochdale.ledger.testing import opened, posted

YEAR = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("books")


def test_a_shop_opens_buys_sells_and_pays_rent():
    """Members pay in 1,000 of shares; a sale of 300 for cash; rent of 120; 50 of VAT owed: result 180, assets 1,230."""
    bank, shares = opened("assets.test.bank", now=YEAR), opened("equity.test.shares", now=YEAR)
    sales, rent, tax = (
        opened("income.test.sales", now=YEAR),
        opened("expenses.test.rent", now=YEAR),
        opened("liabilities.test.tax", now=YEAR),
    )
    posted((bank, shares, 1_000), kind="test.top_up", now=NOW, happened_at=YEAR)
    posted(Leg(bank, sales, 300, "price"), Leg(bank, tax, 50, "tax"), now=NOW)
    posted((rent, bank, 120), kind="test.rent", now=NOW)
    sheet = queries.balance_sheet(currency="EUR")
    assert [(line.code, line.balance) for line in sheet.assets] == [("assets.test.bank", 1_230)]
    assert [(line.code, line.balance) for line in sheet.liabilities] == [("liabilities.test.tax", 50)]
    assert [(line.code, line.balance) for line in sheet.equity] == [("equity.test.shares", 1_000)]
    assert sheet.result == 180
    assert sheet.total_assets == sheet.total_claims == 1_230


def test_paying_what_is_owed_lowers_both_sides():
    bank, shares, tax = opened("assets.test.bank"), opened("equity.test.shares"), opened("liabilities.test.tax")
    posted((bank, shares, 500), (bank, tax, 50))
    posted((tax, bank, 50))
    assert (queries.balance(bank), queries.balance(tax)) == (500, 0)


def test_a_refund_is_a_posting_of_its_own_and_sums_net():
    bank, sales = opened("assets.test.bank"), opened("income.test.sales")
    posted((bank, sales, 300))
    posted((sales, bank, 80))
    assert (queries.balance(sales), queries.balance(bank)) == (220, 220)


def test_exchange_between_currencies_goes_through_two_accounts_of_ones_own():
    """pgledger's case: 10 euro against 900 rupees, each currency balanced in itself."""
    euro, rupee = opened("assets.test.bank"), opened("assets.test.bank", currency="INR")
    euro_out, rupee_in = opened("equity.test.shares"), opened("equity.test.shares", currency="INR")
    posted((euro_out, euro, 10_000_000), (rupee, rupee_in, 900_000_000))
    for line in queries.trial_balance():
        assert abs(line.balance) in (10_000_000, 900_000_000)
    with pytest.raises(refused.MixedCurrencies):
        posted((rupee, euro, 10_000_000))


class TestWaterfallOverWallets:
    """TigerBeetle T4: 100 is taken from sources of 40, 40 and 21 as 40, 40, 20; from 40, 40, 19 nothing moves."""

    def wallets(self, *amounts):
        bank = opened("assets.test.bank")
        found = [opened("liabilities.test.wallet", party=uuid4()) for _ in amounts]
        posted(*[(bank, wallet, amount) for wallet, amount in zip(found, amounts, strict=True)])
        return found

    def test_enough(self):
        wallets, sales = self.wallets(40, 40, 21), opened("income.test.sales")
        taken = rules.waterfall(100, [queries.available(wallet) or 0 for wallet in wallets])
        assert taken == [40, 40, 20]
        posted(*[(wallet, sales, amount) for wallet, amount in zip(wallets, taken, strict=True)])
        assert [queries.available(wallet) for wallet in wallets] == [0, 0, 1]

    def test_one_short_moves_nothing(self):
        wallets, sales = self.wallets(40, 40, 19), opened("income.test.sales")
        assert rules.waterfall(100, [queries.available(wallet) or 0 for wallet in wallets]) is None
        with pytest.raises(refused.BalanceTooLow):
            posted(*[(wallet, sales, amount) for wallet, amount in zip(wallets, (40, 40, 20), strict=True)])
        assert [queries.available(wallet) for wallet in wallets] == [40, 40, 19]

    def test_t3_what_is_left_is_taken_and_no_more(self):
        (wallet,), sales = self.wallets(10), opened("income.test.sales")
        posted((wallet, sales, 1))
        for wanted, expected in ((3, 3), (13, 6), (13, 0)):
            take = min(wanted, queries.available(wallet) or 0)
            assert take == expected
            if take:
                posted((wallet, sales, take))
        assert queries.balance(sales) == 10


def test_the_stream_to_own_ladder_adds_up_in_the_books():
    """Nine plays of 2, 4, … 512 thousandths: 1.022 in all, 70/30, to the micro-unit."""
    wallet, artist, sales = (
        opened("liabilities.test.wallet", party=uuid4()),
        opened("liabilities.test.payable", party=uuid4()),
        opened("income.test.sales"),
    )
    posted((opened("assets.test.bank"), wallet, 1_022_000), kind="test.top_up")
    for number in range(9):
        price = 2_000 * 2**number
        posted((wallet, artist, price * 70 // 100), (wallet, sales, price - price * 70 // 100), now=NOW + timedelta(days=number))
    assert (queries.balance(wallet), queries.balance(artist), queries.balance(sales)) == (0, 715_400, 306_600)
