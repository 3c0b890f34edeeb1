"""Running SQL and reading its rows into frozen dataclasses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection

AT_ONCE = 2000
Parameters = Sequence[Any] | Mapping[str, Any]


def rows(sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
    """Run a query and return all rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def one(sql: str, parameters: Parameters = ()) -> tuple[Any, ...] | None:
    """Run a query and return its first row, or None."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def stream(sql: str, parameters: Parameters = ()) -> Iterator[tuple[Any, ...]]:
    """Run a query and yield its rows a few thousand at a time; only inside a transaction."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while part := cursor.fetchmany(AT_ONCE):
            yield from part


def whole(value: Any) -> int:
    """Return a sum as an int; PostgreSQL gives numerics for sums of large integers, and NULL for none."""
    return int(value or 0)
