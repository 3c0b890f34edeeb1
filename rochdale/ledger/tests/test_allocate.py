"""Dividing money (T07, T08, T09): nothing is lost, nothing minted, nobody favoured."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rochdale.shared import money

weights = some.lists(some.integers(0, 10**9), min_size=1, max_size=50).filter(any)


@given(some.integers(0, money.LARGEST), weights)
def test_the_parts_add_up_exactly(total, weights):
    assert sum(money.allocate(total, weights)) == total


@given(some.integers(0, money.LARGEST), weights)
def test_each_part_is_within_one_unit_of_the_fair_one(total, weights):
    whole = sum(weights)
    for part, weight in zip(money.allocate(total, weights), weights, strict=True):
        assert abs(part - Fraction(total * weight, whole)) < 1


@given(some.integers(0, 10**12), weights, some.randoms())
def test_who_gets_what_does_not_depend_on_the_order(total, weights, random):
    names = [f"play:7:{place}" for place in range(len(weights))]
    places = list(range(len(weights)))
    random.shuffle(places)
    straight = dict(zip(names, money.allocate(total, weights, names), strict=True))
    shuffled = money.allocate(total, [weights[place] for place in places], [names[place] for place in places])
    assert straight == dict(zip([names[place] for place in places], shuffled, strict=True))


@given(some.integers(0, 10**12), some.integers(1, 200))
def test_equal_weights_differ_by_at_most_one(total, people):
    parts = money.allocate(total, [1] * people)
    assert max(parts) - min(parts) <= 1


def test_nobody_without_weight_gets_anything():
    assert money.allocate(7, [0, 1, 0, 1])[::2] == [0, 0]


@pytest.mark.parametrize("people", [3, 7, 10_007])
def test_t07_a_hundred_divided_among_many_is_exact(people):
    parts = money.allocate(100 * money.ONE, [1] * people)
    assert sum(parts) == 100 * money.ONE
    assert max(parts) - min(parts) <= 1


def test_t07_one_unit_among_ten_goes_to_one_by_the_published_rule():
    parts = money.allocate(1, [1] * 10, [f"surplus:2026:{number}" for number in range(10)])
    assert sorted(parts) == [0] * 9 + [1]
    assert parts == money.allocate(1, [1] * 10, [f"surplus:2026:{number}" for number in range(10)])


def test_t08_over_many_rounds_nobody_is_favoured():
    rounds, people = 10_000, 7
    extra: Counter[int] = Counter()
    for number in range(rounds):
        parts = money.allocate(10, [1] * people, [f"play:{number}:{person}" for person in range(people)])
        extra.update({person: part - 10 // people for person, part in enumerate(parts)})
    fair = rounds * (10 % people) / people
    deviation = (rounds * (10 % people) / people * (1 - (10 % people) / people)) ** 0.5
    assert all(abs(got - fair) < 5 * deviation for got in extra.values()), extra


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (1000, [1, 2], [333, 667]),  # hordak ratio_split: 10 by 1:2
        (2000, [70, 30], [1400, 600]),  # a first play, 70/30
        (0, [1, 1], [0, 0]),
        (5, [5], [5]),
    ],
)
def test_worked_cases(total, weights, parts):
    assert money.allocate(total, weights) == parts


def test_fineracts_dividend_case_comes_out_exact():
    """D1 of the anchors: share-days 45 600 … of 201 400; Fineract's own answer is 0.001 too much."""
    cents = money.allocate(5_000_000, [45_600, 73_200, 54_900, 12_200, 15_500])
    assert cents == [1_132_076, 1_817_279, 1_362_959, 302_880, 384_806]


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, [-1, 2]), (1, [0, 0]), (1, [])])
def test_what_cannot_be_divided_is_a_mistake_of_the_caller(total, weights):
    with pytest.raises(ValueError, match="allocate"):
        money.allocate(total, weights)


class TestReading:
    """T09: scales by currency, and what is no amount."""

    @pytest.mark.parametrize(
        ("given", "currency", "micro"),
        [("12.50", "EUR", 12_500_000), ("0,002", "EUR", 2000), ("1500", "JPY", 1_500_000_000), ("1.234", "KWD", 1_234_000)],
    )
    def test_amounts_are_read_exactly(self, given, currency, micro):
        assert money.parse(given, currency) == micro

    @pytest.mark.parametrize("given", ["NaN", "1e309", "-5", "+5", "", "1.2345678", "1.2.3", "٣", "1 000", "Infinity", "0x10"])
    def test_what_is_no_amount_is_refused(self, given):
        with pytest.raises(money.NotAnAmount):
            money.parse(given, "EUR")

    @pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal("1e309"), Decimal("0.0000001")])
    def test_decimals_that_micro_units_cannot_hold_are_refused(self, value):
        with pytest.raises(money.NotAnAmount):
            money.from_decimal(value, "EUR")

    @pytest.mark.parametrize(
        ("micro", "currency", "payable"),
        [(1_239_999, "EUR", 1_230_000), (1_999_999, "JPY", 1_000_000), (1_234_567, "KWD", 1_234_000)],
    )
    def test_what_leaves_is_rounded_down_to_the_currencys_own_digits(self, micro, currency, payable):
        assert money.payable(micro, currency) == payable
