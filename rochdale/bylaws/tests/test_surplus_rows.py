"""The rows on the surplus hold all it takes to share it out: the golden figures come out of them by one small rule."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from rochdale.bylaws import law
from rochdale.bylaws.packs import shipped

TODAY = date(2026, 11, 23)


def steps(pack: str) -> list[law.LawValue]:
    """Return the pack's shares of the surplus in the order in which they are taken; delegated ones without a value too."""
    found = [law.law_at([shipped(pack)], key, TODAY) for key, row in shipped(pack).rows.items() if row.unit == "surplus"]
    return sorted((each for each in found if each), key=lambda each: (each.value or {"order": 0})["order"])


def taken(pack: str, surplus: int, *, of: str = "", losses: int = 0, reserve: int = 0, capital: int = 10**9) -> dict[str, Any]:
    """Return what each step takes, by key; None where the law leaves the percentage to the bylaws."""
    parts: dict[str, Any] = {}
    left: Fraction = Fraction(surplus - losses)
    base = left
    for step in steps(pack):
        if step.value is None:
            parts[step.key] = None
            continue
        given = step.value
        if given["of"] not in ("surplus", of or "surplus"):
            continue
        aim = (given["until"] or {}).get("reserve_reaches")
        if aim is not None and reserve >= (capital if aim == "capital" else aim):
            continue
        on = {"remainder": left, "net": Fraction(surplus)}.get(given["base"], base)
        part = Fraction(str(given["pct"])) * on / 100
        parts[step.key], left = part, left - part
    return {**parts, "free": left}


@pytest.mark.parametrize(
    ("pack", "given", "expected"),
    [
        ("es", {"of": "co_op_surplus", "losses": 10_000}, {"reserve.legal": 18_000, "fund.education": 4_500, "free": 67_500}),
        ("es", {"of": "non_co_op_profit"}, {"reserve.legal.non_co_op": 50_000, "free": 50_000}),
        ("it", {}, {"reserve.legal": 30_000, "fund.solidarity": 3_000, "free": 67_000}),
        ("fr-scic", {}, {"reserve.legal": 15_000, "reserve.statutory": 42_500, "free": 42_500}),
        ("in-mscs", {}, {"reserve.legal": 25_000, "fund.education": 1_000, "fund.contingency": 10_000, "free": 64_000}),
        ("eu-sce", {"losses": 10_000, "reserve": 20_000}, {"reserve.legal": 13_500, "free": 76_500}),
    ],
)
def test_the_golden_figures(pack: str, given: dict[str, Any], expected: dict[str, int]) -> None:
    assert taken(pack, 100_000, **given) == expected


def test_a_reserve_that_is_full_takes_nothing_more() -> None:
    assert taken("eu-sce", 100_000, reserve=30_000) == {"free": 100_000}
    assert taken("fr-scic", 100_000, reserve=500, capital=500) == {"reserve.statutory": 50_000, "free": 50_000}


@pytest.mark.parametrize("pack", ["uk", "de", "us", "in-prodco"])
def test_where_the_law_names_no_part_the_bylaws_must(pack: str) -> None:
    assert taken(pack, 100_000) == {"reserve.legal": None, "free": 100_000}
