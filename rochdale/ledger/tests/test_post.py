"""Posting: that it works, then each refusal."""

from __future__ import annotations

from uuid import uuid4

import pytest

from rochdale.ledger import queries
from rochdale.ledger.testing import NOW, opened, posted

ADA = uuid4()
BRUNO = uuid4()


@pytest.mark.usefixtures("books")
class TestPosting:
    def test_a_play_moves_money_from_the_wallet_to_artist_coop_and_tax(self):
        bank, wallet = opened("assets.test.bank"), opened("liabilities.test.wallet", party=ADA)
        artist, sales, tax = opened("liabilities.test.payable", party=BRUNO), opened("income.test.sales"), opened("liabilities.test.tax")
        posted((bank, wallet, 10_000), kind="test.top_up")
        posted((wallet, artist, 1400), (wallet, sales, 600), (wallet, tax, 460), party=ADA, standing="listener")
        assert queries.balance(wallet) == 10_000 - 2460
        assert queries.balance(artist) == 1400
        assert queries.balance(sales) == 600
        assert queries.balance(tax) == 460
        assert queries.balance(bank) == 10_000
