"""Real threads on a database of their own: T01–T03, T06, T13, T16, and a posting held open across a checkpoint."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection

from rochdale.ledger import actions as ledger
from rochdale.ledger import queries
from rochdale.ledger.rules import Leg, NewPosting
from rochdale.ledger.testing import BOOKS, NOW, assert_books_good, fresh_key, inside, opened, posted
from rochdale.shared import coops
from rochdale.shared.postgres import retry
from rochdale.shared.refusals import Refusal

DAY = timedelta(days=1)
Outcome = Any


@pytest.fixture
def schema(own_database):
    yield own_database.coop.schema_name
    with coops.inside(own_database.coop.schema_name):
        assert_books_good()


def at_once(schema: str, *works: Callable[[], Any], repeat: bool = False) -> list[Outcome]:
    """Run every work in its own thread and connection, all let go at the same moment; refusals become their codes."""
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Outcome:
        def transaction_() -> Any:
            with coops.inside(schema), inside():
                return work()

        try:
            gate.wait(30)
            return retry.again(transaction_, tries=9) if repeat else transaction_()
        except Refusal as refused:
            return refused.code
        except DatabaseError as error:
            return getattr(error.__cause__, "sqlstate", str(error))
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def make(schema: str, work: Callable[[], Any]) -> Any:
    with coops.inside(schema):
        return work()


def reverse(posting: int, key: str) -> int:
    return int(ledger.reverse(actor=BOOKS, now=NOW, key=key, posting=posting, reason_code="test.x"))


def test_t01_of_200_parallel_debits_only_the_one_that_fits_commits(schema):
    """The account was never used: its only balance row is the one its opening made, and the floor allows one."""
    account, sales = make(schema, lambda: (opened("liabilities.test.credit", party=uuid4()), opened("income.test.sales")))
    outcomes = at_once(schema, *[lambda: posted((account, sales, 100))] * 200)
    assert Counter(type(each) for each in outcomes) == {int: 1, str: 199}
    assert set(outcomes) - {next(each for each in outcomes if isinstance(each, int))} == {"ledger.balance_too_low"}
    assert make(schema, lambda: queries.balance(account)) == -100


def test_t01_an_account_opened_by_50_at_once_is_one_account(schema):
    party = uuid4()
    numbers = at_once(schema, *[lambda: opened("liabilities.test.wallet", party=party)] * 50)
    assert len(set(numbers)) == 1
    assert isinstance(numbers[0], int)


def test_t02_the_same_key_and_body_50_times_is_one_posting(schema):
    bank, sales = make(schema, lambda: (opened("assets.test.bank"), opened("income.test.sales")))
    outcomes = at_once(schema, *[lambda: posted((bank, sales, 7), key="once")] * 50)
    assert len(set(outcomes)) == 1
    assert make(schema, lambda: queries.balance(sales)) == 7


def test_t03_the_same_key_with_different_bodies_books_one_and_refuses_the_rest(schema):
    bank, sales = make(schema, lambda: (opened("assets.test.bank"), opened("income.test.sales")))
    outcomes = at_once(schema, *[lambda n=n: posted((bank, sales, n), key="once") for n in range(1, 31)])
    assert Counter(isinstance(each, int) for each in outcomes) == {True: 1, False: 29}
    assert {each for each in outcomes if isinstance(each, str)} == {"ledger.key_reused"}


def test_t02_the_same_batch_sent_twice_at_once_books_each_posting_once(schema):
    bank, sales = make(schema, lambda: (opened("assets.test.bank"), opened("income.test.sales")))
    batch = [NewPosting(f"b:{n}", "test.sale", (Leg(bank, sales, 1),), NOW) for n in range(200)]

    def send(order: int) -> Any:
        return ledger.post_many(actor=BOOKS, now=NOW, key="b", postings=batch[::order])

    outcomes = at_once(schema, *[lambda o=o: send(o) for o in (1, -1, 1, -1)], repeat=True)
    assert all(isinstance(each, list) for each in outcomes), outcomes
    assert len({number for each in outcomes for number in each}) == 200
    assert make(schema, lambda: queries.balance(sales)) == 200


def test_t06_of_two_reversals_at_once_one_is_booked(schema):
    bank, sales = make(schema, lambda: (opened("assets.test.bank"), opened("income.test.sales")))
    first = make(schema, lambda: posted((bank, sales, 7)))
    outcomes = at_once(schema, *[lambda n=n: reverse(first, f"r:{n}") for n in range(20)])
    assert Counter(isinstance(each, int) for each in outcomes) == {True: 1, False: 19}
    assert {each for each in outcomes if isinstance(each, str)} == {"ledger.already_reversed"}
    assert make(schema, lambda: queries.balance(sales)) == 0


def test_holds_and_debits_at_once_never_promise_more_than_there_is(schema):
    bank, wallet, sales = make(
        schema,
        lambda: (opened("assets.test.bank"), opened("liabilities.test.wallet", party=uuid4()), opened("income.test.sales")),
    )
    make(schema, lambda: posted((bank, wallet, 100), kind="test.top_up"))

    def hold() -> int:
        return int(
            ledger.hold(actor=BOOKS, now=NOW, key=fresh_key(), account=wallet, amount=10, kind="test.sale", expires_at=NOW + DAY)
        )

    outcomes = at_once(schema, *[hold] * 15, *[lambda: posted((wallet, sales, 10))] * 15)
    assert Counter(isinstance(each, int) for each in outcomes) == {True: 10, False: 20}
    assert make(schema, lambda: queries.available(wallet)) == 0


def test_a_hold_is_resolved_once_however_many_try(schema):
    bank, wallet, sales = make(
        schema,
        lambda: (opened("assets.test.bank"), opened("liabilities.test.wallet", party=uuid4()), opened("income.test.sales")),
    )
    make(schema, lambda: posted((bank, wallet, 100), kind="test.top_up"))
    with coops.inside(schema), inside():
        hold = ledger.hold(actor=BOOKS, now=NOW, key="h", account=wallet, amount=60, kind="test.sale", expires_at=NOW + DAY)

    def capture(number: int) -> Any:
        return ledger.capture(actor=BOOKS, now=NOW, key=f"c:{number}", hold=hold, transfers=[Leg(wallet, sales, 60)])

    def release(number: int) -> Any:
        return ledger.release(actor=BOOKS, now=NOW, key=f"r:{number}", hold=hold)

    outcomes = at_once(schema, *[lambda n=n: capture(n) for n in range(10)], *[lambda n=n: release(n) for n in range(10)])
    assert Counter(isinstance(each, int) for each in outcomes) == {True: 1, False: 19}
    assert {each for each in outcomes if isinstance(each, str)} == {"ledger.hold_resolved"}


class Held:
    """A transaction in a thread of its own that has posted and waits to be told to commit or to roll back."""

    def __init__(self, schema: str, work: Callable[[], Any]) -> None:
        self.done, self.go_on = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run, args=(schema, work))
        self.thread.start()
        assert self.done.wait(30)

    def _run(self, schema: str, work: Callable[[], Any]) -> None:
        try:
            with coops.inside(schema), inside():
                work()
                self.done.set()
                self.go_on.wait(60)
        finally:
            connection.close()

    def commit(self) -> None:
        self.go_on.set()
        self.thread.join(30)


def checkpoint(schema: str, *, whole: bool = False) -> int | None:
    with coops.inside(schema), inside():
        return ledger.make_checkpoint(actor=BOOKS, now=NOW, key=fresh_key(), whole=whole, at_least=1)


def test_a_posting_held_open_across_a_checkpoint_is_not_lost(schema):
    """Its id lies in the middle of the closed ones and it commits last: an id or time range would lose it."""
    bank, sales = make(schema, lambda: (opened("assets.test.bank"), opened("income.test.sales")))
    make(schema, lambda: posted((bank, sales, 1)))
    held = Held(schema, lambda: posted((bank, sales, 1_000)))
    make(schema, lambda: posted((bank, sales, 10)))
    assert [checkpoint(schema), checkpoint(schema), checkpoint(schema, whole=True)] == [None, None, None]
    make(schema, lambda: posted((bank, sales, 100)))
    assert make(schema, lambda: queries.balance(sales)) == 111
    held.commit()
    assert make(schema, lambda: queries.balance(sales)) == 1_111
    closed = checkpoint(schema)
    assert closed is not None
    with coops.inside(schema):
        assert queries.balance(sales) == 1_111
        at_cut = queries.balance(sales, checkpoint=closed)
        assert at_cut == 1_011
        assert_books_good()
    make(schema, lambda: posted((bank, sales, 5)))
    assert make(schema, lambda: queries.balance(sales, checkpoint=closed)) == at_cut


def test_checkpoints_wait_for_nobody_and_nobody_waits_for_them(schema):
    bank, sales = make(schema, lambda: (opened("assets.test.bank"), opened("income.test.sales")))
    held = Held(schema, lambda: posted((bank, sales, 1_000)))
    try:
        with coops.inside(schema), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            with inside():
                ledger.make_checkpoint(actor=BOOKS, now=NOW, key="c")
            posted((bank, sales, 1))
    finally:
        held.commit()


def test_a_set_that_begins_in_the_middle_of_a_posting_disturbs_nobody(schema):
    """The posting has joined its set when a checkpoint opens the next one: it stays in its own and succeeds."""
    bank, sales = make(schema, lambda: (opened("assets.test.bank"), opened("income.test.sales")))
    with coops.inside(schema), inside(), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_enter()")
        (joined,) = cursor.fetchone()
        with ThreadPoolExecutor(1) as threads:
            assert threads.submit(at_once, schema, lambda: checkpoint_inside()).result(timeout=30) == [None]
        cursor.execute(
            "INSERT INTO ledger_posting (key, body, kind, happened_at, recorded_at, source, actor, via, standing, tax,"
            " bylaws_version, legs, epoch) VALUES ('k', '', 'x', %s, %s, '', 'x', 'x', '', '', 1, 1, %s) RETURNING id",
            [NOW, NOW, joined],
        )
        cursor.execute(
            "INSERT INTO ledger_transfer VALUES (%s, %s, %s, 5, %s, 1, '')", [cursor.fetchone()[0], bank, sales, joined]
        )
    assert make(schema, lambda: queries.balance(sales)) == 5


def checkpoint_inside():
    return ledger.make_checkpoint(actor=BOOKS, now=NOW, key=fresh_key(), at_least=1)


def test_postings_and_checkpoints_at_once_lose_nothing(schema):
    bank, sales = make(schema, lambda: (opened("assets.test.bank"), opened("income.test.sales")))

    def post_some() -> int:
        return [posted((bank, sales, 1)) for _ in range(20)][-1]

    def close() -> int:
        return ledger.make_checkpoint(actor=BOOKS, now=NOW, key=fresh_key(), at_least=1) or 0

    for _ in range(3):
        outcomes = at_once(schema, *[post_some] * 12, *[close] * 4)
        assert all(isinstance(each, int) for each in outcomes), outcomes
        make(schema, assert_books_good)
    closed = checkpoint(schema, whole=True)
    assert make(schema, lambda: (queries.balance(sales), queries.balance(sales, checkpoint=closed))) == (720, 720)


def test_t13_closing_a_period_waits_for_postings_that_are_dated_into_it(schema):
    bank, sales = make(schema, lambda: (opened("assets.test.bank"), opened("income.test.sales")))
    held = Held(schema, lambda: posted((bank, sales, 1_000), happened_at=NOW - DAY))
    closing = threading.Event()

    def close() -> Any:
        closing.set()
        return ledger.close_period(actor=BOOKS, now=NOW, key="p", starts_at=NOW - 30 * DAY, ends_at=NOW)

    with ThreadPoolExecutor(1) as threads:
        closed = threads.submit(at_once, schema, close)
        assert closing.wait(30)
        with pytest.raises(TimeoutError):
            closed.result(timeout=0.3)
        held.commit()
        assert isinstance(closed.result(timeout=30)[0], int)
    with coops.inside(schema):
        (period,) = queries.closed_periods()
        assert queries.balance(sales, at=NOW - DAY, checkpoint=period.checkpoint) == 1_000
    assert at_once(schema, lambda: posted((bank, sales, 1), happened_at=NOW - DAY)) == ["ledger.period_closed"]


def test_t13_postings_and_a_closing_at_once_leave_nothing_behind_the_closing(schema):
    bank, sales = make(schema, lambda: (opened("assets.test.bank"), opened("income.test.sales")))

    def close() -> Any:
        return ledger.close_period(actor=BOOKS, now=NOW, key="p", starts_at=NOW - 30 * DAY, ends_at=NOW)

    outcomes = at_once(schema, *[lambda: posted((bank, sales, 1), happened_at=NOW - DAY)] * 30, close, repeat=True)
    assert isinstance(outcomes[-1], int)
    assert {each for each in outcomes if isinstance(each, str)} <= {"ledger.period_closed"}
    booked = sum(isinstance(each, int) for each in outcomes[:-1])
    with coops.inside(schema):
        (period,) = queries.closed_periods()
        assert queries.balance(sales, checkpoint=period.checkpoint) == queries.balance(sales) == booked


def test_t16_a_storm_of_deadlocks_ends_with_every_posting_once(schema):
    """Each transaction posts from two wallets in the opposite order of its neighbour, so they lock crosswise."""
    bank, sales = make(schema, lambda: (opened("assets.test.bank"), opened("income.test.sales")))
    one, two = make(schema, lambda: [opened("liabilities.test.wallet", party=uuid4()) for _ in range(2)])
    make(schema, lambda: posted((bank, one, 1_000), (bank, two, 1_000), kind="test.top_up"))
    tries: Counter[int] = Counter()
    halfway = threading.Barrier(2)

    def cross(number: int) -> int:
        tries[number] += 1
        first, second = (one, two) if number % 2 else (two, one)
        posted((first, sales, 1), key=f"storm:{number}:{first}")
        if tries[number] == 1 and number < 2:
            halfway.wait(30)  # both hold one wallet now and want the other: a deadlock for certain
        return posted((second, sales, 1), key=f"storm:{number}:{second}")

    outcomes = at_once(schema, *[lambda n=n: cross(n) for n in range(2)], repeat=True)
    outcomes += at_once(schema, *[lambda n=n: cross(n) for n in range(2, 6)], repeat=True)
    assert all(isinstance(each, int) for each in outcomes), outcomes
    assert make(schema, lambda: (queries.balance(one), queries.balance(two), queries.balance(sales))) == (994, 994, 12)
    assert tries[0] + tries[1] > 2


def test_one_posting_between_two_wallets_never_deadlocks(schema):
    """Both directions at once, in one statement each: locks are taken in the order of ids."""
    one, two = make(schema, lambda: [opened("liabilities.test.wallet", party=uuid4()) for _ in range(2)])
    bank = make(schema, lambda: opened("assets.test.bank"))
    make(schema, lambda: posted((bank, one, 1_000), (bank, two, 1_000), kind="test.top_up"))
    works = [lambda n=n: posted((one, two, 1) if n % 2 else (two, one, 1)) for n in range(40)]
    assert all(isinstance(each, int) for each in at_once(schema, *works))
