"""Tables: orders and pages from addresses, CSV that a spreadsheet cannot run."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rochdale.shared import tables
from rochdale.shared.tables import Chip, Column, Link, Money, Order, Page, Percent, Pill, Table


@pytest.mark.parametrize(
    ("given_sort", "expected"),
    [
        ("", "-joined"),
        ("name", "name"),
        ("-name", "-name"),
        ("password", "-joined"),
        ("--name", "-joined"),
        ("name;drop", "-joined"),
    ],
)
def test_only_allowed_columns_sort(given_sort, expected):
    assert str(tables.order_of({"sort": given_sort}, allowed=("name", "joined"), default="-joined")) == expected


def test_two_tables_of_one_page_do_not_disturb_each_other():
    given_address = {"a-sort": "name", "b-sort": "-name"}
    assert str(tables.order_of(given_address, allowed=("name",), default="name", name="b")) == "-name"


@pytest.mark.parametrize(
    ("number", "expected"), [("1", 1), ("3", 3), ("0", 1), ("99", 3), ("-2", 1), ("x", 1), ("²", 1), ("9" * 30, 1), ("", 1)]
)
def test_a_page_out_of_range_becomes_the_nearest(number, expected):
    assert tables.page_of({"page": number}, total=101, size=50).number == expected


def test_an_empty_table_has_one_page():
    assert tables.page_of({}, total=0).last == 1


def test_a_page_knows_its_rows():
    page = Page(2, 50, 75)
    assert (page.start, page.first_row, page.last_row) == (50, 51, 75)


def _written(cell: object) -> list[list[str]]:
    table = Table(name="t", caption="", columns=[Column("a", "A")], rows=[{"a": cell}])
    return list(csv.reader(io.StringIO(tables.as_csv(table))))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (None, ""),
        ("Ada", "Ada"),
        ('Ada "the first", Byrne', 'Ada "the first", Byrne'),
        (12, "12"),
        (Decimal("1.50"), "1.50"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01T12:00:00+00:00"),
        (Percent(Decimal("12.5")), "12.5"),
        (Link("Ada", "/x"), "Ada"),
        (Pill("active", "ok"), "active"),
        (Chip("Ada", "member 1"), "Ada"),
        ("=1+1", "'=1+1"),
        ("+44", "'+44"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        (Link("=HYPERLINK()", "/x"), "'=HYPERLINK()"),
    ],
)
def test_each_cell_is_written_plainly_and_harmlessly(cell, expected):
    assert _written(cell)[1] == [expected]


def test_money_is_exact_and_names_its_currency():
    assert _written(Money(-12_345_678, "EUR")) == [["A", "A (currency)"], ["-12.345678", "EUR"]]


@given(st.text())
def test_no_text_begins_a_formula(text):
    assert not tables.plain(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_short_tables_are_sorted_in_place_with_empty_cells_last():
    rows: list[dict[str, str | None]] = [{"n": "b"}, {"n": None}, {"n": "A"}]
    assert [row["n"] for row in tables.sorted_rows(rows, Order("n"))] == ["A", "b", None]
    assert [row["n"] for row in tables.sorted_rows(rows, Order("n", descending=True))] == ["b", "A", None]
