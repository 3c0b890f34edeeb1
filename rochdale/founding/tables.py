"""Bylaws that are tables, as people type them: a name, a colon, a value or several, one line each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def as_lines(table: Any) -> Any:
    """Write a table as lines: `listener: 1`, `EUR: 2, 4, 8`. What is no table is returned as it is."""
    if not isinstance(table, dict):
        return table
    return "\n".join(
        f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}" for name, value in table.items()
    )


def from_lines(text: str, *, lists: bool) -> dict[str, Any] | None:
    """Read such lines; numbers become whole numbers. Returns None where a line cannot be read or a name stands twice."""
    table: dict[str, Any] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, rest = (part.strip() for part in line.partition(":"))
        values = [_number(each.strip()) for each in rest.split(",")]
        if not name or not colon or name in table or "" in values or (len(values) > 1 and not lists):
            return None
        table[name] = values if lists else values[0]
    return table


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else text


class TableField(forms.CharField):
    """A table as lines of text; `lists` says that each name has several values."""

    def __init__(self, *, lists: bool, **kwargs: Any) -> None:
        self.lists = lists
        super().__init__(max_length=4_000, widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a table as lines, and what was typed as it was typed."""
        return as_lines(value)

    def clean(self, value: Any) -> Any:
        """Return the table. Refuses next to the field what cannot be read as one."""
        table = from_lines(super().clean(value), lists=self.lists)
        if table is None:
            raise forms.ValidationError(_("Write one line per name, each name once: a name, a colon, then its value."))
        return table
