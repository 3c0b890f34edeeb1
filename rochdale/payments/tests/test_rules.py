"""When two people are needed, by table."""

from __future__ import annotations

import pytest

from rochdale.payments import forms, rules


@pytest.mark.parametrize(
    ("amount", "earlier", "own", "why"),
    [
        (100, [], False, ""),
        (101, [], False, "limit"),
        (60, [40], False, ""),
        (60, [41], False, "rolling"),
        (1, [60, 40], False, "rolling"),
        (1, [], True, "own"),
    ],
)
def test_a_second_person_is_needed(amount: int, earlier: list[int], own: bool, why: str) -> None:
    assert rules.second_person_needed(amount, earlier=earlier, limit=100, officer_is_receiver=own) == why


def test_cover_is_whole_or_not() -> None:
    assert rules.covered(cash=10, owed=10)
    assert not rules.covered(cash=9, owed=10)


def test_the_form_and_the_rules_know_the_same_reasons() -> None:
    assert {code for code, _words in forms.Checked.REASONS if code} == set(rules.REJECTIONS)


@pytest.mark.parametrize(
    ("typed", "micro"),
    [
        ("12,50", 12_500_000),
        ("12.5", 12_500_000),
        ("0", None),
        ("1e3", None),
        ("-1", None),
        ("0.001", None),
        ("NaN", None),
        ("", None),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed: str, micro: int | None) -> None:
    form = forms.WalletMovement({"kind": "top_up", "rail": "cash", "amount": typed}, currency="EUR")
    assert form.is_valid() is (micro is not None)
    if micro is not None:
        assert form.cleaned_data["amount"] == micro
