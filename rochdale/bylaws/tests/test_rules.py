"""What a bylaw may be: by table, without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rochdale.bylaws import law, rules
from rochdale.shared import module


def bylaw(unit: str = "percent", **more: Any) -> module.Bylaw:
    return module.Bylaw(key="test.rule", unit=unit, title="A rule", help="", default=0, means=str, **more)  # type: ignore[arg-type]  # a unit by name


def row(kind: str, value: Any, *, unit: str = "pct", binding: str = "mandatory", on_violation: str = "block") -> law.LawValue:
    return law.LawValue(
        key="a.row",
        title="",
        unit=unit,
        kind=kind,
        binding=binding,
        counting="",
        value=value,
        source="An Act s.1",
        status="VERIFIED",
        note="",
        quote="",
        valid_from=date(2014, 8, 1),
        pack="ie",
        on_violation=on_violation,
        reviewed_by=None,
        hash="",
    )


@pytest.mark.parametrize(
    ("unit", "value", "reason"),
    [
        ("percent", Decimal("30"), None),
        ("percent", 30.0, "wrong_kind_of_value"),
        ("percent", Decimal("NaN"), "wrong_kind_of_value"),
        ("percent", Decimal("-1"), "wrong_kind_of_value"),
        ("percent", Decimal("0.0000001"), "wrong_kind_of_value"),
        ("percent", True, "wrong_kind_of_value"),
        ("count", 3, None),
        ("count", True, "wrong_kind_of_value"),
        ("count", Decimal("2.5"), "wrong_kind_of_value"),
        ("count", -1, "wrong_kind_of_value"),
        ("money", 10**18, "wrong_kind_of_value"),
        ("yes_no", True, None),
        ("yes_no", 1, "wrong_kind_of_value"),
        ("choice", "a", None),
        ("choice", "c", "not_a_choice"),
        ("text", "x" * 2001, "wrong_kind_of_value"),
        ("text", "a\x00b", "wrong_kind_of_value"),
        ("table", {"every": [2, 4]}, None),
        ("table", {"every": [2.5]}, "wrong_kind_of_value"),
        ("table", [2, 4], "wrong_kind_of_value"),
        ("table", {1: 2}, "wrong_kind_of_value"),
        ("list", ["a"], None),
        ("list", {"a": 1}, "wrong_kind_of_value"),
    ],
)
def test_a_value_is_of_its_kind_or_refused(unit: str, value: Any, reason: str | None) -> None:
    complaint = rules.wrong_value(bylaw(unit, choices=("a", "b")), value)
    assert (complaint.reason if complaint else None) == reason


def test_the_rules_own_limits_hold() -> None:
    limited = bylaw("days", minimum=1, maximum=30)
    assert [getattr(rules.wrong_value(limited, days), "reason", None) for days in (0, 1, 30, 31)] == [
        "below_minimum",
        None,
        None,
        "above_maximum",
    ]


def test_the_rules_own_check_is_asked() -> None:
    checked = bylaw("table", check=lambda table: "" if table else "it is empty")
    assert rules.wrong_value(checked, {"a": 1}) is None
    complaint = rules.wrong_value(checked, {})
    assert complaint is not None
    assert complaint.data["why"] == "it is empty"


@pytest.mark.parametrize(
    ("unit", "value", "found", "reason"),
    [
        ("percent", Decimal(20), row("min", 20), None),
        ("percent", Decimal(19), row("min", 20), "out_of_bounds"),
        ("percent", Decimal(21), row("max", 20), "out_of_bounds"),
        ("percent", Decimal("2.5"), row("exact", "2.5"), None),
        ("percent", Decimal(19), row("min", 20, binding="default"), None),
        ("percent", Decimal(19), row("min", 20, on_violation="warn"), None),
        ("money", 150 * 10**6, row("max", 150, unit="currency:EUR"), None),
        ("money", 150 * 10**6 + 1, row("max", 150, unit="currency:EUR"), "out_of_bounds"),
        ("money", 1, row("max", 150, unit="currency:GBP"), "law_in_other_currency"),
        ("days", 10, row("min", 2, unit="months"), "law_not_comparable"),
        ("choice", "a", row("enum", ["a"], unit="enum"), None),
        ("choice", "b", row("enum", ["a"], unit="enum"), "out_of_bounds"),
        ("yes_no", True, row("forbidden", False, unit="bool"), "out_of_bounds"),
        ("yes_no", False, row("forbidden", False, unit="bool"), None),
        ("yes_no", False, row("required", True, unit="bool"), "out_of_bounds"),
    ],
)
def test_a_value_is_held_against_the_law(unit: str, value: Any, found: law.LawValue, reason: str | None) -> None:
    complaint = rules.out_of_law(bylaw(unit), value, found, "EUR")
    assert (complaint.reason if complaint else None) == reason
    if complaint:
        assert complaint.data["article"] == "An Act s.1"


@pytest.mark.parametrize(
    ("unit", "given", "typed"),
    [
        ("percent", "12,5", Decimal("12.5")),
        ("percent", 30, Decimal(30)),
        ("count", "7", 7),
        ("count", Decimal("7.0"), 7),
        ("count", "seven", "seven"),
        ("money", "12.50", 12_500_000),
        ("money", Decimal("0.002"), 2_000),
        ("money", 12_500_000, 12_500_000),
        ("money", Decimal("0.0000001"), Decimal("0.0000001")),
        ("money", Decimal("1e309"), Decimal("1e309")),
        ("yes_no", "yes", True),
        ("yes_no", "perhaps", "perhaps"),
        ("table", '{"every": [2]}', {"every": [2]}),
        ("table", "{", "{"),
        ("text", " kept ", " kept "),
    ],
)
def test_what_people_type_is_read_plainly(unit: str, given: Any, typed: Any) -> None:
    assert rules.normal(unit, given) == typed


@given(st.decimals(min_value=0, max_value=1000, places=6))
def test_a_percentage_survives_being_kept(value: Decimal) -> None:
    assert rules.from_json("percent", rules.to_json("percent", value)) == value


def test_a_seal_changes_with_anything_it_covers() -> None:
    whole: dict[str, Any] = {"packs": [{"name": "ie", "hash": "a"}], "currency": "EUR", "accepted": ["x"]}
    seal = rules.seal({"a": 1}, **whole)
    others = [
        rules.seal({"a": 2}, **whole),
        rules.seal({"a": 1}, **{**whole, "packs": [{"name": "ie", "hash": "b"}]}),
        rules.seal({"a": 1}, **{**whole, "currency": "GBP"}),
        rules.seal({"a": 1}, **{**whole, "accepted": []}),
    ]
    assert len({seal, *others}) == 5
    assert seal == rules.seal({"a": 1}, **whole)


@pytest.mark.parametrize(
    ("on", "month", "start", "end"),
    [
        (date(2026, 3, 10), 1, date(2026, 1, 1), date(2026, 12, 31)),
        (date(2026, 3, 10), 4, date(2025, 4, 1), date(2026, 3, 31)),
        (date(2026, 4, 1), 4, date(2026, 4, 1), date(2027, 3, 31)),
        (date(2024, 2, 29), 3, date(2023, 3, 1), date(2024, 2, 29)),
    ],
)
def test_a_financial_year(on: date, month: int, start: date, end: date) -> None:
    assert rules.financial_year(on, month) == (start, end)


@pytest.mark.parametrize(
    ("year_end", "due"),
    [
        (date(2026, 12, 31), date(2027, 4, 30)),
        (date(2026, 6, 30), date(2026, 10, 31)),
        (date(2026, 3, 31), date(2026, 10, 31)),
        (date(2026, 9, 30), date(2027, 4, 30)),
    ],
)
def test_when_ireland_wants_its_annual_return(year_end: date, due: date) -> None:
    irish = row("exact", {"balance_jan_jun": "10-31", "balance_jul_dec": "04-30"}, unit="date_rule")
    assert rules.report_due(irish, year_end) == due


@pytest.mark.parametrize(
    ("year_end", "due"),
    [
        (date(2026, 12, 31), date(2027, 7, 31)),
        (date(2026, 7, 31), date(2027, 2, 28)),
        (date(2027, 7, 31), date(2028, 2, 29)),
        (date(2026, 3, 15), date(2026, 10, 15)),
    ],
)
def test_when_the_united_kingdom_wants_its_annual_return(year_end: date, due: date) -> None:
    assert rules.report_due(row("max", 7, unit="months"), year_end) == due


def test_bounds_join_the_rule_and_the_law() -> None:
    limited = bylaw("percent", minimum=5, maximum=90)
    assert rules.bounds(limited, [row("min", 20), row("max", 95)], "EUR") == (20, 90)
    assert rules.bounds(bylaw("money"), [row("max", 150, unit="currency:EUR")], "EUR") == (None, 150_000_000)
    assert rules.allowed_choices(bylaw("choice", choices=("a", "b")), [row("enum", ["b"], unit="enum")]) == ("b",)


@pytest.mark.parametrize(
    ("unit", "default", "law_unit", "kind", "bound", "moved"),
    [
        ("count", 9, "count", "min", 3, 9),
        ("count", 2, "count", "min", 3, 3),
        ("count", 9, "count", "max", 3, 3),
        ("days", 9, "days", "exact", 20, 20),
        ("choice", "board", "enum", "enum", ["chair", "members"], "members"),
        ("choice", "board", "enum", "enum", ["board"], "board"),
        ("choice", "board", "enum", "enum", ["nobody"], "board"),
        ("text", "as it is", "rule", "required", "in writing", "as it is"),
    ],
)
def test_a_default_is_moved_into_the_law(unit: str, default: Any, law_unit: str, kind: str, bound: Any, moved: Any) -> None:
    own = bylaw(unit, choices=("board", "members", "chair"))
    assert rules.within_law(own, default, [row(kind, bound, unit=law_unit)], "EUR") == moved
