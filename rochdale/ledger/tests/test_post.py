"""Posting: that it works, then each refusal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from rochdale.ledger import actions as ledger
from rochdale.ledger import queries
from rochdale.ledger.actions import refused
from rochdale.ledger.rules import MOST_LEGS, Leg
from rochdale.ledger.testing import BOOKS, NOW, fresh_key, inside, opened, posted
from rochdale.shared import coops, money
from rochdale.shared.action import InsideOnly

ADA = uuid4()
BRUNO = uuid4()
pytestmark = pytest.mark.usefixtures("books")


@pytest.fixture
def bank():
    return opened("assets.test.bank")


@pytest.fixture
def wallet(bank):
    number = opened("liabilities.test.wallet", party=ADA)
    posted((bank, number, 10_000), kind="test.top_up", party=ADA)
    return number


@pytest.fixture
def artist():
    return opened("liabilities.test.payable", party=BRUNO)


@pytest.fixture
def sales():
    return opened("income.test.sales")


def count(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ledger_{table}")
        return cursor.fetchone()[0]


class TestItWorks:
    def test_a_play_moves_money_from_the_wallet_to_artist_coop_and_tax(self, bank, wallet, artist, sales):
        tax = opened("liabilities.test.tax")
        posted((wallet, artist, 1400), (wallet, sales, 600), (wallet, tax, 460), party=ADA, standing="listener")
        assert queries.balance(wallet) == 10_000 - 2460
        assert queries.available(wallet) == 10_000 - 2460
        assert queries.balance(artist) == 1400
        assert queries.balance(sales) == 600
        assert queries.balance(tax) == 460
        assert queries.balance(bank) == 10_000

    def test_everything_said_about_it_is_kept(self, wallet, sales):
        happened = NOW - timedelta(days=3)
        legs = [Leg(wallet, sales, 5, "price"), Leg(wallet, sales, 1, "tip")]
        number = posted(
            *legs, key="k1", happened_at=happened, party=ADA, standing="listener,worker", source="test.thing:7", tax="exempt"
        )
        found = queries.posting(number)
        assert found is not None
        assert (found.key, found.kind, found.source, found.tax) == ("k1", "test.sale", "test.thing:7", "exempt")
        assert (found.happened_at, found.recorded_at) == (happened, NOW)
        assert (found.actor, found.via, found.party, found.standing) == ("job:test", "job", ADA, "listener,worker")
        assert (found.bylaws_version, found.reverses) == (1, None)
        assert found.legs == tuple(legs)

    def test_its_transfers_name_their_accounts(self, wallet, sales):
        (leg,) = queries.legs_of(posted(Leg(wallet, sales, 5, "price")))
        assert (leg.debit_code, leg.debit_party, leg.credit_code, leg.credit_party) == (
            "liabilities.test.wallet",
            ADA,
            "income.test.sales",
            None,
        )
        assert (leg.amount, leg.currency, leg.role) == (5, "EUR", "price")

    def test_one_posting_may_move_several_currencies_each_in_its_own_transfer(self, bank, sales):
        rupees, other = opened("assets.test.bank", currency="INR"), opened("income.test.sales", currency="INR")
        posted((bank, sales, 5), (rupees, other, 450))
        assert queries.balance(sales) == 5
        assert queries.balance(other) == 450

    def test_a_thousand_legs_fit(self, bank, sales):
        posted(*[(bank, sales, 1)] * MOST_LEGS)
        assert queries.balance(sales) == MOST_LEGS

    def test_many_wallets_may_pay_at_once(self, bank, sales):
        wallets = [opened("liabilities.test.wallet", party=uuid4()) for _ in range(150)]
        posted(*[(bank, wallet, 10) for wallet in wallets])
        posted(*[(wallet, sales, 7) for wallet in wallets])
        assert {queries.available(wallet) for wallet in wallets} == {3}

    def test_a_guarded_asset_falls_by_credits(self, bank):
        desk = opened("assets.test.float")
        posted((desk, bank, 50))
        assert queries.available(desk) == 50
        posted((bank, desk, 20))
        assert queries.balance(desk) == 30
        with pytest.raises(refused.BalanceTooLow):
            posted((bank, desk, 31))

    def test_an_overdraft_reaches_as_far_as_its_floor(self, sales):
        line = opened("liabilities.test.credit", party=ADA)
        posted((line, sales, 100))
        assert queries.balance(line) == -100
        with pytest.raises(refused.BalanceTooLow):
            posted((line, sales, 1))

    def test_legs_of_one_posting_are_netted_before_the_floor_is_asked(self, wallet, sales, bank):
        posted((wallet, sales, 15_000), (bank, wallet, 5_000))
        assert queries.balance(wallet) == 0

    def test_what_happened_before_the_first_bylaws_goes_by_todays(self, bank, sales, monkeypatch):
        monkeypatch.setattr(ledger, "rules_in_force", lambda moment: 4 if moment >= NOW else None)
        found = queries.posting(posted((bank, sales, 1), happened_at=NOW - timedelta(days=4000)))
        assert found is not None
        assert found.bylaws_version == 4

    def test_the_version_is_that_of_the_moment_it_happened(self, bank, sales, monkeypatch):
        monkeypatch.setattr(ledger, "rules_in_force", lambda moment: 2 if moment >= NOW else 1)
        found = queries.posting(posted((bank, sales, 1), happened_at=NOW - timedelta(days=1)))
        assert found is not None
        assert found.bylaws_version == 1


class TestKeys:
    def test_the_same_key_and_body_returns_the_first_posting(self, wallet, sales):
        first = posted((wallet, sales, 5), key="same")
        assert posted((wallet, sales, 5), key="same") == first
        assert queries.balance(wallet) == 9_995

    def test_a_later_retry_is_the_same_body(self, wallet, sales):
        happened = NOW - timedelta(hours=1)
        first = posted((wallet, sales, 5), key="same", happened_at=happened)
        assert posted((wallet, sales, 5), key="same", happened_at=happened, now=NOW + timedelta(days=1)) == first

    def test_the_same_key_with_another_body_is_refused(self, wallet, sales):
        posted((wallet, sales, 5), key="same")
        for other in ({"party": ADA}, {"source": "x"}, {"kind": "test.top_up"}, {"tax": "exempt"}, {"standing": "worker"}):
            with pytest.raises(refused.KeyReused):
                posted((wallet, sales, 5), key="same", **other)
        with pytest.raises(refused.KeyReused):
            posted((wallet, sales, 6), key="same")
        assert queries.balance(wallet) == 9_995

    def test_a_refused_posting_does_not_use_up_its_key(self, wallet, sales):
        with pytest.raises(refused.BalanceTooLow):
            posted((wallet, sales, 10_001), key="again")
        posted((wallet, sales, 10_000), key="again")
        assert queries.balance(wallet) == 0

    def test_the_same_key_in_two_coops_is_two_postings(self, coop, second_coop, bank, sales):
        first = posted((bank, sales, 5), key="same")
        with coops.inside(second_coop.schema_name):
            posted((opened("assets.test.bank"), opened("income.test.sales"), 77), key="same")
        assert [leg.amount for leg in queries.legs_of(first)] == [5]

    def test_it_is_found_by_its_key(self, bank, sales):
        assert queries.posting_with_key("here") is None
        assert queries.posting_with_key("here") != posted((bank, sales, 5), key="here")
        assert queries.posting_with_key("here") == queries.postings_of(limit=1)[0].id

    @pytest.mark.parametrize("key", ["", "x" * 201])
    def test_a_key_that_cannot_be_kept_is_refused(self, bank, sales, key):
        with pytest.raises(refused.KeyUnusable), inside():
            ledger.post(actor=BOOKS, now=NOW, key=key, kind="test.sale", transfers=[Leg(bank, sales, 1)], happened_at=NOW)


class TestRefusals:
    def test_too_little_money(self, wallet, sales):
        with pytest.raises(refused.BalanceTooLow) as caught:
            posted((wallet, sales, 10_001))
        assert caught.value.code == "ledger.balance_too_low"
        assert "Nothing was booked" in str(caught.value)

    def test_one_bad_leg_books_nothing_of_the_posting(self, wallet, artist, sales):
        before = (count("posting"), count("transfer"), queries.balance(wallet))
        with pytest.raises(refused.BalanceTooLow):
            posted((wallet, artist, 9_000), (wallet, sales, 2_000))
        assert (count("posting"), count("transfer"), queries.balance(wallet)) == before

    def test_an_unknown_kind(self, bank, sales):
        with pytest.raises(refused.UnknownKind):
            posted((bank, sales, 5), kind="test.undeclared")

    def test_mixed_currencies(self, bank):
        with pytest.raises(refused.MixedCurrencies):
            posted((bank, opened("income.test.sales", currency="INR"), 5))

    @pytest.mark.parametrize("amount", [0, -1, 1.5, True, "5", float("nan"), None])
    def test_what_is_no_positive_whole_amount(self, bank, sales, amount):
        with pytest.raises(refused.NotPositive):
            posted((bank, sales, amount))

    def test_an_amount_too_large_to_be_meant(self, bank, sales):
        posted((bank, sales, money.LARGEST))
        with pytest.raises(refused.TooLarge):
            posted((bank, sales, money.LARGEST + 1))

    def test_a_balance_no_account_can_hold(self, bank):
        wallet = opened("liabilities.test.wallet", party=uuid4())
        for _ in range(9):
            posted(*[(bank, wallet, money.LARGEST)] * 10)
        with pytest.raises(refused.TooLarge):
            posted(*[(bank, wallet, money.LARGEST)] * 10)

    def test_an_account_to_itself(self, bank):
        with pytest.raises(refused.SameAccount):
            posted((bank, bank, 5))

    @pytest.mark.parametrize("place", [0, 1])
    def test_an_account_that_does_not_exist(self, bank, place):
        legs = [(10**9, bank, 5), (bank, 10**9, 5)]
        with pytest.raises(refused.NoSuchAccount):
            posted(legs[place])

    def test_no_transfer_or_too_many(self, bank, sales):
        with pytest.raises(refused.NothingToPost):
            posted()
        with pytest.raises(refused.NothingToPost):
            posted(*[(bank, sales, 1)] * (MOST_LEGS + 1))

    def test_the_future(self, bank, sales):
        with pytest.raises(refused.InTheFuture):
            posted((bank, sales, 5), happened_at=NOW + timedelta(seconds=1))

    def test_a_coop_that_is_still_being_founded(self, bank, sales, monkeypatch):
        for rules in (None, lambda moment: None):
            monkeypatch.setattr(ledger, "rules_in_force", rules)
            with pytest.raises(refused.NotFounded):
                posted((bank, sales, 5))

    def test_nobody_posts_from_outside_an_action(self, bank, sales):
        with pytest.raises(InsideOnly):
            ledger.post(actor=BOOKS, now=NOW, key=fresh_key(), kind="test.sale", transfers=[Leg(bank, sales, 1)], happened_at=NOW)

    def test_a_fault_of_the_database_is_not_dressed_up_as_a_refusal(self, bank, sales):
        with pytest.raises(Exception, match="too long") as caught:
            posted((bank, sales, 1), standing="x" * 500)
        assert not hasattr(caught.value, "code")


class TestTheDatabaseItself:
    """The same truths, when the checks in Python are gone round."""

    def raw(self, legs, **more):
        given: dict[str, Any] = {"kind": "test.sale", "happened": NOW, "reverses": None} | more
        with inside(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT ledger_post(%s, '\\x00', %s, %s, %s, '', 'job:x', 'job', NULL, '', '', 1, %s, %s::bigint[], %s::bigint[],"
                " %s::bigint[], %s::text[])",
                [
                    fresh_key(), given["kind"], given["happened"], NOW, given["reverses"],
                    [leg[0] for leg in legs], [leg[1] for leg in legs], [leg[2] for leg in legs], [""] * len(legs),
                ],
            )  # fmt: skip
            return cursor.fetchone()[0]

    @pytest.mark.parametrize("amount", [0, -5, 10**17 + 1])
    def test_amounts(self, bank, sales, amount):
        with pytest.raises(IntegrityError, match="ledger_transfer_sound"):
            self.raw([(bank, sales, amount)])

    def test_an_account_to_itself(self, bank):
        with pytest.raises(IntegrityError, match="ledger_transfer_sound"):
            self.raw([(bank, bank, 1)])

    def test_no_legs(self):
        with pytest.raises(IntegrityError, match="ledger_posting_sound"):
            self.raw([])

    def test_the_future(self, bank, sales):
        with pytest.raises(IntegrityError, match="ledger_posting_sound"):
            self.raw([(bank, sales, 1)], happened=NOW + timedelta(days=1))

    def test_a_missing_side(self, bank):
        with pytest.raises(IntegrityError, match="null value"):
            self.raw([(bank, None, 1)])
