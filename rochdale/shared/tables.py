"""Tables as data: columns, rows of typed cells, order, pages, and the same as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from . import money


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in micro-units; with an address it opens its explanation."""

    micro: int | None
    currency: str
    url: str = ""
    sign: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    text: Any
    url: str


@dataclass(frozen=True, slots=True)
class Pill:
    text: Any
    tone: str = "quiet"


@dataclass(frozen=True, slots=True)
class Chip:
    """A person or member: a name with a small note, and perhaps an address."""

    name: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Percent:
    """Thirty of a hundred is 30."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `key` into each row; `main` heads the card on a phone; `end` aligns figures; `sort` makes its head a link."""

    key: str
    title: Any
    main: bool = False
    end: bool = False
    sort: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What a table is sorted by."""

    key: str
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.key}" if self.descending else self.key


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a long table; `number` counts from 1."""

    number: int
    size: int
    total: int

    @property
    def start(self) -> int:
        return (self.number - 1) * self.size

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first_row(self) -> int:
        return min(self.start + 1, self.total)

    @property
    def last_row(self) -> int:
        return min(self.start + self.size, self.total)


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the page and the CSV file show it. `name` tells tables of one page apart."""

    name: str
    caption: Any
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    order: Order | None = None
    page: Page | None = None
    csv_url: str = ""
    empty: Any = ""
    foot: Mapping[str, Any] = field(default_factory=dict)
    show_caption: bool = True


def order_of(given: Mapping[str, Any], *, allowed: Sequence[str], default: str, name: str = "") -> Order:
    """Read the order from a page's address (`sort=-joined`). What is not allowed falls back to the default."""
    text = str(given.get(f"{name}-sort" if name else "sort", "") or default)
    key = text.removeprefix("-")
    if key not in allowed:
        text, key = default, default.removeprefix("-")
    return Order(key, text.startswith("-"))


def page_of(given: Mapping[str, Any], *, total: int, size: int = 50, name: str = "") -> Page:
    """Read the page number from a page's address; out of range becomes the nearest page there is."""
    text = str(given.get(f"{name}-page" if name else "page", "1"))
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
    last = max(1, -(-total // size))
    return Page(min(max(1, number), last), size, total)


def sorted_rows(rows: Sequence[Mapping[str, Any]], order: Order) -> list[Mapping[str, Any]]:
    """Sort a short table's rows in Python; empty cells come last either way."""
    full = [row for row in rows if row.get(order.key) not in (None, "")]
    rest = [row for row in rows if row.get(order.key) in (None, "")]
    return sorted(full, key=lambda row: _sort_key(row[order.key]), reverse=order.descending) + rest


def _sort_key(cell: Any) -> Any:
    match cell:
        case Money():
            return cell.micro or 0
        case Link() | Pill():
            return str(cell.text).casefold()
        case Chip():
            return cell.name.casefold()
        case Percent():
            return cell.value
        case str():
            return cell.casefold()
    return cell


def as_csv(table: Table) -> str:
    """Write a table as CSV (RFC 4180, CRLF) with plain decimals and ISO dates.

    A money column gets a second one with the currency's code. Text that a spreadsheet would
    run as a formula is preceded by an apostrophe.
    """
    money_keys = {column.key for column in table.columns for row in table.rows if isinstance(row.get(column.key), Money)}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    head: list[str] = []
    for column in table.columns:
        head += [str(column.title)] + ([f"{column.title} (currency)"] if column.key in money_keys else [])
    writer.writerow(head)
    for row in [*table.rows, *([table.foot] if table.foot else [])]:
        cells: list[str] = []
        for column in table.columns:
            cell = row.get(column.key)
            cells.append(plain(cell))
            if column.key in money_keys:
                cells.append(cell.currency if isinstance(cell, Money) else "")
        writer.writerow(cells)
    return out.getvalue()


def plain(cell: Any) -> str:
    """Write one cell for a file: exact decimals, ISO dates, no formula."""
    match cell:
        case None:
            return ""
        case Money():
            return "" if cell.micro is None else f"{money.to_decimal(cell.micro):f}"
        case Percent():
            return f"{cell.value:f}"
        case datetime() | date():
            return cell.isoformat()
        case bool() | int() | Decimal():
            return str(cell)
        case Link() | Pill():
            return _harmless(str(cell.text))
        case Chip():
            return _harmless(cell.name)
    return _harmless(str(cell))


def _harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run, also behind blanks or in full-width signs (T21)."""
    return f"'{text}" if text.startswith(("\t", "\r", "\n")) or text.lstrip().startswith(tuple("=+-@＝＋－＠")) else text
