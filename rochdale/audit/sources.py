"""What is sealed, and the SQL that hashes it: rows that modules declare in their plug (`Module.sealed`).

The database hashes, a whole set in one statement; the same text comes out of every release, in every time
zone and language. A seal keeps with each set how its leaves were made, so that a column a module adds later
does not change old leaves. That text may have been tampered with: names in it are checked before they are used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection

from rochdale.shared import coops, module

from . import rules

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
LOWEST, HIGHEST = -(2**63), 2**63 - 1


class CannotSeal(RuntimeError):
    """A declared column is not there, or of a type without a fixed text."""


@dataclass(frozen=True)
class Leaves:
    """How the leaves of one source are made, in words that a seal keeps."""

    source: str
    table: str
    key: str
    numbered: bool
    columns: tuple[str, ...]
    private: tuple[str, ...] = ()
    salt: str = ""
    part_table: str = ""
    part_parent: str = ""
    part_place: str = ""
    part_columns: tuple[str, ...] = ()
    closing: str = ""

    @property
    def written(self) -> str:
        """Return it as the canonical JSON that is hashed into the seal."""
        said = {name: value for name, value in self.__dict__.items() if name in self.__dataclass_fields__ and value != ""}
        return json.dumps(said, sort_keys=True, separators=(",", ":"))

    @cached_property
    def types(self) -> dict[tuple[str, str], str]:
        """Return the types of the columns as they are in this co-op now."""
        wanted = [self.table, *([self.part_table] if self.part_table else [])]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.relname, a.attname, t.typname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
                "JOIN pg_type t ON t.oid = a.atttypid WHERE c.relnamespace = %s::regnamespace AND c.relname = ANY(%s) "
                "AND a.attnum > 0 AND NOT a.attisdropped",
                [coops.current(), wanted],
            )
            return {(table, column): kind for table, column, kind in cursor.fetchall()}

    def text(self, table: str, column: str, alias: str) -> str:
        """Return SQL for a column's value as text that is the same everywhere."""
        kind = self.types.get((table, column))
        place = f'{alias}."{column}"'
        if kind is None:
            raise CannotSeal(f"{table}.{column} is not there")
        if kind not in _TEXTS:
            raise CannotSeal(f"{table}.{column} is of the type {kind}, which has no fixed text")
        return _TEXTS[kind].format(place)

    def rows(self, where: str) -> str:
        """Return SQL for key `k` and leaf hash `h` of the rows of which `where` is true; the table is `t`."""
        inner = [f't."{self.key}" AS k0', f"{self.text(self.table, self.key, 't')} AS k1"]
        inner += [f"{self.text(self.table, name, 't')} AS c{place}" for place, name in enumerate(self.columns)]
        inner += [f"{self.text(self.table, name, 't')} AS p{place}" for place, name in enumerate(self.private)]
        key = "x.k0::bigint" if self.numbered else 'x.k1 COLLATE "C"'
        return (
            f"SELECT {key} AS k, sha256('\\x00'::bytea || convert_to({self._leaf()}, 'UTF8')) AS h "  # noqa: S608  # our own words and checked names
            f'FROM (SELECT {", ".join(inner)} FROM "{self.table}" t WHERE {where} OFFSET 0) x'
        )

    def plain(self, key: str) -> tuple[list[str | None], list[str | None], list[list[str | None]]] | None:
        """Return the texts of one row as they are hashed: its columns, its private ones, and each part's; or None."""
        texts = [self.text(self.table, name, "t") for name in (self.key, *self.columns, *self.private)]
        row = f'FROM "{self.table}" t WHERE t."{self.key}" = %s::{self.key_type}'
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(texts)} {row}", [key])
            found = cursor.fetchone()
            if found is None:
                return None
            parts: list[list[str | None]] = []
            if self.part_table:
                said = [self.text(self.part_table, name, "r") for name in (self.part_place, *self.part_columns)]
                cursor.execute(
                    f'SELECT {", ".join(said)} FROM "{self.part_table}" r WHERE r."{self.part_parent}" = %s '  # noqa: S608  # our own words and checked names
                    f'ORDER BY r."{self.part_place}"',
                    [key],
                )
                parts = [list(part) for part in cursor.fetchall()]
        width = 1 + len(self.columns)
        return list(found[:width]), list(found[width:]), parts

    def _leaf(self) -> str:
        words = [_constant(rules.LEAF, self.source, self.key), _field("x.k1")]
        for place, name in enumerate(self.columns):
            words += [_constant(name), _field(f"x.c{place}")]
        if self.private:
            hidden = [_constant(rules.PRIVATE)]
            for place, name in enumerate(self.private):
                hidden += [_constant(name), _field(f"x.p{place}")]
            words += [_constant("~private"), _digest(_joined(hidden))]
        if self.part_table:
            words.append(self._parts())
        return _joined(words)

    def _parts(self) -> str:
        """Return SQL for the parts' hashes, each under its own salt."""
        texts = [f"{self.text(self.part_table, name, 'r')} AS d{place}" for place, name in enumerate(self.part_columns)]
        salted = f"x.p{self.private.index(self.salt)}"
        salt = f"encode(sha256(convert_to({_joined([_constant(rules.SALT), _field(salted), _field('y.place')])}, 'UTF8')), 'hex')"
        said = [_constant(rules.PART), f"'64:' || {salt}"]
        for place, name in enumerate(self.part_columns):
            said += [_constant(name), _field(f"y.d{place}")]
        one = _joined([_constant("~part"), _digest(_joined(said))])
        return (
            f"(SELECT string_agg({one}, '' ORDER BY y.place0) FROM (SELECT r.\"{self.part_place}\" AS place0, "  # noqa: S608  # our own words and checked names
            f'r."{self.part_place}"::text AS place, {", ".join(texts)} FROM "{self.part_table}" r '
            f'WHERE r."{self.part_parent}" = x.k0 OFFSET 0) y)'
        )

    @property
    def key_type(self) -> str:
        """Return the type of the key, to compare it as itself and so by its index."""
        return self.types.get((self.table, self.key), "text")


AS_THEY_ARE = ("text", "varchar", "bpchar", "int2", "int4", "int8", "numeric", "uuid", "bool", "jsonb")
_TEXTS: dict[str, str] = dict.fromkeys(AS_THEY_ARE, "{}::text") | {
    "timestamptz": "(extract(epoch FROM {}) * 1000000)::bigint::text",
    "date": "to_char({}::timestamp, 'YYYY-MM-DD')",
    "bytea": "encode({}, 'hex')",
}


def of(rows: module.SealedRows) -> Leaves:
    """Return how the leaves of declared rows are made today."""
    parts = rows.parts
    return Leaves(
        source=rows.code,
        table=rows.table,
        key=rows.key,
        numbered=rows.numbered,
        columns=tuple(name for name in rows.columns if name != rows.key),
        private=rows.private,
        salt=rows.salt,
        part_table=parts.table if parts else "",
        part_parent=parts.parent if parts else "",
        part_place=parts.place if parts else "",
        part_columns=parts.columns if parts else (),
        closing=rows.closes[0] if rows.closes else "",
    )


def read(written: str) -> Leaves:
    """Read what a seal kept. Raises ValueError when a name in it is none."""
    try:
        given: dict[str, Any] = json.loads(written)
        for name in ("columns", "private", "part_columns"):
            given[name] = tuple(given.get(name, ()))
        found = Leaves(**given)
    except (TypeError, ValueError, AttributeError) as error:
        raise ValueError("this is not how leaves are made") from error
    names = [found.table, found.key, *found.columns, *found.private, *found.part_columns]
    names += [each for each in (found.salt, found.part_table, found.part_parent, found.part_place, found.closing) if each]
    if not all(isinstance(name, str) and _NAME.fullmatch(name) for name in names) or (
        found.part_table and found.salt not in found.private
    ):
        raise ValueError("this is not how leaves are made")
    return found


def declared() -> list[module.SealedRows]:
    """Return all rows that the modules declare, in the order of their codes."""
    return sorted((rows for plug in module.installed() for rows in plug.sealed()), key=lambda rows: rows.code)


@contextmanager
def by_index() -> Iterator[None]:
    """Look rows up by their index: what PostgreSQL knows of a table may be of a time when it was small.

    Measured: with such old figures it read all transfers anew for each posting, a hundred times slower.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('enable_seqscan'), set_config('enable_seqscan', 'off', true)")
        row = cursor.fetchone()
    yield
    with connection.cursor() as cursor:  # after an error the transaction is over, and with it the setting
        cursor.execute("SELECT set_config('enable_seqscan', %s, true)", [row[0] if row else "on"])


def _constant(*values: str) -> str:
    return "'" + "".join(map(rules.field, values)).replace("'", "''") + "'"


def _field(value: str) -> str:
    return f"coalesce(octet_length({value})::text || ':' || {value}, '-')"


def _joined(words: list[str]) -> str:
    return "(" + " || ".join(words) + ")"


def _digest(words: str) -> str:
    return f"'64:' || encode(sha256(convert_to({words}, 'UTF8')), 'hex')"
