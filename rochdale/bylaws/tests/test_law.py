"""The strictest row wins: by example, and for any packs by property."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rochdale.bylaws import law, packs

from .test_packs import content, row

TODAY = date(2026, 11, 22)


def pack(name: str, **changed: Any) -> packs.Pack:
    value = changed.pop("value", 3)
    status = changed.pop("status", "VERIFIED")
    whole = content(row(values={"2014-08-01": {"value": value, "source": f"{name} s.1", "status": status}}, **changed))
    return packs.parse({**whole, "name": name})


def strictest(*found: packs.Pack) -> law.LawValue:
    answer = law.law_at(found, "members.min", TODAY)
    assert answer is not None
    return answer


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_of_minimums_the_highest_wins_and_keeps_all(values: list[int]) -> None:
    answer = strictest(*(pack(f"p{place}", value=value) for place, value in enumerate(values)))
    assert answer.value == max(values)
    assert all(answer.value >= value for value in values)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_of_maximums_the_lowest_wins_and_keeps_all(values: list[int]) -> None:
    answer = strictest(*(pack(f"p{place}", value=value, kind="max") for place, value in enumerate(values)))
    assert answer.value == min(values)


@given(st.lists(st.sets(st.sampled_from("abcd"), min_size=1), min_size=1, max_size=4))
def test_of_enumerations_only_what_all_allow_is_left(sets: list[set[str]]) -> None:
    found = [pack(f"p{place}", value=sorted(words), kind="enum", unit="enum") for place, words in enumerate(sets)]
    left = set.intersection(*sets)
    if left:
        assert set(strictest(*found).value) == left
    else:
        with pytest.raises(law.PacksConflict, match="nothing is allowed by both"):
            strictest(*found)


@given(st.permutations(["min:3", "min:9", "forbidden", "max:4"]))
def test_what_one_pack_forbids_is_forbidden_in_any_order(order: list[str]) -> None:
    found = []
    for place, word in enumerate(order):
        kind, _, value = word.partition(":")
        found.append(pack(f"p{place}", kind=kind, value=int(value or 0)))
    assert strictest(*found).kind == "forbidden"


def test_an_exact_value_that_keeps_a_minimum_stands() -> None:
    assert strictest(pack("a", kind="exact", value=9), pack("b", value=3)).value == 9
    assert strictest(pack("b", kind="max", value=10), pack("a", kind="exact", value=9)).kind == "exact"


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "exact", "value": 2},
        {"kind": "max", "value": 9},
        {"unit": "days", "value": 3},
    ],
)
def test_rows_that_exclude_each_other_are_refused_by_name(other: dict[str, Any]) -> None:
    with pytest.raises(law.PacksConflict) as refused:
        strictest(pack("a", value=3), pack("b", **other))
    assert (refused.value.key, refused.value.first, refused.value.second) == ("members.min", "a", "b")


def test_two_different_exact_values_are_refused() -> None:
    with pytest.raises(law.PacksConflict, match="different things"):
        strictest(pack("a", kind="exact", value=2), pack("b", kind="exact", value=3))


def test_what_both_require_is_required_once() -> None:
    first = pack("a", kind="required", unit="list", value=["name", "address"])
    second = pack("b", kind="required", unit="list", value=["address", "date"])
    assert strictest(first, second).value == ["name", "address", "date"]


def test_a_binding_row_outranks_a_default_however_strict() -> None:
    assert strictest(pack("a", value=99, binding="default"), pack("b", value=3)).value == 3


def test_silent_packs_say_nothing() -> None:
    assert law.law_at([pack("a")], "wallet.kind", TODAY) is None
    assert law.law_at([pack("a")], "members.min", date(2014, 7, 31)) is None
    assert law.law_at([], "members.min", TODAY) is None


def test_a_background_row_counts_as_accepted_only_when_it_was() -> None:
    doubtful = pack("a", status="BACKGROUND")
    found = law.law_at([doubtful], "members.min", TODAY, frozenset())
    assert found is not None
    assert not found.accepted
    again = law.law_at([doubtful], "members.min", TODAY, frozenset({found.hash}))
    assert again is not None
    assert again.accepted


def test_a_stricter_confirmed_row_does_not_make_a_doubtful_one_accepted() -> None:
    found = law.law_at([pack("a", status="BACKGROUND"), pack("b", value=9)], "members.min", TODAY, frozenset())
    assert found is not None
    assert found.value == 9
    assert not found.accepted


def test_an_amount_is_read_in_micro_units() -> None:
    found = strictest(pack("a", unit="currency:EUR", kind="max", value="150.5"))
    assert (found.amount, found.currency) == (150_500_000, "EUR")
    with pytest.raises(TypeError):
        _ = strictest(pack("b")).amount
