"""Holding, capturing, releasing, expiring. Cases T1 and T2 are TigerBeetle's state machine tests."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from rochdale.ledger import actions as ledger
from rochdale.ledger import queries
from rochdale.ledger.actions import refused
from rochdale.ledger.rules import Leg
from rochdale.ledger.testing import BOOKS, NOW, fresh_key, inside, opened, posted
from rochdale.shared.action import InsideOnly, NotAllowed, doors
from rochdale.shared.actor import NOBODY

ADA = uuid4()
DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("books")


@pytest.fixture
def wallet():
    number = opened("liabilities.test.wallet", party=ADA)
    posted((opened("assets.test.bank"), number, 100), kind="test.top_up")
    return number


@pytest.fixture
def sales():
    return opened("income.test.sales")


def held(account, amount, *, key="", lasts=DAY, now=NOW, kind="test.sale", source=""):
    with inside():
        return ledger.hold(
            actor=BOOKS, now=now, key=key or fresh_key("hold"), account=account, amount=amount, kind=kind,
            expires_at=now + lasts, source=source,
        )  # fmt: skip


def captured(hold, *legs, key="", now=NOW, **more):
    with inside():
        return ledger.capture(
            actor=BOOKS, now=now, key=key or fresh_key("capture"), hold=hold, transfers=[Leg(*leg) for leg in legs], **more
        )


def released(hold, *, key="", now=NOW):
    with inside():
        return ledger.release(actor=BOOKS, now=now, key=key or fresh_key("release"), hold=hold)


def expired(now, most=1000):
    with inside():
        return ledger.expire_holds(actor=BOOKS, now=now, key=fresh_key("expire"), most=most)


class TestHold:
    def test_held_money_stays_but_cannot_be_spent(self, wallet, sales):
        held(wallet, 60)
        assert (queries.balance(wallet), queries.held(wallet), queries.available(wallet)) == (100, 60, 40)
        with pytest.raises(refused.BalanceTooLow):
            posted((wallet, sales, 41))
        posted((wallet, sales, 40))
        assert queries.available(wallet) == 0

    def test_everything_said_about_it_is_kept(self, wallet):
        found = queries.hold(held(wallet, 60, source="stays.booking:7"))
        assert found is not None
        assert (found.account, found.amount, found.kind, found.source) == (wallet, 60, "test.sale", "stays.booking:7")
        assert (found.placed_at, found.expires_at, found.outcome, found.captured) == (NOW, NOW + DAY, None, None)
        assert [each.id for each in queries.open_holds(wallet)] == [found.id]

    def test_the_same_key_again_returns_the_first_hold(self, wallet):
        assert held(wallet, 60, key="h") == held(wallet, 60, key="h")
        assert queries.held(wallet) == 60

    def test_the_same_key_for_another_hold_is_refused(self, wallet):
        held(wallet, 60, key="h")
        with pytest.raises(refused.KeyReused):
            held(wallet, 61, key="h")

    def test_more_than_there_is(self, wallet):
        held(wallet, 60)
        with pytest.raises(refused.BalanceTooLow):
            held(wallet, 41)

    def test_a_floor_below_zero_can_be_held_too(self):
        assert held(opened("liabilities.test.credit", party=ADA), 100)

    @pytest.mark.parametrize("amount", [0, -5, 1.5, True])
    def test_no_positive_amount(self, wallet, amount):
        with pytest.raises(refused.NotPositive):
            held(wallet, amount)

    def test_refusals_that_need_no_look(self, wallet):
        with pytest.raises(refused.TooLarge):
            held(wallet, 10**17 + 1)
        with pytest.raises(refused.UnknownKind):
            held(wallet, 5, kind="test.undeclared")
        with pytest.raises(refused.ExpiryNotAhead):
            held(wallet, 5, lasts=timedelta(0))
        with pytest.raises(refused.KeyUnusable):
            held(wallet, 5, key="x" * 300)

    def test_an_account_without_a_floor(self, sales):
        with pytest.raises(refused.NotGuarded):
            held(sales, 5)

    def test_nobody_holds_from_outside(self, wallet):
        with pytest.raises(InsideOnly):
            ledger.hold(actor=BOOKS, now=NOW, key="k", account=wallet, amount=1, kind="test.sale", expires_at=NOW + DAY)


class TestCapture:
    def test_all_of_it(self, wallet, sales):
        hold = held(wallet, 60, source="stays.booking:7")
        number = captured(hold, (wallet, sales, 60), party=ADA, standing="guest", tax="exempt")
        found = queries.posting(number)
        assert found is not None
        assert (found.kind, found.source, found.party, found.standing, found.tax) == (
            "test.sale",
            "stays.booking:7",
            ADA,
            "guest",
            "exempt",
        )
        assert (queries.balance(wallet), queries.held(wallet)) == (40, 0)
        ended = queries.hold(hold)
        assert ended is not None
        assert (ended.outcome, ended.captured) == ("captured", 60)
        assert queries.open_holds(wallet) == []

    def test_a_part_of_it_frees_the_rest(self, wallet, sales):
        captured(held(wallet, 60), (wallet, sales, 35))
        assert (queries.balance(wallet), queries.available(wallet)) == (65, 65)

    def test_split_between_several(self, wallet, sales):
        tax = opened("liabilities.test.tax")
        captured(held(wallet, 60), (wallet, sales, 50), (wallet, tax, 10))
        assert (queries.balance(sales), queries.balance(tax)) == (50, 10)

    def test_what_comes_back_in_the_same_posting_counts(self, wallet, sales):
        captured(held(wallet, 60), (wallet, sales, 80), (sales, wallet, 20))
        assert queries.balance(wallet) == 40

    def test_the_whole_wallet_may_be_held_and_captured(self, wallet, sales):
        captured(held(wallet, 100), (wallet, sales, 100))
        assert queries.balance(wallet) == 0

    def test_the_same_key_again_returns_the_first_posting(self, wallet, sales):
        hold = held(wallet, 60)
        assert captured(hold, (wallet, sales, 50), key="c") == captured(hold, (wallet, sales, 50), key="c", now=NOW + 9 * DAY)
        assert queries.balance(sales) == 50

    def test_the_same_key_with_another_amount_is_refused(self, wallet, sales):
        hold = held(wallet, 60)
        captured(hold, (wallet, sales, 50), key="c")
        with pytest.raises(refused.KeyReused):
            captured(hold, (wallet, sales, 51), key="c")

    def test_a_second_capture_is_refused(self, wallet, sales):
        hold = held(wallet, 60)
        captured(hold, (wallet, sales, 10))
        with pytest.raises(refused.HoldResolved) as caught:
            captured(hold, (wallet, sales, 10))
        assert "captured" in str(caught.value)

    def test_more_than_was_held(self, wallet, sales):
        with pytest.raises(refused.HoldTooSmall):
            captured(held(wallet, 60), (wallet, sales, 61))

    def test_transfers_that_take_nothing_from_it(self, wallet, sales):
        with pytest.raises(refused.HoldMissed):
            captured(held(wallet, 60), (opened("assets.test.bank"), sales, 5))

    def test_a_hold_that_does_not_exist(self, sales):
        with pytest.raises(refused.NoSuchHold):
            captured(10**9, (sales, sales + 1, 5))

    def test_a_refused_capture_leaves_the_hold_open(self, wallet, sales):
        hold = held(wallet, 60)
        with pytest.raises(refused.NoSuchAccount):
            captured(hold, (wallet, 10**9, 60))
        assert queries.held(wallet) == 60
        captured(hold, (wallet, sales, 60))


class TestReleaseAndExpiry:
    def test_released_money_is_free_again(self, wallet):
        hold = held(wallet, 60)
        assert released(hold, key="r") == hold
        assert released(hold, key="r") == hold
        assert (queries.held(wallet), queries.available(wallet)) == (0, 100)

    def test_a_hold_ends_once(self, wallet, sales):
        hold = held(wallet, 60)
        released(hold)
        for again in (lambda: released(hold), lambda: captured(hold, (wallet, sales, 5))):
            with pytest.raises(refused.HoldResolved):
                again()
        with pytest.raises(refused.NoSuchHold):
            released(10**9)

    def test_a_hold_whose_time_is_over_still_counts_until_it_is_expired(self, wallet, sales):
        hold = held(wallet, 60)
        late = NOW + 2 * DAY
        with pytest.raises(refused.BalanceTooLow):
            posted((wallet, sales, 41), now=late)
        with pytest.raises(refused.HoldExpired):
            captured(hold, (wallet, sales, 5), now=late)
        assert expired(late) == 1
        assert queries.available(wallet) == 100
        with pytest.raises(refused.HoldResolved) as caught:
            captured(hold, (wallet, sales, 5), now=late)
        assert "expired" in str(caught.value)

    def test_expiring_is_safe_to_repeat_and_goes_in_batches(self, wallet):
        for _ in range(5):
            held(wallet, 10)
        assert [expired(NOW + 2 * DAY, most=2) for _ in range(4)] == [2, 2, 1, 0]
        assert queries.held(wallet) == 0

    def test_only_a_job_expires_holds(self, wallet, monkeypatch):
        monkeypatch.setattr(doors, "authority", lambda actor, action, given, now: action.may.allows(actor, frozenset(), given))
        with pytest.raises(NotAllowed):
            ledger.expire_holds(actor=NOBODY, now=NOW, key="k")
        assert ledger.expire_holds(actor=BOOKS, now=NOW, key="k") == 0


class TestTigerBeetle:
    def test_t1_two_phases(self):
        """Post 15; pend 15, 15, 15, 7, 1, 1: posted 15, pending 54; post 13 of a 15; resolve twice is named."""
        bank, one, two = opened("assets.test.bank"), opened("liabilities.test.wallet", party=ADA), opened("income.test.sales")
        posted((bank, one, 200), kind="test.top_up")
        posted((one, two, 15))
        holds = [held(one, amount) for amount in (15, 15, 15, 7, 1, 1)]
        assert (queries.balance(two), queries.held(one)) == (15, 54)
        captured(holds[0], (one, two, 13), key="c")
        assert (queries.balance(two), queries.held(one), queries.available(one)) == (28, 39, 200 - 28 - 39)
        with pytest.raises(refused.KeyReused):
            captured(holds[0], (one, two, 14), key="c")
        with pytest.raises(refused.HoldResolved, match="captured"):
            captured(holds[0], (one, two, 13))
        released(holds[1])
        with pytest.raises(refused.HoldResolved, match="released"):
            captured(holds[1], (one, two, 13))

    def test_t2_expiry(self):
        """Pend 10 (long), 11 (1 s), 12 (2 s), 13 (3 s): pending 46 → 35 → 23 → 10; late posts are refused by name."""
        bank, one, two = opened("assets.test.bank"), opened("liabilities.test.wallet", party=ADA), opened("income.test.sales")
        posted((bank, one, 100), kind="test.top_up")
        second = timedelta(seconds=1)
        long = held(one, 10, lasts=DAY)
        holds = [held(one, amount, lasts=seconds * second) for amount, seconds in ((11, 1), (12, 2), (13, 3))]
        pending = [queries.held(one)]
        for seconds in (1, 2, 3):
            now = NOW + seconds * second
            with pytest.raises(refused.HoldExpired):
                captured(holds[seconds - 1], (one, two, 1), now=now)
            expired(now)
            pending.append(queries.held(one))
        assert pending == [46, 35, 23, 10]
        captured(long, (one, two, 10), now=NOW + 4 * second)
        assert (queries.balance(two), queries.held(one)) == (10, 0)


class TestTheDatabaseItself:
    def test_captured_more_than_held_or_too_late_or_expired_too_early(self, wallet):
        from django.db import DatabaseError, connection

        hold = held(wallet, 60)
        for outcome, taken, at, named in (
            ("captured", 61, NOW, "hold_too_small"),
            ("captured", 5, NOW + 2 * DAY, "hold_expired"),
            ("expired", 0, NOW, "hold_not_expired"),
            ("captured", 0, NOW, "ledger_resolution_captured"),
            ("lost", 0, NOW, "ledger_resolution_outcome"),
        ):
            with pytest.raises(DatabaseError, match=named), inside(), connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO ledger_holdresolution VALUES (%s, 'k', '', %s, %s, %s, 'x')", [hold, outcome, taken, at]
                )

    def test_holds_of_nothing_or_into_the_past(self, wallet):
        from django.db import IntegrityError, connection

        for amount, expires, named in ((0, NOW + DAY, "ledger_hold_positive"), (5, NOW, "ledger_hold_expires_later")):
            with pytest.raises(IntegrityError, match=named), inside(), connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO ledger_hold (key, body, account_id, amount, kind, placed_at, expires_at, source, actor, via)"
                    " VALUES ('k', '', %s, %s, 'test.sale', %s, %s, '', 'x', 'job')",
                    [wallet, amount, NOW, expires],
                )
