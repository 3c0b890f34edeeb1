"""Reversing: the exact opposite, once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from rochdale.ledger import actions as ledger
from rochdale.ledger import queries
from rochdale.ledger.actions import refused
from rochdale.ledger.rules import Leg, NewPosting
from rochdale.ledger.testing import BOOKS, NOW, fresh_key, inside, opened, posted

ADA = uuid4()
pytestmark = pytest.mark.usefixtures("books")


@pytest.fixture
def bank():
    return opened("assets.test.bank")


@pytest.fixture
def wallet(bank):
    number = opened("liabilities.test.wallet", party=ADA)
    posted((bank, number, 10_000), kind="test.top_up", key="top-up", party=ADA)
    return number


@pytest.fixture
def sales():
    return opened("income.test.sales")


def reversed_(posting, *, now=NOW, key="", **more):
    with inside():
        return ledger.reverse(
            actor=BOOKS, now=now, key=key or fresh_key("reverse"), posting=posting, reason_code="test.mistake", **more
        )


def test_the_reversal_is_the_exact_opposite_and_names_its_posting(wallet, sales):
    first = posted(Leg(wallet, sales, 70, "price"), Leg(wallet, sales, 30, "fee"), party=ADA, standing="listener", tax="exempt")
    number = reversed_(first)
    found = queries.posting(number)
    assert found is not None
    assert found.legs == (Leg(sales, wallet, 70, "price"), Leg(sales, wallet, 30, "fee"))
    assert (found.reverses, found.kind, found.party, found.standing, found.tax) == (first, "test.sale", ADA, "listener", "exempt")
    assert found.source == f"test.mistake:{first}"
    assert queries.reversal_of(first) == number
    assert queries.balance(wallet) == 10_000
    assert queries.balance(sales) == 0


def test_the_first_posting_stays_as_it_was(wallet, sales):
    first = posted((wallet, sales, 5))
    before = queries.posting(first)
    reversed_(first)
    assert queries.posting(first) == before
    assert queries.reversal_of(queries.reversal_of(first) or 0) is None


def test_it_happens_now_or_when_it_is_said_to(wallet, sales):
    later = NOW + timedelta(days=2)
    one = queries.posting(reversed_(posted((wallet, sales, 5)), now=later))
    two = queries.posting(reversed_(posted((wallet, sales, 5)), now=later, happened_at=NOW))
    assert one is not None
    assert two is not None
    assert (one.happened_at, one.recorded_at) == (later, later)
    assert (two.happened_at, two.recorded_at) == (NOW, later)


def test_the_same_key_again_returns_the_first_reversal(wallet, sales):
    first = posted((wallet, sales, 5))
    assert reversed_(first, key="r") == reversed_(first, key="r")
    assert queries.balance(sales) == 0


def test_a_second_reversal_is_refused(wallet, sales):
    first = posted((wallet, sales, 5))
    reversed_(first)
    with pytest.raises(refused.AlreadyReversed):
        reversed_(first)
    assert queries.balance(sales) == 0


def test_a_reversal_is_not_reversed(wallet, sales):
    with pytest.raises(refused.IsAReversal):
        reversed_(reversed_(posted((wallet, sales, 5))))


def test_a_posting_that_does_not_exist(wallet):
    with pytest.raises(refused.NoSuchPosting):
        reversed_(10**9)


def test_the_database_refuses_a_reversal_that_is_not_the_opposite(wallet, sales):
    first = posted((wallet, sales, 5), (wallet, sales, 6))
    back = (Leg(sales, wallet, 5), Leg(sales, wallet, 6))
    for wrong in (
        back[:1],
        (*back, back[0]),
        (back[1], back[0]),
        (Leg(sales, wallet, 5), Leg(sales, wallet, 7)),
        tuple(Leg(wallet, sales, leg.amount) for leg in back),
    ):
        with pytest.raises(refused.NotTheOpposite), inside():
            ledger.post(actor=BOOKS, now=NOW, key=fresh_key(), kind="test.sale", transfers=wrong, happened_at=NOW, reverses=first)
    with inside():
        ledger.post(actor=BOOKS, now=NOW, key=fresh_key(), kind="test.sale", transfers=back, happened_at=NOW, reverses=first)


def test_the_database_refuses_the_reversal_of_a_reversal(wallet, sales):
    back = reversed_(posted((wallet, sales, 5)))
    with pytest.raises(refused.NotTheOpposite), inside():
        ledger.post_many(
            actor=BOOKS,
            now=NOW,
            key="b",
            postings=[NewPosting(fresh_key(), "test.sale", (Leg(wallet, sales, 5),), NOW, reverses=back)],
        )


class TestMoneyThatIsSpent:
    """T06, second half: a top-up is taken back by the bank after its money was spent."""

    def spent_top_up(self, wallet, sales):
        posted((wallet, sales, 9_000))
        return queries.posting_with_key("top-up")

    def test_it_is_refused_rather_than_making_the_wallet_negative(self, wallet, sales):
        with pytest.raises(refused.BalanceTooLow):
            reversed_(self.spent_top_up(wallet, sales))
        assert queries.balance(wallet) == 1_000

    def test_with_a_receivable_the_shortfall_is_owed_to_the_coop(self, wallet, sales, bank):
        first = self.spent_top_up(wallet, sales)
        receivable = opened("assets.receivable.shortfall")
        reversed_(first, key="r", shortfall_to=receivable)
        assert queries.balance(wallet) == 0
        assert queries.balance(receivable) == 9_000
        assert queries.balance(bank) == 0
        (claim,) = queries.postings_of(kinds=["ledger.shortfall"])
        assert (claim.party, claim.source) == (ADA, f"ledger.posting:{first}")
        assert reversed_(first, key="r", shortfall_to=receivable) == queries.reversal_of(first)
        assert queries.balance(receivable) == 9_000

    def test_held_money_counts_as_spent(self, wallet, sales):
        first = self.spent_top_up(wallet, sales)
        with inside():
            ledger.hold(
                actor=BOOKS, now=NOW, key="h", account=wallet, amount=400, kind="test.sale", expires_at=NOW + timedelta(days=1)
            )
        receivable = opened("assets.receivable.shortfall")
        reversed_(first, shortfall_to=receivable)
        assert queries.balance(receivable) == 9_400
        assert queries.available(wallet) == 0

    def test_without_a_shortfall_nothing_is_claimed(self, wallet):
        receivable = opened("assets.receivable.shortfall")
        reversed_(queries.posting_with_key("top-up"), shortfall_to=receivable)
        assert queries.balance(receivable) == 0
