"""Names in order, phones and addresses compared."""

from __future__ import annotations

import pytest

from rochdale.privacy import rules


@pytest.mark.parametrize(
    ("first", "second"),
    [("Ábel", "Abigail"), ("ada byrne", "Ada Zed"), ("Émile", "Fatma"), ("Öykü", "Peter"), ("  Zoë  Ray", "zoe rex")],
)
def test_names_sort_without_marks_and_case(first: str, second: str) -> None:
    assert rules.sort_key(first) < rules.sort_key(second)


def test_composed_and_decomposed_names_are_one() -> None:
    assert rules.sort_key("Jos\u00e9") == rules.sort_key("Jose\u0301")


@pytest.mark.parametrize(
    ("given", "same"),
    [
        ("+353 85 123-4567", "+353851234567"),
        ("00353 85 1234567", "+353851234567"),
        ("085 1234567", "0851234567"),
        ("+٣٥٣ ٨٥", "+٣٥٣٨٥"),
    ],
)
def test_phones_are_compared_by_their_digits(given: str, same: str) -> None:
    assert rules.same_phone(given) == same


def test_addresses_are_compared_without_case() -> None:
    assert rules.same_email(" Ada@Example.ORG ") == "ada@example.org"
