"""Sums in, lines out: flows, statements, groups. No database."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rochdale.openbooks import rules
from rochdale.openbooks.rules import Band, Entry, Group, Moved, Stretch

TOP_UP = Moved("pay.top_up", "assets.bank", "asset", "liabilities.wallet", "liability", 100)
TO_ARTIST = Moved("music.play", "liabilities.wallet", "liability", "liabilities.artist", "liability", 42)
TO_COOP = Moved("music.play", "liabilities.wallet", "liability", "income.share", "income", 18)
RENT = Moved("pay.rent", "expenses.rent", "expense", "assets.bank", "asset", 10)


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        ([], []),
        ([TOP_UP], [Band("in:pay.top_up", "liabilities.wallet", 100)]),
        ([TO_ARTIST], [Band("liabilities.wallet", "liabilities.artist", 42)]),
        ([TO_COOP], [Band("liabilities.wallet", "co-op", 18)]),
        ([RENT], [Band("co-op", "expenses.rent", 10)]),
        (
            [Moved("pay.refund", "liabilities.wallet", "liability", "assets.bank", "asset", 5)],
            [Band("liabilities.wallet", "out:pay.refund", 5)],
        ),
        ([Moved("pay.move", "assets.bank", "asset", "assets.cash", "asset", 5)], []),
        ([Moved("x.fix", "income.a", "income", "income.b", "income", 5)], []),
    ],
)
def test_each_movement_becomes_a_band_between_places(moved, expected):
    assert rules.bands(moved) == expected


def test_what_a_place_did_not_pass_on_is_still_there():
    found = rules.bands([TOP_UP, TO_ARTIST, TO_COOP, RENT])
    assert Band("liabilities.wallet", "kept:liabilities.wallet", 40) in found
    assert Band("co-op", "kept:co-op", 8) in found


def test_a_reversal_takes_away_what_it_reverses():
    back = Moved("pay.top_up", "assets.bank", "asset", "liabilities.wallet", "liability", -100)
    assert rules.bands([TOP_UP, back]) == []


def test_what_went_both_ways_is_set_off():
    back = Moved("music.refund", "liabilities.artist", "liability", "liabilities.wallet", "liability", 50)
    assert rules.bands([TO_ARTIST, back]) == [Band("liabilities.artist", "liabilities.wallet", 8)]


@given(
    st.lists(
        st.builds(
            Moved,
            kind=st.sampled_from(["a.x", "a.y"]),
            debit=st.sampled_from(["l.1", "l.2"]),
            debit_type=st.just("liability"),
            credit=st.sampled_from(["l.3", "l.4", "l.1"]),
            credit_type=st.just("liability"),
            micro=st.integers(-1000, 1000),
        )
    )
)
def test_every_place_gives_what_it_received_less_what_it_had_before(moved):
    """No band loses or mints: received − given of every place equals the sum of its transfers."""
    found = [band for band in rules.bands(moved) if not band.target.startswith("kept:")]
    for place in ("l.1", "l.2", "l.3", "l.4"):
        by_bands = sum(b.micro for b in found if b.target == place) - sum(b.micro for b in found if b.source == place)
        by_moves = sum(m.micro for m in moved if m.credit == place) - sum(m.micro for m in moved if m.debit == place)
        assert by_bands == by_moves


def test_the_income_statement_adds_up():
    found = rules.income_statement(
        [
            Entry("income.a", "income", 30),
            Entry("income.b", "income", 0),
            Entry("expenses.r", "expense", 45),
            Entry("assets.b", "asset", 9),
        ]
    )
    assert (found.earned, found.spent, found.result) == (30, 45, -15)
    assert [entry.code for entry in found.income] == ["income.a"]


def test_both_sides_of_the_balance_sheet_are_equal():
    found = rules.balance_sheet(
        [
            Entry("a", "asset", 100),
            Entry("l", "liability", 60),
            Entry("e", "equity", 25),
            Entry("i", "income", 20),
            Entry("x", "expense", 5),
        ]
    )
    assert (found.there_is, found.owed, found.own, found.result) == (100, 60, 40, 15)
    assert found.balanced


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        ([7, 5], [("0", 7, False), ("1", 5, False)]),
        ([7, 4], [("together", 11, True)]),
        ([7, 4, 2], [("0", 7, False), ("together", 6, True)]),
        ([9, 6, 1], [("0", 9, False), ("together", 7, True)]),
        ([2, 1], [("together", 3, True)]),
        ([7, 0], [("0", 7, False), ("1", 0, False)]),
        ([], []),
    ],
)
def test_small_groups_are_put_together(people, shown):
    groups = [Group(str(place), count, 100) for place, count in enumerate(people)]
    found = rules.merge_small(groups, smallest=5, title="together")
    assert [(group.title, group.people, group.merged) for group in found] == shown


def test_too_few_people_altogether_show_no_amount():
    assert rules.merge_small([Group("a", 2, 100)], smallest=5, title="together") == [Group("together", 2, 0, merged=True)]


@given(st.lists(st.integers(0, 12), max_size=8))
def test_no_group_smaller_than_allowed_is_left_unless_it_is_everybody(people):
    groups = [Group(str(place), count, 1) for place, count in enumerate(people)]
    found = rules.merge_small(groups, smallest=5, title="together")
    assert sum(group.people for group in found) == sum(people)
    small = [group for group in found if 0 < group.people < 5]
    assert not small or [group for group in found if group.people] == small


def _month(number: int, people: int) -> Stretch:
    return Stretch("music.play", date(2026, number, 1), date(2026, number, 1), 10, people, 100)


def test_thin_months_join_the_next():
    found = rules.merge_thin([_month(1, 2), _month(2, 6), _month(3, 9)], smallest=5)
    assert [(each.first.month, each.last.month, each.count, each.micro, each.merged) for each in found] == [
        (1, 2, 20, 200, True),
        (3, 3, 10, 100, False),
    ]


def test_a_thin_last_month_joins_the_one_before():
    found = rules.merge_thin([_month(1, 6), _month(2, 1)], smallest=5)
    assert [(each.first.month, each.last.month, each.micro) for each in found] == [(1, 2, 200)]


def test_too_few_people_in_all_months_leave_one_line():
    found = rules.merge_thin([_month(1, 1), _month(2, 2)], smallest=5)
    assert [(each.first.month, each.last.month, each.merged) for each in found] == [(1, 2, True)]


def test_the_co_ops_own_months_stay():
    assert rules.merge_thin([_month(1, 0), _month(2, 0)], smallest=5) == [_month(1, 0), _month(2, 0)]


def test_a_year_begins_where_the_co_op_is():
    assert rules.year_of(datetime(2025, 12, 31, 23, 30, tzinfo=UTC), "Europe/Berlin") == 2026
    start, end = rules.bounds(2026, "Europe/Berlin")
    assert (start.astimezone(UTC), end.astimezone(UTC)) == (
        datetime(2025, 12, 31, 23, tzinfo=UTC),
        datetime(2026, 12, 31, 23, tzinfo=UTC),
    )


def test_a_year_may_begin_in_april():
    assert rules.year_of(datetime(2026, 3, 31, tzinfo=UTC), "UTC", 4) == 2025
    assert rules.bounds(2025, "UTC", 4)[0] == datetime(2025, 4, 1, tzinfo=UTC)


def test_changes_stand_on_the_normal_side_and_add_up():
    found = {entry.code: entry.micro for entry in rules.changes([TOP_UP, TO_ARTIST, TO_COOP, RENT])}
    assert found == {
        "assets.bank": 90,
        "liabilities.wallet": 40,
        "liabilities.artist": 42,
        "income.share": 18,
        "expenses.rent": 10,
    }


def test_a_year_stands_on_the_one_before():
    before, changes = [Entry("a", "asset", 5), Entry("b", "asset", 1)], [Entry("a", "asset", -2), Entry("c", "equity", 3)]
    assert rules.together(before, changes) == [Entry("a", "asset", 3), Entry("b", "asset", 1), Entry("c", "equity", 3)]


WALLET, SHARES = frozenset({"wallet"}), frozenset({"shares"})


@pytest.mark.parametrize(
    ("uses", "people", "expected"),
    [
        ({"top_up": WALLET, "refund": WALLET}, {"top_up": 9, "refund": 1}, {"refund": "top_up"}),
        ({"top_up": WALLET, "refund": WALLET, "grant": WALLET}, {"top_up": 9, "refund": 1, "grant": 30}, {"refund": "top_up"}),
        ({"top_up": WALLET, "shares": SHARES}, {"top_up": 9, "shares": 2}, {}),  # alone in its place: a published total
        ({"top_up": WALLET, "refund": WALLET}, {"top_up": 3, "refund": 1}, {"top_up": "refund"}),  # small ones together
        ({"top_up": WALLET, "rent": WALLET}, {"top_up": 9, "rent": 0}, {}),  # the co-op's own
        ({"top_up": WALLET, "refund": WALLET}, {"top_up": 9, "refund": 5}, {}),
        ({"a": WALLET, "b": WALLET | SHARES, "c": SHARES}, {"a": 1, "b": 1, "c": 9}, {"a": "a", "b": "c"}),
    ],
)
def test_a_kind_of_few_people_is_shown_with_a_larger_one(uses, people, expected):
    found = rules.partners(uses, people, smallest=5)
    assert {kind: partner for kind, partner in found.items() if kind != partner} == {k: v for k, v in expected.items() if k != v}


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.frozensets(st.sampled_from("xyz"), min_size=1), st.integers(0, 9)))
)
def test_partners_never_go_round_in_circles(kinds):
    found = rules.partners({k: v[0] for k, v in kinds.items()}, {k: v[1] for k, v in kinds.items()}, smallest=5)
    for partner in found.values():
        assert partner not in found


def test_what_few_people_got_back_is_set_off_against_what_came_in():
    refund = Moved("pay.top_up", "liabilities.wallet", "liability", "assets.bank", "asset", 30)  # renamed to its partner
    assert rules.bands([TOP_UP, refund], {"pay.top_up"}) == [Band("in:pay.top_up", "liabilities.wallet", 70)]


def test_months_of_joined_kinds_are_one():
    assert [(each.count, each.micro, each.people) for each in rules.by_month([_month(1, 6), _month(2, 7), _month(1, 1)])] == [
        (20, 200, 6),
        (10, 100, 7),
    ]
