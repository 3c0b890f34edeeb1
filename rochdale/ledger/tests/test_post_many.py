"""Posting a batch: all or none, in the order given, nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from rochdale.ledger import actions as ledger
from rochdale.ledger import queries
from rochdale.ledger.actions import postings, refused
from rochdale.ledger.rules import Leg, NewPosting
from rochdale.ledger.testing import BOOKS, NOW, fresh_key, inside, opened, posted

ADA = uuid4()
pytestmark = pytest.mark.usefixtures("books")


@pytest.fixture
def wallet():
    number = opened("liabilities.test.wallet", party=ADA)
    posted((opened("assets.test.bank"), number, 10_000), kind="test.top_up")
    return number


@pytest.fixture
def sales():
    return opened("income.test.sales")


def sale(wallet, sales, amount=5, key="", **more):
    legs = (Leg(wallet, sales, amount, "price"), Leg(wallet, opened("liabilities.test.tax"), 1, "tax"))
    return NewPosting(key=key or fresh_key(), kind="test.sale", transfers=legs, happened_at=NOW, **more)


def sent(*batch, now=NOW):
    with inside():
        return ledger.post_many(actor=BOOKS, now=now, key=fresh_key("batch"), postings=batch)


def test_a_batch_is_booked_in_its_order(wallet, sales):
    batch = [sale(wallet, sales, amount, party=ADA, standing="listener", source=f"test:{amount}") for amount in (5, 3, 9)]
    ids = sent(*batch)
    found = [queries.posting(number) for number in ids]
    assert [each.legs for each in found if each] == [each.transfers for each in batch]
    assert [each.source for each in found if each] == ["test:5", "test:3", "test:9"]
    assert queries.balance(sales) == 17
    assert queries.balance(wallet) == 10_000 - 20


def test_postings_of_different_sizes_and_moments_mix(wallet, sales):
    small = sale(wallet, sales)
    large = replace(
        sale(wallet, sales), transfers=tuple(Leg(wallet, sales, 1) for _ in range(7)), happened_at=NOW - timedelta(days=9)
    )
    ids = sent(small, large, replace(small, key=fresh_key()))
    assert [len(queries.legs_of(number)) for number in ids] == [2, 7, 2]


@pytest.mark.parametrize(
    "odd", ['a "quoted" one', "back\\slash\\\\", "{1,2},NULL", "NULL", "", "é 🎵 \u202e", "it's; --", "new\nline\ttab"]
)
def test_every_text_arrives_as_it_was_sent(wallet, sales, odd):
    legs = (Leg(wallet, sales, 5, odd[:40]),)
    (number,) = sent(NewPosting(f"key {odd}", "test.sale", legs, NOW, source=odd, standing=odd, tax=odd[:40]))
    found = queries.posting(number)
    assert found is not None
    assert (found.key, found.source, found.standing, found.tax, found.legs) == (f"key {odd}", odd, odd, odd[:40], legs)
    again = posted(*legs, key=f"key {odd}", source=odd, standing=odd, tax=odd[:40])
    assert again == number


def test_an_empty_batch_is_nothing():
    assert sent() == []


def test_more_than_one_statement_holds_is_still_one_batch(wallet, sales, monkeypatch):
    monkeypatch.setattr(postings, "BATCH", 4)
    ids = sent(*[sale(wallet, sales) for _ in range(11)])
    assert len(set(ids)) == 11
    with pytest.raises(refused.BalanceTooLow):
        sent(*[sale(wallet, sales) for _ in range(9)], sale(wallet, sales, 10_000))
    assert queries.balance(sales) == 55


def test_three_hundred_postings_touch_many_guarded_accounts(sales):
    bank = opened("assets.test.bank")
    wallets = [opened("liabilities.test.wallet", party=uuid4()) for _ in range(40)]
    sent(*[NewPosting(fresh_key(), "test.top_up", (Leg(bank, wallets[n % 40], 10),), NOW) for n in range(300)])
    assert sum(queries.available(wallet) or 0 for wallet in wallets) == 3000
    sent(*[NewPosting(fresh_key(), "test.sale", (Leg(wallets[n % 40], sales, 2),), NOW) for n in range(300)])
    assert sum(queries.available(wallet) or 0 for wallet in wallets) == 2400


class TestKeys:
    def test_a_batch_sent_twice_returns_the_same_ids_and_books_once(self, wallet, sales):
        batch = [sale(wallet, sales) for _ in range(5)]
        assert sent(*batch) == sent(*batch, now=NOW + timedelta(days=1))
        assert queries.balance(sales) == 25

    def test_a_batch_that_is_partly_known_books_only_the_rest(self, wallet, sales):
        batch = [sale(wallet, sales) for _ in range(6)]
        known = sent(batch[1], batch[4])
        ids = sent(*batch)
        assert [ids[1], ids[4]] == known
        assert queries.balance(sales) == 30
        assert [len(queries.legs_of(number)) for number in ids] == [2] * 6

    def test_postings_made_one_by_one_and_in_batches_know_each_other(self, wallet, sales):
        one = posted(Leg(wallet, sales, 5, "price"), key="shared")
        again = NewPosting("shared", "test.sale", (Leg(wallet, sales, 5, "price"),), NOW)
        assert sent(again) == [one]

    def test_t04_a_key_twice_in_one_batch_is_refused(self, wallet, sales):
        with pytest.raises(refused.KeyTwice):
            sent(sale(wallet, sales, key="k"), sale(wallet, sales), sale(wallet, sales, key="k"))
        assert queries.balance(sales) == 0

    def test_another_body_under_a_known_key_refuses_the_whole_batch(self, wallet, sales):
        posted((wallet, sales, 5), key="k")
        with pytest.raises(refused.KeyReused):
            sent(sale(wallet, sales), sale(wallet, sales, 6, key="k"))
        assert queries.balance(sales) == 5

    def test_the_database_refuses_a_key_twice_when_python_is_gone_round(self, wallet, sales):
        from django.db import DatabaseError, connection

        batch = [sale(wallet, sales, key="k"), sale(wallet, sales, key="k")]
        arrays = postings.arrays(batch, actor=BOOKS, now=NOW, versions={NOW: 1})
        with pytest.raises(DatabaseError, match=r"ledger\.key_twice"), inside(), connection.cursor() as cursor:
            cursor.execute(postings.POST_MANY, arrays)


class TestRefusals:
    def test_one_bad_posting_books_none(self, wallet, sales):
        with pytest.raises(refused.BalanceTooLow):
            sent(sale(wallet, sales), sale(wallet, sales, 10_001))
        assert queries.balance(sales) == 0

    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            ({"kind": "test.undeclared"}, refused.UnknownKind),
            ({"transfers": ()}, refused.NothingToPost),
            ({"transfers": (Leg(1, 2, 0),)}, refused.NotPositive),
            ({"transfers": (Leg(1, 2, 10**17 + 1),)}, refused.TooLarge),
            ({"transfers": (Leg(1, 1, 1),)}, refused.SameAccount),
            ({"transfers": (Leg(10**9, 1, 1),)}, refused.NoSuchAccount),
            ({"happened_at": NOW + timedelta(days=1)}, refused.InTheFuture),
            ({"key": ""}, refused.KeyUnusable),
        ],
    )
    def test_each_refusal_of_a_posting_holds_in_a_batch(self, wallet, sales, change, refusal):
        with pytest.raises(refusal):
            sent(sale(wallet, sales), replace(sale(wallet, sales), **change))
        assert queries.balance(sales) == 0

    def test_mixed_currencies_far_inside_a_large_batch(self, wallet, sales):
        rupees = opened("income.test.sales", currency="INR")
        batch = [sale(wallet, sales) for _ in range(80)]
        batch[60] = replace(batch[60], transfers=(Leg(wallet, rupees, 1),))
        with pytest.raises(refused.MixedCurrencies):
            sent(*batch)

    def test_a_missing_account_in_a_large_batch(self, wallet, sales):
        batch = [sale(wallet, sales) for _ in range(80)]
        batch[60] = replace(batch[60], transfers=(Leg(wallet, 10**9, 1),))
        with pytest.raises(refused.NoSuchAccount):
            sent(*batch)

    def test_a_reversal_in_a_batch_must_be_the_exact_opposite(self, wallet, sales):
        first = posted((wallet, sales, 5))
        good = NewPosting(fresh_key(), "test.sale", (Leg(sales, wallet, 5),), NOW, reverses=first)
        with pytest.raises(refused.NotTheOpposite):
            sent(replace(good, transfers=(Leg(sales, wallet, 4),)))
        sent(good)
        assert queries.balance(sales) == 0
