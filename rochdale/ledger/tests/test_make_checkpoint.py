"""Checkpoints close sets of postings, and balances come out the same with and without them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from rochdale.ledger import actions as ledger
from rochdale.ledger import queries
from rochdale.ledger.testing import BOOKS, NOW, fresh_key, inside, opened, posted
from rochdale.shared.action import NotAllowed, doors
from rochdale.shared.actor import NOBODY

DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("books")


def checkpoint(now=NOW, *, whole=False, at_least=1):
    with inside():
        return ledger.make_checkpoint(actor=BOOKS, now=now, key=fresh_key(), whole=whole, at_least=at_least)


@pytest.fixture
def bank():
    return opened("assets.test.bank")


@pytest.fixture
def sales():
    return opened("income.test.sales")


def test_the_first_one_only_opens_a_new_set(bank, sales):
    posted((bank, sales, 5))
    assert checkpoint() is None
    assert queries.last_checkpoint() is None
    assert queries.balance(sales) == 5


def test_each_closes_the_set_before_the_newest(bank, sales):
    posted((bank, sales, 5))
    checkpoint()
    posted((bank, sales, 7))
    assert checkpoint(NOW + DAY) == 0
    assert queries.last_checkpoint() == (0, NOW + DAY)
    assert queries.balance(sales, checkpoint=0) == 5
    assert checkpoint() == 1
    assert queries.balance(sales, checkpoint=1) == 12
    assert queries.balance(sales) == 12


def test_a_whole_one_closes_everything(bank, sales):
    posted((bank, sales, 5))
    assert checkpoint(whole=True) == 0
    assert queries.balance(sales, checkpoint=0) == 5
    posted((bank, sales, 7))
    assert queries.balance(sales, checkpoint=0) == 5
    assert queries.balance(sales) == 12
    assert checkpoint(whole=True) == 1


def test_a_closed_set_does_not_change(bank, sales):
    posted((bank, sales, 5))
    number = checkpoint(whole=True)
    before = queries.trial_balance(checkpoint=number)
    posted((bank, sales, 7), happened_at=NOW - 100 * DAY)
    with inside():
        ledger.reverse(actor=BOOKS, now=NOW, key="r", posting=queries.postings_of()[-1].id, reason_code="test.x")
    checkpoint(whole=True)
    assert queries.trial_balance(checkpoint=number) == before


def test_quiet_accounts_get_a_row_only_when_enough_has_gathered(bank, sales):
    from django.db import connection

    def kept():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_checkpointbalance")
            return cursor.fetchone()[0]

    for round_number in range(1, 4):
        posted((bank, sales, 5))
        checkpoint(whole=True, at_least=3)
        assert kept() == (2 if round_number == 3 else 0)
        assert queries.balance(sales) == 5 * round_number


def test_only_a_job_makes_one(monkeypatch):
    monkeypatch.setattr(doors, "authority", lambda actor, action, given, now: action.may.allows(actor, frozenset(), given))
    with pytest.raises(NotAllowed):
        ledger.make_checkpoint(actor=NOBODY, now=NOW, key="k")
    assert ledger.make_checkpoint(actor=BOOKS, now=NOW, key="k") is None


def test_questions_come_out_the_same_however_often_it_was_closed(bank, sales):
    """Postings on many days, recorded late and early; every question is asked after each checkpoint."""
    wallet = opened("liabilities.test.wallet", party=uuid4())
    moments = [NOW + number * DAY for number in range(-3, 12)]

    def answers():
        return [
            (
                queries.balance(account, at=at),
                queries.balance(account, known_at=at),
                queries.balance(account, at=at, known_at=NOW + 6 * DAY),
                queries.totals(accounts=[account], since=at, until=at + 3 * DAY),
            )
            for account in (bank, sales, wallet)
            for at in moments
        ]

    def story(close):
        for number in range(10):
            now = NOW + number * DAY
            posted((bank, wallet, 1000 + number), now=now, happened_at=now - (number % 4) * DAY)
            posted((wallet, sales, 100 + number), now=now, happened_at=now - (number % 3) * DAY)
            if close and number % 2:
                checkpoint(now, at_least=1 + number % 3, whole=number == 7)

    class Undo(Exception):
        pass

    found = []
    for close in (False, True):
        with pytest.raises(Undo), inside():
            story(close)
            found.append(answers())
            raise Undo
    assert found[0] == found[1]
