"""Opening accounts."""

from __future__ import annotations

from uuid import uuid4

import pytest

from rochdale.ledger import actions as ledger
from rochdale.ledger import queries
from rochdale.ledger.actions import refused
from rochdale.ledger.testing import BOOKS, NOW, fresh_key, inside, opened
from rochdale.shared import coops
from rochdale.shared.action import InsideOnly
from rochdale.shared.money import UnknownCurrency

ADA = uuid4()
pytestmark = pytest.mark.usefixtures("books")


def test_an_account_is_opened_with_what_its_plan_says():
    number = opened("liabilities.test.wallet", party=ADA)
    found = queries.account_detail(number)
    assert found is not None
    assert (found.code, found.party, found.currency, found.kind) == ("liabilities.test.wallet", ADA, "EUR", "liability")
    assert (found.floor, found.client_money, found.opened_at, found.guarded) == (0, True, NOW, True)


def test_opening_it_again_returns_the_same_one():
    assert opened("liabilities.test.wallet", party=ADA) == opened("liabilities.test.wallet", party=ADA)
    assert opened("assets.test.bank") == opened("assets.test.bank", currency="eur ")


def test_party_currency_and_code_tell_accounts_apart():
    numbers = {
        opened("liabilities.test.wallet", party=ADA),
        opened("liabilities.test.wallet", party=uuid4()),
        opened("liabilities.test.wallet", party=ADA, currency="INR"),
        opened("liabilities.test.payable", party=ADA),
    }
    assert len(numbers) == 4


def test_it_is_found_by_code_currency_and_party():
    number = opened("liabilities.test.wallet", party=ADA)
    assert queries.account("liabilities.test.wallet", "EUR", ADA) == number
    assert queries.account("liabilities.test.wallet", "EUR", uuid4()) is None
    assert queries.account("liabilities.test.wallet", "INR", ADA) is None
    assert [each.id for each in queries.accounts_of(ADA)] == [number]
    opened("assets.test.bank")
    assert [each.code for each in queries.coop_accounts()] == ["assets.test.bank"]


def test_a_guarded_account_has_its_stored_balance_at_once():
    number = opened("liabilities.test.credit", party=ADA)
    assert queries.available(number) == 100
    assert queries.balance(number) == 0
    assert queries.available(opened("assets.test.bank")) is None


def test_two_coops_have_their_own_accounts(second_coop):
    opened("assets.test.bank")
    with coops.inside(second_coop.schema_name):
        assert queries.account("assets.test.bank", "EUR") is None


def test_an_undeclared_code_is_refused():
    with pytest.raises(refused.UnknownAccountCode):
        opened("assets.nobody.declared")


def test_an_unknown_currency_is_refused():
    with pytest.raises(UnknownCurrency):
        opened("assets.test.bank", currency="ZZZ")


@pytest.mark.parametrize(("code", "party"), [("assets.test.bank", ADA), ("liabilities.test.wallet", None)])
def test_a_wrong_owner_is_refused(code, party):
    with pytest.raises(refused.WrongOwner):
        opened(code, party=party)


def test_nobody_opens_an_account_from_outside():
    with pytest.raises(InsideOnly):
        ledger.open_account(actor=BOOKS, now=NOW, key=fresh_key(), code="assets.test.bank", currency="EUR")


def test_the_database_refuses_a_kind_it_does_not_know():
    from django.db import IntegrityError, connection

    with pytest.raises(IntegrityError, match="ledger_account_kind"), inside(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_account (code, currency, kind, scale, client_money, opened_at)"
            " VALUES ('x', 'EUR', 'odd', 6, false, '2026-01-01')"
        )
    with pytest.raises(IntegrityError, match="ledger_account_scale"), inside(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_account (code, currency, kind, scale, client_money, opened_at)"
            " VALUES ('x', 'EUR', 'asset', 10, false, '2026-01-01')"
        )
