"""Random histories against a model of a few lines: whatever is tried, the books agree and a refusal changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from rochdale.ledger import actions as ledger
from rochdale.ledger import queries, rules
from rochdale.ledger.rules import Leg
from rochdale.ledger.testing import BOOKS, NOW, assert_books_good, fresh_key, inside, opened, posted
from rochdale.shared.refusals import Refusal

DAY = timedelta(days=1)
PLACES = ("assets.test.bank", "income.test.sales", "expenses.test.rent", "assets.test.float", "wallet", "wallet", "credit")

legs = some.lists(some.tuples(some.integers(0, 6), some.integers(0, 6), some.integers(1, 60)), min_size=1, max_size=4)
steps = some.lists(
    some.one_of(
        some.tuples(some.just("post"), legs, some.integers(0, 20)),
        some.tuples(some.just("again"), some.integers(0, 50)),
        some.tuples(some.just("reverse"), some.integers(0, 50)),
        some.tuples(some.just("hold"), some.integers(3, 6), some.integers(1, 60)),
        some.tuples(some.just("capture"), some.integers(0, 20), some.integers(1, 60)),
        some.tuples(some.just("release"), some.integers(0, 20)),
        some.tuples(some.just("checkpoint"), some.booleans()),
    ),
    max_size=25,
)


class Undo(Exception):
    """Raised at the end of each example, so that the next one finds empty books."""


@dataclass
class Model:
    """What should be true: signed balances (credits positive) and open holds, by place in PLACES."""

    accounts: list[int]
    kinds: list[str]
    floors: list[int | None]
    net: dict[int, int] = field(default_factory=dict)
    dated: list[tuple[int, int, int]] = field(default_factory=list)
    made: list[tuple[int, list[Leg], str, int]] = field(default_factory=list)
    reversed: set[int] = field(default_factory=set)
    holds: list[tuple[int, int, int]] = field(default_factory=list)
    ended: set[int] = field(default_factory=set)

    def balance(self, place: int) -> int:
        return rules.side(self.kinds[place]) * self.net.get(self.accounts[place], 0)

    def held(self, place: int) -> int:
        return sum(amount for number, at, amount in self.holds if at == place and number not in self.ended)

    def allows(self, moved: list[Leg], freed: int = -1) -> bool:
        for place, account in enumerate(self.accounts):
            floor = self.floors[place]
            drawn = rules.drawn_from(account, legs=moved, kind=self.kinds[place])
            held = self.held(place) - sum(amount for number, at, amount in self.holds if number == freed and at == place)
            if floor is not None and drawn > 0 and self.balance(place) - drawn < floor + held:
                return False
        return True

    def book(self, moved: list[Leg], day: int) -> None:
        for leg in moved:
            self.net[leg.credit] = self.net.get(leg.credit, 0) + leg.amount
            self.net[leg.debit] = self.net.get(leg.debit, 0) - leg.amount
            self.dated += [(leg.credit, leg.amount, day), (leg.debit, -leg.amount, day)]


def fresh_model() -> Model:
    codes = {"wallet": "liabilities.test.wallet", "credit": "liabilities.test.credit"}
    accounts = [opened(codes.get(name, name), party=uuid4() if name in codes else None) for name in PLACES]
    details = [queries.account_detail(account) for account in accounts]
    return Model(accounts, [each.kind for each in details if each], [each.floor for each in details if each])


def attempt(work, expected: bool) -> Any:
    """Do one thing; it must succeed exactly when the model says so."""
    try:
        done = work()
    except Refusal as refusal:
        assert not expected, refusal
        return None
    assert expected
    return done


def play(model: Model, step) -> None:
    match step:
        case ("post", given, day):
            moved = [Leg(model.accounts[a], model.accounts[b], amount) for a, b, amount in given]
            good = all(leg.debit != leg.credit for leg in moved) and model.allows(moved)
            key = fresh_key("history")
            number = attempt(lambda: posted(*moved, key=key, happened_at=NOW - day * DAY), good)
            if number is not None:
                model.book(moved, day)
                model.made.append((number, moved, key, day))
        case ("again", which) if model.made:
            number, moved, key, day = model.made[which % len(model.made)]
            assert posted(*moved, key=key, happened_at=NOW - day * DAY) == number
        case ("reverse", which) if model.made:
            number, moved, _, _ = model.made[which % len(model.made)]
            back = list(rules.opposite(moved))
            done = attempt(lambda: reverse(number), number not in model.reversed and model.allows(back))
            if done is not None:
                model.reversed.add(number)
                model.book(back, 0)
        case ("hold", place, amount):
            good = model.balance(place) - model.held(place) - amount >= (model.floors[place] or 0)
            number = attempt(lambda: hold(model.accounts[place], amount), good)
            if number is not None:
                model.holds.append((number, place, amount))
        case ("capture", which, amount) if model.holds:
            number, place, held = model.holds[which % len(model.holds)]
            other = model.accounts[1]
            down = model.kinds[place] == "asset"
            moved = [Leg(other, model.accounts[place], amount) if down else Leg(model.accounts[place], other, amount)]
            good = number not in model.ended and amount <= held and model.allows(moved, freed=number)
            if attempt(lambda: capture(number, moved), good) is not None:
                model.ended.add(number)
                model.book(moved, 0)
        case ("release", which) if model.holds:
            number = model.holds[which % len(model.holds)][0]
            if attempt(lambda: release(number), number not in model.ended) is not None:
                model.ended.add(number)
        case ("checkpoint", whole):
            with inside():
                ledger.make_checkpoint(actor=BOOKS, now=NOW, key=fresh_key(), whole=whole, at_least=1)


def reverse(number):
    with inside():
        return ledger.reverse(actor=BOOKS, now=NOW, key=fresh_key(), posting=number, reason_code="test.x")


def hold(account, amount):
    with inside():
        return ledger.hold(
            actor=BOOKS, now=NOW, key=fresh_key(), account=account, amount=amount, kind="test.sale", expires_at=NOW + DAY
        )


def capture(number, moved):
    with inside():
        return ledger.capture(actor=BOOKS, now=NOW, key=fresh_key(), hold=number, transfers=moved)


def release(number):
    with inside():
        return ledger.release(actor=BOOKS, now=NOW, key=fresh_key(), hold=number)


def agree(model: Model) -> None:
    for place, account in enumerate(model.accounts):
        assert queries.balance(account) == model.balance(place)
        assert queries.held(account) == model.held(place)
        floor = model.floors[place]
        if floor is not None:
            assert queries.available(account) == model.balance(place) - model.held(place) - floor >= 0


def agree_on_days(model: Model) -> None:
    for place, account in enumerate(model.accounts):
        for day in (0, 3, 10):
            dated = [amount for number, amount, happened in model.dated if number == account and happened >= day]
            expected = rules.side(model.kinds[place]) * sum(dated) if dated or day == 0 else None
            assert queries.balance(account, at=NOW - day * DAY) == expected
        shown = queries.statement(account, limit=1000, newest_first=False)
        assert shown is not None
        assert shown.closing == model.balance(place)
        assert not shown.lines or shown.lines[-1].balance == shown.closing
    assert sum(line.debits - line.credits for line in queries.trial_balance()) == 0


@pytest.mark.usefixtures("coop")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_any_history_agrees_with_the_model(history):
    with pytest.raises(Undo), inside():
        model = fresh_model()
        for step in history:
            play(model, step)
            agree(model)
        agree_on_days(model)
        assert_books_good()
        raise Undo
