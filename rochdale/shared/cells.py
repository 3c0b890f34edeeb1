"""The cells of tables, and the small words with a shape that stand alone too: figures, pills, chips."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from . import frame, locales, tables
from . import money as amounts


def money_html(micro: int | None, currency: str, *, locale: str, url: str = "", sign: bool = False) -> SafeString:
    """Return the figure as it stands on a page: a link that explains, or plain text."""
    if not isinstance(micro, int):
        return format_html('<span class="money none" title="{}">–</span>', _("no data"))
    text = amounts.formatted(micro, currency, locale)
    if sign and micro > 0:
        text = f"+{text}"
    text = text.replace("-", "−", 1) if micro < 0 else text
    if not url:
        return format_html('<span class="money">{}</span>', text)
    return format_html('<a class="money" href="{}" title="{}">{}</a>', url, _("How was this computed?"), text)


def pill(text: Any, tone: str = "quiet") -> SafeString:
    """Show a status in words with a mark of its own, so that colour is never alone."""
    return format_html('<span class="pill {}">{}</span>', tone, text)


def chip(name: Any, note: Any = "", url: str = "") -> SafeString:
    """Show a person or member: initials, name, a small note."""
    inside = format_html(
        '<span class="mark" aria-hidden="true">{}</span><span>{}{}</span>',
        frame.initials(str(name)),
        name,
        format_html(' <small class="quiet">{}</small>', note) if note else "",
    )
    if url:
        return format_html('<a class="chip" href="{}">{}</a>', url, inside)
    return format_html('<span class="chip">{}</span>', inside)


def cell_html(cell: Any, locale: str) -> SafeString | str:
    """Write one cell by its type."""
    match cell:
        case tables.Money():
            return money_html(cell.micro, cell.currency, locale=locale, url=cell.url, sign=cell.sign)
        case tables.Link():
            return format_html('<a href="{}">{}</a>', cell.url, cell.text)
        case tables.Pill():
            return pill(cell.text, cell.tone)
        case tables.Chip():
            return chip(cell.name, cell.note, cell.url)
        case tables.Percent():
            return locales.percent(cell.value, locale)
        case bool():
            return _("yes") if cell else _("no")
        case int() | Decimal():
            return locales.number(cell, locale)
        case datetime():
            return format_html('<time datetime="{}">{}</time>', cell.isoformat(), locales.moment(cell, locale))
        case date():
            return format_html('<time datetime="{}">{}</time>', cell.isoformat(), locales.day(cell, locale))
        case None:
            return "–"
    return conditional_escape(cell)


def head(column: tables.Column, table: tables.Table, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a column's head: where pressing it leads, and how the table is sorted by it now."""
    active = table.order is not None and table.order.key == column.key
    descending = bool(active and table.order and table.order.descending)
    return {
        "column": column,
        "url": address(given, table, sort=column.key if not active or descending else f"-{column.key}") if column.sort else "",
        "sorted": ("descending" if descending else "ascending") if active else "",
    }


def address(given: Mapping[str, Any], table: tables.Table, **changes: Any) -> str:
    """Return the page's own address with this table's order or page changed."""
    query = given.copy() if isinstance(given, QueryDict) else QueryDict(mutable=True)
    for name, value in changes.items():
        query[f"{table.name}-{name}" if table.name else name] = str(value)
    if "sort" in changes:
        query.pop(f"{table.name}-page" if table.name else "page", None)
    return f"?{query.urlencode()}#{table.name}"
