"""Fill a fresh schema quickly: its indexes, keys and triggers step aside and come back from their own definitions.

For the owner only, inside the transaction that made the schema: nobody else has seen its tables yet. A million
rows go in without an index to feed, a foreign key to look up or a trigger to run for each; then every
constraint is added again, which makes PostgreSQL check all rows at once. CHECKs and NOT NULLs stay on throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg import sql


@dataclass(frozen=True, slots=True)
class Aside:
    """What was taken away: for each, its table and the words that make it again, in the order to do so."""

    words: tuple[tuple[str, str], ...]
    tables: tuple[str, ...]


def strip(schema: str) -> Aside:
    """Take the constraints, indexes and triggers of a schema aside. The path must be that schema's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', quote_ident(%s) || ', pg_temp', true)", [schema])
        constraints = _rows(
            cursor,
            "SELECT t.relname, c.conname, pg_get_constraintdef(c.oid), c.contype = 'f' FROM pg_constraint c"
            " JOIN pg_class t ON t.oid = c.conrelid WHERE c.connamespace = %s::regnamespace AND c.contype IN ('p', 'u', 'x', 'f')"
            " ORDER BY c.contype = 'f', c.contype <> 'p', t.relname, c.conname",
            schema,
        )
        indexes = _rows(
            cursor,
            "SELECT t.relname, x.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid"
            " JOIN pg_class t ON t.oid = i.indrelid WHERE x.relnamespace = %s::regnamespace AND t.relkind = 'r'"
            " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))"
            " ORDER BY t.relname, x.relname",
            schema,
        )
        triggers = _rows(
            cursor,
            "SELECT DISTINCT t.relname FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid"
            " WHERE t.relnamespace = %s::regnamespace AND NOT g.tgisinternal ORDER BY 1",
            schema,
        )
        for table, name, _definition, _foreign in reversed(constraints):
            cursor.execute(_said("ALTER TABLE {}.{} DROP CONSTRAINT {}", schema, table, name))
        for _table, name, _definition in indexes:
            cursor.execute(_said("DROP INDEX {}.{}", schema, name))
        for (table,) in triggers:
            cursor.execute(_said("ALTER TABLE {}.{} DISABLE TRIGGER USER", schema, table))
    added = [(table, _add(schema, table, name, definition), foreign) for table, name, definition, foreign in constraints]
    words = [(table, line) for table, line, foreign in added if not foreign]
    words += [(table, definition) for table, _name, definition in indexes]
    words += [(table, line) for table, line, foreign in added if foreign]
    return Aside(tuple(words), tuple(table for (table,) in triggers))


def dress(schema: str, aside: Aside) -> str:
    """Put everything back, number the next rows; yields what the database refuses as its own error."""
    for _table, line in aside.words:
        run(line)
    for table in aside.tables:
        run(_said("ALTER TABLE {}.{} ENABLE TRIGGER USER", schema, table))
    return schema


def run(line: Any) -> None:
    """Run one statement."""
    with connection.cursor() as cursor:
        cursor.execute(line)


def number_on(schema: str) -> None:
    """Let the identity columns of a schema go on behind the highest number there is."""
    with connection.cursor() as cursor:
        columns = _rows(
            cursor,
            "SELECT t.relname, a.attname, pg_get_serial_sequence(format('%%I.%%I', n.nspname, t.relname), a.attname)"
            " FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid JOIN pg_namespace n ON n.oid = t.relnamespace"
            " WHERE n.nspname = %s AND t.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
            " AND pg_get_serial_sequence(format('%%I.%%I', n.nspname, t.relname), a.attname) IS NOT NULL",
            schema,
        )
        for table, column, sequence in columns:
            words = sql.SQL("SELECT setval({}, m.last) FROM (SELECT max({}) AS last FROM {}.{}) m WHERE m.last IS NOT NULL")
            cursor.execute(words.format(sql.Literal(sequence), *map(sql.Identifier, (column, schema, table))))


def _add(schema: str, table: str, name: str, definition: str) -> str:
    return _said("ALTER TABLE {}.{} ADD CONSTRAINT {} ", schema, table, name).as_string(connection.connection) + definition


def _said(words: str, *names: str) -> sql.Composed:
    return sql.SQL(words).format(*map(sql.Identifier, names))


def _rows(cursor: Any, words: str, schema: str) -> list[tuple[Any, ...]]:
    cursor.execute(words, [schema])
    return list(cursor.fetchall())
