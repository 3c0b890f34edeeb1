"""Spreadsheets (XLSX): the same tables as on the page and in the CSV, with real numbers and days."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from .. import money, tables

FIRST_ROW = 3
WIDEST = 60


def xlsx(table: tables.Table, *, title: str, note: str, made_at: datetime) -> bytes:
    """Write a table as XLSX. `note` stands under the title: of what moment this is, and its digest.

    Text is written as text: what a spreadsheet would run as a formula is preceded by an apostrophe,
    as in the CSV, so that it stays harmless when saved on (T21). The same content gives the same
    bytes: the file's dates are `made_at`. It is put together in memory: names touch no temporary file.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": title, "comments": note, "created": made_at.astimezone(UTC).replace(tzinfo=None)})
    sheet = book.add_worksheet(_sheet_name(title))
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_string(0, 0, tables.plain(title), bold)
    sheet.write_string(1, 0, tables.plain(note))
    heads = _heads(table)
    for place, (_key, head, _part) in enumerate(heads):
        sheet.write_string(FIRST_ROW - 1, place, tables.plain(head), bold)
    widths = [len(head) for _key, head, _part in heads]
    for number, row in enumerate([*table.rows, *([table.foot] if table.foot else [])], start=FIRST_ROW):
        for place, (key, _head, part) in enumerate(heads):
            widths[place] = max(widths[place], _write(sheet, number, place, row.get(key), part, day))
    for place, width in enumerate(widths):
        sheet.set_column(place, place, min(WIDEST, width + 2))
    sheet.freeze_panes(FIRST_ROW, 0)
    book.close()
    return out.getvalue()


def _heads(table: tables.Table) -> list[tuple[str, str, str]]:
    """Return (key, head, part): a money column gets a second one for its currency."""
    heads: list[tuple[str, str, str]] = []
    of_money = {column.key for column in table.columns for row in table.rows if isinstance(row.get(column.key), tables.Money)}
    for column in table.columns:
        heads.append((column.key, str(column.title), "value"))
        if column.key in of_money:
            heads.append((column.key, f"{column.title} (currency)", "currency"))
    return heads


def _write(sheet: Any, row: int, place: int, cell: Any, part: str, day: Any) -> int:
    """Write one cell by its type; returns how wide it is."""
    if part == "currency":
        cell = cell.currency if isinstance(cell, tables.Money) else None
    match cell:
        case None:
            return 0
        case tables.Money():
            if cell.micro is not None:
                sheet.write_number(row, place, money.to_decimal(cell.micro))
            return 14
        case bool():
            sheet.write_boolean(row, place, cell)
            return 5
        case int() | Decimal():
            sheet.write_number(row, place, cell)
            return 10
        case datetime():
            sheet.write_string(row, place, cell.astimezone(UTC).isoformat())
            return 25
        case date():
            sheet.write_datetime(row, place, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001  # a day has no zone
            return 10
    text = tables.plain(cell)
    sheet.write_string(row, place, text)
    return len(text)


def _sheet_name(title: str) -> str:
    return "".join("-" if sign in "[]:*?/\\'" else sign for sign in title)[:31] or "Sheet"
